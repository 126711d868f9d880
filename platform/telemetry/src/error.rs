//! Why logs or metrics could not be set up.

use gennaker_base::Kind;

/// Why logs or metrics could not be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The filter is not one.
    #[error("the log filter {filter:?} is wrong: {reason}; write it as in \"info,gennaker_orca=debug\"")]
    Filter {
        /// The filter that was given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Logs were set up before in this process.
    #[error("logging is set up already: do it once, at the start of the program")]
    LoggingTwice,
    /// Metrics were set up before in this process.
    #[error("metrics are set up already: do it once, at the start of the program")]
    MetricsTwice,
    /// A bucket or a name that the recorder does not take.
    #[error("the metrics cannot be set up: {0}")]
    Metrics(String),
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Filter { .. } => Kind::Invalid,
            Error::LoggingTwice | Error::MetricsTwice => Kind::Conflict,
            Error::Metrics(_) => Kind::Bug,
        }
    }
}
