//! Manifests: an object of Kubernetes as JSON, with the parts that names come from.
//!
//! Everything else in it is kept as it came, in its order.
//!
//! Source: clouddriver-kubernetes `KubernetesManifest`.

use serde_json::{Map, Value};

use super::{ApiGroup, Error, Kind, full_resource_name};

type Object = Map<String, Value>;

/// An object of Kubernetes, as a user or the API server wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Manifest(Object);

impl Manifest {
    /// All of it.
    pub fn as_object(&self) -> &Object {
        &self.0
    }

    /// All of it, to be changed.
    pub fn as_object_mut(&mut self) -> &mut Object {
        &mut self.0
    }

    /// Its kind, with the group of its `apiVersion`; no `apiVersion` counts as a native one.
    ///
    /// Fails if `kind` is missing, `apiVersion` is `null`, or either is no text. Source: `computeKind`.
    pub fn kind(&self) -> Result<Kind, Error> {
        let name = text(&self.0, "kind", "")?.ok_or_else(|| Error::MissingField("kind".into()))?;
        let group = match text(&self.0, "apiVersion", "")? {
            Some(api_version) => ApiGroup::of_api_version(api_version),
            None if self.0.contains_key("apiVersion") => return Err(Error::MissingField("apiVersion".into())),
            None => ApiGroup::default(),
        };
        Ok(Kind::new(name, group))
    }

    /// `metadata.name`. Fails without `metadata`, as all that follow.
    pub fn name(&self) -> Result<Option<&str>, Error> {
        text(self.metadata()?, "name", "metadata.")
    }

    /// `metadata.generateName`: Kubernetes makes the name from it if there is none.
    pub fn generate_name(&self) -> Result<Option<&str>, Error> {
        text(self.metadata()?, "generateName", "metadata.")
    }

    /// `metadata.namespace`; empty if there is none.
    pub fn namespace(&self) -> Result<&str, Error> {
        Ok(text(self.metadata()?, "namespace", "metadata.")?.unwrap_or_default())
    }

    /// Kind and name as clouddriver joins them, `deployment shop`. Without a name `generateName` stands for it, and
    /// without either the word `null`.
    ///
    /// Source: `getFullResourceName`.
    pub fn full_resource_name(&self) -> Result<String, Error> {
        let name = match self.name()? {
            None | Some("") => self.generate_name()?,
            name => name,
        };
        Ok(full_resource_name(&self.kind()?, name.unwrap_or("null")))
    }

    /// Whether two manifests say the same, `metadata` aside, which does not change how an object runs. `1` and `1.0`
    /// differ.
    ///
    /// Source: `nonMetadataEquals`.
    pub fn equals_but_for_metadata(&self, other: &Object) -> bool {
        let fields = |object: &Object| object.keys().filter(|key| *key != "metadata").count();
        fields(&self.0) == fields(other)
            && self.0.iter().all(|(key, value)| key == "metadata" || other.get(key) == Some(value))
    }

    /// Gives it a name. Fails without `metadata`.
    pub fn set_name(&mut self, name: &str) -> Result<(), Error> {
        object_mut(&mut self.0, "metadata", "")?
            .ok_or_else(|| Error::MissingField("metadata".into()))?
            .insert("name".into(), name.into());
        Ok(())
    }

    /// An annotation's value; `None` also for `null`.
    pub(super) fn annotation(&self, key: &str) -> Result<Option<&str>, Error> {
        self.annotations()?.map_or(Ok(None), |annotations| text(annotations, key, "metadata.annotations."))
    }

    /// Whether there is such an annotation, even if its value is `null`.
    pub(super) fn has_annotation(&self, key: &str) -> Result<bool, Error> {
        Ok(self.annotations()?.is_some_and(|annotations| annotations.contains_key(key)))
    }

    /// The annotations, made if there are none.
    pub(super) fn annotations_mut(&mut self) -> Result<&mut Object, Error> {
        self.metadata_child_mut("annotations")
    }

    /// The labels, made if there are none.
    pub(super) fn labels_mut(&mut self) -> Result<&mut Object, Error> {
        self.metadata_child_mut("labels")
    }

    /// The annotations of the pods that it makes, if it has `spec.template.metadata`.
    pub(super) fn template_annotations_mut(&mut self) -> Result<Option<&mut Object>, Error> {
        self.template_child_mut("annotations")
    }

    /// The labels of the pods that it makes, if it has `spec.template.metadata`.
    pub(super) fn template_labels_mut(&mut self) -> Result<Option<&mut Object>, Error> {
        self.template_child_mut("labels")
    }

    fn metadata(&self) -> Result<&Object, Error> {
        object(&self.0, "metadata", "")?.ok_or_else(|| Error::MissingField("metadata".into()))
    }

    fn annotations(&self) -> Result<Option<&Object>, Error> {
        object(self.metadata()?, "annotations", "metadata.")
    }

    fn metadata_child_mut(&mut self, key: &str) -> Result<&mut Object, Error> {
        let metadata =
            object_mut(&mut self.0, "metadata", "")?.ok_or_else(|| Error::MissingField("metadata".into()))?;
        made(metadata, key, "metadata.")
    }

