//! One writer of a key at a time, among the threads of this process and among processes.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sha2::{Digest as _, Sha256};

use crate::{Error, Key, Result};

/// How many locks there are. Keys share them by a hash that is the same in every version of this program.
const LOCKS: usize = 64;
/// How long to wait between two tries at a lock that another process holds, and how often to try.
const TRY_EVERY: Duration = Duration::from_millis(5);
const TRIES: u32 = 2000;

/// The locks of a folder.
pub(super) struct Locks {
    folder: PathBuf,
    here: Vec<Mutex<()>>,
}

/// A lock that is held until this is dropped.
pub(super) struct Held<'a> {
    _file: File,
    _here: MutexGuard<'a, ()>,
}

impl Locks {
    pub(super) fn new(folder: PathBuf) -> Locks {
        Locks { folder, here: (0..LOCKS).map(|_| Mutex::new(())).collect() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fails if the folder is not the one that was opened: it was deleted, or its disk is not mounted.
    pub(super) fn check(&self) -> Result<()> {
        fs::metadata(&self.folder).map(|_| ()).map_err(Error::reading(&self.folder))
    }

    /// Waits for the lock of `key`; blocks.
    pub(super) fn hold(&self, key: &Key) -> Result<Held<'_>> {
        let index = usize::from(Sha256::digest(key.as_str())[0]) % LOCKS;
        // A thread that panicked while it held the lock left either the old or the new object.
        let here = self.here[index].lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join(format!("{index:02}"));
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(Error::writing(&path))?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Held { _file: file, _here: here }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(TRY_EVERY),
                Err(TryLockError::Error(error)) => return Err(Error::writing(&path)(error)),
            }
        }
        Err(Error::Busy { path, seconds: (TRY_EVERY * TRIES).as_secs() })
    }
}
