//! All objects that a gate, or a front50, has.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use gennaker_base::Kind as ErrorKind;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::{Value, json};

use super::{
    Scope,
    item::{GLOBAL, Item},
    kind::Kind,
};
use crate::cli::{
    app,
    gate::{Error, Gate, Request},
};

/// How many calls are made at a time.
const AT_ONCE: usize = 8;

/// What there is.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The objects, by kind and name.
    pub(super) items: Vec<Item>,
    /// Kinds that the other side does not know, and why.
    pub(super) unknown: Vec<(Kind, String)>,
    /// Kinds of which not all could be read, and why.
    pub(super) failed: Vec<(Kind, Error)>,
}

impl Listed {
    /// Whether all objects of the kind are there.
    pub(super) fn is_whole(&self, kind: Kind) -> bool {
        !self.unknown.iter().any(|(other, _)| *other == kind) && !self.failed.iter().any(|(other, _)| *other == kind)
    }
}

/// Where objects are asked for.
#[derive(Clone, Copy)]
pub(super) struct Source<'run> {
    /// Who is asked.
    pub(super) peer: &'run Gate,
    /// Whether it is front50 itself.
    pub(super) is_front50: bool,
}

impl Source<'_> {
    /// The objects of these kinds, within the scope.
    pub(super) async fn list(self, kinds: &[Kind], scope: &Scope) -> Listed {
        let mut listed = Listed::default();
        let mut items: BTreeMap<_, Item> = BTreeMap::new();
        for kind in kinds.iter().copied() {
            if !self.is_front50 && !kind.is_in_gate() {
                listed.unknown.push((kind, "gate's API has none; name front50 with --front50 URL".to_owned()));
                continue;
            }
            let values = if self.is_front50 { self.of_front50(kind).await } else { self.of_gate(kind, scope).await };
            match values {
                Ok(values) => {
                    // What has no name cannot be asked for either.
                    let all = values.into_iter().filter_map(|value| Item::new(kind, value).ok());
                    for item in all.filter(|item| scope.has(item)) {
                        items.entry((kind, item.key.clone())).or_insert(item);
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::NotFound) => {
                    listed.unknown.push((kind, error.to_string()));
                }
                Err(error) => listed.failed.push((kind, error)),
            }
        }
        listed.items = items.into_values().collect();
        listed
    }

    async fn of_gate(self, kind: Kind, scope: &Scope) -> Result<Vec<Value>, Error> {
        match kind {
            Kind::Application => self.applications(scope).await,
            Kind::Notifications => self.notifications(scope).await,
            Kind::Pipeline => self.values(&["pipelineConfigs"]).await,
            Kind::Strategy => self.values(&["strategyConfigs"]).await,
            Kind::TemplateV1 => Ok(v1(self.values(&["pipelineTemplates"]).await?)),
            Kind::TemplateV2 => self.versions().await,
            Kind::Project => self.values(&["projects"]).await,
            Kind::Plugin => self.values(&["plugins", "info"]).await,
            Kind::ServiceAccount | Kind::DeliveryConfig | Kind::EntityTags => Ok(Vec::new()),
        }
    }

    async fn of_front50(self, kind: Kind) -> Result<Vec<Value>, Error> {
        let path: &[&str] = match kind {
            // What the caller may not see belongs to the copy, too.
            Kind::Application => return self.unrestricted(&["v2", "applications"]).await,
            Kind::Pipeline => return self.unrestricted(&["pipelines"]).await,
            Kind::Strategy => &["strategies"],
            Kind::Notifications => &["notifications"],
            Kind::TemplateV1 => return Ok(v1(self.values(&["pipelineTemplates"]).await?)),
            Kind::TemplateV2 => return self.versions().await,
            Kind::Project => &["v2", "projects"],
            Kind::ServiceAccount => &["serviceAccounts"],
            Kind::Plugin => &["pluginInfo"],
            Kind::DeliveryConfig => &["deliveries"],
            Kind::EntityTags => {
                // All of them are those whose id begins with nothing.
                let request = Request::get(&["v2", "tags"]).query("prefix", "");
                return self.elements(self.peer.send(request).await?);
            }
        };
        self.values(path).await
    }

    async fn values(self, path: &[&str]) -> Result<Vec<Value>, Error> {
        self.elements(self.peer.send(Request::get(path)).await?)
    }

    async fn unrestricted(self, path: &[&str]) -> Result<Vec<Value>, Error> {
        self.elements(self.peer.send(Request::get(path).query("restricted", "false")).await?)
    }

    fn elements(self, answer: Value) -> Result<Vec<Value>, Error> {
        match answer {
            Value::Array(values) => Ok(values),
            Value::Null => Ok(Vec::new()),
            _ => Err(self.peer.unexpected("a list is expected".to_owned())),
        }
    }

    /// Gate's list has a part of each application only.
    async fn applications(self, scope: &Scope) -> Result<Vec<Value>, Error> {
        let names = self.names(scope).await?;
        let one = async |name: String| {
            let path = ["applications", name.as_str()];
            match self.peer.send(Request::get(&path).query("expand", "false")).await {
                Ok(answer) => Ok(answer.as_object().and_then(stored)),
                // It is gone since.
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        };
        let found: Vec<Option<Value>> = stream::iter(names).map(one).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Front50 adds the global ones to those of an application: they are taken out again.
    async fn notifications(self, scope: &Scope) -> Result<Vec<Value>, Error> {
        let global = self.peer.send(Request::get(&["notifications", "global", GLOBAL])).await?;
        let global = global.as_object().cloned().unwrap_or_default();
        let names = self.names(scope).await?;
        let one = async |name: String| {
            let path = ["notifications", "application", name.as_str()];
            let answer = match self.peer.send(Request::get(&path)).await {
                Ok(answer) => answer,
                // It is gone since.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            let own = answer.as_object().map(|fields| without(fields, &global)).filter(tells);
            Ok(own.map(|mut own| {
                own.insert("application".to_owned(), name.into());
                Value::Object(own)
            }))
        };
        let found: Vec<Option<Value>> = stream::iter(names).map(one).buffered(AT_ONCE).try_collect().await?;
        let mut found: Vec<Value> = found.into_iter().flatten().collect();
        if tells(&global) && scope.application.is_empty() {
            let mut global = global;
            global.insert("application".to_owned(), GLOBAL.into());
            found.push(Value::Object(global));
        }
        Ok(found)
    }

    async fn names(self, scope: &Scope) -> Result<BTreeSet<String>, Error> {
        let answer = self.peer.send(Request::get(&["applications"])).await?;
        let names = app::objects(&answer).filter_map(|application| application.text("name"));
        Ok(names.filter(|name| scope.has_application(name)).collect())
    }

    /// The tags of every template; what has a digest is a copy of something that has, or had, a tag.
    async fn versions(self) -> Result<Vec<Value>, Error> {
        let answer = self.peer.send(Request::get(&["v2", "pipelineTemplates", "versions"])).await?;
        let Value::Object(templates) = answer else { return Ok(Vec::new()) };
        let all = templates.into_values().flat_map(|versions| match versions {
            Value::Array(versions) => versions,
            _ => Vec::new(),
        });
        Ok(all.filter(|version| version.get("digest").is_none_or(Value::is_null)).collect())
    }
}

/// An application as front50 keeps it; `None` for one that only clouddriver knows.
fn stored(shown: &Object) -> Option<Value> {
    let attributes = app::attributes(shown);
    let derived = ["name", "accounts", "clusters", "clusterNames", "cloudProviders"];
    let is_stored = attributes.iter().any(|(name, value)| !derived.contains(&name.as_str()) && !value.is_null());
    is_stored.then_some(Value::Object(attributes))
}

/// Templates of version 1; front50 lists all.
fn v1(mut templates: Vec<Value>) -> Vec<Value> {
    templates.retain(|template| template.get("schema").and_then(Value::as_str) != Some("v2"));
    templates
}

/// The notifications without those that `global` has.
fn without(fields: &Object, global: &Object) -> Object {
    let mut own = fields.clone();
    for (name, value) in global {
        let (Some(Value::Array(all)), Value::Array(added)) = (own.get_mut(name), value) else { continue };
        for one in added {
            // They are added at the end, so the last equal one is the one that was added.
            if let Some(place) = all.iter().rposition(|other| other == one) {
                all.remove(place);
            }
        }
    }
    own.retain(|_, value| *value != json!([]));
    own
}

/// Whether somebody is told of something.
fn tells(notifications: &Object) -> bool {
    notifications.values().any(|value| value.as_array().is_some_and(|all| !all.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn global_notifications_are_taken_out_once() {
        let global = object(json!({"application": GLOBAL, "email": [{"to": "a"}], "slack": [{"to": "s"}]}));
        let shown = object(
            json!({"application": "shop", "email": [{"to": "a"}, {"to": "b"}, {"to": "a"}], "slack": [{"to": "s"}]}),
        );
        let own = without(&shown, &global);
        assert_eq!(Value::Object(own), json!({"application": "shop", "email": [{"to": "a"}, {"to": "b"}]}));
        assert!(!tells(&object(json!({"application": "shop", "email": []}))));
    }

    #[test]
    fn what_only_clouddriver_knows_is_no_application_of_front50() {
        assert_eq!(stored(&object(json!({"name": "x", "attributes": {"name": "x", "accounts": "a"}}))), None);
        assert!(stored(&object(json!({"name": "x", "attributes": {"email": "a@example.com"}}))).is_some());
    }
}
