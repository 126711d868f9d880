//! Artifacts: a deployed object as something that later stages can name.
//!
//! Sources: clouddriver-kubernetes `ArtifactConverter`, `KubernetesManifestAnnotater`; kork-artifacts `Artifact`.

use serde_json::{Map, Value};

use super::{Error, Manifest, annotation, moniker::put_if_absent, version::version_text};

/// An artifact, as upstream's JSON has it: absent fields are left out, unknown ones are read into `metadata`.
///
/// Source: kork-artifacts `Artifact`.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", from = "Wire")]
pub struct Artifact {
    /// What it is, for example `kubernetes/configMap`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether a user made the type up.
    pub custom_kind: bool,
    /// The name, without a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version, for example `v003`; empty for an object without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it is: the namespace, empty without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What to put where it is used: the name with the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Anything else.
    pub metadata: Map<String, Value>,
    /// The account to fetch it with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_account: Option<String>,
    /// Where it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    /// An id that its maker gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
}

/// An artifact with what upstream's builder puts into its metadata.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    custom_kind: bool,
    name: Option<String>,
    version: Option<String>,
    location: Option<String>,
    reference: Option<String>,
    metadata: Option<Map<String, Value>>,
    artifact_account: Option<String>,
    provenance: Option<String>,
    uuid: Option<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl From<Wire> for Artifact {
    fn from(wire: Wire) -> Self {
        let mut metadata = wire.metadata.unwrap_or_default();
        // Old clients send `kind`, which upstream's builder ignores by name.
        metadata.extend(wire.unknown.into_iter().filter(|(key, _)| key != "kind"));
        Artifact {
            kind: wire.kind,
            custom_kind: wire.custom_kind,
            name: wire.name,
            version: wire.version,
            location: wire.location,
            reference: wire.reference,
            metadata,
            artifact_account: wire.artifact_account,
            provenance: wire.provenance,
            uuid: wire.uuid,
        }
    }
}

/// The artifact that an object is in an account, at a version if it has one. Its reference is the name to deploy it by.
///
/// A versioned object with only a `generateName` gets the reference `null-v000`, as in the original. Fails on a manifest
/// without kind or metadata. Source: `ArtifactConverter.toArtifact`.
pub fn to_artifact(manifest: &Manifest, account: &str, version: Option<u32>) -> Result<Artifact, Error> {
    let name = manifest.name()?.map(str::to_owned);
    let version = version.map(version_text);
    let reference = match &version {
        Some(version) => Some(format!("{}-{version}", name.as_deref().unwrap_or("null"))),
        None => name.clone(),
    };
    Ok(Artifact {
        kind: Some(format!("kubernetes/{}", manifest.kind()?)),
        name,
        version: Some(version.unwrap_or_default()),
        location: Some(manifest.namespace()?.to_owned()),
        reference,
        metadata: Map::from_iter([("account".to_owned(), account.into())]),
        ..Artifact::default()
    })
}

/// Writes type, name, location and version to the annotations of an object, and of the pods that it makes if its template
/// has metadata. Annotations that are there stay. Fails on a manifest without metadata.
///
/// Source: `KubernetesManifestAnnotater.annotateManifest`.
pub fn annotate_artifact(manifest: &mut Manifest, artifact: &Artifact) -> Result<(), Error> {
    let mut marked = manifest.clone();
    annotate(marked.annotations_mut()?, artifact);
    if let Some(annotations) = marked.template_annotations_mut()? {
        annotate(annotations, artifact);
    }
    *manifest = marked;
    Ok(())
}

