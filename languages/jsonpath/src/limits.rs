//! How large a path, its evaluation and its result may be; beyond, there is an error instead of an answer.

/// Bytes of a path.
pub const MAX_LENGTH: usize = 16_384;

/// Steps of a path, those of the paths in its filters and functions included.
pub const MAX_TOKENS: usize = 1_024;

/// Levels of parentheses, negations and paths within filters and functions.
pub const MAX_NESTING: usize = 64;

/// Levels of an evaluation: steps of the path and levels of the document that `..` goes down, within each other.
pub const MAX_DEPTH: usize = 512;

/// Steps of an evaluation: a value looked at, or copied into the result, is one, and so are 32 bytes of a text.
pub const MAX_STEPS: usize = 5_000_000;

/// Steps back of one match of a regular expression.
pub(crate) const MAX_BACKTRACKING: usize = 10_000;
