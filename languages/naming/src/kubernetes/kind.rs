//! Kinds and API groups: `deployment`, `Rollout.argoproj.io`.
//!
//! A kind of Kubernetes' own groups is known by its name alone, whatever group a manifest gives; any other kind is
//! qualified by its group. Case does not matter.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

/// An API group in lower case; empty for objects without one.
///
/// Source: clouddriver-kubernetes `KubernetesApiGroup`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(from = "String")]
pub struct ApiGroup(String);

const NATIVE_GROUPS: [&str; 18] = [
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "core",
    "extensions",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "settings.k8s.io",
    "storage.k8s.io",
];

impl ApiGroup {
    /// The group of that name.
    pub fn new(name: &str) -> Self {
        ApiGroup(name.to_lowercase())
    }

    /// The group of an `apiVersion`: `apps` of `apps/v1`, none of `v1`.
    ///
    /// Source: clouddriver-kubernetes `KubernetesApiVersion`.
    pub fn of_api_version(api_version: &str) -> Self {
        ApiGroup::new(api_version.split_once('/').map_or("", |(group, _)| group))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of Kubernetes' own, by upstream's list.
    pub fn is_native(&self) -> bool {
        NATIVE_GROUPS.contains(&self.as_str())
    }
}

impl From<String> for ApiGroup {
    fn from(name: String) -> Self {
        ApiGroup::new(&name)
    }
}

impl fmt::Display for ApiGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A kind of object. It prints as upstream writes it: `replicaSet`, and with its group where that is not Kubernetes' own,
/// `Rollout.argoproj.io`.
///
/// Two kinds are equal if their names are, in any case, and neither has a group of its own or both have the same.
///
/// Source: clouddriver-kubernetes `KubernetesKind`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Kind {
    name: String,
    group: ApiGroup,
}

/// Name, short name and group of the kinds that upstream registers.
const KNOWN: [(&str, &str, &str); 35] = [
    ("apiService", "", "apiregistration.k8s.io"),
    ("clusterRole", "", "rbac.authorization.k8s.io"),
    ("clusterRoleBinding", "", "rbac.authorization.k8s.io"),
    ("configMap", "cm", "core"),
    ("controllerRevision", "", "apps"),
    ("customResourceDefinition", "crd", "extensions"),
    ("cronJob", "", "batch"),
    ("csiDriver", "", "storage.k8s.io"),
    ("csiNode", "", "storage.k8s.io"),
    ("daemonSet", "ds", "apps"),
    ("deployment", "deploy", "apps"),
    ("event", "", "core"),
    ("horizontalpodautoscaler", "hpa", "autoscaling"),
    ("ingress", "", "networking.k8s.io"),
    ("job", "", "batch"),
    ("limitRange", "", ""),
    ("mutatingWebhookConfiguration", "", "admissionregistration.k8s.io"),
    ("namespace", "ns", "core"),
    ("networkPolicy", "netpol", "networking.k8s.io"),
    ("none", "", ""),
    ("persistentVolume", "pv", "core"),
    ("persistentVolumeClaim", "pvc", "core"),
    ("pod", "po", "core"),
    ("podPreset", "", "settings.k8s.io"),
    ("podSecurityPolicy", "", "policy"),
    ("podDisruptionBudget", "", "policy"),
    ("replicaSet", "rs", "apps"),
    ("role", "", "rbac.authorization.k8s.io"),
    ("roleBinding", "", "rbac.authorization.k8s.io"),
    ("secret", "", "core"),
    ("service", "svc", "core"),
    ("serviceAccount", "sa", "core"),
    ("statefulSet", "", "apps"),
    ("storageClass", "sc", "storage.k8s.io"),
    ("validatingWebhookConfiguration", "", "admissionregistration.k8s.io"),
];

