//! How much of the disk an account uses: the files of its logs, artifacts and images.
//!
//! Measured only where it is limited, beside everything else: a large folder takes a while.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What is measured.
const FOLDERS: [&str; 3] = ["logs", "artifacts", "images"];

/// The use of the disk as it was measured last.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    state: PathBuf,
    /// How many bytes it may be; nothing is measured without.
    pub(super) limit: Option<u64>,
    used: Arc<AtomicU64>,
}

impl Disk {
    /// Of the agent with the state folder `state`; what is there already counts from the first [`Disk::measure`] on.
    pub(super) fn new(state: &Path, limit: Option<u64>) -> Disk {
        Disk { state: state.to_owned(), limit, used: Arc::default() }
    }

    /// In bytes, as last measured, and what came since.
    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Notes what came.
    pub(super) fn add(&self, bytes: u64) {
        if self.limit.is_some() {
            self.used.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Measures. Waits for the disk.
    pub(super) fn measure(&self) -> io::Result<()> {
        if self.limit.is_some() {
            let mut total = 0;
            for folder in FOLDERS {
                for entry in if_there(fs::read_dir(self.state.join(folder)))?.into_iter().flatten() {
                    let entry = entry?;
                    // What begins with a dot is being fetched, and counts once it is kept, or is on its way out.
                    if !entry.file_name().to_string_lossy().starts_with('.') {
                        total += size_of(&entry)?;
                    }
                }
            }
            self.used.store(total, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The bytes of all files in `folder`; of links their own. What goes away meanwhile counts as nothing.
pub(super) fn size(folder: &Path) -> io::Result<u64> {
    let Some(entries) = if_there(fs::read_dir(folder))? else { return Ok(0) };
    let mut total = 0;
    for entry in entries {
        total += size_of(&entry?)?;
    }
    Ok(total)
}

fn size_of(entry: &fs::DirEntry) -> io::Result<u64> {
    match if_there(entry.metadata())? {
        Some(metadata) if metadata.is_dir() => size(&entry.path()),
        found => Ok(found.map_or(0, |metadata| metadata.len())),
    }
}

fn if_there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_and_links_not_followed() {
        let state = tempfile::tempdir().unwrap();
        let disk = Disk::new(state.path(), Some(10));
        disk.measure().unwrap();
        assert_eq!(disk.used(), 0);
        fs::create_dir_all(state.path().join("images/shop/1.0/bin")).unwrap();
        fs::write(state.path().join("images/shop/1.0/bin/shop"), "12345").unwrap();
        fs::create_dir(state.path().join("logs")).unwrap();
        fs::write(state.path().join("logs/a.log"), "123").unwrap();
        fs::write(state.path().join("agent.lock"), "not counted").unwrap();
        fs::create_dir_all(state.path().join("artifacts/.work-0")).unwrap();
        fs::write(state.path().join("artifacts/.work-0/raw"), "not yet").unwrap();
        std::os::unix::fs::symlink("/", state.path().join("images/root")).unwrap();
        disk.measure().unwrap();
        let own = fs::symlink_metadata(state.path().join("images/root")).unwrap().len();
        assert_eq!(disk.used(), 8 + own);
        disk.add(7);
        assert_eq!(disk.used(), 15 + own);
        let free = Disk::new(state.path(), None);
        free.measure().unwrap();
        free.add(1);
        assert_eq!(free.used(), 0, "nobody wants to know");
    }
}
