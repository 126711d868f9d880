//! Why an event is refused.

use std::{io, path::PathBuf};

use gennaker_base::Kind;

/// Why an event is refused, or could not be worked through.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// It is not what such an event is.
    #[error("{0}")]
    Invalid(String),
    /// An artifact of it cannot be read.
    #[error("an artifact of the event cannot be read: {0}")]
    Artifact(#[from] gennaker_artifacts::Error),
    /// The template of its artifacts cannot be read.
    #[error(
        "the template {} of the webhook's artifacts cannot be read ({source}): correct webhooks.artifacts.sources in \
         echo.yml, and send the webhook again",
        path.display()
    )]
    Template {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The pipelines are not known yet.
    #[error("the pipelines are not known yet, so nothing was started ({0}): send it again")]
    NoPipelines(String),
    /// Some of the pipelines that it starts are not started.
    #[error("{failed} of {all} pipelines could not be started: {reason}; send it again")]
    NotStarted {
        /// How many.
        failed: usize,
        /// Of how many.
        all: usize,
        /// Why the first of them was not.
        reason: String,
    },
}

impl Error {
    /// That what was sent is wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> Error {
        Error::Invalid(message.into())
    }

    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Error::Invalid(_) | Error::Artifact(_) => Kind::Invalid,
            Error::Template { .. } | Error::NoPipelines(_) | Error::NotStarted { .. } => Kind::Unavailable,
        }
    }
}
