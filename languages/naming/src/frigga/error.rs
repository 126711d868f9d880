//! Why a name cannot be made. Always the caller's parts are at fault, so that to HTTP each is an invalid request.

use super::{characters, next::SEQUENCES};

/// Why a name cannot be made or is none. The texts are upstream's: users see them in their executions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A part that every name has is absent.
    #[error("ERROR: Trying to use String with null {0}")]
    Missing(&'static str),
    /// A part that every name has is the empty text.
    #[error("ERROR: Illegal empty string for {0}")]
    Empty(&'static str),
    /// A part holds a character that names cannot hold.
    #[error("(Use alphanumeric characters only)")]
    Characters,
    /// The stack or the detail looks like a push, so that the name would parse into other parts.
    #[error("{0} cannot contain a push version")]
    Push(&'static str),
    /// The application of a new server group holds a character that it cannot.
    #[error("Invalid appName {0}, may only contain {allowed} characters", allowed = characters::NAME_CHARS)]
    App(String),
    /// The stack of a new server group holds a character that it cannot.
    #[error("Invalid stack {0}, stack may only contain {allowed}", allowed = characters::NAME_CHARS)]
    Stack(String),
    /// The detail of a new server group holds a character that it cannot.
    #[error("Invalid detail {0}, detail may only contain {allowed}", allowed = characters::NAME_HYPHEN_CHARS)]
    Detail(String),
    /// The number of a new server group is below 0 or above 999.
    #[error("Sequence '{0}' is invalid")]
    Sequence(i32),
    /// The cluster has a server group of every number.
    #[error("All server group names for cluster {0} are taken: delete one of its {count} server groups", count = SEQUENCES)]
    AllTaken(String),
    /// The text is no name.
    #[error("Invalid name '{0}'")]
    Name(String),
}
