//! The artifacts of an agent: fetched into folders that are named by their content.
//!
//! A fetch works in a folder of its own, which is gone when it fails. What was fetched is renamed to its name as a whole, so
//! that a folder with a name is complete, also after a crash. What no server group and no job uses is removed.

mod download;
mod git;
mod receive;
mod unpack;

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

pub(super) use self::receive::Received;
use self::unpack::{Unpacked, unpack};
use super::{
    Error,
    disk::size,
    error::Refusal,
    files::{blocking, make_passable_folder},
};
use crate::protocol::{Artifact, ArtifactSource, without_secrets};

/// How much an artifact may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactLimits {
    /// The largest artifact as it comes, in bytes; 512 MiB by default.
    pub download_bytes: u64,
    /// The largest artifact unpacked, in bytes; 2 GiB by default.
    pub unpacked_bytes: u64,
    /// Files, folders and links of one artifact; 50,000 by default.
    pub files: u64,
    /// How long fetching and unpacking may take; 5 minutes by default.
    pub time: Duration,
}

impl Default for ArtifactLimits {
    fn default() -> Self {
        ArtifactLimits {
            download_bytes: 512 << 20,
            unpacked_bytes: 2 << 30,
            files: 50_000,
            time: Duration::from_secs(300),
        }
    }
}

/// A fetched artifact, as records name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// The SHA-256 of what was fetched, or git's commit.
    pub(super) digest: String,
    /// The name of its folder.
    pub(super) folder: String,
}

/// Content that came with a request.
#[derive(Debug)]
pub(super) enum Content {
    /// Within its JSON.
    Embedded(Vec<u8>),
    /// After it.
    Sent(Received),
}

/// What a fetch has made, before it has its name.
#[derive(Debug)]
pub(super) struct Fetched {
    stored: Stored,
    /// The fetch's own folder; the content is in [`CONTENT`] of it.
    work: PathBuf,
    /// How large the content is.
    pub(super) bytes: u64,
}

impl Fetched {
    /// Removes it.
    pub(super) fn discard(&self) {
        remove(&self.work);
    }
}

const CONTENT: &str = "content";
/// Names that begin so are no artifacts: they are work, and removed at the start.
const WORK: &str = ".work-";

/// The folder of artifacts.
#[derive(Debug, Clone)]
pub(super) struct Artifacts {
    folder: PathBuf,
    limits: ArtifactLimits,
}

