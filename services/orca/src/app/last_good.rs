//! Back to the last good version of a cluster, in one call.
//!
//! In each region it goes back from the newest server group that is enabled to the newest one before it whose deployment has not
//! failed, by a task with one `rollbackServerGroup` a region, one region after the other. Which deployments have failed the
//! executions of the application say; a server group that none of them tells of counts as good.
//!
//! It decides on what runs now. The task looks again before it changes anything, and the server group that comes back serves before
//! the other one leaves traffic.

use std::collections::BTreeSet;

use gennaker_base::Kind;
use gennaker_store::{Order, Query};
use gennaker_wire::{Execution, ExecutionKind, Object, ObjectExt, ServerGroup, Status, naming::Moniker};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Refusal,
    start::{Asked, Error, flow},
};
use crate::engine::{Engine, row_kind};

/// How many of the application's latest executions are looked through for failed deployments.
const EXECUTIONS: u32 = 200;

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cluster {
    pub(crate) application: String,
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) provider: String,
}

/// How it is to be done.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Wish {
    /// In these regions; by default in all where the cluster is.
    regions: Vec<String>,
    /// How much of what comes back has to serve, in percent; all of it by default.
    target_healthy_rollback_percentage: Option<u32>,
    /// How long both serve, in seconds; not at all by default.
    delay_before_disable_seconds: Option<u32>,
    /// Why, for those who look at the task later.
    reason: Option<String>,
}

/// What was started.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Going {
    /// The task, as `POST /ops` answers it.
    #[serde(rename = "ref")]
    reference: String,
    /// From where to where, by region.
    regions: Vec<Step>,
}

/// From which server group to which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    region: String,
    from: String,
    to: String,
}

/// Starts the task.
///
/// # Errors
/// If there is no such cluster, or nothing to go back to.
pub(crate) async fn go(engine: &Engine, asked: &Asked, cluster: &Cluster, wish: &Wish) -> Result<Going, Error> {
    let clouddriver = &engine.clients().clouddriver;
    let Cluster { application, account, name, provider } = cluster;
    let groups = clouddriver.cluster_server_groups(&asked.onward(), application, account, name, provider).await?;
    let failed = failed_deployments(engine, application).await?;
    let steps = steps(&groups, &failed, &wish.regions);
    if steps.is_empty() {
        let message = format!(
            "cluster {name} in {account} has nothing to go back to: it takes an enabled server group and an older one whose \
             deployment did not fail; GET /applications/{application}/clusters/{account}/{name} shows what there is"
        );
        return Err(Refusal::new(Kind::Conflict, message).into());
    }
    let id = flow::task(engine, asked, task(cluster, wish, &steps)).await?;
    Ok(Going { reference: format!("/tasks/{id}"), regions: steps })
}

/// From which server group to which, in each region that is asked for, or in all.
fn steps(groups: &[ServerGroup], failed: &BTreeSet<String>, regions: &[String]) -> Vec<Step> {
    let mut groups: Vec<&ServerGroup> = groups.iter().collect();
    groups.sort_by_key(|group| std::cmp::Reverse((group.created_time, group.moniker.sequence)));
    let everywhere: BTreeSet<&str> = groups.iter().map(|group| group.region.as_str()).collect();
    let regions: Vec<&str> = match regions {
        [] => everywhere.into_iter().collect(),
        asked => asked.iter().map(String::as_str).collect(),
    };
    let step = |region: &str| {
        let mut here = groups.iter().filter(|group| group.region == region);
        let from = here.by_ref().find(|group| !group.disabled)?;
        let to = here.find(|group| !failed.contains(&group.name))?;
        Some(Step { region: region.to_owned(), from: from.name.clone(), to: to.name.clone() })
    };
    regions.into_iter().filter_map(step).collect()
}

/// The task that goes back.
fn task(cluster: &Cluster, wish: &Wish, steps: &[Step]) -> Value {
    let Cluster { application, account, name, provider } = cluster;
    let parsed = Moniker::parse(name);
    let moniker = Moniker { app: Some(application.clone()), cluster: Some(name.clone()), ..parsed };
    let job = |step: &Step| {
        let mut rollback = Object::new();
        rollback.insert("rollbackServerGroupName".to_owned(), step.from.as_str().into());
        rollback.insert("restoreServerGroupName".to_owned(), step.to.as_str().into());
        rollback.insert(
            "targetHealthyRollbackPercentage".to_owned(),
            wish.target_healthy_rollback_percentage.unwrap_or(100).into(),
        );
        let delay = wish.delay_before_disable_seconds;
        rollback.extend(delay.map(|seconds| ("delayBeforeDisableSeconds".to_owned(), seconds.into())));
        let mut job = json!({
            "type": "rollbackServerGroup",
            "rollbackType": "EXPLICIT",
            "rollbackContext": rollback,
            "credentials": account,
            "cloudProvider": provider,
            "region": step.region,
            "moniker": moniker,
        });
        if let Some(reason) = &wish.reason {
            job["reason"] = reason.as_str().into();
        }
        job
    };
    json!({
        "application": application,
        "description": format!("Return {name} to its last good version"),
        "job": steps.iter().map(job).collect::<Vec<_>>(),
    })
}

