//! orca: runs pipelines.
