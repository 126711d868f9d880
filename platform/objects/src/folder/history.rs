//! What was replaced or deleted: one file a revision in `.versions/<key>/<millis>-<seq>`.
//!
//! A file gets there as a second name of the object's file, before the object's name goes to another: at every moment
//! the object is there, and nothing that was is lost. Where the file system has no second names it is copied.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use gennaker_base::Timestamp;

use super::files::{self, Standing, Temporary};
use crate::{Error, Key, Result, Revision};

/// The revisions of the objects of a folder.
pub(super) struct History {
    root: PathBuf,
    limit: usize,
}

/// The place of a revision in its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    millis: i64,
    sequence: u32,
}

impl Place {
    fn parse(name: &str) -> Option<Place> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (millis, sequence) = name.split_once('-').filter(|(left, right)| digits(left) && digits(right))?;
        Some(Place { millis: millis.parse().ok()?, sequence: sequence.parse().ok()? })
    }

    fn name(self) -> String {
        format!("{:013}-{}", self.millis, self.sequence)
    }

    fn revision(self) -> Revision {
        Revision { id: self.name(), modified: Timestamp::from_millis(self.millis) }
    }
}

impl History {
    /// Keeps at most `limit` revisions of each object, the present one included.
    pub(super) fn new(folder: &Path, limit: usize) -> History {
        History { root: folder.join(".versions"), limit }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Adds the object that stands at `path`; `copy` makes a copy of it if it cannot have two names.
    pub(super) fn keep(
        &self,
        key: &Key,
        path: &Path,
        current: &Standing,
        copy: impl FnOnce() -> Result<Temporary>,
    ) -> Result<()> {
        let folder = self.folder(key);
        files::make_folders(&folder)?;
        let mut place = Place { millis: current.modified.millis(), sequence: 0 };
        loop {
            let target = folder.join(place.name());
            match fs::hard_link(path, &target) {
                Ok(()) => return files::flush_folder(&folder),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if is_same_file(&target, current) {
                        return Ok(());
                    }
                    place.sequence += 1;
                }
                Err(_) if !files::exists(&target)? => {
                    return copy()?.take_name(key, &target);
                }
                Err(_) => place.sequence += 1,
            }
        }
    }

    /// All revisions, newest first, beginning with the object that stands now.
    pub(super) fn revisions(&self, key: &Key, current: Option<&Standing>) -> Result<Vec<Revision>> {
        let folder = self.folder(key);
        let mut places = self.places(key)?;
        if let Some(current) = current {
            // A crash between the two names of a replaced object leaves it here too.
            let twin = |place: &Place| {
                place.millis == current.modified.millis() && is_same_file(&folder.join(place.name()), current)
            };
            places.retain(|place| !twin(place));
            let millis = current.modified.millis();
            let after = places.iter().filter(|place| place.millis == millis).map(|place| place.sequence + 1).max();
            // First even if its time is older: somebody put an older file here.
            places.insert(0, Place { millis, sequence: after.unwrap_or(0) });
        }
        Ok(places.into_iter().map(Place::revision).collect())
    }

    /// When the newest past revision was written.
    pub(super) fn newest(&self, key: &Key) -> Result<Option<Timestamp>> {
        Ok(self.places(key)?.first().map(|place| Timestamp::from_millis(place.millis)))
    }

    /// Where a past revision is; `None` if the id is none.
    pub(super) fn path(&self, key: &Key, revision: &str) -> Option<PathBuf> {
        Place::parse(revision).map(|place| self.folder(key).join(place.name()))
    }

    /// Deletes what is over the limit. A failure is only logged: the next write tries again.
    pub(super) fn prune(&self, key: &Key) {
        let past = self.limit.saturating_sub(1);
        let places = self.places(key).unwrap_or_default();
        for place in places.into_iter().skip(past) {
            let path = self.folder(key).join(place.name());
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), %error, "an old revision cannot be deleted");
            }
        }
    }

    fn folder(&self, key: &Key) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// The past revisions, newest first.
    fn places(&self, key: &Key) -> Result<Vec<Place>> {
        let folder = self.folder(key);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if files::is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(Error::reading(&folder)(error)),
        };
        let mut places = Vec::new();
        for entry in entries {
            let name = entry.map_err(Error::reading(&folder))?.file_name();
            places.extend(OsStr::to_str(&name).and_then(Place::parse));
        }
        places.sort_unstable_by(|one, other| other.cmp(one));
        Ok(places)
    }
}

fn is_same_file(path: &Path, current: &Standing) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.ino() == current.inode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_revisions_are_revisions() {
        assert_eq!(Place::parse("1700000000000-0").map(Place::name).as_deref(), Some("1700000000000-0"));
        for name in ["", "-", "1-", "-1", "a-1", "1-../..", "../1-1", "1-1.tmp", "+1-1", "99999999999999999999-1"] {
            assert_eq!(Place::parse(name), None, "{name}");
        }
    }
}