impl Artifacts {
    /// Uses `folder`; what a fetch that was cut short left there is removed.
    pub(super) fn open(folder: PathBuf, limits: ArtifactLimits) -> Result<Artifacts, Error> {
        make_passable_folder(&folder)?;
        let failed = |source| Error::io(format!("tidy {}", folder.display()), source);
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_string_lossy().starts_with(WORK) {
                remove(&entry.path());
            }
        }
        Ok(Artifacts { folder, limits })
    }

    /// Where a fetched artifact is.
    pub(super) fn path(&self, stored: &Stored) -> PathBuf {
        self.folder.join(&stored.folder)
    }

    /// The artifact if it is there already, which only its digest tells.
    pub(super) fn known(&self, artifact: &Artifact) -> Option<Stored> {
        let stored = stored(artifact, artifact.digest.as_ref()?);
        self.path(&stored).is_dir().then_some(stored)
    }

    /// Fetches an artifact; `content` is what came with the request for it.
    ///
    /// # Errors
    /// What is wrong with it and what to do; then nothing is left of it.
    pub(super) async fn fetch(&self, artifact: &Artifact, content: Option<Content>) -> Result<Fetched, Refusal> {
        let work = self.work_folder().map_err(|error| storage(&error))?;
        let deadline = Instant::now() + self.limits.time;
        let fetched = tokio::time::timeout_at(deadline, self.fetch_into(&work, artifact, content, deadline)).await;
        let fetched = fetched.unwrap_or_else(|_| Err(self.too_slow()));
        let made = fetched.and_then(|digest| match &artifact.digest {
            Some(wanted) if !wanted.eq_ignore_ascii_case(&digest) => Err(Refusal::invalid(format!(
                "the artifact {} has the digest {digest}, not {wanted}; correct the digest, or find out who changed the \
                 artifact",
                words(artifact)
            ))),
            _ => Ok(Fetched { stored: stored(artifact, &digest), work: work.clone(), bytes: 0 }),
        });
        let made = match made {
            Ok(fetched) => {
                let content = work.join(CONTENT);
                let bytes = blocking(move || size(&content)).await;
                bytes.map(|bytes| Fetched { bytes, ..fetched }).map_err(|error| storage(&error))
            }
            Err(refusal) => Err(refusal),
        };
        if made.is_err() {
            // Also of an unpacking that is still under way: it fails at the next file.
            remove(&work);
        }
        made
    }

    /// Gives what was fetched its name, unless it is there already.
    pub(super) fn keep(&self, fetched: Fetched) -> Result<Stored, Refusal> {
        let path = self.path(&fetched.stored);
        let kept = if path.is_dir() { Ok(()) } else { fs::rename(fetched.work.join(CONTENT), &path) };
        remove(&fetched.work);
        kept.map(|()| fetched.stored).map_err(|error| storage(&error))
    }

    /// Takes the names from all artifacts but those `in_use`, and returns the folders to remove.
    pub(super) fn unused(&self, in_use: &HashSet<String>) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let unused = names.filter(|name| !name.starts_with(WORK) && !in_use.contains(name));
        unused
            .filter_map(|name| {
                // Renamed first: a fetch of the same content must not find it half removed. No folder is made for it: there may be
                // no room for one.
                let gone = self.free_path();
                if let Err(error) = fs::rename(self.folder.join(&name), &gone) {
                    tracing::warn!(%error, artifact = name, "cannot remove an artifact that nothing uses");
                    return None;
                }
                tracing::info!(artifact = name, "nothing uses an artifact any more");
                Some(gone)
            })
            .collect()
    }

    fn work_folder(&self) -> io::Result<PathBuf> {
        let path = self.free_path();
        fs::create_dir(&path)?;
        Ok(path)
    }

    /// A path for work, with nothing there.
    fn free_path(&self) -> PathBuf {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let path = self.folder.join(format!("{WORK}{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        remove(&path);
        path
    }

    /// Returns the digest; the content is in the work folder then.
    async fn fetch_into(
        &self,
        work: &Path,
        artifact: &Artifact,
        content: Option<Content>,
        deadline: Instant,
    ) -> Result<String, Refusal> {
        let raw = work.join("raw");
        let limit = self.limits.download_bytes;
        let digest = match &artifact.source {
            ArtifactSource::File { path } => download::copy(path, &raw, limit).await?,
            ArtifactSource::Http { url } => download::get(url, &raw, limit).await?,
            ArtifactSource::Embedded { .. } | ArtifactSource::Sent { .. } => match content {
                Some(Content::Embedded(content)) => download::write(&content, &raw).await?,
                Some(Content::Sent(received)) => received.take(&raw).map_err(|error| storage(&error))?,
                None => {
                    let message = "the artifact's content is not there any more; send it again with the request";
                    return Err(Refusal::invalid(message));
                }
            },
            ArtifactSource::Git { url, reference, folder } => {
                git::archive(url, reference.as_deref(), folder.as_deref(), work, &raw, limit).await?
            }
        };
        let into = work.join(CONTENT);
        let (limits, unpacks, name) = (self.limits.clone(), artifact.is_unpacked(), artifact.file_name().to_owned());
        let subject = words(artifact);
        let done = blocking(move || {
            fs::create_dir(&into)?;
            if !unpacks {
                let path = into.join(name);
                fs::rename(&raw, &path)?;
                set_mode(&path, 0o755)?;
                return Ok(Unpacked::Done);
            }
            let done = unpack(&raw, &into, &limits, deadline.into_std());
            fs::remove_file(&raw)?;
            done
        });
        match done.await.map_err(|error| storage(&error))? {
            Unpacked::Done => Ok(digest),
            Unpacked::Refused(reason) => Err(Refusal::invalid(format!("the artifact {subject} is refused: {reason}"))),
        }
    }

    fn too_slow(&self) -> Refusal {
        Refusal::invalid(format!(
            "the artifact was not there within {} s; make it smaller, or give the agent more time for artifacts",
            self.limits.time.as_secs()
        ))
    }
}

/// What came with a request for an artifact. An embedded one's content is taken out of it; its digest stands for it from now on.
///
/// # Errors
/// If it is not base64, or is no artifact's.
pub(super) fn take_content(
    artifact: Option<&mut Artifact>,
    received: Option<Received>,
) -> Result<Option<Content>, Refusal> {
    let is_sent = artifact.as_ref().is_some_and(|artifact| matches!(artifact.source, ArtifactSource::Sent { .. }));
    if received.is_some() && !is_sent {
        return Err(Refusal::invalid("the request brings content, and names no artifact of the type `sent`"));
    }
    match artifact {
        Some(artifact) if !is_sent => Ok(take_embedded(artifact)?.map(Content::Embedded)),
        _ => Ok(received.map(Content::Sent)),
    }
}

fn take_embedded(artifact: &mut Artifact) -> Result<Option<Vec<u8>>, Refusal> {
    use base64::Engine as _;
    let ArtifactSource::Embedded { base64 } = &mut artifact.source else { return Ok(None) };
    if base64.is_empty() {
        return Ok(None);
    }
    let text: String = std::mem::take(base64).split_ascii_whitespace().collect();
    let content = base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|error| Refusal::invalid(format!("`artifact.base64` cannot be read: {error}")))?;
    let digest = hex(&Sha256::digest(&content));
    match &artifact.digest {
        Some(wanted) if !wanted.eq_ignore_ascii_case(&digest) => {
            return Err(Refusal::invalid(format!("`artifact.base64` has the digest {digest}, not {wanted}")));
        }
        _ => artifact.digest = Some(digest),
    }
    Ok(Some(content))
}

