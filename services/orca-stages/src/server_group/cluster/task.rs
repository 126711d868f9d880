//! The tasks of a stage on a cluster: one that acts on the server groups that the stage chooses, and one that waits for them.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Operation, ServerGroup};
use serde_json::{Value, json};

use super::{ClusterKind, choice::chosen};
use crate::{
    Next, StageView, Task, TaskContext, TaskError, TaskResult,
    server_group::{
        guard::{self, Guards, Removal, Verdict},
        on_group::{is_partial, named},
        operation::submit,
        replacement,
        resize::RESIZE,
        settings::{Cluster, DEPLOYED, Location, LocationKind, account, cluster, deployed, provider},
        strategy::{CLONE, CREATE},
        switch::DISABLE,
        target::Target,
    },
};

/// The context field that names the server groups that a stage still waits for.
pub(super) const REMAINING: &str = "remainingDeployServerGroups";

/// Submits an operation on each server group that the stage chooses.
pub(super) struct ClusterTask {
    pub(super) kind: &'static ClusterKind,
    /// The operation's name.
    pub(super) operation: &'static str,
    pub(super) guards: Guards,
}

#[async_trait]
impl Task for ClusterTask {
    fn class(&self) -> &'static str {
        self.kind.acts
    }

    /// The first step chooses and has its choice recorded, the second one submits it: a step that is made again after a crash
    /// must not choose among what the operation has already changed.
    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let account = account(settings)?;
        if settings.contains_key(DEPLOYED) {
            let provider = provider(settings);
            return submit(context, &provider, &account, &self.operations(settings, &account, &provider)).await;
        }
        let mut result = TaskResult::running(Next::At(context.now));
        let chosen = self.choose(context, &account, &mut result).await?;
        if chosen.is_empty() {
            result = TaskResult::succeeded();
        } else if self.operation == DISABLE {
            replacement::check(context, &[]).await?;
        }
        Ok(result.with_context(DEPLOYED, json!(chosen)))
    }
}

impl ClusterTask {
    /// The names of the server groups that are acted on, by region.
    async fn choose(
        &self,
        context: &TaskContext,
        account: &str,
        result: &mut TaskResult,
    ) -> Result<BTreeMap<String, Vec<String>>, TaskError> {
        let settings = context.view.context();
        let cluster = cluster(&context.view)?;
        let groups = groups(context, &cluster, account).await?;
        if groups.is_empty() {
            if self.kind.needs_no_cluster(settings) {
                return Ok(BTreeMap::new());
            }
            return Err(TaskError::new(
                Kind::NotFound,
                "IllegalStateException",
                format!(
                    "there is no cluster {} in account {account}: look at its name, or set continueIfClusterNotFound",
                    cluster.name
                ),
            ));
        }
        let rule = self.kind.rule(settings);
        let mut by_region: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for location in locations(settings) {
            let here: Vec<&ServerGroup> = groups.iter().filter(|group| location.holds(group)).collect();
            let going = chosen(&here, &just_deployed(&context.view, account, &location), rule);
            if !is_partial(settings) {
                let action = format!("Running {} on", self.operation);
                let removal = Removal { action: &action, account, going: &going, all: &here };
                let verdict = self.guards.removals(context, removal, &location).await?;
                if let Verdict::Allowed(reason) = &verdict {
                    let allowed = json!({ "operation": self.operation, "reason": reason });
                    result.context.insert(guard::ALLOWED.to_owned(), allowed);
                }
                guard::heed(context, verdict, self.operation, false)?;
            }
            for group in going {
                by_region.entry(group.region.clone()).or_default().push(group.name.clone());
            }
        }
        Ok(by_region)
    }

