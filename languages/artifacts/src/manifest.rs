//! Artifacts in Kubernetes manifests: references put in, and found.
//!
//! A manifest names images, config maps, secrets and other objects without a version; before it is applied, the
//! references of the artifacts at hand are put in their place. Each kind has places of its own where that happens.
//!
//! ```
//! use gennaker_artifacts::{Artifact, manifest::{Replacement, find, replace}};
//! use gennaker_naming::kubernetes::Kind;
//! use serde_json::json;
//!
//! let kind = Kind::parse("deployment");
//! let mut manifest = json!({"spec": {"template": {"spec": {"volumes": [{"configMap": {"name": "shop-config"}}]}}}});
//! let config = json!({
//!     "type": "kubernetes/configMap", "name": "shop-config", "location": "default", "reference": "shop-config-v003",
//! });
//! let replacement = Replacement { namespace: "default", account: "test", ..Replacement::of_kind(&kind) };
//! let artifacts = [Artifact::from_value(&config)?];
//! assert_eq!(replace(&mut manifest, &artifacts, &replacement)?, [&artifacts[0]]);
//! assert_eq!(find(&manifest, replacement.replacers)?[0].name.as_deref(), Some("shop-config-v003"));
//! # Ok::<(), gennaker_artifacts::Error>(())
//! ```
//!
//! Source: clouddriver-kubernetes `ArtifactReplacer`.

mod replacer;

use std::collections::HashSet;

use gennaker_jsonpath::{Error as PathError, Path};
use gennaker_naming::kubernetes::Kind;
use serde_json::Value;

pub use self::replacer::Replacer;
use crate::{
    Artifact, Error,
    image::binding_name,
    java::{kind_of, text_of},
    resolve::distinct,
};

/// How artifacts are put into a manifest.
#[derive(Debug, Clone, Copy)]
pub struct Replacement<'a> {
    /// The places to look at, in this order.
    pub replacers: &'a [Replacer],
    /// How images are compared.
    pub docker_image_binding: DockerImageBinding,
    /// The manifest's namespace, empty if it has none; of the artifacts that are Kubernetes objects only those in it
    /// count.
    pub namespace: &'a str,
    /// The account deployed to; of the artifacts that are Kubernetes objects only those count whose metadata name it or
    /// none.
    pub account: &'a str,
}

/// How an image in a manifest is compared with an artifact's name; clouddriver's setting
/// `kubernetes.artifact-binding.docker-image`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DockerImageBinding {
    /// By its name, whatever tag or digest it has ([`binding_name`]): `match-name-and-tag`, upstream's default.
    #[default]
    NameAndTag,
    /// As a whole, so that an image with a tag stays: `match-name-only`.
    NameOnly,
}

impl DockerImageBinding {
    /// The binding of a setting; anything but `match-name-only` is the default.
    pub fn of_setting(setting: &str) -> Self {
        if setting == "match-name-only" { DockerImageBinding::NameOnly } else { DockerImageBinding::NameAndTag }
    }
}

impl Replacement<'static> {
    /// For a kind, with the default binding; namespace and account are empty.
    pub fn of_kind(kind: &Kind) -> Self {
        Replacement {
            replacers: Replacer::of_kind(kind),
            docker_image_binding: DockerImageBinding::default(),
            namespace: "",
            account: "",
        }
    }
}

/// Puts the references of artifacts into a manifest, and says which were put in somewhere, each once, by the order of
/// the places and then of the artifacts.
///
/// Artifacts are tried one after the other, so that a reference that one puts in may be what the next one looks for. An
/// artifact without a reference puts in `null`, as in the original.
///
/// # Errors
/// [`Error::Shape`] if an account in the metadata is no text; [`Error::Containers`] for a pod whose containers are
/// none; [`Error::PathLimit`] for a manifest too large or deep. Source: `ArtifactReplacer.replaceAll`.
pub fn replace<'a>(
    manifest: &mut Value,
    artifacts: &'a [Artifact],
    replacement: &Replacement<'_>,
) -> Result<Vec<&'a Artifact>, Error> {
    let mut usable = Vec::new();
    for artifact in artifacts {
        if replacement.allows(artifact)? {
            usable.push(artifact);
        }
    }
    let of_type = |replacer: &Replacer| -> Vec<_> {
        let wanted = Some(replacer.artifact_type());
        usable.iter().copied().filter(|artifact| artifact.kind.as_deref() == wanted).collect()
    };
    let tasks: Vec<_> = replacement.replacers.iter().map(|replacer| (*replacer, of_type(replacer))).collect();
    let mut bound = Vec::new();
    if tasks.iter().all(|(_, candidates)| candidates.is_empty()) {
        return Ok(bound);
    }
    // A place further on may fail when the first ones are done.
    let mut changed = manifest.clone();
    let mut seen = HashSet::new();
    for (replacer, candidates) in tasks {
        for artifact in replace_at(replacer, &mut changed, &candidates, replacement.docker_image_binding)? {
            if seen.insert(artifact) {
                bound.push(artifact);
            }
        }
    }
    *manifest = changed;
    Ok(bound)
}

