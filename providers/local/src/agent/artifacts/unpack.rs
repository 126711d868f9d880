//! Unpacks a tar archive so that nothing gets out of its folder.
//!
//! Refused are absolute names and names with `..`, links that lead out of the folder or to nothing, devices, pipes, and
//! more or larger files than allowed. Files are written first and links made last, so that no file is written through a
//! link. Rights are reduced: no setuid, no writing for others.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{OpenOptionsExt as _, symlink},
    path::{Component, Path, PathBuf},
    time::Instant,
};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::{ArtifactLimits, set_mode};

/// What became of an archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unpacked {
    /// All of it is there.
    Done,
    /// It is not as it must be; what was unpacked is to be removed.
    Refused(String),
}

/// Why unpacking stopped.
enum Stop {
    Refused(String),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

/// Unpacks `archive` into the empty folder `into`, until `deadline`.
///
/// # Errors
/// What the disk says.
pub(super) fn unpack(archive: &Path, into: &Path, limits: &ArtifactLimits, deadline: Instant) -> io::Result<Unpacked> {
    let mut file = File::open(archive)?;
    let mut magic = [0; 2];
    let gzipped = file.read(&mut magic)? == 2 && magic == [0x1f, 0x8b];
    file.seek(SeekFrom::Start(0))?;
    let file = BufReader::new(file);
    let content: Box<dyn Read> = if gzipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let unpacking = Unpacking { into, limits, deadline, bytes: 0, files: 0, seen: HashSet::new(), links: Vec::new() };
    match unpacking.run(content) {
        Ok(()) => Ok(Unpacked::Done),
        Err(Stop::Refused(reason)) => Ok(Unpacked::Refused(reason)),
        Err(Stop::Io(error)) => Err(error),
    }
}

struct Unpacking<'a> {
    into: &'a Path,
    limits: &'a ArtifactLimits,
    deadline: Instant,
    bytes: u64,
    files: u64,
    /// The files that were written.
    seen: HashSet<PathBuf>,
    /// Symbolic links to make: where, and to what.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Unpacking<'_> {
    fn run(mut self, content: Box<dyn Read>) -> Result<(), Stop> {
        // Bounds also what hides in headers and between files. A name of its own may take several blocks.
        let most = self.limits.unpacked_bytes.saturating_add(self.limits.files.saturating_mul(4_096));
        let mut archive = Archive::new(content.take(most));
        let mut entries = 0;
        for entry in archive.entries().map_err(unreadable)? {
            self.take(entry.map_err(unreadable)?)?;
            entries += 1;
        }
        if entries == 0 {
            return refuse("it is not a tar archive, or an empty one");
        }
        self.make_links()
    }

