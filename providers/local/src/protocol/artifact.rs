//! Programs that the agent fetches: from a file, over HTTP, from git, or out of the request itself, which brings also what takes
//! credentials.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a server group or a job runs, if that is not on the machine already.
///
/// It is fetched once, into a folder that is named by its content and shared by whoever uses it, and removed when nobody
/// does any more. A `command` with a slash is looked for in it, and it is the working folder unless another one is named.
///
/// ```
/// let artifact: gennaker_provider_local::protocol::Artifact = serde_json::from_value(serde_json::json!({
///     "type": "http",
///     "url": "https://example.com/shop-1.2.tar.gz",
///     "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
/// })).unwrap();
/// assert_eq!(artifact.file_name(), "shop-1.2.tar.gz");
/// assert!(artifact.is_unpacked());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Where it is.
    #[serde(flatten)]
    pub source: ArtifactSource,
    /// Whether it is unpacked. By default a name that ends in `.tar`, `.tar.gz` or `.tgz` says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ArtifactFormat>,
    /// The name of a single file; by default the last part of where it is. It is made executable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it must be: the SHA-256 of the file, before it is unpacked, or git's commit, in hex. Something else is refused;
    /// what is there already is not fetched again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Where an artifact is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ArtifactSource {
    /// A file on this machine.
    File {
        /// An absolute path.
        path: PathBuf,
    },
    /// What a server answers.
    Http {
        /// An `http` or `https` address; redirects are followed.
        url: String,
    },
    /// A commit's files.
    Git {
        /// An `https`, `http` or `ssh` address, or an absolute path. It is fetched with the machine's `git`.
        url: String,
        /// A branch, a tag or a commit; the repository's default branch without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
        /// Only what is in this folder of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        folder: Option<String>,
    },
    /// What the control plane has fetched with an artifact account, and sends with the request
    /// ([`JSON_BYTES_HEADER`](super::JSON_BYTES_HEADER)). Whoever sends it again need not send the content if it is there by its
    /// digest.
    #[serde(rename_all = "camelCase")]
    Sent {
        /// What it is, as Spinnaker has it, for example `s3/object`.
        artifact_type: String,
        /// The account.
        account: String,
        /// Where it was, for people.
        reference: String,
    },
    /// The content itself, for what is small: a request is at most 1 MiB.
    Embedded {
        /// In base64. The agent does not keep it with the specification.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        base64: String,
    },
}

/// Whether an artifact is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ArtifactFormat {
    /// A tar archive, compressed with gzip or not.
    Tar,
    /// One file.
    File,
}

/// An artifact that was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FetchedArtifact {
    /// The SHA-256 of what was fetched, or git's commit.
    pub digest: String,
    /// Where it is.
    pub folder: PathBuf,
}

impl Artifact {
    /// The name that a single file has.
    pub fn file_name(&self) -> &str {
        let last = |text: &'_ str| text.rsplit('/').next().unwrap_or_default().len();
        if let Some(name) = &self.name {
            return name;
        }
        let whole = match &self.source {
            ArtifactSource::File { path } => path.to_str().unwrap_or_default(),
            ArtifactSource::Http { url } => url.split(['?', '#']).next().unwrap_or_default(),
            ArtifactSource::Sent { .. } | ArtifactSource::Git { .. } | ArtifactSource::Embedded { .. } => "",
        };
        match &whole[whole.len() - last(whole)..] {
            "" => "artifact",
            name => name,
        }
    }

    /// Whether it is an archive.
    pub fn is_unpacked(&self) -> bool {
        let name = self.file_name().to_ascii_lowercase();
        match self.format {
            Some(format) => format == ArtifactFormat::Tar,
            None if matches!(self.source, ArtifactSource::Git { .. }) => true,
            None => [".tar", ".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end)),
        }
    }
}

/// The address without a user and without a query, where signatures stand.
pub(crate) fn without_secrets(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else { return url.to_owned() };
    parsed.set_query(None);
    let _of_no_host = parsed.set_username("").and_then(|()| parsed.set_password(None));
    parsed.to_string()
}
