//! The instances' logs: what a process writes to stdout and stderr goes straight into a file, so that it can go on
//! writing when the agent is gone.
//!
//! A file that has grown over 10 MiB is copied to `<instance>.log.1` and emptied; lines written in between are lost. How much
//! was taken out of it so far is in `<instance>.log.base`, so that a position in the output means the same for ever.
//! The logs of instances that are gone stay for a week, and no more than 200 of them.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use gennaker_base::Timestamp;

use super::{Error, files::is_full};

const MOST_BYTES: u64 = 10 * 1024 * 1024;
const MOST_TAIL: u64 = 1024 * 1024;
const EXIT_TAIL: u64 = 2_000;
const KEEP_MILLIS: i64 = 7 * 24 * 3_600 * 1_000;
const MOST_OLD: usize = 200;

/// A piece of an output.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) content: Vec<u8>,
    /// Where it begins.
    pub(super) start: u64,
    /// Where the next one begins.
    pub(super) next: u64,
}

/// The folder of logs.
#[derive(Debug, Clone)]
pub(super) struct Logs {
    folder: PathBuf,
}

impl Logs {
    pub(super) fn open(folder: PathBuf) -> Result<Logs, Error> {
        super::files::make_private_folder(&folder)?;
        Ok(Logs { folder })
    }

    /// The file that a process of `instance` appends to.
    pub(super) fn writer(&self, instance: &str) -> io::Result<File> {
        OpenOptions::new().append(true).create(true).mode(0o600).open(self.path(instance))
    }

    /// Removes the log of a process that could not be started, unless an earlier one wrote to it.
    pub(super) fn forget_empty(&self, instance: &str) {
        let path = self.path(instance);
        if fs::metadata(&path).is_ok_and(|log| log.len() == 0) {
            let _it_is_tidied_in_a_week = fs::remove_file(path);
        }
    }

