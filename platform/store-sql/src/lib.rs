//! The storage traits on SQL databases.
