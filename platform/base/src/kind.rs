//! The kinds of failure that a caller can tell apart, the same in every crate.
//!
//! An error enum of a crate offers `fn kind(&self) -> Kind`; `platform/http` alone turns a kind into a
//! status code, and the retry rules look at nothing else.

use std::fmt;

/// What a caller can do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The named thing does not exist.
    NotFound,
    /// The request lost against a concurrent change, or an id is taken.
    Conflict,
    /// The request can never succeed as it is.
    Invalid,
    /// The caller may not do this.
    Denied,
    /// Well-formed, known, and not part of this build.
    Unsupported,
    /// The request is larger than the limit.
    TooLarge,
    /// The peer cannot be reached or refuses work for now: try again later.
    Unavailable,
    /// No answer within the deadline; the request may have been carried out.
    Timeout,
    /// The caller lost its ownership to a higher epoch and must stop.
    Fenced,
    /// A defect of this program.
    Bug,
}

impl Kind {
    /// Whether the same request may succeed when it is sent again.
    pub fn is_transient(self) -> bool {
        matches!(self, Kind::Unavailable | Kind::Timeout)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Kind::NotFound => "not found",
            Kind::Conflict => "conflict",
            Kind::Invalid => "invalid",
            Kind::Denied => "denied",
            Kind::Unsupported => "not supported",
            Kind::TooLarge => "too large",
            Kind::Unavailable => "unavailable",
            Kind::Timeout => "timed out",
            Kind::Fenced => "fenced",
            Kind::Bug => "internal error",
        })
    }
}
