//! The objects of a folder: its regular files whose names are keys.

use std::{
    fs::{self, DirEntry},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

use super::files;
use crate::{Entry, Error, Key, Listing, Result, Unread};

/// The objects below `prefix/`. A folder that cannot be read is named and does not stop the rest.
pub(super) fn list(root: &Path, prefix: &Key) -> Result<Listing> {
    let mut listing = Listing::default();
    let mut folders = vec![prefix.clone()];
    while let Some(folder) = folders.pop() {
        let path = root.join(folder.as_str());
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            // Deleted meanwhile, or never there.
            Err(error) if files::is_absent(&error) => continue,
            Err(error) if &folder == prefix => return Err(Error::reading(&path)(error)),
            Err(error) => {
                listing.unread.push(unread(&folder, &Error::reading(&path)(error)));
                continue;
            }
        };
        for entry in entries {
            let looked = entry.and_then(|entry| look(&folder, &entry));
            match looked {
                Ok(Some(Found::Folder(key))) => folders.push(key),
                Ok(Some(Found::Object(object))) => listing.entries.push(object),
                Ok(None) => {}
                Err(error) if files::is_absent(&error) => {}
                Err(error) => {
                    listing.unread.push(unread(&folder, &Error::reading(&path)(error)));
                }
            }
        }
    }
    listing.entries.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok(listing)
}

enum Found {
    Folder(Key),
    Object(Entry),
}

/// What an entry of a folder is; nothing if it is neither a folder nor an object.
fn look(folder: &Key, entry: &DirEntry) -> std::io::Result<Option<Found>> {
    let name = entry.file_name();
    let key = name.to_str().and_then(|name| Key::new(format!("{folder}/{name}")).ok());
    let Some(key) = key else { return Ok(None) };
    // The metadata of the entry itself: what a link points to is not ours.
    let metadata = entry.metadata()?;
    if metadata.is_dir() {
        return Ok(Some(Found::Folder(key)));
    }
    if !metadata.is_file() {
        return Ok(None);
    }
    let stamp = format!("{}.{:09}-{}-{}", metadata.mtime(), metadata.mtime_nsec(), metadata.len(), metadata.ino());
    Ok(Some(Found::Object(Entry { key, stamp, modified: files::modified(&metadata) })))
}

fn unread(folder: &Key, error: &Error) -> Unread {
    Unread { prefix: format!("{folder}/"), reason: error.to_string() }
}
