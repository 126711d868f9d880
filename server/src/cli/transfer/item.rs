//! An object of front50's, as it is compared and written: without what changes by itself, its keys in order.

use std::{collections::HashMap, fmt};

use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

use super::kind::Kind;
use crate::cli::diff;

/// Fields that a save changes by itself, whatever is saved.
const VOLATILE: [&str; 6] = ["createTs", "updateTs", "createdAt", "lastModified", "lastModifiedBy", "updatedAt"];

/// What distinguishes an object from others of its kind: the names above it, and its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(Vec<String>);

impl Key {
    /// A key of these parts.
    pub(super) fn new(parts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Key(parts.into_iter().map(Into::into).collect())
    }

    /// Its parts.
    pub(super) fn parts(&self) -> &[String] {
        &self.0
    }

    /// The last part; empty if it has none.
    pub(super) fn name(&self) -> &str {
        self.0.last().map(String::as_str).unwrap_or_default()
    }
}

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Its kind.
    pub(super) kind: Kind,
    /// Its name.
    pub(super) key: Key,
    /// Its id, where it has one besides its name.
    pub(super) id: Option<String>,
    /// What it is.
    pub(super) value: Value,
}

impl Item {
    /// The object in `value`.
    ///
    /// # Errors
    /// What it lacks to have a name.
    pub(super) fn new(kind: Kind, value: Value) -> Result<Self, String> {
        let Value::Object(mut fields) = value else { return Err("it is no object".to_owned()) };
        let key = key(kind, &fields)?;
        let id = fields.text("id").filter(|id| !id.is_empty());
        if kind == Kind::Application {
            fields.insert("name".to_owned(), key.name().into());
        }
        if kind == Kind::Notifications && key.parts().is_empty() {
            // Not every list says whose they are.
            fields.shift_remove("application");
        }
        fields.retain(|name, value| !value.is_null() && !is_left_out(kind, name));
        Ok(Item { kind, key, id, value: diff::sorted(Value::Object(fields)) })
    }

    /// The application that it belongs to, in lower case.
    pub(super) fn application(&self) -> Option<&str> {
        match self.kind {
            Kind::DeliveryConfig => self.value.get("application").and_then(Value::as_str),
            kind if kind.is_of_application() => self.key.parts().first().map(String::as_str),
            _ => None,
        }
    }

    /// Its fields.
    pub(super) fn fields(&self) -> Object {
        self.value.as_object().cloned().unwrap_or_default()
    }

    /// The object with each reference to a key of `ids` replaced by what that stands for.
    pub(super) fn with_ids(mut self, ids: &HashMap<String, String>) -> Self {
        if !ids.is_empty() {
            replace(&mut self.value, ids);
            if let Some(Value::String(own)) = self.value.get_mut("id") {
                own.clone_from(ids.get(own).unwrap_or(&own.clone()));
            }
            self.id = self.id.map(|id| ids.get(&id).cloned().unwrap_or(id));
        }
        self
    }
}

impl fmt::Display for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.key.parts()) {
            (Kind::Notifications, []) => formatter.write_str("global notifications"),
            (Kind::TemplateV2, [id, tag]) => write!(formatter, "{} {id}:{tag}", self.kind.noun()),
            (kind, parts) => write!(formatter, "{} {}", kind.noun(), parts.join("/")),
        }
    }
}

fn is_left_out(kind: Kind, name: &str) -> bool {
    VOLATILE.contains(&name)
        || match kind {
            // Gate adds what clouddriver knows of an application.
            Kind::Application => ["accounts", "clusters", "clusterNames", "providerHealth"].contains(&name),
            Kind::TemplateV2 => name == "digest",
            // It is made anew wherever a project is, and nothing refers to it.
            Kind::Project | Kind::ServiceAccount => name == "id",
            _ => false,
        }
}

