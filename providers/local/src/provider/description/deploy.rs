//! The descriptions of what makes a server group: from scratch, or like another one.

use std::{collections::BTreeMap, path::PathBuf};

use gennaker_provider_api::Result;
use gennaker_wire::{Object, ObjectExt, naming::Moniker, naming::frigga::ServerGroupName};
use serde_json::{Map, Value, json};

use super::{Reader, artifact::fetched};
use crate::protocol::{
    Capacity, CapacityChange, HealthCheck, InstanceProtocol, ResourceLimits, RestartPolicy, ServerGroup,
    ServerGroupSpec,
};

/// `createServerGroup`: a server group of one command.
///
/// `application`, `stack`, `freeFormDetails` (or `app`, `stack`, `detail` of `moniker`) make the name; `capacity.desired`
/// processes, 1 by default, run `command` (or what `imageId` or `artifact` name) with `arguments` and
/// `environment` in `workingDirectory`; `healthCheck`, `restart` and `stopGraceMs` are the agent's; `loadBalancers` must be
/// there already.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::provider) struct Create {
    pub(in crate::provider) account: String,
    pub(in crate::provider) name: ServerGroupName,
    pub(in crate::provider) spec: ServerGroupSpec,
    /// The server group whose capacity it takes over, with `source.useSourceCapacity`.
    pub(in crate::provider) capacity_of: Option<String>,
    /// The artifact that is fetched for it.
    pub(in crate::provider) fetched: Option<Object>,
}

/// `cloneServerGroup`: a server group like `source.serverGroupName` (or `source.asgName`), with its name's parts, its
/// capacity as it is now, and all else, unless the description says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::provider) struct Clone {
    pub(in crate::provider) account: String,
    pub(in crate::provider) source: String,
    pub(in crate::provider) name: ServerGroupName,
    /// Fields of a [`ServerGroupSpec`] that replace the source's.
    overrides: Object,
    capacity: CapacityChange,
    /// The artifact that is fetched for it.
    pub(in crate::provider) fetched: Option<Object>,
}

impl Create {
    pub(in crate::provider) fn read(fields: &Object) -> Result<Create> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = reader.name(Moniker::default());
        let command = fields.text("command").unwrap_or_default();
        let capacity = reader.capacity();
        let source = fields.object("source");
        let capacity_of =
            source.filter(|source| source.boolean("useSourceCapacity") == Some(true)).and_then(source_name);
        let mut given = reader.launch();
        if command.is_empty() && !given.contains_key("artifact") && !given.contains_key("image") {
            reader.problem("command is missing".to_owned());
        }
        given.insert("name".to_owned(), "unnamed".into());
        given.insert("command".to_owned(), command.into());
        let spec = reader.spec(given).map(|spec| ServerGroupSpec { capacity, ..spec });
        match spec {
            Some(spec) => reader.finish(Create { account, name, spec, capacity_of, fetched: fetched(fields).cloned() }),
            None => Err(reader.error()),
        }
    }

    /// The spec of the server group of that name.
    pub(in crate::provider) fn named(&self, name: &str, capacity: Option<Capacity>) -> ServerGroupSpec {
        named(ServerGroupSpec { capacity: capacity.unwrap_or(self.spec.capacity), ..self.spec.clone() }, name)
    }
}

impl Clone {
    pub(in crate::provider) fn read(fields: &Object) -> Result<Clone> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let source = fields.object("source").and_then(source_name).unwrap_or_default();
        if source.is_empty() {
            reader.problem("source.serverGroupName is missing: name the server group to clone".to_owned());
        }
        let name = reader.name(Moniker::parse(&source));
        let capacity = reader.capacity_change(fields, "capacity");
        let overrides = reader.overrides();
        reader.finish(Clone { account, source, name, overrides, capacity, fetched: fetched(fields).cloned() })
    }

    /// The spec of the server group of that name, like `source` with its capacity of now, and with the very artifact that it
    /// runs.
    pub(in crate::provider) fn named(
        &self,
        source: &ServerGroup,
        name: &str,
    ) -> std::result::Result<ServerGroupSpec, serde_json::Error> {
        let spec = like(source, &self.overrides)?;
        Ok(named(ServerGroupSpec { capacity: source.capacity.changed(&self.capacity), ..spec }, name))
    }
}

