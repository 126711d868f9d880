//! What can go wrong with a database, and how it is told.
//!
//! Opening fails with [`Error`]. A step of an opened store fails with [`Failure`]: refused by a rule of the store, or
//! broken by the database, which becomes a [`store::Error`] at the edge, where the database's place is known.

use std::{fmt, path::Path, sync::Arc};

use gennaker_base::Kind;
use gennaker_store as store;

use crate::dialect::{self, Fault};

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file, or the folder for it, cannot be made or read.
    #[error("cannot use {path} as the database: {source}; check the path and its permissions, or set another path")]
    File {
        /// The path that was tried.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database cannot be used as it is.
    #[error("cannot open the database {place}: {reason}")]
    Unusable {
        /// Where it is.
        place: String,
        /// What is wrong and what to do.
        reason: String,
        /// Whether trying again may help.
        kind: Kind,
    },
    /// The tables were made by a newer version.
    #[error(
        "the database {place} has schema {found}, this version knows {known}: start a newer version, or restore the backup made before the update"
    )]
    Newer {
        /// Where it is.
        place: String,
        /// The schema in the database.
        found: i64,
        /// The newest schema of this version.
        known: i64,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::File { .. } | Error::Newer { .. } => Kind::Invalid,
            Error::Unusable { kind, .. } => *kind,
        }
    }

    pub(crate) fn database(place: &Place, error: &sqlx::Error) -> Error {
        let fault = dialect::fault(error);
        let kind = match fault {
            Fault::Full | Fault::Busy | Fault::Unreachable => Kind::Unavailable,
            Fault::ReadOnly | Fault::Damaged | Fault::Statement => Kind::Invalid,
        };
        Error::Unusable { place: place.to_string(), reason: reason(fault, error, place), kind }
    }
}

/// Where a database is, as messages name it.
#[derive(Debug, Clone)]
pub(crate) struct Place(Arc<str>);

impl Place {
    pub(crate) fn new(path: &Path) -> Self {
        Place(Arc::from(path.display().to_string()))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The result of a step inside the store.
pub(crate) type Step<T> = Result<T, Failure>;

/// Why a step failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A rule of the store says no: its transaction goes on without this step.
    Refused(store::Error),
    /// The database failed: what the step wrote is undone.
    Broken(sqlx::Error),
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Failure::Refused(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Failure::Broken(error)
    }
}

impl Failure {
    /// What is wrong with a row that could not be read.
    pub(crate) fn reason(&self) -> String {
        match self {
            Failure::Refused(store::Error::Corrupt { reason, .. }) => reason.clone(),
            Failure::Refused(error) => error.to_string(),
            Failure::Broken(error) => error.to_string(),
        }
    }

    pub(crate) fn settle(self, place: &Place) -> store::Error {
        match self {
            Failure::Refused(error) => error,
            Failure::Broken(error) => broken(&error, place),
        }
    }
}

/// What a caller of the traits is told about a broken database.
pub(crate) fn broken(error: &sqlx::Error, place: &Place) -> store::Error {
    let fault = dialect::fault(error);
    let reason = reason(fault, error, place);
    match fault {
        Fault::Damaged => store::Error::Corrupt { what: "database", id: place.to_string(), reason },
        _ => store::Error::Unavailable { reason },
    }
}

fn reason(fault: Fault, error: &sqlx::Error, place: &Place) -> String {
    match fault {
        Fault::Full => format!("the disk of {place} is full ({error}): free some space, then it goes on by itself"),
        Fault::ReadOnly => {
            format!("{place} cannot be written ({error}): make the file and its folder writable for this user")
        }
        Fault::Busy => format!(
            "another process kept {place} locked ({error}): end what uses the file besides this program, for example an open sqlite3 shell or a backup"
        ),
        Fault::Damaged => format!(
            "{place} is damaged or no database of this program ({error}): stop, keep a copy, restore a backup or recover with `sqlite3 {place} .recover`"
        ),
        Fault::Unreachable => {
            format!("{place} cannot be reached ({error}): check that its disk is there and healthy")
        }
        Fault::Statement => format!("{place} refused a statement ({error}): this is a defect, report it with the log"),
    }
}
