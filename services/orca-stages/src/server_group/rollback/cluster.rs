//! `rollbackCluster`: goes back in each region, one after the other, `waitTimeBetweenRegions` seconds apart.
//!
//! A region that has nothing to go back to is left as it is. `additionalRollbackContext` goes into every `rollbackContext`.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde_json::json;

use super::{candidates, server_group};
use crate::{
    ChangedCluster, ComposeContext, Composition, Field, NewStage, Schema, StageDefinition, StageView, TaskError,
    server_group::{
        capacity::SNAPSHOT,
        changed::by_name,
        settings::{account, provider},
        strategy::extended,
    },
};

/// What a stage hands down from the one that it belongs to: a deployment that failed knows what counts as health, and which
/// capacity there was before it pinned any.
const HANDED_DOWN: [&str; 3] = ["interestingHealthProviderNames", SNAPSHOT, "drainTimeoutMs"];

pub(super) struct RollbackClusterStage;

#[async_trait]
impl StageDefinition for RollbackClusterStage {
    fn kind(&self) -> &'static str {
        "rollbackCluster"
    }

    fn schema(&self) -> Schema {
        Schema::of("Goes back to the server group before, in each region of a cluster.")
            .with(Field::text("credentials", "The account.").required())
            .with(Field::text("cloudProvider", "The cloud."))
            .with(Field::list("regions", "The regions, in order.", []).required())
            .with(Field::object("moniker", "The cluster; or serverGroup.", []))
            .with(Field::text("serverGroup", "A server group of the cluster."))
            .with(Field::integer("targetHealthyRollbackPercentage", "How much of what comes back has to serve."))
            .with(Field::integer("waitTimeBetweenRegions", "Seconds between two regions."))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        let mut problems = self.schema().problems(context);
        let moniker = context.object("moniker").is_some_and(|moniker| moniker.text("cluster").is_some());
        if !moniker && context.text("serverGroup").is_none() && context.text("cluster").is_none() {
            problems.push("the stage names no cluster: set moniker (app and cluster), or serverGroup".to_owned());
        }
        problems
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        by_name(view.context()).into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![candidates::task()], ..Composition::default() })
    }

    async fn after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        stages(&context.view)
    }
}

/// The stages of the regions that have something to go back to.
pub(super) fn stages(view: &StageView) -> Result<Vec<NewStage>, TaskError> {
    let (settings, outputs) = (view.context(), &view.stage.outputs);
    let empty = Object::new();
    let types = outputs.object("rollbackTypes").unwrap_or(&empty);
    let contexts = outputs.object("rollbackContexts").unwrap_or(&empty);
    let regions: Vec<String> =
        settings.texts("regions").into_iter().filter(|region| types.contains_key(region)).collect();
    let parent = view.parent();
    let mut stages = Vec::new();
    for (place, region) in regions.iter().enumerate() {
        let mut rollback = contexts.object(region).cloned().unwrap_or_default();
        rollback.extend(settings.object("additionalRollbackContext").cloned().unwrap_or_default());
        let own = json!({
            "rollbackType": types.get(region),
            "rollbackContext": rollback,
            "type": server_group::KIND,
            "region": region,
            "credentials": account(settings)?,
            "cloudProvider": provider(settings),
        });
        let mut context = extended(&Object::new(), own);
        for field in HANDED_DOWN {
            let value = parent.and_then(|parent| parent.context.get(field));
            context.extend(value.map(|value| (field.to_owned(), value.clone())));
        }
        stages.push(NewStage::then(server_group::KIND, &format!("Rollback {region}"), context));
        let is_last = place + 1 == regions.len();
        if let Some(seconds) = settings.integer("waitTimeBetweenRegions").filter(|_| !is_last) {
            let context = extended(&Object::new(), json!({ "waitTime": seconds }));
            stages.push(NewStage::then("wait", &format!("Wait after {region}"), context));
        }
    }
    Ok(stages)
}
