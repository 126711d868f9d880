//! `deploy`: one `createServerGroup` stage for each of its clusters, side by side.
//!
//! Upstream: `ParallelDeployStage`. `clusters` (or `cluster`) are the settings of the server groups; a deploy stage without them
//! is itself the settings, as operations are submitted. In a strategy pipeline the settings are those of the stage that runs the
//! pipeline: its `deploy` stage creates what that one describes, or a clone (`clone`), and may say whether it takes traffic
//! (`trafficOptions`).

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_wire::{Execution, ExecutionKind, Object, ObjectExt};
use serde_json::{Value, json};

use super::{
    changed::by_deployment,
    settings::provider,
    strategy::{CLONE, CREATE, Strategies},
};
use crate::{
    Catalogue, ChangedCluster, ComposeContext, Composition, NewStage, StageDefinition, StageView, Task, TaskContext,
    TaskError, TaskResult, TaskTemplate,
};

/// The process of an auto scaling group without which it takes no traffic.
const ADD_TO_LOAD_BALANCER: &str = "AddToLoadBalancer";
const COMPLETE: &str = "com.netflix.spinnaker.orca.kato.pipeline.ParallelDeployStage.CompleteParallelDeployTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue, strategies: Arc<Strategies>) {
    catalogue.add_stage(DeployStage { strategies });
    catalogue.add_task(CompleteTask);
}

struct DeployStage {
    strategies: Arc<Strategies>,
}

#[async_trait]
impl StageDefinition for DeployStage {
    fn kind(&self) -> &'static str {
        "deploy"
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        let (clusters, _) = clusters(context);
        if clusters.is_empty() {
            return vec!["the deploy stage has no clusters: add at least one to clusters".to_owned()];
        }
        if !context.contains_key("clusters") && !context.contains_key("cluster") {
            // Its stage says more: in a strategy pipeline the settings come from elsewhere.
            return Vec::new();
        }
        let numbered = clusters.iter().enumerate();
        let problems = numbered.flat_map(|(number, cluster)| {
            let problems = self.strategies.deployment_problems(cluster).into_iter();
            problems.map(move |problem| format!("cluster {number}: {problem}"))
        });
        problems.collect()
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        let (clusters, shared) = deployed_clusters(&view.execution, view.context());
        let changed = clusters.into_iter().filter_map(|cluster| {
            let mut settings = shared.clone();
            settings.extend(cluster);
            by_deployment(view, &settings)
        });
        changed.collect()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let (settings, execution) = (context.view.context(), &context.view.execution);
        let (clusters, shared) = deployed_clusters(execution, settings);
        let kind = if is_clone(execution) { CLONE } else { CREATE };
        let before = clusters.into_iter().map(|cluster| {
            let context = cluster_context(kind, settings, shared.clone(), cluster);
            let name = context.text("name").unwrap_or_default();
            NewStage::beside(kind, &name, context)
        });
        Ok(Composition {
            before: before.collect(),
            tasks: vec![TaskTemplate::new("completeParallelDeploy", COMPLETE)],
            ..Composition::default()
        })
    }
}

/// The settings of each server group, and what they share; in a strategy pipeline those of the stage that runs it.
fn deployed_clusters(execution: &Execution, settings: &Object) -> (Vec<Object>, Object) {
    match strategy_cluster(execution, settings) {
        Some(cluster) => (vec![cluster], without_clusters(settings)),
        None => clusters(settings),
    }
}

/// Whether what is deployed is like something: the stage that runs this strategy pipeline says so.
fn is_clone(execution: &Execution) -> bool {
    let parameters = execution.trigger.object("parameters");
    execution.kind == ExecutionKind::Pipeline
        && parameters.and_then(|parameters| parameters.get("clone")) == Some(&Value::Bool(true))
}

/// In a strategy pipeline, the settings of the stage that runs it, to be deployed as they are.
fn strategy_cluster(execution: &Execution, settings: &Object) -> Option<Object> {
    let trigger = &execution.trigger;
    let is_strategy = execution.kind == ExecutionKind::Pipeline && trigger.boolean("strategy") == Some(true);
    let parameters = trigger.object("parameters").filter(|_| is_strategy)?;
    let deploying = parameters.text("parentStageId")?;
    let stages = trigger.object("parentExecution")?.get("stages")?.as_array()?;
    let stage = stages.iter().find(|stage| stage.get("id").and_then(Value::as_str) == Some(&deploying))?;
    let mut cluster = stage.get("context")?.as_object()?.clone();
    cluster.insert("strategy".to_owned(), "none".into());
    for (field, parameter) in [("amiName", "amiName"), ("image", "imageId")] {
        let is_there = |fields: &Object, name: &str| fields.text(name).is_some_and(|text| !text.is_empty());
        if !is_there(&cluster, field) && is_there(parameters, parameter) {
            cluster.insert(field.to_owned(), parameters.get(parameter).cloned().unwrap_or_default());
        }
    }
    let traffic = settings.text("trafficOptions").filter(|options| !options.is_empty() && options != "inherit");
    if let Some(traffic) = traffic {
        let mut suspended = cluster.texts("suspendedProcesses");
        suspended.retain(|process| process != ADD_TO_LOAD_BALANCER);
        if traffic == "disable" {
            suspended.push(ADD_TO_LOAD_BALANCER.to_owned());
        }
        cluster.insert("suspendedProcesses".to_owned(), json!(suspended));
        if provider(&cluster) == "local" {
            cluster.insert("startDisabled".to_owned(), (traffic == "disable").into());
        }
    }
    // Its condition was about the stage that runs the pipeline.
    cluster.shift_remove("stageEnabled");
    Some(cluster)
}

