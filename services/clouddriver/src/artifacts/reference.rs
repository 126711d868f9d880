//! Reading the fields of an artifact.

use gennaker_artifacts::Artifact;
use url::Url;

use super::Error;

/// How much of a field is shown, in characters.
const SHOWN: usize = 200;

/// The reference.
pub(super) fn text(artifact: &Artifact) -> Result<&str, Error> {
    match artifact.reference.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(bad("reference", "", "it says where the content is: set it")),
    }
}

/// The reference as an address of HTTP.
pub(super) fn url(artifact: &Artifact) -> Result<Url, Error> {
    let text = text(artifact)?;
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(bad("reference", text, "write an address that begins with https:// or http://")),
    }
}

/// The version, `master` if there is none.
pub(super) fn version(artifact: &Artifact) -> &str {
    artifact.version.as_deref().filter(|version| !version.is_empty()).unwrap_or("master")
}

/// The reference with the version as its parameter `ref`.
pub(super) fn url_at_version(artifact: &Artifact) -> Result<Url, Error> {
    let mut url = url(artifact)?;
    url.query_pairs_mut().append_pair("ref", version(artifact));
    Ok(url)
}

/// A field that cannot be used.
pub(super) fn bad(field: &'static str, value: &str, advice: impl Into<String>) -> Error {
    Error::Field { field, value: value.chars().take(SHOWN).collect(), advice: advice.into() }
}