    /// The last `bytes` of the log, at most 1 MiB. None if there is no such log.
    pub(super) fn tail(&self, instance: &str, bytes: u64) -> io::Result<Option<String>> {
        let mut file = match File::open(self.path(instance)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes = bytes.min(MOST_TAIL);
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
        let mut text = Vec::new();
        file.take(bytes).read_to_end(&mut text)?;
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    /// At most `bytes` of the output from `from` on, or the last of it. None if there is no such log.
    ///
    /// A position counts all bytes that were ever written. What was dropped meanwhile is skipped: the piece begins later.
    pub(super) fn piece(&self, instance: &str, from: Option<u64>, bytes: u64) -> io::Result<Option<Piece>> {
        let mut file = match File::open(self.path(instance)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes = bytes.min(MOST_TAIL);
        let (base, length) = (base(&self.path(instance)), file.metadata()?.len());
        let from = from.unwrap_or_else(|| (base + length).saturating_sub(bytes)).min(base + length);
        let mut start = from.max(base);
        let mut skipped = start - base;
        if from < base
            && let Ok(old) = File::open(rotated(&self.path(instance)))
        {
            let kept = old.metadata()?.len().min(base);
            start = from.max(base - kept);
            skipped = start - (base - kept);
            file = old;
        }
        file.seek(SeekFrom::Start(skipped))?;
        let mut content = Vec::new();
        file.take(bytes).read_to_end(&mut content)?;
        content.truncate(whole_characters(&content));
        Ok(Some(Piece { start, next: start + content.len() as u64, content }))
    }

    /// What a process said last, for the record of its end.
    pub(super) fn last_words(&self, instance: &str) -> String {
        self.tail(instance, EXIT_TAIL).ok().flatten().unwrap_or_default()
    }

    /// Cuts large logs and removes old ones of instances that are not in `living`.
    pub(super) fn tidy(&self, living: &HashSet<String>, now: Timestamp) -> io::Result<()> {
        let mut old = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let ends = [".log.1", ".log.base", ".log"];
            let Some(instance) = ends.iter().find_map(|end| name.strip_suffix(end)) else { continue };
            let metadata = match fs::metadata(&path) {
                // Of an instance that could not be started.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            if living.contains(instance) {
                if name.ends_with(".log") && metadata.len() > MOST_BYTES {
                    rotate(&path)?;
                }
                continue;
            }
            let age = metadata.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            old.push((Timestamp::ZERO.after(age), path));
        }
        old.sort();
        let too_many = old.len().saturating_sub(MOST_OLD);
        for (index, (modified, path)) in old.iter().enumerate() {
            if index < too_many || now.millis() - modified.millis() > KEEP_MILLIS {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn path(&self, instance: &str) -> PathBuf {
        self.folder.join(format!("{instance}.log"))
    }
}

/// The process has the file open for appending, so it goes on at the new end. Without room for a copy the log is dropped: it may
/// be what fills the disk.
fn rotate(path: &Path) -> io::Result<()> {
    let copied = match fs::copy(path, rotated(path)) {
        Err(error) if is_full(&error) => {
            tracing::warn!(log = %path.display(), "there is no room to keep the first part of a log; dropping it");
            fs::remove_file(rotated(path))?;
            fs::metadata(path)?.len()
        }
        copied => copied?,
    };
    OpenOptions::new().write(true).open(path)?.set_len(0)?;
    fs::write(path.with_extension("log.base"), (base(path) + copied).to_string())
}

fn rotated(path: &Path) -> PathBuf {
    path.with_extension("log.1")
}

/// How many bytes were taken out of a log.
fn base(path: &Path) -> u64 {
    let text = fs::read_to_string(path.with_extension("log.base")).unwrap_or_default();
    text.trim().parse().unwrap_or(0)
}

/// How many of these bytes are whole characters: what may be the beginning of one at the end is left for the next piece.
fn whole_characters(content: &[u8]) -> usize {
    match std::str::from_utf8(content) {
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => error.valid_up_to(),
        _ => content.len(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_character_is_not_cut_in_two() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::open(folder.path().join("logs")).unwrap();
        logs.writer("a-1").unwrap().write_all("aé".as_bytes()).unwrap();
        let piece = logs.piece("a-1", Some(0), 2).unwrap().unwrap();
        assert_eq!((piece.content.as_slice(), piece.next), (b"a".as_slice(), 1));
        assert_eq!(logs.piece("a-1", Some(1), 2).unwrap().unwrap().content, "é".as_bytes());
        assert_eq!(logs.piece("a-2", Some(0), 2).unwrap(), None);
    }

    #[test]
    fn a_log_that_fills_the_disk_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::open(folder.path().join("logs")).unwrap();
        let mut writer = logs.writer("a-1").unwrap();
        writer.set_len(MOST_BYTES + 1).unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.path().join("logs/a-1.log.1")).unwrap();
        logs.tidy(&HashSet::from(["a-1".to_owned()]), Timestamp::ZERO).unwrap();
        assert_eq!(fs::metadata(folder.path().join("logs/a-1.log")).unwrap().len(), 0);
        writer.write_all(b"more").unwrap();
        let piece = logs.piece("a-1", Some(7), 100).unwrap().unwrap();
        assert_eq!((piece.content.as_slice(), piece.start), (b"more".as_slice(), MOST_BYTES + 1));
    }

    #[test]
    fn a_log_is_read_from_its_end_cut_when_large_and_removed_when_old() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::open(folder.path().join("logs")).unwrap();
        assert_eq!(logs.tail("a-1", 10).unwrap(), None);
        let mut writer = logs.writer("a-1").unwrap();
        writer.write_all(b"first second").unwrap();
        assert_eq!(logs.tail("a-1", 6).unwrap().as_deref(), Some("second"));
        writer.set_len(MOST_BYTES + 1).unwrap();
        let now = Timestamp::from_millis(1_900_000_000_000);
        logs.tidy(&HashSet::from(["a-1".to_owned()]), now).unwrap();
        assert_eq!(fs::metadata(folder.path().join("logs/a-1.log.1")).unwrap().len(), MOST_BYTES + 1);
        writer.write_all(b"third").unwrap();
        assert_eq!(logs.tail("a-1", 100).unwrap().as_deref(), Some("third"));
        let end = MOST_BYTES + 1 + 5;
        let piece = |from, bytes| logs.piece("a-1", from, bytes).unwrap().unwrap();
        assert_eq!(piece(Some(MOST_BYTES + 1), 100), Piece { content: b"third".into(), start: end - 5, next: end });
        assert_eq!(piece(None, 2), Piece { content: b"rd".into(), start: end - 2, next: end });
        assert_eq!(piece(Some(6), 6).content, b"second", "what was rotated is still there");
        assert_eq!(piece(Some(end + 9), 9), Piece { content: Vec::new(), start: end, next: end });
        logs.tidy(&HashSet::new(), Timestamp::ZERO).unwrap();
        assert!(logs.tail("a-1", 1).unwrap().is_some(), "a young log stays");
        logs.tidy(&HashSet::new(), now).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("logs")).unwrap().count(), 0);
    }
}
