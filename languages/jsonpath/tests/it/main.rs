//! Paths against recorded answers of the original, hostile paths and documents, and properties of any path.

mod hostile;
mod properties;
mod recorded;