/// The server groups whose deployment has failed, as the application's latest executions tell.
async fn failed_deployments(engine: &Engine, application: &str) -> Result<BTreeSet<String>, Error> {
    let query = Query {
        kinds: [ExecutionKind::Pipeline, ExecutionKind::Orchestration].map(|kind| row_kind(kind).to_owned()).to_vec(),
        group: Some(application.to_owned()),
        order: Order::NewestFirst,
        limit: EXECUTIONS,
        ..Query::default()
    };
    let executions = engine.list(&query).await?;
    Ok(executions.iter().flat_map(failed_in).collect())
}

/// The server groups that an execution has created and not accepted.
fn failed_in(execution: &Execution) -> Vec<String> {
    let deploys = execution.stages.iter().filter(|stage| {
        let is_deployment = matches!(stage.kind.split('_').next(), Some("createServerGroup" | "cloneServerGroup"));
        is_deployment && matches!(stage.status, Status::Terminal | Status::Stopped | Status::FailedContinue)
    });
    let created = deploys.filter_map(|stage| stage.context.object("deploy.server.groups"));
    let names = created.flat_map(Object::values).filter_map(Value::as_array).flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;
    use gennaker_wire::Stage;

    use super::*;

    fn group(name: &str, region: &str, created: i64, disabled: bool) -> ServerGroup {
        let created_time = Some(Timestamp::from_millis(created));
        ServerGroup { name: name.into(), region: region.into(), created_time, disabled, ..ServerGroup::default() }
    }

    fn step(region: &str, from: &str, to: &str) -> Step {
        Step { region: region.into(), from: from.into(), to: to.into() }
    }

    #[test]
    fn one_goes_back_past_those_that_failed() {
        let groups = [
            group("a-v001", "here", 1, true),
            group("a-v002", "here", 2, true),
            group("a-v003", "here", 3, false),
            group("a-v001", "there", 1, false),
        ];
        let failed = BTreeSet::from(["a-v002".to_owned()]);
        assert_eq!(steps(&groups, &failed, &[]), [step("here", "a-v003", "a-v001")]);
        assert_eq!(steps(&groups, &BTreeSet::new(), &[]), [step("here", "a-v003", "a-v002")]);
        assert_eq!(steps(&groups, &failed, &["there".to_owned()]), [], "it has one only");
    }

    #[test]
    fn a_newer_one_that_is_disabled_is_left_alone() {
        let groups =
            [group("a-v001", "here", 1, true), group("a-v002", "here", 2, false), group("a-v003", "here", 3, true)];
        assert_eq!(steps(&groups, &BTreeSet::new(), &[]), [step("here", "a-v002", "a-v001")]);
    }

    #[test]
    fn executions_tell_which_deployments_failed() {
        let stage = |kind: &str, status: Status, name: &str| Stage {
            kind: kind.into(),
            status,
            context: json!({"deploy.server.groups": {"here": [name]}}).as_object().cloned().expect("an object"),
            ..Stage::default()
        };
        let stages = vec![
            stage("createServerGroup_local", Status::Terminal, "a-v001"),
            stage("createServerGroup", Status::Succeeded, "a-v002"),
            stage("disableServerGroup", Status::Terminal, "a-v003"),
            stage("cloneServerGroup", Status::FailedContinue, "a-v004"),
        ];
        let execution = Execution { stages, ..Execution::default() };
        assert_eq!(failed_in(&execution), ["a-v001", "a-v004"]);
    }

    #[test]
    fn the_task_has_a_job_for_each_region() {
        let cluster = Cluster {
            application: "shop".into(),
            account: "local".into(),
            name: "shop-web".into(),
            provider: "local".into(),
        };
        let wish: Wish =
            serde_json::from_value(json!({"reason": "errors", "delayBeforeDisableSeconds": 5})).expect("a wish");
        let task = task(&cluster, &wish, &[step("here", "shop-web-v002", "shop-web-v001")]);
        assert_eq!(task["application"], "shop");
        assert_eq!(
            task["job"][0]["rollbackContext"],
            json!({
                "rollbackServerGroupName": "shop-web-v002", "restoreServerGroupName": "shop-web-v001",
                "targetHealthyRollbackPercentage": 100, "delayBeforeDisableSeconds": 5,
            })
        );
        assert_eq!((&task["job"][0]["reason"], &task["job"][0]["moniker"]["stack"]), (&json!("errors"), &json!("web")));
    }
}
