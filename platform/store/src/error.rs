//! What can go wrong in a store, as far as a caller can act on it.

use gennaker_base::Kind;

/// The result of a store operation.
pub type Result<T> = std::result::Result<T, Error>;

/// A store's failure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such row.
    #[error("{what} {id} does not exist")]
    NotFound {
        /// What was looked for, for example `execution`.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The caller no longer owns what it writes: it must drop its state and stop acting on it.
    #[error("epoch {epoch} of {node} does not own {id} any more")]
    Fenced {
        /// What was written.
        id: String,
        /// The refused node.
        node: String,
        /// The refused epoch.
        epoch: u64,
    },
    /// The write contradicts what is stored, for example a gap in an execution's events.
    #[error("conflicting write of {id}: {reason}")]
    Conflict {
        /// What was written.
        id: String,
        /// The contradiction.
        reason: String,
    },
    /// The store cannot be reached or is full: nothing of the request was kept, it may be sent again.
    #[error("the store is unavailable: {reason}")]
    Unavailable {
        /// What the database said.
        reason: String,
    },
    /// Whether the write was kept is not known: the owner re-reads before it goes on.
    #[error("the store did not confirm a write of {id}; its state is read again")]
    Unknown {
        /// What was written.
        id: String,
    },
    /// A row that this version cannot read.
    #[error("{what} {id} cannot be read: {reason}")]
    Corrupt {
        /// The kind of row.
        what: &'static str,
        /// Its id.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::NotFound { .. } => Kind::NotFound,
            Error::Fenced { .. } => Kind::Fenced,
            Error::Conflict { .. } => Kind::Conflict,
            Error::Unavailable { .. } => Kind::Unavailable,
            Error::Unknown { .. } => Kind::Timeout,
            Error::Corrupt { .. } => Kind::Bug,
        }
    }
}
