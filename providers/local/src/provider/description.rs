//! The descriptions of the provider's operations, typed. All findings are told at once.

use std::{collections::BTreeMap, path::PathBuf};

use gennaker_base::Kind;
use gennaker_provider_api::{Error, Result};
use gennaker_wire::{Object, ObjectExt, naming::Moniker, naming::frigga::ServerGroupName};
use serde_json::Value;

use super::REGION;
use crate::protocol::{HealthCheck, LoadBalancerSpec, RestartPolicy, ServerGroupSpec};

/// The longest drain that is asked for unless the description says otherwise.
const DRAIN_MS: u64 = 30_000;

/// `createServerGroup`: a server group of one command.
///
/// `application`, `stack`, `freeFormDetails` (or `app`, `stack`, `detail` of `moniker`) make the name; `capacity.desired`
/// processes, 1 by default, run `command` with `arguments` and
/// `environment` in `workingDirectory`; `healthCheck`, `restart` and `stopGraceMs` are the agent's; `loadBalancers` must be
/// there already.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Create {
    pub(super) account: String,
    pub(super) name: ServerGroupName,
    pub(super) spec: ServerGroupSpec,
}

/// An operation on one server group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OnServerGroup {
    pub(super) account: String,
    pub(super) name: String,
    pub(super) drain_timeout_ms: u64,
    /// How much each of its instances gets beside others, when it is enabled.
    pub(super) weight: Option<u32>,
}

/// `upsertLoadBalancer`: a balancer on `port` (or a free one), or on several `listeners`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UpsertBalancer {
    pub(super) account: String,
    pub(super) spec: LoadBalancerSpec,
}

/// What a description of a load balancer may have of the agent's [`LoadBalancerSpec`].
const BALANCER_FIELDS: [&str; 9] = [
    "port",
    "listeners",
    "securityGroups",
    "connectTimeoutMs",
    "responseTimeoutMs",
    "headerTimeoutMs",
    "sendTimeoutMs",
    "idleTimeoutMs",
    "maxConnections",
];

/// `deleteLoadBalancer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeleteBalancer {
    pub(super) account: String,
    pub(super) name: String,
}

impl Create {
    pub(super) fn read(fields: &Object) -> Result<Create> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let moniker: Moniker = reader.optional("moniker").unwrap_or_default();
        let part = |name: &str| fields.text(name).filter(|text| !text.is_empty());
        let name = ServerGroupName {
            app: part("application").or(moniker.app),
            stack: part("stack").or(moniker.stack),
            detail: part("freeFormDetails").or(moniker.detail),
            ..ServerGroupName::default()
        };
        if name.app.is_none() {
            reader.problem("application is missing".to_owned());
        } else if let Err(error) = name.numbered(0) {
            // Checked with any number: the real one is chosen when the operation runs.
            reader.problem(error.to_string());
        }
        let capacity = reader.capacity();
        let environment: Option<BTreeMap<String, Value>> = reader.optional("environment");
        let spec = ServerGroupSpec {
            name: String::new(),
            metadata: Object::new(),
            capacity,
            command: reader.required("command"),
            args: reader.optional("arguments").unwrap_or_default(),
            env: environment.unwrap_or_default().into_iter().map(|(name, value)| (name, plain(value))).collect(),
            working_directory: reader.optional::<PathBuf>("workingDirectory"),
            health_check: reader.exact::<HealthCheck>("healthCheck"),
            load_balancers: reader.optional("loadBalancers").unwrap_or_default(),
            instance_protocol: reader.optional("instanceProtocol").unwrap_or_default(),
            enabled: fields.boolean("startDisabled") != Some(true),
            restart: reader.exact::<RestartPolicy>("restart").unwrap_or_default(),
            stop_grace_ms: reader.optional("stopGraceMs").unwrap_or(10_000),
        };
        reader.finish(Create { account, name, spec })
    }

    /// The spec of the server group of that name.
    pub(super) fn named(&self, name: &str) -> ServerGroupSpec {
        let mut metadata = Object::new();
        let moniker = Moniker::parse(name);
        metadata.insert("moniker".to_owned(), serde_json::to_value(moniker).unwrap_or_default());
        ServerGroupSpec { name: name.to_owned(), metadata, ..self.spec.clone() }
    }
}

impl OnServerGroup {
    pub(super) fn read(fields: &Object) -> Result<OnServerGroup> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = fields.text("serverGroupName").or_else(|| fields.text("asgName")).unwrap_or_default();
        if name.is_empty() {
            reader.problem("serverGroupName is missing".to_owned());
        }
        if fields.number("desiredPercentage").is_some_and(|percentage| percentage < 100.0) {
            reader.problem("desiredPercentage is not supported by the local provider: leave it out".to_owned());
        }
        let drain_timeout_ms = reader.optional("drainTimeoutMs").unwrap_or(DRAIN_MS);
        let weight = reader.optional("weight");
        reader.finish(OnServerGroup { account, name, drain_timeout_ms, weight })
    }
}

