//! Why the agent does not start, and why it refuses a request.

use std::{io, path::PathBuf};

use gennaker_base::Kind;

use crate::protocol::{
    CODE_CONFLICT, CODE_FENCED, CODE_INVALID, CODE_LIMIT, CODE_NOT_FOUND, CODE_UNAVAILABLE, ErrorBody,
};

/// Why [`super::run`] ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another agent holds the state folder.
    #[error(
        "another agent{} already serves the state folder {}; take over from it with --take-over, stop it, or choose another folder",
        pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default(), folder.display()
    )]
    AlreadyRunning {
        /// The state folder.
        folder: PathBuf,
        /// The other agent, if it has said so.
        pid: Option<u32>,
    },
    /// The agent that runs does not hand over.
    #[error("the agent that runs does not hand over: {reason}")]
    Refused {
        /// Its words.
        reason: String,
    },
    /// The options make no sense.
    #[error("{0}")]
    Options(String),
    /// A file of the state folder cannot be read as what it should be.
    #[error("the state file {} is not readable: {reason}; restore it, or move it away to forget what it holds", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The machine refused something.
    #[error("cannot {doing}")]
    Io {
        /// What was being done, with the path.
        doing: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::AlreadyRunning { .. } | Error::Refused { .. } => Kind::Conflict,
            Error::Options(_) => Kind::Invalid,
            Error::State { .. } => Kind::Bug,
            Error::Io { .. } => Kind::Unavailable,
        }
    }

    pub(super) fn io(doing: impl Into<String>, source: io::Error) -> Self {
        Error::Io { doing: doing.into(), source }
    }
}

/// A refused request: status, code and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Refusal { status: 400, code: CODE_INVALID, message: message.into() }
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Refusal { status: 404, code: CODE_NOT_FOUND, message: message.into() }
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Refusal { status: 409, code: CODE_CONFLICT, message: message.into() }
    }

    pub(super) fn fenced(message: impl Into<String>) -> Self {
        Refusal { status: 409, code: CODE_FENCED, message: message.into() }
    }

    pub(super) fn limit(message: impl Into<String>) -> Self {
        Refusal { status: 429, code: CODE_LIMIT, message: message.into() }
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Refusal { status: 503, code: CODE_UNAVAILABLE, message: message.into() }
    }

    /// The state could not be written, so nothing was done.
    pub(super) fn storage(error: &io::Error) -> Self {
        Refusal::unavailable(format!("the agent cannot write its state ({error}); make room and try again"))
    }

    pub(super) fn body(&self) -> ErrorBody {
        ErrorBody { status: self.status, code: self.code.to_owned(), message: self.message.clone() }
    }
}
