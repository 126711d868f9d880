//! `bulkDestroyServerGroup`: disables several server groups of one cluster and region (`serverGroupNames`), and removes them.
//!
//! Upstream: `BulkDestroyServerGroupStage`, `AbstractBulkServerGroupTask`, which checks traffic guards for each server group by
//! itself; here they are checked together, as they leave together.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Operation, ServerGroup, naming::Moniker};
use serde_json::json;

use super::{
    changed::by_name,
    check_application::check_application,
    destroy::{DESTROY, wait_for_all_destroyed},
    guard::{self, ALLOWED, Guards, Removal},
    health::wait_for_not_up_instances,
    on_group::named,
    operation::{self, monitor, submit},
    refresh::force_cache_refresh,
    settings::{DEPLOYED, Location, account, provider},
    switch::DISABLE,
    target::Target,
};
use crate::{
    Catalogue, ChangedCluster, ComposeContext, Composition, Field, Schema, StageDefinition, StageView, Task,
    TaskContext, TaskError, TaskResult, TaskTemplate,
};

const DISABLE_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.BulkDisableServerGroupTask";
const DESTROY_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.BulkDestroyServerGroupTask";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    catalogue.add_stage(BulkDestroyStage);
    catalogue.add_task(BulkTask { class: DISABLE_TASK, operation: DISABLE, action: "Disabling", guards });
    catalogue.add_task(BulkTask { class: DESTROY_TASK, operation: DESTROY, action: "Destroying", guards });
}

struct BulkDestroyStage;

#[async_trait]
impl StageDefinition for BulkDestroyStage {
    fn kind(&self) -> &'static str {
        "bulkDestroyServerGroup"
    }

    fn schema(&self) -> Schema {
        Schema::of("Disables several server groups of a cluster, and removes them.")
            .with(Field::text("credentials", "The account.").required())
            .with(Field::text("cloudProvider", "The cloud.").default("aws"))
            .with(Field::text("region", "Where they are.").required())
            .with(Field::list("serverGroupNames", "Their names.", []).required())
            .with(Field::object("moniker", "The parts of the cluster's name.", []))
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        by_name(view.context()).into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks = vec![
            check_application(),
            TaskTemplate::new("bulkDisableServerGroup", DISABLE_TASK),
            monitor("monitorServerGroups"),
            wait_for_not_up_instances(),
            force_cache_refresh(),
            TaskTemplate::new("bulkDestroyServerGroup", DESTROY_TASK),
            monitor("monitorServerGroups"),
            wait_for_all_destroyed(),
        ];
        Ok(Composition { tasks, ..Composition::default() })
    }

    fn prepare_restart(&self, context: &mut Object) {
        context.remove(ALLOWED);
        operation::forget(context);
    }
}

/// One operation on each of the stage's server groups.
struct BulkTask {
    class: &'static str,
    operation: &'static str,
    action: &'static str,
    guards: Guards,
}

#[async_trait]
impl Task for BulkTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, provider) = (account(settings)?, provider(settings));
        let names = settings.texts("serverGroupNames");
        let Some(first) = names.first() else {
            return Err(TaskError::invalid("the stage names no server groups: set serverGroupNames"));
        };
        let region =
            settings.text("region").ok_or_else(|| TaskError::invalid("the stage names no region: set region"))?;
        let location = Location::region(&region);
        if !guard::was_allowed(settings, self.operation) {
            let groups = groups(context, &account, &provider, first).await?;
            let here: Vec<&ServerGroup> = groups.iter().filter(|group| location.holds(group)).collect();
            let going: Vec<&ServerGroup> = here.iter().copied().filter(|group| names.contains(&group.name)).collect();
            if going.is_empty() {
                let message = format!("none of {} is in {account}/{region}: look at their names", names.join(", "));
                return Err(TaskError::new(Kind::NotFound, "TargetServerGroup.NotFoundException", message));
            }
            let removal = Removal { action: self.action, account: &account, going: &going, all: &here };
            let verdict = self.guards.removals(context, removal, &location).await?;
            if let Some(result) = guard::heed(context, verdict, self.operation, false)? {
                return Ok(result);
            }
        }
        let operations = names.iter().map(|name| {
            let target = Target {
                name: name.clone(),
                location: location.clone(),
                region: region.clone(),
                moniker: Moniker::default(),
            };
            Operation { name: self.operation.to_owned(), description: named(&target, &account, &provider) }
        });
        let operations: Vec<Operation> = operations.collect();
        let result = submit(context, &provider, &account, &operations).await?;
        Ok(result.with_context(DEPLOYED, json!({ region: names })))
    }
}

/// The server groups of the cluster that the first of the names belongs to.
async fn groups(
    context: &TaskContext,
    account: &str,
    provider: &str,
    first: &str,
) -> Result<Vec<ServerGroup>, TaskError> {
    let given: Moniker = context.view.context().typed("moniker").unwrap_or_default();
    let parsed = Moniker::parse(first);
    let application = given.app.or(parsed.app).unwrap_or_default();
    let cluster = given.cluster.or(parsed.cluster).unwrap_or_default();
    let clouddriver = &context.clients.clouddriver;
    let found = clouddriver.cluster_server_groups(&context.caller, &application, account, &cluster, provider).await;
    found.map_err(|error| match error.kind() {
        Kind::NotFound => TaskError::new(
            Kind::NotFound,
            "IllegalArgumentException",
            format!("there is no cluster {cluster} in account {account}: look at the server groups' names"),
        ),
        _ => error.into(),
    })
}