    fn template_child_mut(&mut self, key: &str) -> Result<Option<&mut Object>, Error> {
        let template =
            self.0.get_mut("spec").and_then(|spec| spec.as_object_mut()?.get_mut("template")?.as_object_mut());
        let Some(template) = template else {
            return Ok(None);
        };
        let metadata = object_mut(template, "metadata", "spec.template.")?;
        metadata.map(|metadata| made(metadata, key, "spec.template.metadata.")).transpose()
    }
}

impl From<Object> for Manifest {
    fn from(object: Object) -> Self {
        Manifest(object)
    }
}

impl FromIterator<(String, Value)> for Manifest {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(fields: I) -> Self {
        Manifest(fields.into_iter().collect())
    }
}

fn text<'value>(object: &'value Object, key: &str, place: &str) -> Result<Option<&'value str>, Error> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::no_text(format!("{place}{key}"))),
    }
}

fn object<'value>(object: &'value Object, key: &str, place: &str) -> Result<Option<&'value Object>, Error> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(child)) => Ok(Some(child)),
        Some(_) => Err(Error::no_object(format!("{place}{key}"))),
    }
}

fn object_mut<'value>(object: &'value mut Object, key: &str, place: &str) -> Result<Option<&'value mut Object>, Error> {
    match object.get_mut(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(child)) => Ok(Some(child)),
        Some(_) => Err(Error::no_object(format!("{place}{key}"))),
    }
}

fn made<'value>(object: &'value mut Object, key: &str, place: &str) -> Result<&'value mut Object, Error> {
    let child = object.entry(key).or_insert(Value::Null);
    if child.is_null() {
        *child = Value::Object(Object::new());
    }
    child.as_object_mut().ok_or_else(|| Error::no_object(format!("{place}{key}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest(value: Value) -> Manifest {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_group_of_the_version_qualifies_kinds_that_are_not_kubernetes_own() {
        for (api_version, kind, expected) in [
            ("apps/v1", "ReplicaSet", "replicaSet"),
            ("v1", "ConfigMap", "configMap"),
            ("crd.projectcalico.org/v1", "NetworkPolicy", "NetworkPolicy.crd.projectcalico.org"),
            ("Example.com/V1", "Foo", "Foo.example.com"),
            ("/v1", "Foo", "Foo"),
        ] {
            let manifest = manifest(json!({"apiVersion": api_version, "kind": kind}));
            assert_eq!(manifest.kind().unwrap().to_string(), expected);
        }
        assert_eq!(manifest(json!({"kind": "Pod"})).kind().unwrap().to_string(), "pod");
    }

    #[test]
    fn what_is_missing_or_of_a_wrong_type_is_named() {
        let missing = |field: &str| Error::MissingField(field.into());
        assert_eq!(manifest(json!({})).kind(), Err(missing("kind")));
        assert_eq!(manifest(json!({"kind": "Pod", "apiVersion": null})).kind(), Err(missing("apiVersion")));
        assert_eq!(manifest(json!({"metadata": null})).name(), Err(missing("metadata")));
        assert_eq!(manifest(json!({"metadata": []})).name(), Err(Error::no_object("metadata")));
        assert_eq!(manifest(json!({"metadata": {"name": 1}})).name(), Err(Error::no_text("metadata.name")));
        let numbers = manifest(json!({"metadata": {"annotations": {"a": 1}}}));
        assert_eq!(numbers.annotation("a"), Err(Error::no_text("metadata.annotations.a")));
    }

    #[test]
    fn full_names_fall_back_to_generate_name() {
        let full = |metadata: Value| manifest(json!({"kind": "pod", "metadata": metadata})).full_resource_name();
        assert_eq!(full(json!({"name": "a", "generateName": "b-"})).unwrap(), "pod a");
        assert_eq!(full(json!({"name": "", "generateName": "b-"})).unwrap(), "pod b-");
        assert_eq!(full(json!({})).unwrap(), "pod null");
    }

    #[test]
    fn equality_leaves_metadata_out() {
        let left = manifest(json!({"kind": "A", "metadata": {"name": "x"}, "data": {"n": 1, "m": 2}}));
        let equal = |right: Value| left.equals_but_for_metadata(right.as_object().unwrap());
        assert!(equal(json!({"data": {"m": 2, "n": 1}, "kind": "A"})));
        assert!(!equal(json!({"data": {"m": 2, "n": 1.0}, "kind": "A"})));
        assert!(!equal(json!({"data": {"m": 2, "n": 1}, "kind": "A", "more": null})));
        assert!(!equal(json!({"kind": "A", "metadata": {}})));
    }

    #[test]
    fn a_name_can_be_given() {
        let mut manifest = manifest(json!({"kind": "A", "metadata": {}}));
        manifest.set_name("a-v001").unwrap();
        assert_eq!(manifest.name().unwrap(), Some("a-v001"));
        assert!(Manifest::default().set_name("a").is_err());
    }
}
