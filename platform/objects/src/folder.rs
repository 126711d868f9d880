//! Objects as files of a local folder, which several processes may use at a time.
//!
//! An object's key is its path in the folder, so the files can be read, backed up and put there with ordinary tools.
//! Beside them are `.versions/<key>/<millis>-<seq>` (what was replaced or deleted), `.tmp` and `.locks`.
//!
//! - A write goes to a file in `.tmp`, is flushed, and takes the object's name by a rename that is flushed too. A file
//!   left in `.tmp` by a crash is never read and goes away an hour later.
//! - Writes of one key follow each other under a lock in this process and a file lock for others, at most 10 s long.
//! - The modification time of an object grows with each write, whatever the clock does, so that the history has an order.
//! - Files that are no objects (hidden, linked or with names that are no keys) are not seen. A file that was put here or
//!   edited by hand is an object like others, and goes into the history when it is replaced.
//! - If the folder itself vanishes (an unmounted disk), that is an error and not an empty store.
//!
//! A version is the SHA-256 of the content. The system calls are not opendal's because its file service flushes no
//! folder, has no `If-Match` and no history.

mod files;
mod history;
mod locks;
mod walk;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use gennaker_base::{SharedClock, Timestamp, id};

use self::{
    files::{Standing, Temporary},
    history::History,
    locks::Locks,
    walk::Walks,
};
use crate::{Condition, Error, Key, Listing, Object, Objects, Result, Revision, Version};

/// How long an operation may take before its caller is told so.
const DEADLINE: Duration = Duration::from_secs(30);
/// How old a forgotten temporary file must be before it is deleted.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// The limits of a folder.
#[derive(Debug, Clone)]
pub struct FolderOptions {
    /// How many revisions of an object are kept, the present one included; 200 by default.
    pub revisions: usize,
    /// The largest object in bytes, 16 MiB by default.
    pub object_limit: u64,
}

impl Default for FolderOptions {
    fn default() -> Self {
        FolderOptions { revisions: 200, object_limit: 16 << 20 }
    }
}

/// The objects of a folder. Clones are the same store.
#[derive(Clone)]
pub struct FolderObjects {
    folder: Arc<Folder>,
}

struct Folder {
    root: PathBuf,
    temporary: PathBuf,
    history: History,
    locks: Locks,
    walks: Walks,
    options: FolderOptions,
    clock: SharedClock,
}

impl FolderObjects {
    /// Opens the folder `root`, and makes it if it is not there. Blocks for some file operations.
    ///
    /// # Errors
    /// If it cannot be made, read or written.
    pub fn open(root: PathBuf, options: FolderOptions, clock: SharedClock) -> Result<FolderObjects> {
        let folder = Folder {
            temporary: root.join(".tmp"),
            history: History::new(&root, options.revisions),
            locks: Locks::new(root.join(".locks")),
            walks: Walks::default(),
            root,
            options,
            clock,
        };
        for path in [&folder.root, &folder.temporary, folder.history.root(), folder.locks.folder()] {
            files::make_folders(path)?;
        }
        // Shows now, and not with the first write, that the folder cannot be written.
        folder.temporary_file(b"", folder.clock.now())?;
        files::sweep(&folder.temporary, folder.clock.now(), FORGOTTEN);
        Ok(FolderObjects { folder: Arc::new(folder) })
    }

    /// Where the folder is.
    pub fn root(&self) -> &Path {
        &self.folder.root
    }

    /// Does `work` on a thread that may block.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Folder) -> Result<T> + Send + 'static) -> Result<T> {
        let folder = self.folder.clone();
        let task = tokio::task::spawn_blocking(move || work(&folder));
        match tokio::time::timeout(DEADLINE, task).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Error::Panicked { path: self.folder.root.clone() }),
            Err(_) => Err(Error::TooSlow { path: self.folder.root.clone(), seconds: DEADLINE.as_secs() }),
        }
    }
}

#[async_trait]
impl Objects for FolderObjects {
    async fn list(&self, prefix: &Key) -> Result<Listing> {
        let prefix = prefix.clone();
        self.run(move |folder| folder.list(&prefix)).await
    }

    async fn get(&self, key: &Key) -> Result<Option<Object>> {
        let key = key.clone();
        self.run(move |folder| folder.get(&key)).await
    }

    async fn put(&self, key: &Key, bytes: Bytes, condition: Condition) -> Result<Version> {
        let key = key.clone();
        self.run(move |folder| folder.put(&key, &bytes, &condition)).await
    }

