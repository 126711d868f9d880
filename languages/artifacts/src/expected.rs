//! The type `ExpectedArtifact`: what a pipeline wants, and what it got.
//!
//! Source: kork-artifacts `ExpectedArtifact`.

use std::fmt;

use serde_json::{Map, Value};

use crate::{
    Artifact, Error, Matcher,
    java::{boolean_field, kind_of, text_field},
};

/// An artifact that a pipeline or a stage expects. Unknown fields are dropped, as in the original.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Map<String, Value>")]
pub struct ExpectedArtifact {
    /// What it has to match; see [`Matcher`]. Anything if absent.
    pub match_artifact: Artifact,
    /// Whether one of the pipeline's last execution will do.
    pub use_prior_artifact: bool,
    /// Whether the default will do.
    pub use_default_artifact: bool,
    /// The default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_artifact: Option<Artifact>,
    /// What stages and triggers call it; empty if absent.
    pub id: String,
    /// What it was resolved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound_artifact: Option<Artifact>,
    /// What people call it. It is read for messages only and not written: upstream drops it.
    #[serde(skip_serializing)]
    pub display_name: Option<String>,
}

impl ExpectedArtifact {
    /// Reads an expected artifact, leniently as [`Artifact::from_value`].
    ///
    /// # Errors
    /// As there.
    pub fn from_value(value: &Value) -> Result<Self, Error> {
        match value {
            Value::Object(fields) => Self::try_from(fields.clone()),
            Value::Null => Err(Error::missing("expected artifact")),
            other => {
                Err(Error::Field { field: "expected artifact".to_owned(), wanted: "an object", found: kind_of(other) })
            }
        }
    }

    /// Its fields as JSON, those that are written.
    pub(crate) fn into_fields(self) -> Map<String, Value> {
        let artifact = |artifact: Artifact| Value::Object(artifact.into_fields());
        let mut fields = Map::new();
        fields.insert("matchArtifact".to_owned(), artifact(self.match_artifact));
        fields.insert("usePriorArtifact".to_owned(), Value::Bool(self.use_prior_artifact));
        fields.insert("useDefaultArtifact".to_owned(), Value::Bool(self.use_default_artifact));
        fields.extend(self.default_artifact.map(|default| ("defaultArtifact".to_owned(), artifact(default))));
        fields.insert("id".to_owned(), Value::String(self.id));
        fields.extend(self.bound_artifact.map(|bound| ("boundArtifact".to_owned(), artifact(bound))));
        fields
    }

    /// Whether an artifact is one of those expected. To ask this of many, make one [`Matcher`].
    ///
    /// # Errors
    /// As [`Matcher::matches`].
    pub fn matches(&self, artifact: &Artifact) -> Result<bool, Error> {
        Matcher::new(self).matches(artifact)
    }

    /// What it was resolved to; without an account of its own, with that of the artifact to match.
    ///
    /// Source: orca `ArtifactUtils.getBoundArtifact`.
    pub fn into_bound_artifact(self) -> Option<Artifact> {
        let mut bound = self.bound_artifact?;
        if bound.artifact_account.as_ref().is_none_or(String::is_empty) {
            bound.artifact_account = self.match_artifact.artifact_account;
        }
        Some(bound)
    }
}

/// For people: name or id, and what it matches.
impl fmt::Display for ExpectedArtifact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.id);
        write!(formatter, "{name:?} ({})", self.match_artifact)
    }
}

impl TryFrom<Map<String, Value>> for ExpectedArtifact {
    type Error = Error;

    fn try_from(fields: Map<String, Value>) -> Result<Self, Error> {
        let mut expected = ExpectedArtifact::default();
        for (key, value) in fields {
            let field = || key.clone();
            match key.as_str() {
                "matchArtifact" => expected.match_artifact = artifact(value, &key)?.unwrap_or_default(),
                "defaultArtifact" => expected.default_artifact = artifact(value, &key)?,
                "boundArtifact" => expected.bound_artifact = artifact(value, &key)?,
                "usePriorArtifact" => expected.use_prior_artifact = boolean_field(&value, field)?,
                "useDefaultArtifact" => expected.use_default_artifact = boolean_field(&value, field)?,
                "id" => expected.id = text_field(value, field)?.unwrap_or_default(),
                // Upstream does not know it, so no value of it may be refused.
                "displayName" => expected.display_name = value.as_str().map(str::to_owned),
                _ => {}
            }
        }
        Ok(expected)
    }
}

fn artifact(value: Value, place: &str) -> Result<Option<Artifact>, Error> {
    if value.is_null() { Ok(None) } else { Artifact::read(value, place).map(Some) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> ExpectedArtifact {
        ExpectedArtifact::from_value(&value).unwrap()
    }

    #[test]
    fn defaults() {
        let nothing = json!({
            "matchArtifact": {"customKind": false, "metadata": {}},
            "usePriorArtifact": false,
            "useDefaultArtifact": false,
            "id": "",
        });
        assert_eq!(json!(read(json!({}))), nothing);
        let nulls = json!({"matchArtifact": null, "id": null, "usePriorArtifact": null, "boundArtifact": null, "x": 1});
        assert_eq!(json!(read(nulls)), nothing);
    }

    #[test]
    fn the_name_for_people_is_read_and_not_written() {
        let expected = read(json!({"id": 5, "displayName": "the image", "matchArtifact": {"name": "shop"}}));
        assert_eq!(expected.to_string(), "\"the image\" (name shop)");
        assert_eq!(Value::Object(expected.clone().into_fields()), json!(expected));
        assert_eq!(json!(expected).get("displayName"), None);
        assert_eq!(expected.id, "5");
    }

    #[test]
    fn a_bound_artifact_without_an_account_has_that_of_the_artifact_to_match() {
        let bound = |account: Value| {
            let expected =
                json!({"matchArtifact": {"artifactAccount": "m"}, "boundArtifact": {"artifactAccount": account}});
            read(expected).into_bound_artifact().unwrap().artifact_account
        };
        assert_eq!(bound(json!(null)).as_deref(), Some("m"));
        assert_eq!(bound(json!("")).as_deref(), Some("m"));
        assert_eq!(bound(json!("own")).as_deref(), Some("own"));
        assert_eq!(read(json!({"matchArtifact": {"artifactAccount": "m"}})).into_bound_artifact(), None);
    }

    #[test]
    fn a_message_names_the_field_of_the_artifact() {
        let error = ExpectedArtifact::from_value(&json!({"matchArtifact": {"name": []}})).unwrap_err();
        assert_eq!(error.to_string(), "matchArtifact.name is a list, not a text: correct it");
        let error = ExpectedArtifact::from_value(&json!({"boundArtifact": "x"})).unwrap_err();
        assert_eq!(error.exception(), Some("IllegalArgumentException"));
    }
}
