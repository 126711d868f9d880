//! The places of a manifest where artifacts are put in, and which kinds have which.
//!
//! Sources: clouddriver-kubernetes `Replacer`, `KubernetesArtifactType`, and the handlers of the kinds.

use std::sync::LazyLock;

use gennaker_jsonpath::{Error as PathError, Path, Predicate};
use gennaker_naming::kubernetes::Kind;
use serde_json::Value;

/// A place of a manifest where artifacts are put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Replacer {
    /// The images of the containers, init containers included, of what makes pods.
    DockerImage,
    /// The images of a pod's own containers.
    PodDockerImage,
    /// Config maps as volumes.
    ConfigMapVolume,
    /// Secrets as volumes.
    SecretVolume,
    /// Config maps within projected volumes.
    ConfigMapProjectedVolume,
    /// Secrets within projected volumes.
    SecretProjectedVolume,
    /// Config maps as the source of an environment.
    ConfigMapEnv,
    /// Secrets as the source of an environment.
    SecretEnv,
    /// A key of a config map in an environment.
    ConfigMapKeyValue,
    /// A key of a secret in an environment.
    SecretKeyValue,
    /// The deployment that an autoscaler scales.
    HpaDeployment,
    /// The replica set that an autoscaler scales.
    HpaReplicaSet,
}

use Replacer::{
    ConfigMapEnv, ConfigMapKeyValue, ConfigMapProjectedVolume, ConfigMapVolume, DockerImage, HpaDeployment,
    HpaReplicaSet, PodDockerImage, SecretEnv, SecretKeyValue, SecretProjectedVolume, SecretVolume,
};

/// Those of what makes pods.
const WORKLOAD: &[Replacer] = &[
    DockerImage,
    ConfigMapVolume,
    SecretVolume,
    ConfigMapProjectedVolume,
    SecretProjectedVolume,
    ConfigMapEnv,
    SecretEnv,
    ConfigMapKeyValue,
    SecretKeyValue,
];

/// In the order of the variants. Upstream's own paths: `..` finds the pods of a cron job too, and a single object in
/// the place of a list counts as its element.
static PATHS: LazyLock<[Result<Path, PathError>; 12]> = LazyLock::new(|| {
    let any = Predicate::new(|_| true);
    let scales = |kinds: [&'static str; 2]| {
        Predicate::new(move |manifest: &Value| {
            manifest
                .pointer("/spec/scaleTargetRef/kind")
                .and_then(Value::as_str)
                .is_some_and(|kind| kinds.contains(&kind))
        })
    };
    [
        ("$..spec.template.spec['containers', 'initContainers'].[?].image", any.clone()),
        ("$.spec.containers.[?].image", any.clone()),
        ("$..spec.template.spec.volumes.[?].configMap.name", any.clone()),
        ("$..spec.template.spec.volumes.[?].secret.secretName", any.clone()),
        ("$..spec.template.spec.volumes.*.projected.sources.[?].configMap.name", any.clone()),
        ("$..spec.template.spec.volumes.*.projected.sources.[?].secret.name", any.clone()),
        ("$..spec.template.spec['containers', 'initContainers'].*.envFrom.[?].configMapRef.name", any.clone()),
        ("$..spec.template.spec['containers', 'initContainers'].*.envFrom.[?].secretRef.name", any.clone()),
        ("$..spec.template.spec['containers', 'initContainers'].*.env.[?].valueFrom.configMapKeyRef.name", any.clone()),
        ("$..spec.template.spec['containers', 'initContainers'].*.env.[?].valueFrom.secretKeyRef.name", any),
        ("$[?].spec.scaleTargetRef.name", scales(["Deployment", "deployment"])),
        ("$[?].spec.scaleTargetRef.name", scales(["ReplicaSet", "replicaSet"])),
    ]
    .map(|(path, predicate)| Path::parse_with(path, &[predicate]))
});

impl Replacer {
    /// The places of a kind: those of what makes pods for deployments, replica sets, stateful sets, daemon sets, jobs
    /// and cron jobs; two of autoscalers; one of pods. Any other kind has none.
    ///
    /// Source: `artifactReplacers` of the kinds' handlers.
    pub fn of_kind(kind: &Kind) -> &'static [Replacer] {
        if !kind.group().is_native() {
            return &[];
        }
        match kind.name() {
            "deployment" | "replicaSet" | "statefulSet" | "daemonSet" | "job" | "cronJob" => WORKLOAD,
            "pod" => &[PodDockerImage],
            "horizontalpodautoscaler" => &[HpaDeployment, HpaReplicaSet],
            _ => &[],
        }
    }

    /// Where it is in a manifest. Fails only if a path above is none.
    pub(super) fn path(self) -> Result<&'static Path, &'static PathError> {
        PATHS[self as usize].as_ref()
    }

    /// The type of the artifacts that are put in here.
    pub fn artifact_type(self) -> &'static str {
        match self {
            DockerImage | PodDockerImage => "docker/image",
            ConfigMapVolume | ConfigMapProjectedVolume | ConfigMapEnv | ConfigMapKeyValue => "kubernetes/configMap",
            SecretVolume | SecretProjectedVolume | SecretEnv | SecretKeyValue => "kubernetes/secret",
            HpaDeployment => "kubernetes/deployment",
            HpaReplicaSet => "kubernetes/replicaSet",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_path() {
        for (replacer, end) in [
            (DockerImage, ".image"),
            (PodDockerImage, ".image"),
            (ConfigMapVolume, ".[?].configMap.name"),
            (SecretVolume, ".[?].secret.secretName"),
            (ConfigMapProjectedVolume, ".sources.[?].configMap.name"),
            (SecretProjectedVolume, ".sources.[?].secret.name"),
            (ConfigMapEnv, ".configMapRef.name"),
            (SecretEnv, ".secretRef.name"),
            (ConfigMapKeyValue, ".configMapKeyRef.name"),
            (SecretKeyValue, ".secretKeyRef.name"),
            (HpaDeployment, ".scaleTargetRef.name"),
            (HpaReplicaSet, ".scaleTargetRef.name"),
        ] {
            assert!(replacer.path().unwrap().text().ends_with(end), "{replacer:?}");
        }
    }

    #[test]
    fn kinds_are_known_by_any_name_and_native_group() {
        for kind in ["Deployment", "deploy", "StatefulSet.apps", "CRONJOB", "job", "daemonset", "rs"] {
            assert_eq!(Replacer::of_kind(&Kind::parse(kind)).len(), 9, "{kind}");
        }
        for (kind, count) in [("hpa", 2), ("Pod", 1), ("service", 0), ("Rollout", 0), ("deployment.example.com", 0)] {
            assert_eq!(Replacer::of_kind(&Kind::parse(kind)).len(), count, "{kind}");
        }
    }
}
