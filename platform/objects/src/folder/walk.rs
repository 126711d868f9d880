//! The objects of a folder: its regular files whose names are keys.
//!
//! A listing is made again and again, mostly of what has not changed. A folder's modification time changes with each name
//! in it, so the names of one that was read before are taken from memory, unless it was changed right before that: two
//! changes within one tick of the file system's clock have one time. The files themselves are looked at each time.

use std::{
    collections::HashMap,
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use gennaker_base::Timestamp;

use super::files;
use crate::{Entry, Error, Key, Listing, Result, Unread};

/// How long ago a folder must have changed for its names to be remembered: more than a tick of any file system's clock.
const SETTLED: Duration = Duration::from_secs(3);

/// What was read of the folders, by the prefix that was listed.
#[derive(Debug, Default)]
pub(super) struct Walks {
    last: Mutex<HashMap<Key, Arc<Folders>>>,
}

/// The names in folders that have settled.
type Folders = HashMap<Key, Names>;

/// The names in a folder that can be parts of a key.
#[derive(Debug, Clone)]
struct Names {
    stamp: Stamp,
    names: Arc<[Box<str>]>,
}

/// What is other after each change of a folder's names: its modification time in seconds and nanoseconds, and its inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(i64, i64, u64);

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        Stamp(metadata.mtime(), metadata.mtime_nsec(), metadata.ino())
    }

    fn modified(self) -> Timestamp {
        Timestamp::from_millis(self.0 * 1_000 + self.1 / 1_000_000)
    }
}

impl Walks {
    /// The objects below `prefix/`. A folder that cannot be read is named and does not stop the rest.
    pub(super) fn list(&self, root: &Path, prefix: &Key, now: Timestamp) -> Result<Listing> {
        let before = self.last.lock().unwrap_or_else(PoisonError::into_inner).get(prefix).cloned().unwrap_or_default();
        let (after, listing) = (Folders::new(), Listing::default());
        let mut walk = Walk { root, now, before, after, listing, folders: Vec::new() };
        let path = root.join(prefix.as_str());
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => walk.folders.push((prefix.clone(), Stamp::of(&metadata))),
            Ok(_) => {}
            Err(error) if files::is_absent(&error) => {}
            Err(error) => return Err(Error::reading(&path)(error)),
        }
        while let Some((folder, stamp)) = walk.folders.pop() {
            match walk.read(&folder, stamp) {
                // Deleted meanwhile.
                Err(error) if files::is_absent(&error) => {}
                Err(error) if &folder == prefix => return Err(Error::reading(&path)(error)),
                Err(error) => walk.unread(&folder, error),
                Ok(()) => {}
            }
        }
        let Walk { after, mut listing, .. } = walk;
        self.last.lock().unwrap_or_else(PoisonError::into_inner).insert(prefix.clone(), Arc::new(after));
        listing.entries.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(listing)
    }
}

/// One listing.
struct Walk<'a> {
    root: &'a Path,
    now: Timestamp,
    before: Arc<Folders>,
    after: Folders,
    listing: Listing,
    /// The folders to read.
    folders: Vec<(Key, Stamp)>,
}

impl Walk<'_> {
    /// Takes up what is in a folder.
    fn read(&mut self, folder: &Key, stamp: Stamp) -> io::Result<()> {
        let path = self.root.join(folder.as_str());
        let known = self.before.get(folder).filter(|known| known.stamp == stamp);
        let (names, settled) = match known {
            Some(known) => (known.names.clone(), true),
            None => (names(&path)?, self.now.since(stamp.modified()) > SETTLED),
        };
        for name in names.iter() {
            let Ok(key) = Key::new(format!("{folder}/{name}")) else { continue };
            // The metadata of the entry itself: what a link points to is not ours.
            match fs::symlink_metadata(path.join(&**name)) {
                Ok(metadata) if metadata.is_dir() => self.folders.push((key, Stamp::of(&metadata))),
                Ok(metadata) if metadata.is_file() => self.listing.entries.push(entry(key, &metadata)),
                Ok(_) => {}
                Err(error) if files::is_absent(&error) => {}
                Err(error) => self.unread(folder, error),
            }
        }
        if settled {
            self.after.insert(folder.clone(), Names { stamp, names });
        }
        Ok(())
    }

    /// Notes, once, that there may be more in a folder.
    fn unread(&mut self, folder: &Key, error: io::Error) {
        let prefix = format!("{folder}/");
        if self.listing.unread.last().is_none_or(|last| last.prefix != prefix) {
            let reason = Error::reading(&self.root.join(folder.as_str()))(error).to_string();
            self.listing.unread.push(Unread { prefix, reason });
        }
    }
}

