//! The type `Artifact`, and how it is read.
//!
//! Source: kork-artifacts `Artifact`, `ArtifactBuilder`.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use gennaker_naming::kubernetes;
use serde_json::{Map, Value};

use crate::{
    Error,
    java::{boolean_field, kind_of, text_field},
};

/// Something that can be deployed or used in a deployment, and where to get it.
///
/// It is written as upstream writes it: absent fields are left out, `customKind` and `metadata` never. It is read
/// leniently: numbers and booleans become text, unknown fields go to `metadata`, and `kind`, which old clients send, is
/// dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Map<String, Value>")]
pub struct Artifact {
    /// What it is, for example `docker/image`, `kubernetes/configMap` or `embedded/base64`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether a user made the type up.
    pub custom_kind: bool,
    /// The name, without a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it is: a namespace, a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What to put where it is used, or where to fetch it: an image with its tag, an address, content in Base64.
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

impl Artifact {
    /// Reads an artifact.
    ///
    /// As in the original, `metadata` replaces what unknown fields before it gave, and those after it are added. Unlike
    /// there `null`s within the metadata stay.
    ///
    /// # Errors
    /// [`Error::Missing`] for `null`; [`Error::Field`] if it is no object, or a field holds what cannot become its
    /// type.
    pub fn from_value(value: &Value) -> Result<Self, Error> {
        Self::read(value.clone(), "artifact")
    }

    /// As [`Artifact::from_value`], of a value that nobody else needs; `place` is what messages call it.
    pub(crate) fn read(value: Value, place: &str) -> Result<Self, Error> {
        match value {
            Value::Object(fields) => Self::of_fields(fields, place),
            Value::Null => Err(Error::missing(place)),
            other => Err(Error::Field { field: place.to_owned(), wanted: "an object", found: kind_of(&other) }),
        }
    }

    fn of_fields(fields: Map<String, Value>, place: &str) -> Result<Self, Error> {
        let mut artifact = Artifact::default();
        for (key, value) in fields {
            let text = match key.as_str() {
                "type" => &mut artifact.kind,
                "name" => &mut artifact.name,
                "version" => &mut artifact.version,
                "location" => &mut artifact.location,
                "reference" => &mut artifact.reference,
                "artifactAccount" => &mut artifact.artifact_account,
                "provenance" => &mut artifact.provenance,
                "uuid" => &mut artifact.uuid,
                "customKind" => {
                    artifact.custom_kind = boolean_field(&value, || format!("{place}.customKind"))?;
                    continue;
                }
                "metadata" => {
                    match value {
                        Value::Object(metadata) => artifact.metadata = metadata,
                        Value::Null => {}
                        other => {
                            let field = format!("{place}.metadata");
                            return Err(Error::Field { field, wanted: "an object", found: kind_of(&other) });
                        }
                    }
                    continue;
                }
                "kind" => continue,
                _ => {
                    artifact.metadata.insert(key, value);
                    continue;
                }
            };
            *text = text_field(value, || format!("{place}.{key}"))?;
        }
        Ok(artifact)
    }

    /// Its fields as JSON, those that are written.
    pub(crate) fn into_fields(self) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut put = |key: &str, text: Option<String>| {
            if let Some(text) = text {
                fields.insert(key.to_owned(), Value::String(text));
            }
        };
        put("type", self.kind);
        put("name", self.name);
        put("version", self.version);
        put("location", self.location);
        put("reference", self.reference);
        put("artifactAccount", self.artifact_account);
        put("provenance", self.provenance);
        put("uuid", self.uuid);
        fields.insert("customKind".to_owned(), Value::Bool(self.custom_kind));
        fields.insert("metadata".to_owned(), Value::Object(self.metadata));
        fields
    }

    /// The artifact with that account, unless it is absent or empty: for stages that name the account beside the
    /// artifact.
    ///
    /// Source: orca `ArtifactUtils.withAccount`.
    #[must_use]
    pub fn with_account(mut self, account: Option<&str>) -> Self {
        if let Some(account) = account.filter(|account| !account.is_empty()) {
            self.artifact_account = Some(account.to_owned());
        }
        self
    }

    /// The five texts that are matched, with their names.
    pub(crate) fn matched_fields(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("type", self.kind.as_deref()),
            ("name", self.name.as_deref()),
            ("version", self.version.as_deref()),
            ("location", self.location.as_deref()),
            ("reference", self.reference.as_deref()),
        ]
    }
}

/// For people: what it is matched by, `type docker/image, name shop`.
impl fmt::Display for Artifact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut given = self.matched_fields().into_iter().filter(|(_, text)| text.is_some_and(|text| !text.is_empty()));
        let Some((field, text)) = given.next() else { return formatter.write_str("anything") };
        write!(formatter, "{field} {}", text.unwrap_or_default())?;
        given.try_for_each(|(field, text)| write!(formatter, ", {field} {}", text.unwrap_or_default()))
    }
}

