//! One agent per state folder: an exclusive lock on `agent.lock`, which the kernel releases however the agent ends.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::fs::OpenOptionsExt as _,
    },
    path::Path,
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use super::Error;

/// The lock, held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of `folder` and writes this process's pid into it.
    ///
    /// # Errors
    /// [`Error::AlreadyRunning`] with the holder's pid if another agent has it.
    pub(super) fn take(folder: &Path) -> Result<Lock, Error> {
        let path = folder.join("agent.lock");
        let failed = |source| Error::io(format!("lock {}", path.display()), source);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(failed)?;
                return Err(Error::AlreadyRunning { folder: folder.to_owned(), pid: text.trim().parse().ok() });
            }
            Err(errno) => return Err(failed(errno.into())),
        }
        let mut lock = Lock { file };
        lock.sign().map_err(failed)?;
        Ok(lock)
    }

    /// The lock that another agent gave away: its descriptor, which is locked for as long as any process has a copy.
    pub(super) fn inherit(descriptor: OwnedFd) -> Lock {
        Lock { file: descriptor.into() }
    }

    /// The same lock once more.
    pub(super) fn try_clone(&self) -> io::Result<Lock> {
        Ok(Lock { file: self.file.try_clone()? })
    }

    /// Writes this process's pid into it.
    pub(super) fn sign(&mut self) -> io::Result<()> {
        // Written over what was there: on a full disk there may be no room again for what was given up.
        let text = format!("{}\n", std::process::id());
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)
    }
}

impl AsFd for Lock {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_agent_is_told_who_holds_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let message = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("(pid {})", std::process::id())), "{message}");
        drop(lock);
        Lock::take(folder.path()).unwrap();
    }
}