    fn take(&mut self, mut entry: Entry<'_, impl Read>) -> Result<(), Stop> {
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::XGlobalHeader) {
            return Ok(());
        }
        let name = entry.path().map_err(unreadable)?.into_owned();
        let shown = name.display();
        let inside = match inside(&name) {
            Some(inside) => inside,
            None => return refuse(format!("{shown} would be outside of its folder")),
        };
        self.files += 1;
        if self.files > self.limits.files {
            return refuse(format!("it has more than {} files", self.limits.files));
        }
        self.in_time()?;
        let path = self.into.join(&inside);
        match kind {
            EntryType::Directory => placed(&inside, fs::create_dir_all(&path))?,
            EntryType::Regular | EntryType::Continuous => {
                let mode = entry.header().mode().unwrap_or(0o644);
                self.write(&mut entry, &inside, mode)?;
            }
            EntryType::Symlink | EntryType::Link => {
                let target = entry.link_name().map_err(unreadable)?.map(|target| target.into_owned());
                let Some(target) = target else { return refuse(format!("{shown} is a link to nothing")) };
                if kind == EntryType::Symlink {
                    self.links.push((inside, target));
                } else {
                    self.link(&inside, &target)?;
                }
            }
            _ => return refuse(format!("{shown} is a device, a pipe or something else that is no file")),
        }
        Ok(())
    }

    fn in_time(&self) -> Result<(), Stop> {
        if Instant::now() > self.deadline { refuse("unpacking it takes too long") } else { Ok(()) }
    }

    fn write(&mut self, content: &mut impl Read, inside: &Path, mode: u32) -> Result<(), Stop> {
        let path = self.into.join(inside);
        make_parent(inside, &path)?;
        if self.seen.contains(inside) {
            // The later one of a name counts, as tar has it.
            fs::remove_file(&path)?;
        }
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = placed(inside, opened)?;
        self.seen.insert(inside.to_owned());
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = content.read(&mut buffer).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            self.bytes += read as u64;
            if self.bytes > self.limits.unpacked_bytes {
                return refuse(format!("it has more than {} bytes", self.limits.unpacked_bytes));
            }
            self.in_time()?;
            file.write_all(&buffer[..read])?;
        }
        set_mode(&path, (mode & 0o755) | 0o600)?;
        Ok(())
    }

    /// A second name of a file that was unpacked before.
    fn link(&mut self, inside: &Path, target: &Path) -> Result<(), Stop> {
        let Some(file) = self::inside(target).filter(|target| self.seen.contains(target)) else {
            return refuse(format!("{} is a link to {}, which is no file of it", inside.display(), target.display()));
        };
        let path = self.into.join(inside);
        make_parent(inside, &path)?;
        placed(inside, fs::hard_link(self.into.join(file), path))
    }

    /// Makes the links, then looks where they lead with all of them in place.
    fn make_links(&self) -> Result<(), Stop> {
        for (inside, target) in &self.links {
            let path = self.into.join(inside);
            // A name that another link leads through is not looked up: it would be written elsewhere.
            let through = inside
                .ancestors()
                .skip(1)
                .any(|folder| self.into.join(folder).symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()));
            if through || target.is_absolute() {
                return refuse(leads_out(inside, target));
            }
            make_parent(inside, &path)?;
            placed(inside, symlink(target, &path))?;
        }
        let root = self.into.canonicalize()?;
        for (inside, target) in &self.links {
            let leads_to = self.into.join(inside).canonicalize();
            if !leads_to.is_ok_and(|path| path.starts_with(&root)) {
                return refuse(leads_out(inside, target));
            }
        }
        Ok(())
    }
}

/// The name without `.`; None if it is absolute, empty or has `..`.
fn inside(name: &Path) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for component in name.components() {
        match component {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

fn make_parent(inside: &Path, path: &Path) -> Result<(), Stop> {
    path.parent().map_or(Ok(()), |parent| placed(inside, fs::create_dir_all(parent)))
}

/// The outcome of making something: that there is something else already is the archive's fault.
fn placed<T>(inside: &Path, made: io::Result<T>) -> Result<T, Stop> {
    use io::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory};
    made.or_else(|error| match error.kind() {
        AlreadyExists | IsADirectory | NotADirectory => {
            refuse(format!("{} is there twice, or below a file", inside.display()))
        }
        _ => Err(error.into()),
    })
}

fn leads_out(link: &Path, target: &Path) -> String {
    format!("the link {} leads to {}, out of its folder or to nothing", link.display(), target.display())
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(reason.into()))
}

