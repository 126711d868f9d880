//! Why nothing is started.

use gennaker_base::Kind;
use gennaker_clients::Error as ClientError;

use super::Refusal;
use crate::engine;

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// What was sent cannot be started.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The engine's failure.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// Another service's.
    #[error("{0}")]
    Client(ClientError),
}

impl Error {
    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Error::Refused(refusal) => refusal.kind,
            Error::Engine(error) => error.kind(),
            Error::Client(error) => error.kind(),
        }
    }
}

impl From<ClientError> for Error {
    fn from(error: ClientError) -> Self {
        Error::Client(error)
    }
}

impl From<gennaker_artifacts::Error> for Error {
    fn from(error: gennaker_artifacts::Error) -> Self {
        Error::Refused(error.into())
    }
}