/// The names in a folder that can be parts of a key.
fn names(path: &Path) -> io::Result<Arc<[Box<str>]>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        names.extend(name.to_str().filter(|name| Key::new(*name).is_ok()).map(Box::from));
    }
    Ok(names.into())
}

fn entry(key: Key, metadata: &Metadata) -> Entry {
    let stamp = format!("{}.{:09}-{}-{}", metadata.mtime(), metadata.mtime_nsec(), metadata.len(), metadata.ino());
    Entry { key, stamp, modified: files::modified(metadata) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs::{File, FileTimes},
        time::SystemTime,
    };

    /// Has a folder be changed last at a time.
    fn settle(path: &Path, time: SystemTime) {
        File::open(path).and_then(|folder| folder.set_times(FileTimes::new().set_modified(time))).expect("set");
    }

    fn keys(listing: &Listing) -> Vec<&str> {
        listing.entries.iter().map(|entry| entry.key.as_str()).collect()
    }

    #[test]
    fn a_folder_that_has_not_changed_is_not_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, long_ago) = (folder.path(), SystemTime::UNIX_EPOCH + SETTLED);
        let write = |path: &str, text: &str| {
            fs::create_dir_all(root.join(path).parent().expect("a parent")).expect("made");
            fs::write(root.join(path), text).expect("written");
        };
        let settle = |path: &str| settle(&root.join(path), long_ago);
        let prefix = Key::new("g").expect("a key");
        let walks = Walks::default();
        // Whatever the machine's clock says, the folder was made a moment ago.
        let now = files::modified(&fs::metadata(root).expect("it is there"));
        let list = || walks.list(root, &prefix, now).expect("it can be read");
        let remembered = || {
            let last = walks.last.lock().expect("no panic");
            let mut folders: Vec<String> = last[&prefix].keys().map(ToString::to_string).collect();
            folders.sort_unstable();
            folders
        };
        write("g/a/x", "1");
        write("g/b/x", "1");
        settle("g/a");
        settle("g");
        let first = list();
        assert_eq!((keys(&first), remembered()), (vec!["g/a/x", "g/b/x"], vec!["g".to_owned(), "g/a".to_owned()]));
        // What is edited in place changes no folder, and shows.
        write("g/a/x", "22");
        let second = list();
        assert_eq!(keys(&second), keys(&first));
        assert_ne!(second.entries[0].stamp, first.entries[0].stamp);
        assert_eq!(second.entries[1], first.entries[1]);
        write("g/a/y", "1");
        fs::remove_file(root.join("g/b/x")).expect("removed");
        write("g/c/x", "1");
        assert_eq!(keys(&list()), ["g/a/x", "g/a/y", "g/c/x"]);
        assert_eq!(remembered(), Vec::<String>::new(), "all have changed a moment ago");
        ["g/a", "g/b", "g/c"].into_iter().for_each(settle);
        settle("g");
        assert_eq!((keys(&list()).len(), remembered().len()), (3, 4));
        fs::remove_dir_all(root.join("g/a")).expect("removed");
        settle("g");
        assert_eq!(keys(&list()), ["g/c/x"], "a name from memory that is no more");
        fs::remove_dir_all(root.join("g")).expect("removed");
        assert_eq!(list(), Listing::default());
    }
}