/// Equal artifacts have equal hashes; metadata do not count, since JSON has no hash.
impl Hash for Artifact {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.matched_fields().hash(state);
        self.artifact_account.hash(state);
        self.uuid.hash(state);
    }
}

impl TryFrom<Map<String, Value>> for Artifact {
    type Error = Error;

    fn try_from(fields: Map<String, Value>) -> Result<Self, Error> {
        Self::of_fields(fields, "artifact")
    }
}

/// The artifact that a Kubernetes object is.
impl From<kubernetes::Artifact> for Artifact {
    fn from(artifact: kubernetes::Artifact) -> Self {
        let kubernetes::Artifact {
            kind,
            custom_kind,
            name,
            version,
            location,
            reference,
            metadata,
            artifact_account,
            provenance,
            uuid,
        } = artifact;
        Artifact { kind, custom_kind, name, version, location, reference, metadata, artifact_account, provenance, uuid }
    }
}

impl From<Artifact> for kubernetes::Artifact {
    fn from(artifact: Artifact) -> Self {
        let Artifact {
            kind,
            custom_kind,
            name,
            version,
            location,
            reference,
            metadata,
            artifact_account,
            provenance,
            uuid,
        } = artifact;
        kubernetes::Artifact {
            kind,
            custom_kind,
            name,
            version,
            location,
            reference,
            metadata,
            artifact_account,
            provenance,
            uuid,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Value {
        json!(Artifact::from_value(&value).unwrap())
    }

    #[test]
    fn all_fields_are_read_and_written_in_upstreams_order() {
        let text = concat!(
            r#"{"type":"t","customKind":true,"name":"n","version":"v","location":"l","reference":"r","#,
            r#""metadata":{"a":1},"artifactAccount":"acc","provenance":"p","uuid":"u"}"#
        );
        let artifact: Artifact = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&artifact).unwrap(), text);
        let there: kubernetes::Artifact = artifact.clone().into();
        assert_eq!(Artifact::from(there), artifact);
        assert_eq!(Value::Object(artifact.clone().into_fields()), json!(artifact));
    }

    #[test]
    fn unknown_fields_go_to_the_metadata() {
        let unknown = read(json!({"foo": 1, "kind": "x", "name": "n"}));
        assert_eq!(unknown, json!({"customKind": false, "name": "n", "metadata": {"foo": 1}}));
        let around = read(json!({"before": 1, "metadata": {"a": 2}, "after": 3}));
        assert_eq!(around["metadata"], json!({"a": 2, "after": 3}));
        assert_eq!(read(json!({"before": 1, "metadata": null}))["metadata"], json!({"before": 1}));
    }

    #[test]
    fn scalars_become_text() {
        let scalars = read(json!({"name": 5, "version": true, "reference": 1.5, "location": 1e10, "uuid": null}));
        let expected = json!({
            "customKind": false,
            "name": "5",
            "version": "true",
            "location": "1.0E10",
            "reference": "1.5",
            "metadata": {},
        });
        assert_eq!(scalars, expected);
    }

    #[test]
    fn what_is_no_artifact_is_refused() {
        for value in [
            json!("text"),
            json!(5),
            json!([]),
            json!({"name": {}}),
            json!({"name": []}),
            json!({"metadata": []}),
            json!({"metadata": ""}),
            json!({"customKind": "yes"}),
        ] {
            assert_eq!(
                Artifact::from_value(&value).unwrap_err().exception(),
                Some("IllegalArgumentException"),
                "{value}"
            );
        }
        assert_eq!(Artifact::from_value(&Value::Null).unwrap_err().exception(), Some("NullPointerException"));
        let error = Artifact::from_value(&json!({"name": {}})).unwrap_err();
        assert_eq!(error.to_string(), "artifact.name is an object, not a text: correct it");
    }

    #[test]
    fn an_account_beside_the_artifact_wins_unless_it_is_empty() {
        let own = Artifact { artifact_account: Some("own".into()), ..Artifact::default() };
        assert_eq!(own.clone().with_account(Some("other")).artifact_account.as_deref(), Some("other"));
        assert_eq!(own.clone().with_account(Some("")), own);
        assert_eq!(own.clone().with_account(None), own);
    }

    #[test]
    fn it_prints_what_it_is_matched_by() {
        let artifact =
            Artifact::from_value(&json!({"type": "docker/image", "name": "", "version": "1", "uuid": "u"})).unwrap();
        assert_eq!(artifact.to_string(), "type docker/image, version 1");
        assert_eq!(Artifact::default().to_string(), "anything");
    }
}
