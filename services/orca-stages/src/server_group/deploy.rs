//! `deploy`: one `createServerGroup` stage for each of its clusters, side by side.
//!
//! Upstream: `ParallelDeployStage`. `clusters` (or `cluster`) are the settings of the server groups; a deploy stage without them
//! is itself the settings, as operations are submitted.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{create, settings::provider};
use crate::{
    Catalogue, ComposeContext, Composition, NewStage, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const COMPLETE: &str = "com.netflix.spinnaker.orca.kato.pipeline.ParallelDeployStage.CompleteParallelDeployTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(DeployStage);
    catalogue.add_task(CompleteTask);
}

struct DeployStage;

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
        let numbered = clusters.iter().enumerate();
        let problems = numbered.flat_map(|(number, cluster)| {
            let problems = create::problems(cluster).into_iter();
            problems.map(move |problem| format!("cluster {number}: {problem}"))
        });
        problems.collect()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let settings = context.view.context();
        let (clusters, shared) = clusters(settings);
        let before = clusters.into_iter().map(|cluster| {
            let context = cluster_context(settings, shared.clone(), cluster);
            let name = context.text("name").unwrap_or_default();
            NewStage::beside("createServerGroup", &name, context)
        });
        Ok(Composition {
            before: before.collect(),
            tasks: vec![TaskTemplate::new("completeParallelDeploy", COMPLETE)],
            ..Composition::default()
        })
    }
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
fn cluster_context(settings: &Object, mut shared: Object, cluster: Object) -> Object {
    let account = ["account", "credentials"]
        .iter()
        .find_map(|name| cluster.text(name))
        .or_else(|| settings.text("account"))
        .or_else(|| settings.text("credentials"));
    let region = cluster.text("region").or_else(|| {
        let zones = cluster.object("availabilityZones")?;
        zones.keys().next().cloned()
    });
    let kind = match provider(&cluster).as_str() {
        "aws" | "titus" => "createServerGroup".to_owned(),
        other => format!("createServerGroup_{other}"),
    };
    shared.insert("account".to_owned(), json!(account));
    shared.insert("cluster".to_owned(), Value::Object(cluster));
    shared.insert("type".to_owned(), kind.into());
    shared.insert("name".to_owned(), format!("Deploy in {}", region.unwrap_or_else(|| "?".to_owned())).into());
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
        let context = cluster_context(settings, shared, clusters.remove(0));
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
        let context = |value: Value| value.as_object().expect("an object").clone();
        assert_eq!(DeployStage.validate(&context(json!({"clusters": []}))).len(), 1);
        let wrong = DeployStage.validate(&context(json!({"clusters": [{"strategy": "highlander"}]})));
        assert!(wrong.iter().any(|problem| problem.contains("highlander")), "{wrong:?}");
    }
}
