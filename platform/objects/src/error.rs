//! What can go wrong with an object, in words for whoever runs the store.

use std::{io, path::Path, path::PathBuf};

use gennaker_base::Kind;

use crate::{Key, Problem};

/// The result of an operation on objects.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation on objects failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The condition of a write does not hold.
    #[error("{key} was changed by somebody else meanwhile: read it again and repeat the change")]
    Conflict {
        /// The object.
        key: Key,
    },
    /// An object is larger than the store takes.
    #[error("{key} has {size} bytes, and an object may have {limit}")]
    TooLarge {
        /// The object.
        key: Key,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// In a folder one name cannot be both an object and the beginning of others.
    #[error("{key} cannot be used: {path} is a folder where an object should be, or the other way round")]
    Occupied {
        /// The object.
        key: Key,
        /// Where it should be.
        path: PathBuf,
    },
    /// The folder cannot be read or written.
    #[error("{path} cannot be {doing}: {advice}")]
    Folder {
        /// `read` or `written`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What is wrong and what to do.
        advice: String,
        /// The system's error.
        source: io::Error,
    },
    /// Another process holds a lock for too long.
    #[error("another process holds {path} for {seconds} s: look for one that uses this folder and hangs")]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// The folder's disk does not answer; a write may still happen.
    #[error("{path} did not answer within {seconds} s: look at its disk or network share")]
    TooSlow {
        /// The folder.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// The bucket refuses, or cannot be reached.
    #[error("the bucket {bucket} {problem}")]
    Bucket {
        /// Its name.
        bucket: String,
        /// What is wrong.
        problem: Problem,
    },
    /// A write had to be sent again, and met a change of somebody else: it may have been carried out before that.
    #[error("{key} may have been written before somebody else changed it: read it again and repeat the change")]
    Uncertain {
        /// The object.
        key: Key,
    },
    /// A defect of this program.
    #[error("an operation on {path} panicked")]
    Panicked {
        /// The folder.
        path: PathBuf,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Conflict { .. } | Error::Uncertain { .. } => Kind::Conflict,
            Error::TooLarge { .. } => Kind::TooLarge,
            Error::Occupied { .. } => Kind::Invalid,
            Error::Folder { .. } | Error::Busy { .. } => Kind::Unavailable,
            Error::TooSlow { .. } => Kind::Timeout,
            Error::Bucket { problem, .. } => problem.kind(),
            Error::Panicked { .. } => Kind::Bug,
        }
    }

    pub(crate) fn reading(path: &Path) -> impl FnOnce(io::Error) -> Error {
        Error::folder("read", path)
    }

    pub(crate) fn writing(path: &Path) -> impl FnOnce(io::Error) -> Error {
        Error::folder("written", path)
    }

    fn folder(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Folder { doing, path: path.to_owned(), advice: advice(&source), source }
    }
}

/// What an operator can do about `error`.
fn advice(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "its disk is full; free some space".to_owned(),
        io::ErrorKind::QuotaExceeded => "its user's quota is used up; raise it or free some space".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => {
            "its file system is read-only; mount it writable or configure another folder".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "permission denied; give the user of this program read and write access to it".to_owned()
        }
        io::ErrorKind::NotFound => "it is not there; was its disk unmounted or the folder deleted?".to_owned(),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file is where a folder should be; move it away or configure another folder".to_owned()
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_path_and_what_to_do() {
        for (kind, words) in [
            (io::ErrorKind::StorageFull, "free some space"),
            (io::ErrorKind::ReadOnlyFilesystem, "mount it writable"),
            (io::ErrorKind::PermissionDenied, "give the user"),
            (io::ErrorKind::NotFound, "unmounted"),
        ] {
            let error = Error::writing(Path::new("/data/objects"))(kind.into());
            let text = error.to_string();
            assert!(text.starts_with("/data/objects cannot be written: ") && text.contains(words), "{text}");
            assert_eq!(error.kind(), Kind::Unavailable);
        }
    }
}