    fn operations(&self, settings: &Object, account: &str, provider: &str) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (region, name) in deployed(settings) {
            let location = Location::region(&region);
            let target = Target { name, location, region, moniker: Default::default() };
            let mut description = named(&target, account, provider);
            if self.operation == RESIZE {
                if provider == "aws" {
                    let mut resume = description.clone();
                    resume.insert("processes".to_owned(), json!(["Terminate"]));
                    operations
                        .push(Operation { name: "resumeAsgProcessesDescription".to_owned(), description: resume });
                }
                description.insert("capacity".to_owned(), json!({ "min": 0, "max": 0, "desired": 0 }));
            }
            for kept in ["desiredPercentage", "drainTimeoutMs"] {
                if let Some(value) = settings.get(kept).filter(|_| self.operation == DISABLE) {
                    description.insert(kept.to_owned(), value.clone());
                }
            }
            operations.push(Operation { name: self.operation.to_owned(), description });
        }
        operations
    }
}

/// Where the stage acts, in upstream's order for clusters: several places go before one.
fn locations(settings: &Object) -> Vec<Location> {
    let fields = [
        ("namespaces", LocationKind::Namespace),
        ("regions", LocationKind::Region),
        ("zones", LocationKind::Zone),
        ("namespace", LocationKind::Namespace),
        ("region", LocationKind::Region),
    ];
    for (field, kind) in fields {
        let mut found: Vec<Location> = Vec::new();
        for value in settings.texts(field).into_iter().filter(|value| !value.is_empty()) {
            let location = Location { kind, value };
            if !found.contains(&location) {
                found.push(location);
            }
        }
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// What the deployments that this stage belongs to, or follows, have created there.
fn just_deployed(view: &StageView, account: &str, location: &Location) -> Vec<String> {
    let is_deploy = |kind: &str| matches!(kind.split('_').next(), Some(CREATE | CLONE | "copyLastAsg"));
    let ancestors = view.ancestors();
    let deploys = ancestors.iter().filter(|stage| {
        let context_type = stage.context.text("type").unwrap_or_default();
        let of_account = stage.context.text("deploy.account.name").is_none_or(|name| name == account);
        (is_deploy(&stage.kind) || is_deploy(&context_type)) && of_account
    });
    let created = deploys.flat_map(|stage| deployed(&stage.context));
    // A zone's or namespace's groups are noted by region; their names are enough then.
    created
        .filter(|(region, _)| location.kind != LocationKind::Region || *region == location.value)
        .map(|(_, name)| name)
        .collect()
}

/// The cluster's server groups; none if there is no such cluster.
async fn groups(context: &TaskContext, cluster: &Cluster, account: &str) -> Result<Vec<ServerGroup>, TaskError> {
    let provider = provider(context.view.context());
    let clouddriver = &context.clients.clouddriver;
    let found = clouddriver
        .cluster_server_groups(&context.caller, &cluster.application, account, &cluster.name, &provider)
        .await;
    match found {
        Ok(groups) => Ok(groups),
        Err(error) if error.kind() == Kind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Waits until a condition holds for each server group that the stage acts on, or until it is gone.
pub(super) struct WaitForClusterTask {
    pub(super) class: &'static str,
    pub(super) over: fn(&Object, &ServerGroup) -> Result<bool, TaskError>,
}

#[async_trait]
impl Task for WaitForClusterTask {
    fn class(&self) -> &'static str {
        self.class
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(1800))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let acted_on = deployed(settings);
        if acted_on.is_empty() {
            return Ok(TaskResult::succeeded());
        }
        let groups = groups(context, &cluster(&context.view)?, &account(settings)?).await?;
        let mut remaining: Vec<Value> = Vec::new();
        for (region, name) in acted_on {
            let found = groups.iter().find(|group| group.region == region && group.name == name);
            if let Some(group) = found
                && !(self.over)(settings, group)?
            {
                remaining.push(json!({ "region": region, "name": name }));
            }
        }
        if remaining.is_empty() {
            return Ok(TaskResult::succeeded());
        }
        let remaining = Value::Array(remaining);
        let result = TaskResult::running(Next::Soon);
        Ok(if settings.get(REMAINING) == Some(&remaining) { result } else { result.with_context(REMAINING, remaining) })
    }
}
