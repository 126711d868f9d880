//! The descriptions of the provider's operations, typed. All findings are told at once.

mod artifact;
mod deploy;
mod images;
mod instances;
mod jobs;
mod launch;
mod scaling;
mod security;

use gennaker_base::Kind;
use gennaker_provider_api::{Error, Result};
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

pub(super) use self::{
    deploy::{Clone, Create},
    images::OnImage,
    instances::{Register, Resize, Terminate},
    jobs::{OnJob, RunJob},
    launch::UpdateLaunch,
    scaling::{DeletePolicy, UpsertPolicy},
    security::{DeleteSecurityGroup, UpsertSecurityGroup},
};
use super::REGION;
use crate::protocol::LoadBalancerSpec;

/// The longest drain that is asked for unless the description says otherwise.
const DRAIN_MS: u64 = 30_000;

/// An operation on one server group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OnServerGroup {
    pub(super) account: String,
    pub(super) name: String,
    /// How much of it, when it is disabled; all of it by default.
    pub(super) percentage: Option<u32>,
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

impl OnServerGroup {
    pub(super) fn read(fields: &Object) -> Result<OnServerGroup> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = reader.server_group_name();
        let percentage = reader.percentage("desiredPercentage").filter(|percentage| *percentage < 100);
        let drain_timeout_ms = reader.optional("drainTimeoutMs").unwrap_or(DRAIN_MS);
        let weight = reader.optional("weight");
        reader.finish(OnServerGroup { account, name, percentage, drain_timeout_ms, weight })
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

    fn server_group_name(&mut self) -> String {
        let name = self.fields.text("serverGroupName").or_else(|| self.fields.text("asgName")).unwrap_or_default();
        if name.is_empty() {
            self.problem("serverGroupName is missing".to_owned());
        }
        name
    }

    /// A whole number from 0 to 100, also as text.
    fn percentage(&mut self, name: &str) -> Option<u32> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let number = self.fields.integer(name).and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| *number <= 100);
        if number.is_none() {
            self.problem(format!("{name} is a percentage from 0 to 100; it is {value}"));
        }
        number
    }

    fn balancer_name(&mut self) -> String {
        let name = self.fields.text("name").or_else(|| self.fields.text("loadBalancerName")).unwrap_or_default();
        if name.is_empty() {
            self.problem("name is missing: name the load balancer".to_owned());
        }
        name
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

    fn finish<T>(self, value: T) -> Result<T> {
        if self.problems.is_empty() { Ok(value) } else { Err(self.error()) }
    }

    fn error(&self) -> Error {
        Error::new(Kind::Invalid, self.problems.join("; "))
    }
}