    async fn delete(&self, key: &Key, condition: Condition) -> Result<bool> {
        let key = key.clone();
        self.run(move |folder| folder.delete(&key, &condition)).await
    }

    async fn history(&self, key: &Key, limit: usize) -> Result<Vec<Revision>> {
        let key = key.clone();
        self.run(move |folder| folder.revisions(&key, limit)).await
    }

    async fn get_version(&self, key: &Key, revision: &str) -> Result<Option<Object>> {
        let (key, revision) = (key.clone(), revision.to_owned());
        self.run(move |folder| folder.get_version(&key, &revision)).await
    }
}

impl Folder {
    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.as_str())
    }

    fn list(&self, prefix: &Key) -> Result<Listing> {
        self.locks.check()?;
        self.walks.list(&self.root, prefix, self.clock.now())
    }

    fn get(&self, key: &Key) -> Result<Option<Object>> {
        let object = files::read(key, &self.path(key), self.options.object_limit)?;
        if object.is_none() {
            self.locks.check()?;
        }
        Ok(object)
    }

    fn put(&self, key: &Key, bytes: &[u8], condition: &Condition) -> Result<Version> {
        let (size, limit) = (bytes.len() as u64, self.options.object_limit);
        if size > limit {
            return Err(Error::TooLarge { key: key.clone(), size, limit });
        }
        let _lock = self.locks.hold(key)?;
        let path = self.path(key);
        let current = files::stand(key, &path)?;
        self.check(key, condition)?;
        let before = current.as_ref().map(|current| current.modified).max(self.history.newest(key)?);
        let after = before.map_or(Timestamp::ZERO, |before| before.after(Duration::from_millis(1)));
        let temporary = self.temporary_file(bytes, self.clock.now().max(after))?;
        if let Some(current) = &current {
            self.keep(key, &path, current)?;
        }
        temporary.take_name(key, &path)?;
        self.history.prune(key);
        Ok(files::version(bytes))
    }

    fn delete(&self, key: &Key, condition: &Condition) -> Result<bool> {
        let _lock = self.locks.hold(key)?;
        let path = self.path(key);
        self.check(key, condition)?;
        let Some(current) = files::stand(key, &path)? else { return Ok(false) };
        self.keep(key, &path, &current)?;
        files::remove(&path)?;
        self.history.prune(key);
        Ok(true)
    }

    fn revisions(&self, key: &Key, limit: usize) -> Result<Vec<Revision>> {
        let current = files::stand(key, &self.path(key))?;
        let mut revisions = self.history.revisions(key, current.as_ref())?;
        revisions.truncate(limit);
        Ok(revisions)
    }

    fn get_version(&self, key: &Key, revision: &str) -> Result<Option<Object>> {
        let path = self.path(key);
        let limit = self.options.object_limit;
        let current = files::stand(key, &path)?;
        let newest = self.history.revisions(key, current.as_ref())?.into_iter().next();
        if current.is_some() && newest.is_some_and(|newest| newest.id == revision) {
            // A write between the two reads moved it to the history, where it is found below.
            let object = files::read(key, &path, limit)?;
            if let Some(object) =
                object.filter(|object| Some(object.modified) == current.as_ref().map(|it| it.modified))
            {
                return Ok(Some(object));
            }
        }
        match self.history.path(key, revision) {
            Some(path) => files::read(key, &path, limit),
            None => Ok(None),
        }
    }

    /// Whether `condition` holds now; the caller has the lock of the key.
    fn check(&self, key: &Key, condition: &Condition) -> Result<()> {
        let holds = match condition {
            Condition::Any => true,
            Condition::IfAbsent => !files::exists(&self.path(key))?,
            Condition::IfVersion(_) => {
                let current = files::read(key, &self.path(key), u64::MAX)?;
                condition.holds(current.map(|object| object.version).as_ref())
            }
        };
        if holds { Ok(()) } else { Err(Error::Conflict { key: key.clone() }) }
    }

    /// Puts the object that stands at `path` into the history.
    fn keep(&self, key: &Key, path: &Path, current: &Standing) -> Result<()> {
        self.history.keep(key, path, current, || {
            let bytes = std::fs::read(path).map_err(Error::reading(path))?;
            self.temporary_file(&bytes, current.modified)
        })
    }

    /// A flushed file that has no name yet among the objects; it is deleted unless it takes one.
    fn temporary_file(&self, bytes: &[u8], modified: Timestamp) -> Result<Temporary> {
        Temporary::write(self.temporary.join(id::generate(self.clock.now())), bytes, modified)
    }
}