fn key(kind: Kind, fields: &Object) -> Result<Key, String> {
    let field = |name: &str| match fields.text(name).filter(|text| !text.trim().is_empty()) {
        Some(text) => Ok(text),
        None => Err(format!("it has no {name}: add `{name}: ...`")),
    };
    // Front50 takes no notice of the case of an application's name.
    let application = |name: &str| Ok::<_, String>(field(name)?.to_lowercase());
    let parts = match kind {
        Kind::Application => vec![application("name")?],
        Kind::Pipeline | Kind::Strategy => vec![application("application")?, field("name")?],
        Kind::Notifications => match fields.text("application").filter(|name| name != GLOBAL) {
            Some(name) => vec![name.to_lowercase()],
            None => Vec::new(),
        },
        Kind::TemplateV2 => {
            [field("id")?].into_iter().chain(fields.text("tag").filter(|tag| !tag.is_empty())).collect()
        }
        Kind::Project | Kind::ServiceAccount => vec![field("name")?],
        Kind::TemplateV1 | Kind::Plugin | Kind::EntityTags => vec![field("id")?],
        Kind::DeliveryConfig => {
            vec![fields.text("id").or_else(|| fields.text("name")).ok_or("it has no id: add `id: ...`")?]
        }
    };
    Ok(Key::new(parts))
}

/// What front50 calls the application of the global notifications.
pub(super) const GLOBAL: &str = "__GLOBAL";

/// The fields that name a pipeline or strategy by its id: triggers, stages that start or look for a pipeline, projects.
const REFERENCES: [&str; 5] = ["pipeline", "pipelineId", "pipelineConfigId", "parentPipelineId", "strategyPipeline"];

fn replace(value: &mut Value, ids: &HashMap<String, String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, ids)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if REFERENCES.contains(&name.as_str()) => {
                        if let Some(other) = ids.get(text) {
                            text.clone_from(other);
                        }
                    }
                    field => replace(field, ids),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_changes_by_itself_is_left_out() {
        let pipeline = json!({"name": "p", "id": "1", "application": "Shop", "updateTs": "5", "lastModifiedBy": "ann", "b": null, "a": {"updateTs": 1}});
        let item = Item::new(Kind::Pipeline, pipeline).expect("a pipeline");
        assert_eq!(item.value.to_string(), r#"{"a":{"updateTs":1},"application":"Shop","id":"1","name":"p"}"#);
        assert_eq!((item.to_string().as_str(), item.application()), ("pipeline shop/p", Some("shop")));
        let project = Item::new(Kind::Project, json!({"id": "x", "name": "store"})).expect("a project");
        assert_eq!((project.id.as_deref(), project.value), (Some("x"), json!({"name": "store"})));
    }

    #[test]
    fn an_object_without_a_name_says_what_it_needs() {
        assert_eq!(
            Item::new(Kind::Pipeline, json!({"application": "a"})),
            Err("it has no name: add `name: ...`".to_owned())
        );
        assert_eq!(Item::new(Kind::Project, json!([])), Err("it is no object".to_owned()));
        let global = Item::new(Kind::Notifications, json!({"application": GLOBAL})).expect("notifications");
        assert_eq!(global.to_string(), "global notifications");
    }

    #[test]
    fn ids_are_replaced_where_they_refer() {
        let value = json!({
            "application": "deploy", "name": "deploy", "id": "deploy", "triggers": [{"pipeline": "deploy", "type": "pipeline"}],
            "stages": [{"type": "deploy"}, {"pipelineId": "deploy"}], "note": "deploy",
        });
        let item = Item::new(Kind::Pipeline, value).expect("a pipeline");
        let item = item.with_ids(&HashMap::from([("deploy".to_owned(), "9".to_owned())]));
        let expected = json!({
            "application": "deploy", "name": "deploy", "id": "9", "triggers": [{"pipeline": "9", "type": "pipeline"}],
            "stages": [{"type": "deploy"}, {"pipelineId": "9"}], "note": "deploy",
        });
        assert_eq!((item.value, item.id.as_deref()), (expected, Some("9")));
    }
}
