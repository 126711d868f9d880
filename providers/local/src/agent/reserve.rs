//! Room that is kept on the disk for what makes room: on a full disk a server group can still be destroyed.
//!
//! The folder `reserve` has some files of zeros. What must be written and fits nowhere else is written over one of them, in the
//! blocks that it has, and the file is renamed to its name as any other ([`super::files`]): after a crash the old one is there or
//! the new one. Files that were used are made anew as soon as there is room.
//!
//! It does not help on a file system that writes nothing in place (btrfs, ZFS), nor for what is larger than one such file.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::{Error, files::make_private_folder};

/// Destroying a server group that is in traffic takes four.
const FILES: usize = 8;
const BYTES: usize = 64 * 1024;

/// The files that are kept.
#[derive(Debug, Clone)]
pub(super) struct Reserve {
    folder: PathBuf,
}

impl Reserve {
    /// Uses `folder`, and fills it as far as there is room.
    pub(super) fn open(folder: PathBuf) -> Result<Reserve, Error> {
        make_private_folder(&folder)?;
        let reserve = Reserve { folder };
        reserve.fill();
        Ok(reserve)
    }

    /// Makes the files that are not there. Waits for the disk.
    pub(super) fn fill(&self) {
        for path in self.paths() {
            if fs::metadata(&path).is_ok_and(|file| file.len() == BYTES as u64) {
                continue;
            }
            if let Err(error) = make(&path) {
                tracing::debug!(%error, "there is no room for the reserve; it is tried again");
                return;
            }
        }
    }

    /// Makes one of its files the file `path` with `text`.
    ///
    /// # Errors
    /// If nothing is left of it, or `text` is too large; then what was at `path` is still there.
    pub(super) fn write(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        if text.len() > BYTES {
            return Err(io::ErrorKind::StorageFull.into());
        }
        for reserved in self.paths() {
            let opened = OpenOptions::new().write(true).open(&reserved);
            let Some(mut file) =
                opened.ok().filter(|file| file.metadata().is_ok_and(|file| file.len() == BYTES as u64))
            else {
                continue;
            };
            file.write_all(text)?;
            file.set_len(text.len() as u64)?;
            file.sync_all()?;
            fs::rename(&reserved, path)?;
            File::open(&self.folder)?.sync_all()?;
            return path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all());
        }
        Err(io::ErrorKind::StorageFull.into())
    }

    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        (0..FILES).map(|number| self.folder.join(number.to_string()))
    }
}

/// All of it or nothing: a part would take the room and be of no use.
fn make(path: &Path) -> io::Result<()> {
    let new = path.with_extension("new");
    let made = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(&[0; BYTES])?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    made().inspect_err(|_| {
        let _it_may_not_be_there = fs::remove_file(&new);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_can_be_written_and_it_is_filled_again() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = Reserve::open(folder.path().join("reserve")).unwrap();
        let path = |number: usize| folder.path().join(format!("{number}.json"));
        for number in 0..FILES {
            reserve.write(&path(number), b"{}").unwrap();
            assert_eq!(fs::read(path(number)).unwrap(), b"{}");
        }
        fs::write(path(0), "before").unwrap();
        assert_eq!(reserve.write(&path(0), b"{}").unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(path(0)).unwrap(), b"before");
        reserve.fill();
        assert!(reserve.write(&path(0), &[b' '; BYTES + 1]).is_err());
        // One that a crash has left cut short is no room any more.
        OpenOptions::new().write(true).open(folder.path().join("reserve/0")).unwrap().set_len(7).unwrap();
        reserve.write(&path(0), &[b' '; BYTES]).unwrap();
        assert_eq!(fs::metadata(path(0)).unwrap().len(), BYTES as u64);
        assert_eq!(fs::metadata(folder.path().join("reserve/0")).unwrap().len(), 7);
    }
}
