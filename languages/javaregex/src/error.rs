//! What can go wrong with a pattern, a match or a replacement.

/// Why a pattern was refused, a match gave up, or a replacement could not be made.
///
/// An index counts the characters of the pattern (or replacement) from 0, as `PatternSyntaxException.getIndex` does; it
/// is where reading stopped, which is often just behind the mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Java refuses the pattern too, in the same words (`PatternSyntaxException.getDescription`).
    #[error("{message} near index {index} of the pattern")]
    Syntax {
        /// What is wrong, as Java says it.
        message: String,
        /// Where, in characters.
        index: usize,
    },
    /// Java knows the construct, we do not: rather this than a different meaning.
    #[error("{construct} (near index {index}) is not supported; write the pattern without it")]
    Unsupported {
        /// The construct, such as `\X`.
        construct: String,
        /// Where, in characters.
        index: usize,
    },
    /// The pattern is over one of the limits of [`Options`](crate::Options).
    #[error("the pattern is too large: {what} is over {limit}; write a smaller pattern")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Matching took more steps back than [`Options::backtrack_limit`](crate::Options::backtrack_limit) allows.
    #[error(
        "matching was given up after {limit} steps back; make the pattern less ambiguous, such as `a+` for `(a+)+`"
    )]
    Backtracking {
        /// The limit.
        limit: usize,
    },
    /// The replacement text is malformed or names a group that the pattern does not have.
    #[error("{message} near index {index} of the replacement")]
    Replacement {
        /// What is wrong, as Java says it.
        message: String,
        /// Where, in characters.
        index: usize,
    },
}