/// The artifacts that a manifest names, each once: type, name and reference. Images have their name without tag or
/// digest ([`binding_name`]), all others their reference. What is not laid out as expected has none.
///
/// # Errors
/// [`Error::PathLimit`] for a manifest too large or deep. Source: `ArtifactReplacer.findAll`.
pub fn find(manifest: &Value, replacers: &[Replacer]) -> Result<Vec<Artifact>, Error> {
    let mut found = Vec::new();
    for replacer in replacers {
        match path(*replacer)?.nodes(manifest) {
            Ok(nodes) => found.extend(nodes.into_iter().map(|node| artifact_at(*replacer, node))),
            Err(source @ PathError::Limit { .. }) => return Err(path_limit(*replacer, &source)),
            Err(_) => {}
        }
    }
    Ok(distinct(found))
}

impl Replacement<'_> {
    /// Source: `ArtifactReplacer.filterArtifacts`.
    fn allows(&self, artifact: &Artifact) -> Result<bool, Error> {
        let kind = artifact.kind.as_deref().unwrap_or_default();
        if !kind.starts_with("kubernetes/") {
            return Ok(!kind.is_empty());
        }
        if artifact.location.as_deref().unwrap_or_default() != self.namespace {
            return Ok(false);
        }
        match artifact.metadata.get("account") {
            None | Some(Value::Null) => Ok(true),
            Some(Value::String(account)) => Ok(account.is_empty() || account == self.account),
            Some(other) => Err(Error::shape("metadata.account of an artifact", "a text", other)),
        }
    }
}

fn replace_at<'a>(
    replacer: Replacer,
    manifest: &mut Value,
    candidates: &[&'a Artifact],
    binding: DockerImageBinding,
) -> Result<Vec<&'a Artifact>, Error> {
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let mut put_in = vec![false; candidates.len()];
    let outcome = path(replacer)?.update(manifest, |there| {
        let mut now = None;
        for (artifact, put_in) in candidates.iter().zip(&mut put_in) {
            if names(now.as_ref().unwrap_or(there), artifact.name.as_deref(), replacer, binding) {
                now = Some(artifact.reference.clone().map_or(Value::Null, Value::String));
                *put_in = true;
            }
        }
        now
    });
    match outcome {
        Ok(_) | Err(PathError::NotFound { .. }) => {
            Ok(candidates.iter().zip(put_in).filter(|(_, put_in)| *put_in).map(|(artifact, _)| *artifact).collect())
        }
        Err(PathError::Inapplicable { .. }) => {
            let place = "spec.containers";
            let found = manifest.pointer("/spec/containers").map_or("nothing", kind_of);
            Err(Error::Containers { place, found })
        }
        Err(source) => Err(path_limit(replacer, &source)),
    }
}

/// Whether what stands in a manifest names an artifact.
///
/// Source: `Replacer.createReplaceFilterPredicate`, and Jayway's comparison of values for the other binding.
fn names(there: &Value, name: Option<&str>, replacer: Replacer, binding: DockerImageBinding) -> bool {
    match (binding, there, name) {
        (DockerImageBinding::NameAndTag, Value::String(there), Some(name)) => replacer.name_of(there) == name,
        (DockerImageBinding::NameAndTag, ..) => false,
        (DockerImageBinding::NameOnly, Value::String(there), Some(name)) => there == name,
        (DockerImageBinding::NameOnly, Value::Number(there), Some(name)) => {
            name.parse().is_ok_and(|name: f64| there.as_f64() == Some(name))
        }
        (DockerImageBinding::NameOnly, there, name) => there.is_null() && name.is_none(),
    }
}

fn artifact_at(replacer: Replacer, there: &Value) -> Artifact {
    // As Jackson's asText has it.
    let reference = match there {
        Value::Array(_) | Value::Object(_) => String::new(),
        scalar => text_of(scalar),
    };
    Artifact {
        kind: Some(replacer.artifact_type().to_owned()),
        name: Some(replacer.name_of(&reference).to_owned()),
        reference: Some(reference),
        ..Artifact::default()
    }
}

fn path(replacer: Replacer) -> Result<&'static Path, Error> {
    replacer.path().map_err(|source| path_limit(replacer, source))
}

fn path_limit(replacer: Replacer, source: &PathError) -> Error {
    Error::PathLimit { path: format!("{replacer:?}"), source: Box::new(source.clone()) }
}

impl Replacer {
    fn name_of<'r>(&self, reference: &'r str) -> &'r str {
        // Of pods upstream takes the whole image.
        if *self == Replacer::DockerImage { binding_name(reference) } else { reference }
    }
}

#[cfg(test)]
mod tests;