impl UpsertBalancer {
    pub(super) fn read(fields: &Object) -> Result<UpsertBalancer> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = reader.balancer_name();
        let mut wanted = Object::new();
        wanted.insert("name".to_owned(), name.into());
        for field in BALANCER_FIELDS {
            if let Some(value) = fields.get(field).filter(|value| !value.is_null()) {
                wanted.insert(field.to_owned(), value.clone());
            }
        }
        match serde_json::from_value(Value::Object(wanted)) {
            Ok(spec) => reader.finish(UpsertBalancer { account, spec }),
            Err(error) => {
                reader.problem(error.to_string());
                Err(reader.error())
            }
        }
    }
}

impl DeleteBalancer {
    pub(super) fn read(fields: &Object) -> Result<DeleteBalancer> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        let name = reader.balancer_name();
        reader.finish(DeleteBalancer { account, name })
    }
}

/// Reads a description and collects what is wrong with it.
struct Reader<'a> {
    fields: &'a Object,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(fields: &'a Object) -> Self {
        Reader { fields, problems: Vec::new() }
    }

    fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn account(&mut self) -> String {
        let named = ["credentials", "account", "accountName"].iter().find_map(|name| self.fields.text(name));
        named.unwrap_or_else(|| {
            self.problem("credentials is missing: name the account".to_owned());
            String::new()
        })
    }

    fn region(&mut self) {
        let mut regions = self.fields.texts("regions");
        regions.extend(self.fields.text("region"));
        if let Some(other) = regions.iter().find(|region| *region != REGION) {
            self.problem(format!("there is no region {other}: a local account has the region {REGION}"));
        }
    }

    fn balancer_name(&mut self) -> String {
        let name = self.fields.text("name").or_else(|| self.fields.text("loadBalancerName")).unwrap_or_default();
        if name.is_empty() {
            self.problem("name is missing: name the load balancer".to_owned());
        }
        name
    }

    fn required(&mut self, name: &str) -> String {
        let text = self.fields.text(name).unwrap_or_default();
        if text.is_empty() {
            self.problem(format!("{name} is missing"));
        }
        text
    }

    /// The field as a type; a wrong one is a finding.
    fn optional<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        match serde_json::from_value(value.clone()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(format!("{name} is wrong: {error}"));
                None
            }
        }
    }

    /// The same for what has no fields besides those of `T`: a misspelt one would be passed over.
    fn exact<T: serde::de::DeserializeOwned + serde::Serialize>(&mut self, name: &str) -> Option<T> {
        let value: T = self.optional(name)?;
        let known = serde_json::to_value(&value).unwrap_or_default();
        for field in self.fields.object(name)?.keys().filter(|field| known.get(field.as_str()).is_none()) {
            self.problems.push(format!("{name} has no field {field}"));
        }
        Some(value)
    }

    /// How many instances; clients write the number as a number or as text.
    fn capacity(&mut self) -> u32 {
        let Some(capacity) = self.fields.get("capacity").filter(|value| !value.is_null()) else { return 1 };
        let desired = capacity.as_object().and_then(|capacity| capacity.integer("desired"));
        desired.and_then(|desired| u32::try_from(desired).ok()).unwrap_or_else(|| {
            self.problem(format!("capacity.desired is a number of instances, for example 2; capacity is {capacity}"));
            0
        })
    }

    fn finish<T>(self, value: T) -> Result<T> {
        if self.problems.is_empty() { Ok(value) } else { Err(self.error()) }
    }

    fn error(&self) -> Error {
        Error::new(Kind::Invalid, self.problems.join("; "))
    }
}

/// A value of the environment as text: numbers and booleans are written by hand without quotes.
fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
        assert_eq!(create.spec.capacity, 2);
        assert_eq!(create.spec.env["LEVEL"], "3");
        let spec = create.named("shop-web-v001");
        assert_eq!(spec.metadata["moniker"]["sequence"], 1);
    }

    #[test]
    fn the_name_comes_from_the_moniker_where_its_parts_are_not_given() {
        let create = Create::read(&fields(json!({
            "account": "local", "moniker": {"app": "shop", "stack": "web", "detail": "blue"}, "stack": "api",
            "command": "/opt/shop", "capacity": {"min": "1", "max": "3", "desired": "3"},
        })))
        .expect("it is right");
        assert_eq!(create.name.cluster().expect("a name"), "shop-api-blue");
        assert_eq!(create.spec.capacity, 3);
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
}
