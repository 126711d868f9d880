//! `createServerGroup` and `cloneServerGroup`: find out what runs now, create the next server group of the cluster, wait until it
//! serves, and then do what the strategy asks for.
//!
//! Upstream: `AbstractDeployStrategyStage`, `CreateServerGroupStage`, `CloneServerGroupStage`, and the classes called
//! `DeployStagePreProcessor`, which add what some clouds need.

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{Deployment, Strategies, failure, unpin};
use crate::{
    CancelContext, Catalogue, ChangedCluster, ComposeContext, Composition, NewStage, StageDefinition, StageView,
    TaskError, TaskTemplate,
    server_group::{
        capacity,
        changed::by_deployment,
        create,
        health::{self, determine_health_providers, wait_for_up_instances},
        operation::{self, monitor},
        refresh::force_cache_refresh,
        settings::{DEPLOYED, account, provider, regions},
        source,
    },
};

/// The stage that creates a server group.
pub(in crate::server_group) const CREATE: &str = "createServerGroup";
/// The stage that creates one like another.
pub(in crate::server_group) const CLONE: &str = "cloneServerGroup";

/// Adds both.
pub(super) fn register(catalogue: &mut Catalogue, strategies: &Arc<Strategies>) {
    for (kind, create) in [(CREATE, create::create as fn() -> TaskTemplate), (CLONE, create::clone)] {
        catalogue.add_stage(DeployStrategyStage { kind, create, strategies: strategies.clone() });
    }
}

impl Strategies {
    /// What is wrong with the settings of a server group.
    pub(in crate::server_group) fn deployment_problems(&self, settings: &Object) -> Vec<String> {
        let settings = flattened(settings);
        let mut problems = self.problems(&settings);
        let of_source = || settings.object("source").and_then(|source| source.text("region"));
        for (field, missing) in [
            ("account", account(&settings).is_err()),
            (
                "region",
                regions(&settings).is_err() && !settings.contains_key("availabilityZones") && of_source().is_none(),
            ),
        ] {
            if missing {
                problems.push(format!("{field} is missing"));
            }
        }
        problems
    }
}

struct DeployStrategyStage {
    kind: &'static str,
    create: fn() -> TaskTemplate,
    strategies: Arc<Strategies>,
}

#[async_trait]
impl StageDefinition for DeployStrategyStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        self.strategies.deployment_problems(context)
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        by_deployment(view, &flattened(view.context())).into_iter().collect()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let mut settings = flattened(context.view.context());
        let strategy = self.strategies.of(&settings);
        strategy.prepare(context, &mut settings).await?;
        let mut tasks = vec![source::determine_source(), determine_health_providers()];
        tasks.extend(captures_capacity(&settings, strategy.key()).then(capacity::snapshot));
        if !strategy.replaces_creation() {
            tasks.extend([
                (self.create)(),
                monitor("monitorDeploy"),
                force_cache_refresh(),
                wait_for_up_instances(),
                force_cache_refresh(),
            ]);
        }
        Ok(Composition { context: Some(settings), tasks, ..Composition::default() })
    }

    async fn after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let settings = context.view.context();
        let strategy = self.strategies.of(settings);
        let mut stages = strategy.after(&Deployment::of(&context.view))?;
        if captures_capacity(settings, strategy.key()) {
            stages.push(capacity::restore(settings)?);
        }
        Ok(stages)
    }

    /// As if the server group had been created that the cluster's names have next.
    async fn expected_after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let mut settings = context.view.context().clone();
        let found = source::find(&context.view, &context.caller, &context.clients).await?;
        settings.insert("source".to_owned(), Value::Object(found.unwrap_or_default()));
        let view = context.view.with_context(settings);
        self.after(&ComposeContext { view, caller: context.caller.clone(), clients: context.clients.clone() }).await
    }

    async fn on_failure(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let strategy = self.strategies.of(context.view.context());
        failure::stages(strategy, &Deployment::of(&context.view))
    }

    fn cleans_up(&self) -> bool {
        true
    }

    async fn cancel(&self, context: &CancelContext) -> Result<Object, TaskError> {
        unpin::after_halt(context).await
    }

    /// Another server group is created then, which replaces what runs then.
    fn prepare_restart(&self, context: &mut Object) {
        context.remove(DEPLOYED);
        operation::forget(context);
        health::forget(context);
        source::forget(context);
    }
}

/// The settings of the cluster among those of the stage: upstream keeps them nested and reads them flat.
fn flattened(context: &Object) -> Object {
    let mut flat = context.clone();
    if let Some(Value::Object(cluster)) = flat.get("cluster").cloned() {
        flat.shift_remove("cluster");
        flat.extend(cluster);
    }
    flat
}

/// Whether the old server group's capacity is noted before the new one is created with it, and its minimum given to the new one
/// in the end. Other clouds copy a capacity themselves, and with strategies that grow by steps there is none to give.
fn captures_capacity(settings: &Object, strategy: &str) -> bool {
    match provider(settings).as_str() {
        "aws" => !matches!(strategy, "rollingredblack" | "monitored"),
        "gce" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cluster_settings_are_read_flat() {
        let object = |value: Value| value.as_object().cloned().expect("an object");
        let context = object(json!({"account": "a", "cluster": {"account": "b", "stack": "web"}}));
        assert_eq!(Value::Object(flattened(&context)), json!({"account": "b", "stack": "web"}));
        let named = object(json!({"cluster": "shop-web"}));
        assert_eq!(flattened(&named), named, "a name stays");
    }
}