/// The specification of a server group like `source`, with the very artifact that it runs, but for what is given instead.
pub(super) fn like(
    source: &ServerGroup,
    overrides: &Object,
) -> std::result::Result<ServerGroupSpec, serde_json::Error> {
    let mut spec = source.spec.clone();
    if let (Some(artifact), Some(fetched)) = (&mut spec.artifact, &source.artifact) {
        artifact.digest = Some(fetched.digest.clone());
    }
    let mut fields = serde_json::to_value(spec)?;
    if let Some(fields) = fields.as_object_mut() {
        // It takes traffic from the start, whatever its source does now.
        fields.insert("enabled".to_owned(), true.into());
        // Another program has another command; either is given, or it says so itself.
        if overrides.contains_key("image") || overrides.contains_key("artifact") {
            for field in ["image", "artifact", "command", "args"] {
                fields.remove(field);
            }
        }
        fields.extend(overrides.clone());
    }
    serde_json::from_value(fields)
}

impl Reader<'_> {
    /// The parts of the name that are given, else those of `known`.
    pub(super) fn name(&mut self, known: Moniker) -> ServerGroupName {
        let moniker: Moniker = self.optional("moniker").unwrap_or_default();
        let part = |name: &str| self.fields.text(name).filter(|text| !text.is_empty());
        let name = ServerGroupName {
            app: part("application").or(moniker.app).or(known.app),
            stack: part("stack").or(moniker.stack).or(known.stack),
            detail: part("freeFormDetails").or(moniker.detail).or(known.detail),
            ..ServerGroupName::default()
        };
        if name.app.is_none() {
            self.problem("application is missing".to_owned());
        } else if let Err(error) = name.numbered(0) {
            // Checked with any number: the real one is chosen when the operation runs.
            self.problem(error.to_string());
        }
        name
    }

    /// How to run it, besides the command: the fields of a [`ServerGroupSpec`] that are given.
    pub(super) fn launch(&mut self) -> Object {
        let mut spec = Map::new();
        let environment: Option<BTreeMap<String, Value>> = self.optional("environment");
        let environment = environment.map(|environment| {
            environment.into_iter().map(|(name, value)| (name, Value::String(plain(value)))).collect::<Object>()
        });
        let given = [
            ("args", self.optional::<Vec<String>>("arguments").map(|args| json!(args))),
            ("env", environment.map(Value::Object)),
            ("workingDirectory", self.optional::<PathBuf>("workingDirectory").map(|folder| json!(folder))),
            ("healthCheck", self.exact::<HealthCheck>("healthCheck").map(|check| json!(check))),
            ("loadBalancers", self.optional::<Vec<String>>("loadBalancers").map(|names| json!(names))),
            ("instanceProtocol", self.optional::<InstanceProtocol>("instanceProtocol").map(|protocol| json!(protocol))),
            ("restart", self.exact::<RestartPolicy>("restart").map(|policy| json!(policy))),
            // `user` is whoever asked for the operation, in every task of upstream's clients.
            ("user", self.fields.text("runAsUser").filter(|user| !user.is_empty()).map(Value::from)),
            ("limits", self.exact::<ResourceLimits>("limits").map(|limits| json!(limits))),
            ("image", self.image().map(Value::from)),
            ("artifact", self.artifact().map(|artifact| json!(artifact))),
            ("stopGraceMs", self.optional::<u64>("stopGraceMs").map(Value::from)),
            ("enabled", (self.fields.boolean("startDisabled") == Some(true)).then_some(Value::Bool(false))),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                spec.insert(name.to_owned(), value);
            }
        }
        spec
    }

    /// The same with the command, of a server group that is like another one. What is wrong with it is told before anything runs.
    pub(super) fn overrides(&mut self) -> Object {
        let mut overrides = self.launch();
        if let Some(command) = self.fields.text("command").filter(|command| !command.is_empty()) {
            overrides.insert("command".to_owned(), command.into());
        }
        let mut probe = overrides.clone();
        probe.entry("command").or_insert_with(|| "true".into());
        probe.insert("name".to_owned(), "unnamed".into());
        let _its_problem_is_noted = self.spec(probe);
        overrides
    }

    /// The image, under the names that stages write.
    fn image(&self) -> Option<String> {
        let named = ["imageId", "image", "amiName"].iter().find_map(|field| self.fields.text(field));
        named.filter(|image| !image.is_empty())
    }

    fn spec(&mut self, fields: Object) -> Option<ServerGroupSpec> {
        serde_json::from_value(Value::Object(fields)).map_err(|error| self.problem(error.to_string())).ok()
    }

    /// The capacity; without one a single instance.
    fn capacity(&mut self) -> Capacity {
        let change = self.capacity_change(self.fields, "capacity");
        let Some(desired) = change.desired else {
            if !change.is_empty() {
                self.problem("capacity.desired is missing: give a number of instances, for example 2".to_owned());
            }
            return Capacity::fixed(1);
        };
        let capacity = Capacity { min: change.min.unwrap_or(desired), max: change.max.unwrap_or(desired), desired };
        if !capacity.is_ordered() {
            self.problem(format!("the capacity ({capacity}) must be ordered: min <= desired <= max"));
        }
        capacity
    }
}

