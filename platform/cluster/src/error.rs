//! Why a node cannot join.

use gennaker_base::Kind;

/// The result of joining.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a node cannot join.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The durations do not fit together.
    #[error("the node lease's durations do not fit: {reason}")]
    Options {
        /// Which ones, and what they must be.
        reason: String,
    },
    /// The store refused, or cannot be reached.
    #[error("node {node} cannot join: {source}")]
    Store {
        /// The node's name.
        node: String,
        /// What the store said.
        source: gennaker_store::Error,
    },
    /// The store did not answer as long as the lease would have lasted.
    #[error("node {node} cannot join: the store did not answer in time; check its load and the connection to it")]
    Silent {
        /// The node's name.
        node: String,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Options { .. } => Kind::Invalid,
            Error::Store { source, .. } => source.kind(),
            Error::Silent { .. } => Kind::Timeout,
        }
    }
}
