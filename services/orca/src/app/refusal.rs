//! Why a request is refused.

use gennaker_base::Kind;

/// Something in what was sent cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    /// `Invalid`, `Unsupported`, or `Conflict` if it comes too late.
    pub(crate) kind: Kind,
    /// Whether upstream fails at it instead of refusing it: its clients see 500, and so do ours.
    pub(crate) fails_upstream: bool,
    /// What to change.
    pub(crate) message: String,
}

impl Refusal {
    /// Of that kind.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Refusal { kind, fails_upstream: false, message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Refusal::new(Kind::Invalid, message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Refusal::new(Kind::Unsupported, message)
    }

    pub(crate) fn too_late(message: impl Into<String>) -> Self {
        Refusal { kind: Kind::Conflict, ..Refusal::invalid(message) }
    }

    /// What upstream fails at with an exception of its own.
    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Refusal { fails_upstream: true, ..Refusal::invalid(message) }
    }
}

impl From<gennaker_artifacts::Error> for Refusal {
    fn from(error: gennaker_artifacts::Error) -> Self {
        // What Spring answers with 400 are invalid requests, arguments and states; anything else fails.
        let refused = |exception: &str| {
            matches!(
                exception,
                "InvalidRequestException"
                    | "IllegalArgumentException"
                    | "IllegalStateException"
                    | "PatternSyntaxException"
            )
        };
        match error.exception() {
            Some(exception) if !refused(exception) => Refusal::failure(error.to_string()),
            _ => Refusal::invalid(error.to_string()),
        }
    }
}