/// The artifact that an object's annotations give; `None` without a type. Its metadata hold the account and, as
/// `lastAppliedConfiguration`, the manifest that was applied last, or `null`.
///
/// Fails on a manifest without metadata. Source: `KubernetesManifestAnnotater.getArtifact`.
pub fn annotated_artifact(manifest: &Manifest, account: &str) -> Result<Option<Artifact>, Error> {
    let text = |key| Ok::<_, Error>(manifest.annotation(key)?.and_then(annotation::text));
    let Some(kind) = text(annotation::ARTIFACT_TYPE)?.filter(|kind| !kind.is_empty()) else {
        return Ok(None);
    };
    let applied = manifest.annotation(annotation::LAST_APPLIED_CONFIGURATION)?.and_then(annotation::first_json);
    let applied = applied.and_then(|json| serde_json::from_str::<Map<String, Value>>(json).ok());
    Ok(Some(Artifact {
        kind: Some(kind),
        name: text(annotation::ARTIFACT_NAME)?,
        location: text(annotation::ARTIFACT_LOCATION)?,
        version: text(annotation::ARTIFACT_VERSION)?,
        metadata: Map::from_iter([
            ("lastAppliedConfiguration".to_owned(), applied.map_or(Value::Null, Value::Object)),
            ("account".to_owned(), account.into()),
        ]),
        ..Artifact::default()
    }))
}

fn annotate(annotations: &mut Map<String, Value>, artifact: &Artifact) {
    for (key, value) in [
        (annotation::ARTIFACT_TYPE, &artifact.kind),
        (annotation::ARTIFACT_NAME, &artifact.name),
        (annotation::ARTIFACT_LOCATION, &artifact.location),
        (annotation::ARTIFACT_VERSION, &artifact.version),
    ] {
        put_if_absent(annotations, key, value.as_deref());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest(value: Value) -> Manifest {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_annotated_is_read_again() {
        let mut config = manifest(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}));
        let artifact = to_artifact(&config, "acct", Some(3)).unwrap();
        annotate_artifact(&mut config, &artifact).unwrap();
        let read = annotated_artifact(&config, "acct").unwrap().unwrap();
        assert_eq!((&read.kind, &read.name, &read.version), (&artifact.kind, &artifact.name, &artifact.version));
        assert_eq!(Value::Object(read.metadata), json!({"lastAppliedConfiguration": null, "account": "acct"}));
        let other = Artifact { name: Some("other".into()), ..Artifact::default() };
        let before = config.clone();
        annotate_artifact(&mut config, &other).unwrap();
        assert_eq!(config, before);
    }

    #[test]
    fn the_last_applied_configuration_comes_along() {
        let config = manifest(json!({"metadata": {"annotations": {
            "artifact.spinnaker.io/type": "\"kubernetes/configMap\"",
            "kubectl.kubernetes.io/last-applied-configuration": "{\"kind\": \"ConfigMap\"}\n",
        }}}));
        let artifact = annotated_artifact(&config, "acct").unwrap().unwrap();
        assert_eq!(artifact.kind.as_deref(), Some("kubernetes/configMap"));
        assert_eq!(artifact.metadata["lastAppliedConfiguration"], json!({"kind": "ConfigMap"}));
        assert_eq!(annotated_artifact(&manifest(json!({"metadata": {}})), "acct").unwrap(), None);
    }

    #[test]
    fn an_object_whose_name_is_generated() {
        let job = manifest(json!({"kind": "Job", "metadata": {"generateName": "job-"}}));
        let artifact = to_artifact(&job, "a", None).unwrap();
        assert_eq!((artifact.name, artifact.reference), (None, None));
        assert_eq!(to_artifact(&job, "a", Some(0)).unwrap().reference.as_deref(), Some("null-v000"));
    }

    #[test]
    fn unknown_fields_become_metadata() {
        let json = json!({"type": "t", "kind": "base64", "x": 1, "metadata": {"y": 2}, "version": null});
        let artifact: Artifact = serde_json::from_value(json).unwrap();
        let expected = json!({"type": "t", "customKind": false, "metadata": {"y": 2, "x": 1}});
        assert_eq!(serde_json::to_value(artifact).unwrap(), expected);
    }
}
