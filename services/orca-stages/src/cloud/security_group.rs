//! `upsertSecurityGroup`, `deleteSecurityGroup`: who may reach what is written and removed.
//!
//! Upstream: `UpsertSecurityGroupStage`, `DeleteSecurityGroupStage`, and its `SecurityGroupUpserter` of each cloud; here one operation
//! for each region. `copySecurityGroup` translates networks of Amazon and comes with it.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::{Value, json};

use super::{
    operation_stage::{OperationStage, OperationTask, Prepared, required},
    refresh::RefreshTask,
};
use crate::{
    Catalogue, Field, Next, Schema, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    server_group::{
        on_group::asked,
        operation::monitor,
        settings::{account, provider, regions},
    },
};

const UPSERT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.securitygroup.UpsertSecurityGroupTask";
const REFRESH: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.securitygroup.SecurityGroupForceCacheRefreshTask";
const WAIT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.securitygroup.WaitForUpsertedSecurityGroupTask";
const DELETE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.securitygroup.DeleteSecurityGroupTask";
const REFRESH_DELETED: &str =
    "com.netflix.spinnaker.orca.clouddriver.tasks.securitygroup.DeleteSecurityGroupForceRefreshTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new(
        "upsertSecurityGroup",
        || schema("Writes a security group.").with(Field::text("securityGroupName", "Its name; or name.")),
        || {
            vec![
                TaskTemplate::new("upsertSecurityGroup", UPSERT),
                monitor("monitorUpsert"),
                TaskTemplate::new("forceCacheRefresh", REFRESH),
                TaskTemplate::new("waitForUpsertedSecurityGroup", WAIT),
            ]
        },
    ));
    catalogue.add_stage(OperationStage::new(
        "deleteSecurityGroup",
        || schema("Removes a security group.").with(Field::text("securityGroupName", "Its name.").required()),
        || {
            vec![
                TaskTemplate::new("deleteSecurityGroup", DELETE),
                monitor("monitorDelete"),
                TaskTemplate::new("forceCacheRefresh", REFRESH_DELETED),
            ]
        },
    ));
    catalogue.add_task(OperationTask { class: UPSERT, prepare: upsert });
    catalogue.add_task(RefreshTask { class: REFRESH, kind: "SecurityGroup", targets: upserted });
    catalogue.add_task(WaitTask);
    catalogue.add_task(OperationTask { class: DELETE, prepare: delete });
    catalogue.add_task(RefreshTask { class: REFRESH_DELETED, kind: "SecurityGroup", targets: deleted });
}

fn schema(description: &'static str) -> Schema {
    Schema::of(description)
        .with(Field::text("credentials", "The account; account is read too."))
        .with(Field::text("cloudProvider", "The cloud.").default("aws"))
        .with(Field::list("regions", "Its regions; or region.", []))
        .with(Field::text("vpcId", "Its network, where the cloud has networks."))
}

fn upsert(settings: &Object) -> Result<Prepared, TaskError> {
    let name = settings.text("securityGroupName").filter(|name| !name.is_empty());
    let name = name.map_or_else(|| required(settings, "name"), Ok)?;
    let account = account(settings)?;
    let mut prepared = Prepared::default();
    let mut targets: Vec<Value> = Vec::new();
    for region in regions(settings)? {
        let mut description = asked(settings);
        description.insert("name".to_owned(), name.clone().into());
        description.insert("securityGroupName".to_owned(), name.clone().into());
        description.insert("region".to_owned(), region.clone().into());
        prepared.operations.push(Operation { name: "upsertSecurityGroup".to_owned(), description });
        targets.push(json!({
            "credentials": account, "accountName": account, "region": region, "name": name,
            "vpcId": settings.get("vpcId"),
        }));
    }
    Ok(prepared.keeping("targets", targets).keeping("securityGroupName", name))
}

fn upserted(settings: &Object) -> Vec<Value> {
    let targets: Vec<Object> = settings.typed("targets").unwrap_or_default();
    let targets = targets.iter().map(|target| {
        json!({
            "account": target.get("accountName"), "securityGroupName": target.get("name"), "region": target.get("region"),
        })
    });
    targets.collect()
}

fn delete(settings: &Object) -> Result<Prepared, TaskError> {
    let mut prepared = Prepared::whole("deleteSecurityGroup", settings)
        .keeping("delete.name", required(settings, "securityGroupName")?)
        .keeping("delete.regions", regions(settings)?.join(","))
        .keeping("delete.account.name", account(settings)?);
    if let Some(network) = settings.text("vpcId") {
        prepared = prepared.keeping("delete.vpcId", network);
    }
    Ok(prepared)
}

fn deleted(settings: &Object) -> Vec<Value> {
    let regions = regions(settings).unwrap_or_default().into_iter();
    let targets = regions.map(|region| {
        json!({
            "securityGroupName": settings.get("securityGroupName"), "vpcId": settings.get("vpcId"), "region": region,
            "account": account(settings).ok(), "evict": true,
        })
    });
    targets.collect()
}

/// Waits until clouddriver shows what was written.
struct WaitTask;

#[async_trait]
impl Task for WaitTask {
    fn class(&self) -> &'static str {
        WAIT
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let provider = provider(settings);
        for target in settings.typed::<Vec<Object>>("targets").unwrap_or_default() {
            let part = |name: &str| target.text(name).unwrap_or_default();
            let network = target.text("vpcId");
            let found = context
                .clients
                .clouddriver
                .security_group(
                    &context.caller,
                    &part("accountName"),
                    &provider,
                    &part("region"),
                    &part("name"),
                    network.as_deref(),
                )
                .await;
            match found {
                Ok(_) => {}
                Err(error) if error.kind() == Kind::NotFound => return Ok(TaskResult::running(Next::Soon)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(TaskResult::succeeded())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_gets_an_operation() {
        let settings = json!({"account": "local", "regions": ["here", "there"], "name": "front"});
        let prepared = upsert(settings.as_object().expect("an object")).expect("operations");
        let places: Vec<_> =
            prepared.operations.iter().map(|operation| operation.description["region"].clone()).collect();
        assert_eq!(places, ["here", "there"]);
        assert_eq!(prepared.operations[0].description["securityGroupName"], "front");
        assert!(upsert(json!({"account": "local", "region": "here"}).as_object().expect("an object")).is_err());
    }
}
