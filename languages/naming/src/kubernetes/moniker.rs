//! The moniker of an object: read from its annotations or its name, and written to annotations and labels.
//!
//! Sources: clouddriver-kubernetes `KubernetesManifestNamer`, `KubernetesManifestAnnotater`, `KubernetesManifestLabeler`.

use serde_json::{Map, Value};

use super::{Error, Kind, Manifest, annotation};
use crate::{Moniker, frigga};

const APP_NAME: &str = "app.kubernetes.io/name";
const APP_MANAGED_BY: &str = "app.kubernetes.io/managed-by";
// As a label it has the same key as the annotation.
const SEQUENCE: &str = annotation::MONIKER_SEQUENCE;

/// The moniker that an object's annotations give; application, cluster and number come from its name where they are
/// absent, stack and detail do not.
///
/// The number of a ReplicaSet without an annotation is the revision of its Deployment, if it has one. An annotated number
/// that is none gives none at all. Fails on a manifest without kind or metadata and on annotations that are no texts.
///
/// Source: `KubernetesManifestAnnotater.getMoniker`.
pub fn derive_moniker(manifest: &Manifest) -> Result<Moniker, Error> {
    let named = manifest.name()?.map(moniker_of_name).unwrap_or_default();
    let text = |key, default| Ok::<_, Error>(manifest.annotation(key)?.map_or(default, annotation::text));
    let integer = |key, default| Ok::<_, Error>(manifest.annotation(key)?.map_or(default, annotation::integer));
    let sequence = if manifest.kind()? == Kind::parse("replicaSet") {
        integer(annotation::DEPLOYMENT_REVISION, named.sequence)?
    } else {
        named.sequence
    };
    Ok(Moniker {
        app: text(annotation::MONIKER_APPLICATION, named.app)?,
        cluster: text(annotation::MONIKER_CLUSTER, named.cluster)?,
        detail: text(annotation::MONIKER_DETAIL, None)?,
        stack: text(annotation::MONIKER_STACK, None)?,
        sequence: integer(annotation::MONIKER_SEQUENCE, sequence)?,
    })
}

/// What a name says of an object. Those of Kubernetes itself, `system:node`, belong to the application `system`.
///
/// Source: clouddriver-kubernetes `KubernetesResourceAwareNames`.
fn moniker_of_name(name: &str) -> Moniker {
    if !name.starts_with("system:") {
        return Moniker::parse(name);
    }
    let pushed = frigga::split_push(name).filter(|(cluster, ..)| !cluster.contains(frigga::is_line_terminator));
    let (cluster, sequence) = pushed.map_or((name, None), |(cluster, _, sequence)| (cluster, Some(sequence)));
    Moniker { app: Some("system".into()), cluster: Some(cluster.into()), sequence, ..Moniker::default() }
}

/// What `apply_moniker` puts on an object besides the moniker's annotations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// Whether to set labels at all. Configuration key `kubernetes.v2.apply-app-labels`, by default true.
    pub app_labels: bool,
    /// Appended to `spinnaker` in the label `app.kubernetes.io/managed-by`, with a hyphen; empty for nothing.
    /// Configuration key `kubernetes.v2.managed-by-suffix`.
    pub managed_by_suffix: String,
    /// Whether to leave the labels of `spec.template` alone. Field `skipSpecTemplateLabels` of the deploy operation.
    pub skip_template_labels: bool,
}

impl Default for Marking {
    fn default() -> Self {
        Marking { app_labels: true, managed_by_suffix: String::new(), skip_template_labels: false }
    }
}

/// Writes the moniker to the annotations and labels of an object, and of the pods that it makes if its template has
/// metadata.
///
/// Annotations and `app.kubernetes.io/name` that are there stay; `app.kubernetes.io/managed-by` and the number's label are
/// overwritten. Fails on a manifest without metadata, or whose annotations or labels are no objects.
///
/// Source: `KubernetesManifestNamer.applyMoniker`.
pub fn apply_moniker(manifest: &mut Manifest, moniker: &Moniker, marking: &Marking) -> Result<(), Error> {
    let mut marked = manifest.clone();
    annotate(marked.annotations_mut()?, moniker);
    if let Some(annotations) = marked.template_annotations_mut()? {
        annotate(annotations, moniker);
    }
    if marking.app_labels {
        label(marked.labels_mut()?, moniker, marking);
        if !marking.skip_template_labels
            && let Some(labels) = marked.template_labels_mut()?
        {
            label(labels, moniker, marking);
        }
    }
    *manifest = marked;
    Ok(())
}

