//! The agent's state on disk: one JSON file per thing, replaced as a whole.
//!
//! A write is a temporary file, fsync, rename, fsync of the folder: after a crash a file is the old one or the new one,
//! and once [`Files::write`] has returned it is the new one.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{Error, reserve::Reserve};

/// A folder with one JSON file per thing.
#[derive(Debug, Clone)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Uses `folder`, which is made with mode 0700 if it is not there.
    pub(super) fn open(folder: PathBuf) -> Result<Files, Error> {
        make_private_folder(&folder)?;
        Ok(Files { folder })
    }

    /// Replaces the file `name` with `value`.
    ///
    /// # Errors
    /// Then the old file is still there.
    pub(super) async fn write<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        self.replace(name, value, None).await
    }

    /// The same for what makes room: on a full disk it goes into the reserve.
    pub(super) async fn write_to_make_room<T: Serialize>(
        &self,
        name: &str,
        value: &T,
        reserve: &Reserve,
    ) -> io::Result<()> {
        self.replace(name, value, Some(reserve.clone())).await
    }

    async fn replace<T: Serialize>(&self, name: &str, value: &T, reserve: Option<Reserve>) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(value)?;
        let short = reserve.map(|reserve| Ok::<_, io::Error>((reserve, serde_json::to_vec(value)?))).transpose()?;
        let (folder, name) = (self.folder.clone(), name.to_owned());
        blocking(move || {
            let (temporary, path) = (folder.join(format!("{name}.new")), folder.join(format!("{name}.json")));
            let written = write_new(&temporary, &text).and_then(|()| {
                fs::rename(&temporary, &path)?;
                File::open(&folder)?.sync_all()
            });
            if written.is_err() {
                // What fits on no disk must not stay there; the next write begins anew if it does.
                let _it_may_not_be_there = fs::remove_file(&temporary);
            }
            match (written, short) {
                (Err(error), Some((reserve, text))) if is_full(&error) => {
                    tracing::warn!(name, "the disk is full; writing into the reserve");
                    reserve.write(&path, &text)
                }
                (written, _) => written,
            }
        })
        .await
    }

    /// Where something else about the thing `name` is kept; not one of the files that are read as things.
    pub(super) fn other_path(&self, name: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{name}.{extension}"))
    }

    /// Removes the file `name` if it is there.
    pub(super) async fn remove(&self, name: &str) -> io::Result<()> {
        let (folder, name) = (self.folder.clone(), name.to_owned());
        blocking(move || match fs::remove_file(folder.join(format!("{name}.json"))) {
            Ok(()) => File::open(&folder)?.sync_all(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }

    /// All things, in no order. Temporary files of a write that a crash cut short are skipped.
    pub(super) fn read_all<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        let failed = |source| Error::io(format!("read {}", self.folder.display()), source);
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let text = fs::read(&path).map_err(failed)?;
                let value = serde_json::from_slice(&text)
                    .map_err(|error| Error::State { path: path.clone(), reason: error.to_string() })?;
                all.push(value);
            }
        }
        Ok(all)
    }
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Whether there was no room.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Makes `folder` with mode 0700, parents too, and takes others' rights away if it was there.
pub(super) fn make_private_folder(folder: &Path) -> Result<(), Error> {
    make_folder(folder, 0o700)
}

/// The same on the way to what processes of other users run: if the agent is root's, which alone may start such, they may pass
/// through it, but not see what is in it.
pub(super) fn make_passable_folder(folder: &Path) -> Result<(), Error> {
    make_folder(folder, if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 })
}

fn make_folder(folder: &Path, mode: u32) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(folder)
        .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(mode)))
        .map_err(|source| Error::io(format!("make the folder {}", folder.display()), source))
}

/// Runs file work on a thread that may wait for the disk.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_leaves_the_old_file_and_no_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path().join("things")).unwrap();
        files.write("a", &1).await.unwrap();
        let temporary = folder.path().join("things/a.new");
        std::os::unix::fs::symlink("/dev/full", &temporary).unwrap();
        let error = files.write("a", &2).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(files.read_all::<u32>().unwrap(), vec![1]);
        assert!(temporary.symlink_metadata().is_err(), "nothing is left");
        files.write("a", &2).await.unwrap();
    }

    #[tokio::test]
    async fn what_makes_room_is_written_on_a_full_disk() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path().join("things")).unwrap();
        let reserve = Reserve::open(folder.path().join("reserve")).unwrap();
        files.write("a", &1).await.unwrap();
        let temporary = folder.path().join("things/a.new");
        std::os::unix::fs::symlink("/dev/full", &temporary).unwrap();
        files.write_to_make_room("a", &2, &reserve).await.unwrap();
        assert_eq!(files.read_all::<u32>().unwrap(), vec![2]);
        assert!(temporary.symlink_metadata().is_err(), "nothing is left");
    }

    #[tokio::test]
    async fn a_thing_is_replaced_read_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path().join("things")).unwrap();
        files.write("a", &1).await.unwrap();
        files.write("a", &2).await.unwrap();
        fs::write(folder.path().join("things/b.new"), "half a wri").unwrap();
        assert_eq!(files.read_all::<u32>().unwrap(), vec![2]);
        files.remove("a").await.unwrap();
        files.remove("a").await.unwrap();
        assert_eq!(files.read_all::<u32>().unwrap(), Vec::<u32>::new());
        fs::write(folder.path().join("things/c.json"), "{").unwrap();
        let message = files.read_all::<u32>().unwrap_err().to_string();
        assert!(message.contains("c.json") && message.contains("move it away"), "{message}");
    }
}