/// What the archive's reader says is about the archive: its disk was written by us.
fn unreadable(error: io::Error) -> Stop {
    Stop::Refused(format!("it is damaged or no tar archive: {error}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tar::{Builder, Header};

    use super::*;

    /// An archive of files (`content`), links (`-> target`), hard links (`=> target`) and pipes (`|`). Names are written as they
    /// are, which the library's own writer refuses.
    fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, content) in entries {
            let mut header = Header::new_gnu();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_mode(0o4777);
            let link = content.strip_prefix("-> ").map(|target| (EntryType::Symlink, target));
            let link = link.or_else(|| content.strip_prefix("=> ").map(|target| (EntryType::Link, target)));
            let body = match link {
                Some((kind, target)) => {
                    header.set_entry_type(kind);
                    header.as_mut_bytes()[157..157 + target.len()].copy_from_slice(target.as_bytes());
                    ""
                }
                None if *content == "|" => {
                    header.set_entry_type(EntryType::Fifo);
                    ""
                }
                None => {
                    header.set_entry_type(EntryType::Regular);
                    content
                }
            };
            header.set_size(body.len() as u64);
            header.set_cksum();
            builder.append(&header, body.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn limits() -> ArtifactLimits {
        ArtifactLimits { unpacked_bytes: 1_000, files: 10, ..ArtifactLimits::default() }
    }

    /// What becomes of it, and the folder that it was unpacked to, which is in one of its own.
    fn unpacked(bytes: &[u8]) -> (Unpacked, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let (raw, into) = (folder.path().join("raw"), folder.path().join("into"));
        fs::write(&raw, bytes).unwrap();
        fs::create_dir(&into).unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        (unpack(&raw, &into, &limits(), deadline).unwrap(), folder)
    }

    #[test]
    fn files_folders_and_links_are_unpacked_with_fewer_rights() {
        use std::os::unix::fs::PermissionsExt as _;
        let bytes = archive(&[
            ("./bin/run", "first"),
            ("bin/run", "second"),
            ("latest", "-> bin/run"),
            ("bin/up", "-> ../bin"),
            ("bin/same", "=> bin/run"),
        ]);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&bytes).unwrap();
        for bytes in [bytes, gzip.finish().unwrap()] {
            let (outcome, folder) = unpacked(&bytes);
            assert_eq!(outcome, Unpacked::Done);
            for name in ["bin/run", "latest", "bin/up/run", "bin/same"] {
                assert_eq!(fs::read_to_string(folder.path().join("into").join(name)).unwrap(), "second", "{name}");
            }
            let mode = fs::metadata(folder.path().join("into/bin/run")).unwrap().permissions().mode();
            assert_eq!(mode & 0o7777, 0o755);
        }
    }

    #[test]
    fn what_would_get_out_is_refused_and_writes_nothing_outside() {
        let many: Vec<(String, &str)> = (0..11).map(|number| (format!("f{number}"), "")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
        let large = "x".repeat(1_001);
        let cases: Vec<(Vec<(&str, &str)>, &str)> = vec![
            (vec![("../evil", "x")], "outside of its folder"),
            (vec![("a/../../evil", "x")], "outside of its folder"),
            (vec![("/evil", "x")], "outside of its folder"),
            (vec![("evil", "-> /etc/passwd")], "leads to /etc/passwd"),
            (vec![("evil", "-> ..")], "leads to .."),
            (vec![("a/b/evil", "-> ../../..")], "leads to ../../.."),
            (vec![("evil", "-> nowhere")], "nowhere"),
            // Each looks harmless by its letters: together they lead out.
            (vec![("p/q/f", ""), ("p/q/s", "-> ../.."), ("evil", "-> p/q/s/..")], "leads to p/q/s/.."),
            (vec![("d", "-> ."), ("d/evil", "-> f"), ("f", "")], "leads to f"),
            (vec![("evil", "=> ../raw")], "no file of it"),
            (vec![("evil", "=> /etc/passwd")], "no file of it"),
            (vec![("evil", "|")], "a pipe"),
            (vec![("a", "x"), ("a/b", "x")], "below a file"),
            (vec![("large", &large)], "more than 1000 bytes"),
            (many, "more than 10 files"),
        ];
        for (entries, reason) in cases {
            let (outcome, folder) = unpacked(&archive(&entries));
            match outcome {
                Unpacked::Refused(message) => assert!(message.contains(reason), "{entries:?}: {message}"),
                Unpacked::Done => panic!("{entries:?} was unpacked"),
            }
            assert!(!folder.path().join("evil").exists(), "{entries:?}");
        }
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [b"hello".to_vec(), vec![0x1f, 0x8b, 1, 2, 3], vec![7; 2_000], Vec::new()] {
            let (outcome, _folder) = unpacked(&bytes);
            assert!(matches!(outcome, Unpacked::Refused(_)), "{bytes:?}");
        }
        let mut cut_short = archive(&[("a", "some content")]);
        cut_short.truncate(515);
        assert!(matches!(unpacked(&cut_short).0, Unpacked::Refused(_)));
    }
}