fn annotate(annotations: &mut Map<String, Value>, moniker: &Moniker) {
    let sequence = moniker.sequence.map(|sequence| sequence.to_string());
    for (key, value) in [
        (annotation::MONIKER_CLUSTER, &moniker.cluster),
        (annotation::MONIKER_APPLICATION, &moniker.app),
        (annotation::MONIKER_STACK, &moniker.stack),
        (annotation::MONIKER_DETAIL, &moniker.detail),
        (annotation::MONIKER_SEQUENCE, &sequence),
    ] {
        put_if_absent(annotations, key, value.as_deref());
    }
}

fn label(labels: &mut Map<String, Value>, moniker: &Moniker, marking: &Marking) {
    put_if_absent(labels, APP_NAME, moniker.app.as_deref());
    let managed_by = match marking.managed_by_suffix.as_str() {
        "" => "spinnaker".to_owned(),
        suffix => format!("spinnaker-{suffix}"),
    };
    labels.insert(APP_MANAGED_BY.into(), managed_by.into());
    if let Some(sequence) = moniker.sequence {
        labels.insert(SEQUENCE.into(), sequence.to_string().into());
    }
}

pub(super) fn put_if_absent(object: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        object.entry(key).or_insert_with(|| value.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest(value: Value) -> Manifest {
        serde_json::from_value(value).unwrap()
    }

    fn sequence_of(kind: &str, annotations: Value) -> Option<i32> {
        let manifest = json!({"kind": kind, "metadata": {"name": "web-v002", "annotations": annotations}});
        derive_moniker(&self::manifest(manifest)).unwrap().sequence
    }

    #[test]
    fn the_number_of_a_replica_set_is_its_deployments_revision() {
        let revision = json!({"deployment.kubernetes.io/revision": "9"});
        assert_eq!(sequence_of("ReplicaSet", revision.clone()), Some(9));
        assert_eq!(sequence_of("rs", revision.clone()), Some(9));
        assert_eq!(sequence_of("Deployment", revision), Some(2));
        let broken = json!({"deployment.kubernetes.io/revision": "x"});
        assert_eq!(sequence_of("ReplicaSet", broken.clone()), None);
        assert_eq!(sequence_of("Deployment", broken), Some(2));
        let both = json!({"deployment.kubernetes.io/revision": "9", "moniker.spinnaker.io/sequence": "7"});
        assert_eq!(sequence_of("ReplicaSet", both), Some(7));
        assert_eq!(sequence_of("Deployment", json!({"moniker.spinnaker.io/sequence": ""})), None);
    }

    #[test]
    fn kubernetes_own_objects_belong_to_system() {
        let moniker = moniker_of_name("system:a:b-v003");
        assert_eq!((moniker.cluster.as_deref(), moniker.sequence), (Some("system:a:b"), Some(3)));
        let moniker = moniker_of_name("system:a\n-v003");
        assert_eq!((moniker.cluster.as_deref(), moniker.sequence), (Some("system:a\n-v003"), None));
        assert_eq!(moniker_of_name("systems:a"), Moniker::default());
    }

    #[test]
    fn what_is_applied_is_derived_again() {
        let applied = Moniker {
            app: Some("my app".into()),
            cluster: Some(String::new()),
            detail: Some("d".into()),
            stack: None,
            sequence: Some(-3),
        };
        let mut manifest = manifest(json!({"kind": "Pod", "metadata": {"annotations": null}}));
        apply_moniker(&mut manifest, &applied, &Marking::default()).unwrap();
        assert_eq!(derive_moniker(&manifest).unwrap(), applied);
    }

    #[test]
    fn labels_can_be_left_out() {
        let moniker = Moniker { app: Some("a".into()), ..Moniker::default() };
        let plain = manifest(json!({"kind": "A", "metadata": {}, "spec": {"template": {"metadata": {}}}}));
        let mut marked = plain.clone();
        apply_moniker(&mut marked, &moniker, &Marking { app_labels: false, ..Marking::default() }).unwrap();
        let annotations = json!({"moniker.spinnaker.io/application": "a"});
        assert_eq!(marked.as_object()["metadata"], json!({"annotations": annotations}));
        let mut marked = plain;
        apply_moniker(&mut marked, &moniker, &Marking { skip_template_labels: true, ..Marking::default() }).unwrap();
        assert_eq!(marked.as_object()["spec"]["template"]["metadata"], json!({"annotations": annotations}));
        assert_eq!(marked.as_object()["metadata"]["labels"][APP_NAME], "a");
    }

    #[test]
    fn a_failure_changes_nothing() {
        let before = manifest(json!({"kind": "A", "metadata": {"labels": 1}}));
        let mut after = before.clone();
        let moniker = Moniker { app: Some("a".into()), ..Moniker::default() };
        let error = apply_moniker(&mut after, &moniker, &Marking::default()).unwrap_err();
        assert_eq!(error, Error::no_object("metadata.labels"));
        assert_eq!(after, before);
    }
}
