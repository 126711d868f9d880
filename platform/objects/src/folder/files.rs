//! The file operations that make a write atomic and durable.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use gennaker_base::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{Error, Key, Object, Result, Version};

/// The file that stands under an object's name.
pub(super) struct Standing {
    pub(super) modified: Timestamp,
    pub(super) inode: u64,
}

/// A file that goes away unless it takes an object's name.
pub(super) struct Temporary {
    path: PathBuf,
    kept: bool,
}

impl Temporary {
    /// Writes and flushes a new file at `path` with that modification time.
    pub(super) fn write(path: PathBuf, bytes: &[u8], modified: Timestamp) -> Result<Temporary> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(Error::writing(&path))?;
        let temporary = Temporary { path, kept: false };
        let millis = u64::try_from(modified.millis()).unwrap_or(0);
        file.write_all(bytes)
            .and_then(|()| file.set_modified(UNIX_EPOCH + Duration::from_millis(millis)))
            .and_then(|()| file.sync_all())
            .map_err(Error::writing(&temporary.path))?;
        Ok(temporary)
    }

    /// Becomes the file at `path` in one step, making the folders above.
    pub(super) fn take_name(mut self, key: &Key, path: &Path) -> Result<()> {
        let Some(folder) = path.parent() else { return Err(occupied(key, path)) };
        make_folders(folder).map_err(|error| shape_error(error, key, path))?;
        fs::rename(&self.path, path).map_err(Error::writing(path)).map_err(|error| shape_error(error, key, path))?;
        self.kept = true;
        flush_folder(folder)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.kept {
            // What stays is swept an hour later.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The version of a content.
pub(super) fn version(bytes: &[u8]) -> Version {
    Version(format!("{:x}", Sha256::digest(bytes)))
}

/// The object at `path`, or `None` if no file is there.
pub(super) fn read(key: &Key, path: &Path, limit: u64) -> Result<Option<Object>> {
    let result = File::open(path).and_then(|mut file| {
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if metadata.len() > limit {
            return Ok(Err(metadata.len()));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Ok((bytes, modified(&metadata))))
    });
    match result {
        Ok(Ok((bytes, modified))) => Ok(Some(Object { version: version(&bytes), bytes: bytes.into(), modified })),
        Ok(Err(size)) => Err(Error::TooLarge { key: key.clone(), size, limit }),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(shape_error(Error::reading(path)(error), key, path)),
    }
}

/// The file at `path`, or `None` if none is there.
pub(super) fn stand(key: &Key, path: &Path) -> Result<Option<Standing>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(occupied(key, path)),
        Ok(metadata) => Ok(Some(Standing { modified: modified(&metadata), inode: metadata.ino() })),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(Error::reading(path)(error)),
    }
}

/// Whether anything is at `path`.
pub(super) fn exists(path: &Path) -> Result<bool> {
    fs::exists(path).or_else(|error| if is_absent(&error) { Ok(false) } else { Err(Error::reading(path)(error)) })
}

/// Removes the file at `path` durably.
pub(super) fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(Error::writing(path))?;
    path.parent().map_or(Ok(()), flush_folder)
}

/// Makes the folder `path` and those above it, durably.
pub(super) fn make_folders(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folders(parent)?;
    }
    match fs::create_dir(path) {
        Ok(()) => parent.map_or(Ok(()), flush_folder),
        Err(_) if path.is_dir() => Ok(()),
        Err(error) => Err(Error::writing(path)(error)),
    }
}

/// Flushes the names in a folder.
pub(super) fn flush_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(Error::writing(path))
}

/// Deletes the temporary files that a crash left behind.
pub(super) fn sweep(folder: &Path, now: Timestamp, age: Duration) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let old = entry.metadata().is_ok_and(|metadata| now.since(modified(&metadata)) > age);
        if old && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "a forgotten temporary file cannot be deleted");
        }
    }
}

/// When a file was modified.
pub(super) fn modified(metadata: &fs::Metadata) -> Timestamp {
    let elapsed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Timestamp::ZERO.after(elapsed.unwrap_or_default())
}

/// Whether the error says that no file is there: nor is one below something that is a file.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn occupied(key: &Key, path: &Path) -> Error {
    Error::Occupied { key: key.clone(), path: path.to_owned() }
}

/// Tells a key that a folder cannot hold from a folder that does not work.
fn shape_error(error: Error, key: &Key, path: &Path) -> Error {
    match &error {
        Error::Folder { source, .. }
            if matches!(
                source.kind(),
                io::ErrorKind::IsADirectory
                    | io::ErrorKind::NotADirectory
                    | io::ErrorKind::AlreadyExists
                    | io::ErrorKind::DirectoryNotEmpty
            ) =>
        {
            occupied(key, path)
        }
        _ => error,
    }
}