fn without_clusters(settings: &Object) -> Object {
    let mut shared = settings.clone();
    for field in ["cluster", "clusters"] {
        shared.shift_remove(field);
    }
    shared
}

/// The settings of each server group, and what they share.
fn clusters(context: &Object) -> (Vec<Object>, Object) {
    let mut shared = context.clone();
    let mut clusters: Vec<Object> = shared.remove("cluster").and_then(into_object).into_iter().collect();
    if let Some(Value::Array(list)) = shared.remove("clusters") {
        clusters.extend(list.into_iter().filter_map(into_object));
    }
    if clusters.is_empty() && !shared.is_empty() && !context.contains_key("clusters") {
        return (vec![shared], Object::new());
    }
    (clusters, shared)
}

fn into_object(value: Value) -> Option<Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// The context of one `createServerGroup` stage: what is shared, and the cluster under `cluster`.
fn cluster_context(kind: &str, settings: &Object, mut shared: Object, cluster: Object) -> Object {
    let account = ["account", "credentials"]
        .iter()
        .find_map(|name| cluster.text(name))
        .or_else(|| settings.text("account"))
        .or_else(|| settings.text("credentials"));
    let region = cluster.text("region").or_else(|| {
        let zones = cluster.object("availabilityZones")?;
        zones.keys().next().cloned()
    });
    let doing = if kind == CLONE { "Clone" } else { "Deploy" };
    let kind = match provider(&cluster).as_str() {
        "aws" | "titus" => kind.to_owned(),
        other => format!("{kind}_{other}"),
    };
    shared.insert("account".to_owned(), json!(account));
    shared.insert("cluster".to_owned(), Value::Object(cluster));
    shared.insert("type".to_owned(), kind.into());
    shared.insert("name".to_owned(), format!("{doing} in {}", region.unwrap_or_else(|| "?".to_owned())).into());
    shared
}

struct CompleteTask;

#[async_trait]
impl Task for CompleteTask {
    fn class(&self) -> &'static str {
        COMPLETE
    }

    async fn step(&self, _context: &TaskContext) -> Result<TaskResult, TaskError> {
        Ok(TaskResult::succeeded())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cluster_becomes_a_stage_with_what_is_shared() {
        let settings = json!({
            "failPipeline": true,
            "clusters": [{"account": "local", "region": "here", "cloudProvider": "local", "stack": "web"}],
        });
        let settings = settings.as_object().expect("an object");
        let (mut clusters, shared) = clusters(settings);
        let context = cluster_context(CREATE, settings, shared, clusters.remove(0));
        assert_eq!(
            Value::Object(context),
            json!({
                "failPipeline": true,
                "account": "local",
                "cluster": {"account": "local", "region": "here", "cloudProvider": "local", "stack": "web"},
                "type": "createServerGroup_local",
                "name": "Deploy in here",
            })
        );
    }

    #[test]
    fn a_deploy_without_clusters_is_refused() {
        let problems = |value: Value| {
            let stage = Catalogue::standard().stage("deploy").expect("it is there").clone();
            stage.validate(value.as_object().expect("an object"))
        };
        assert_eq!(problems(json!({"clusters": []})).len(), 1);
        let wrong = problems(json!({"clusters": [{"strategy": "moon"}]}));
        assert!(wrong.iter().any(|problem| problem.contains("moon")), "{wrong:?}");
    }

    #[test]
    fn a_strategy_pipeline_deploys_what_its_stage_describes() {
        let object = |value: Value| value.as_object().cloned().expect("an object");
        let deploying = json!({
            "strategy": "custom", "cloudProvider": "local", "stack": "web", "stageEnabled": {}, "image": "",
            "suspendedProcesses": ["AZRebalance"],
        });
        let mut execution = Execution {
            trigger: object(json!({
                "type": "pipeline", "strategy": true,
                "parameters": {"parentStageId": "S", "imageId": "i-1", "clone": true},
                "parentExecution": {"stages": [{"id": "other"}, {"id": "S", "context": deploying}]},
            })),
            ..Execution::default()
        };
        assert!(is_clone(&execution));
        let cluster = strategy_cluster(&execution, &object(json!({"trafficOptions": "disable"}))).expect("a cluster");
        assert_eq!(
            Value::Object(cluster),
            json!({
                "strategy": "none", "cloudProvider": "local", "stack": "web", "image": "i-1",
                "suspendedProcesses": ["AZRebalance", "AddToLoadBalancer"], "startDisabled": true,
            })
        );
        execution.trigger.insert("strategy".into(), false.into());
        assert_eq!(strategy_cluster(&execution, &Object::new()), None);
    }
}