/// The folder of that content as this artifact wants it.
fn stored(artifact: &Artifact, digest: &str) -> Stored {
    let layout = match &artifact.source {
        ArtifactSource::Git { folder, .. } => format!("git:{}", folder.as_deref().unwrap_or_default()),
        _ if artifact.is_unpacked() => "tar".to_owned(),
        _ => format!("file:{}", artifact.file_name()),
    };
    let digest = digest.to_ascii_lowercase();
    let name = hex(&Sha256::digest(format!("{digest}/{layout}")));
    Stored { digest, folder: name[..40].to_owned() }
}

/// An artifact for people.
fn words(artifact: &Artifact) -> String {
    match &artifact.source {
        ArtifactSource::File { path } => path.display().to_string(),
        ArtifactSource::Http { url } => without_secrets(url),
        ArtifactSource::Git { url, reference: Some(reference), .. } => {
            format!("{} at {reference}", without_secrets(url))
        }
        ArtifactSource::Git { url, .. } => without_secrets(url),
        ArtifactSource::Sent { account, reference, .. } => format!("{reference} of the account {account}"),
        ArtifactSource::Embedded { .. } => format!("{} in the request", artifact.file_name()),
    }
}

fn too_large(subject: &str, limit: u64) -> Refusal {
    let message = format!(
        "the artifact {subject} is larger than {limit} bytes; make it smaller, or raise the agent's limit for artifacts"
    );
    Refusal { status: 413, ..Refusal::invalid(message) }
}

fn storage(error: &io::Error) -> Refusal {
    Refusal::unavailable(format!("cannot store the artifact: {error}; make room on the agent's disk and try again"))
}

fn remove(folder: &Path) {
    match fs::remove_dir_all(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, folder = %folder.display(), "cannot remove an artifact's folder"),
    }
}

/// Removes folders that [`Artifacts::unused`] has named.
pub(super) fn remove_all(folders: &[PathBuf]) {
    folders.iter().for_each(|folder| remove(folder));
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