fn source_name(source: &Object) -> Option<String> {
    source.text("serverGroupName").or_else(|| source.text("asgName")).filter(|name| !name.is_empty())
}

fn named(spec: ServerGroupSpec, name: &str) -> ServerGroupSpec {
    let mut metadata = Object::new();
    let moniker = Moniker::parse(name);
    metadata.insert("moniker".to_owned(), serde_json::to_value(moniker).unwrap_or_default());
    ServerGroupSpec { name: name.to_owned(), metadata, ..spec }
}

/// A value of the environment as text: numbers and booleans are written by hand without quotes.
pub(super) fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use gennaker_base::Kind;

    use super::*;

    fn fields(value: Value) -> Object {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn a_server_group_is_read_with_its_defaults() {
        let create = Create::read(&fields(json!({
            "credentials": "local", "application": "shop", "stack": "web", "region": "local",
            "command": "/opt/shop", "environment": {"COLOUR": "blue", "LEVEL": 3}, "capacity": {"desired": 2},
            "loadBalancers": ["front"], "healthCheck": {"type": "http", "path": "/health"},
        })))
        .expect("it is right");
        assert_eq!(create.spec.capacity, Capacity::fixed(2));
        assert_eq!(create.spec.env["LEVEL"], "3");
        assert!(create.spec.enabled);
        let spec = create.named("shop-web-v001", None);
        assert_eq!(spec.metadata["moniker"]["sequence"], 1);
    }

    #[test]
    fn the_name_comes_from_the_moniker_where_its_parts_are_not_given() {
        let create = Create::read(&fields(json!({
            "account": "local", "moniker": {"app": "shop", "stack": "web", "detail": "blue"}, "stack": "api",
            "command": "/opt/shop", "capacity": {"min": "1", "max": "3", "desired": "3"},
            "source": {"asgName": "shop-api-v007", "useSourceCapacity": true}, "startDisabled": true,
        })))
        .expect("it is right");
        assert_eq!(create.name.cluster().expect("a name"), "shop-api-blue");
        assert_eq!(create.spec.capacity, Capacity { min: 1, max: 3, desired: 3 });
        assert_eq!(create.capacity_of.as_deref(), Some("shop-api-v007"));
        assert!(!create.spec.enabled);
    }

    #[test]
    fn all_findings_are_told_at_once() {
        let error = Create::read(&fields(json!({
            "region": "mars", "capacity": {"min": 1}, "healthCheck": {"type": "tcp", "intervalMS": 5}, "arguments": "-v",
        })))
        .expect_err("it is wrong");
        for finding in ["credentials", "mars", "application", "command", "capacity.desired", "intervalMS", "arguments"]
        {
            assert!(error.message.contains(finding), "{finding}: {}", error.message);
        }
        assert_eq!(error.kind, Kind::Invalid);
    }

    #[test]
    fn a_clone_is_its_source_but_for_what_is_given() {
        let clone = Clone::read(&fields(json!({
            "credentials": "local", "source": {"account": "local", "region": "local", "asgName": "shop-web-v003"},
            "environment": {"COLOUR": "green"}, "capacity": {"max": 9},
        })))
        .expect("it is right");
        assert_eq!(clone.name.cluster().expect("a name"), "shop-web");
        let source: ServerGroup = serde_json::from_value(json!({
            "spec": {
                "name": "shop-web-v003", "command": "bin/shop", "args": ["-v"], "env": {"COLOUR": "blue"}, "capacity": 1,
                "loadBalancers": ["front"], "enabled": false, "artifact": {"type": "http", "url": "http://a/latest.tgz"},
            },
            "capacity": {"min": 1, "max": 4, "desired": 2}, "enabled": true, "deleting": false, "createdAt": 1,
            "artifact": {"digest": "abc", "folder": "/artifacts/1"}, "instances": [],
        }))
        .expect("a server group");
        let spec = clone.named(&source, "shop-web-v004").expect("a spec");
        assert_eq!(spec.artifact.expect("an artifact").digest.as_deref(), Some("abc"), "not what is the latest by now");
        assert_eq!((spec.args.as_slice(), spec.env["COLOUR"].as_str()), (["-v".to_owned()].as_slice(), "green"));
        assert_eq!(spec.capacity, Capacity { min: 1, max: 9, desired: 2 });
        assert_eq!(spec.metadata["moniker"]["sequence"], 4);
        assert!(spec.enabled);
        let error = Clone::read(&fields(json!({"credentials": "local", "restart": {"mode": "often"}})));
        let message = error.expect_err("it is wrong").message;
        assert!(message.contains("source.serverGroupName") && message.contains("often"), "{message}");
    }
}