impl Kind {
    /// The kind of that name in that group. A name or short name of a registered kind, in any native group, gives that
    /// kind with its own name and group; no name gives `none`.
    ///
    /// Source: `KubernetesKind.from`.
    pub fn new(name: &str, group: ApiGroup) -> Self {
        let (name, group) = if name.is_empty() { ("none", ApiGroup::default()) } else { (name, group) };
        let lower = name.to_lowercase();
        let known = KNOWN.iter().filter(|_| group.is_native()).find(|(known, short, _)| {
            // Never empty here, so that a missing short name matches nothing.
            known.to_lowercase() == lower || *short == lower
        });
        match known {
            Some((name, _, group)) => Kind { name: (*name).to_owned(), group: ApiGroup::new(group) },
            None => Kind { name: name.to_owned(), group },
        }
    }

    /// The kind that a text names: a name, or a name, a dot and a group.
    ///
    /// ```
    /// use gennaker_naming::kubernetes::Kind;
    ///
    /// assert_eq!(Kind::parse("RS").to_string(), "replicaSet");
    /// assert_eq!(Kind::parse("Rollout.argoproj.io").group().as_str(), "argoproj.io");
    /// ```
    ///
    /// Source: `KubernetesKind.fromString`.
    pub fn parse(qualified: &str) -> Self {
        let (name, group) = qualified.split_once('.').unwrap_or((qualified, ""));
        Kind::new(name, ApiGroup::new(group))
    }

    /// Its name without the group.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its group: the registered one, or the one that it was made with.
    pub fn group(&self) -> &ApiGroup {
        &self.group
    }

    /// What two equal kinds have in common: the name in lower case, and a group of their own.
    fn identity(&self) -> (String, Option<&ApiGroup>) {
        (self.name.to_lowercase(), Some(&self.group).filter(|group| !group.is_native()))
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        if self.group.is_native() { Ok(()) } else { write!(formatter, ".{}", self.group) }
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.to_string()
    }
}

impl From<String> for Kind {
    fn from(qualified: String) -> Self {
        Kind::parse(&qualified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_kind_has_its_own_name_and_group_whatever_native_group_is_given() {
        for text in ["deploy", "Deployment", "DEPLOYMENT.extensions", "deployment.", "deployment.batch"] {
            let kind = Kind::parse(text);
            assert_eq!((kind.to_string().as_str(), kind.group().as_str()), ("deployment", "apps"), "{text}");
        }
        assert_eq!(Kind::parse("crd").group().as_str(), "extensions");
    }

    #[test]
    fn an_unknown_kind_keeps_what_it_was_made_with() {
        let kind = Kind::parse("Deployment.Example.com");
        assert_eq!((kind.to_string().as_str(), kind.name()), ("Deployment.example.com", "Deployment"));
        let kind = Kind::parse("Foo.batch");
        assert_eq!((kind.to_string().as_str(), kind.group().as_str()), ("Foo", "batch"));
    }

    #[test]
    fn no_name_is_the_kind_none() {
        for text in ["", ".example.com", "none", "None.apps"] {
            assert_eq!(Kind::parse(text).to_string(), "none", "{text}");
            assert_eq!(Kind::parse(text).group(), &ApiGroup::default(), "{text}");
        }
    }

    #[test]
    fn equality_looks_at_the_group_only_where_it_is_not_native() {
        assert_eq!(Kind::parse("foo.batch"), Kind::parse("FOO.apps"));
        assert_eq!(Kind::parse("foo.a.b"), Kind::parse("Foo.A.B"));
        assert_ne!(Kind::parse("foo.a.b"), Kind::parse("foo"));
        assert_ne!(Kind::parse("replicaSet"), Kind::parse("replicaSet.example.com"));
    }

    #[test]
    fn the_table_names_native_groups_only_and_no_name_twice() {
        let mut names: Vec<_> =
            KNOWN.iter().flat_map(|(name, short, _)| [name.to_lowercase(), (*short).to_owned()]).collect();
        names.retain(|name| !name.is_empty());
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(KNOWN.iter().all(|(_, _, group)| ApiGroup::new(group).is_native()));
    }
}
