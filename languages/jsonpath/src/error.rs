//! Why a path cannot be read, or finds nothing.

/// What went wrong; the text says where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not a path. Source: Jayway's `InvalidPathException` of `PathCompiler`.
    #[error("the path `{path}` cannot be read: {message} (column {column})")]
    Syntax {
        /// The path as it was given, its end cut off if it is long.
        path: String,
        /// Where the reader stood, counted in characters from 1.
        column: usize,
        /// What it expected there.
        message: String,
    },
    /// There is nothing at that place in the document. Source: Jayway's `PathNotFoundException`.
    #[error("nothing in the document is at `{path}`; check the names in it against the document")]
    NotFound {
        /// The path as it was given.
        path: String,
    },
    /// The path cannot be applied to what the document holds. Source: Jayway's `InvalidPathException` of an evaluation.
    #[error("`{path}` cannot be applied to this document: {message}")]
    Inapplicable {
        /// The path as it was given.
        path: String,
        /// What does not fit.
        message: String,
    },
    /// A function or an operator of the path cannot work with what it got. Source: Jayway's `JsonPathException`, and the
    /// class cast and argument errors that come through it.
    #[error("`{path}` failed on this document: {message}")]
    Failed {
        /// The path as it was given.
        path: String,
        /// What failed.
        message: String,
    },
    /// The matched place cannot be changed so. Source: Jayway's `InvalidModificationException`.
    #[error("what is at `{path}` cannot be changed so: {message}")]
    Modification {
        /// The path as it was given.
        path: String,
        /// Why not.
        message: String,
    },
    /// The path or its evaluation is larger than what is allowed.
    #[error("`{path}` takes more than {limit} {what}; ask for less at once")]
    Limit {
        /// The path as it was given, its end cut off if it is long.
        path: String,
        /// What is limited.
        what: &'static str,
        /// How much of it is allowed.
        limit: usize,
    },
}
