//! Back to the last good version of a cluster, in one call.
//!
//! Clouddriver says what that is in each region: it has seen which server groups served well. Here a task is started with one
//! `rollbackServerGroup` a region, one region after the other.
//!
//! It decides on what runs now. The task looks again before it changes anything, and the server group that comes back serves before
//! the other one leaves traffic.

use gennaker_base::Kind;
use gennaker_wire::{LastGood, Object, naming::Moniker};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Refusal,
    start::{Asked, Error, flow},
};
use crate::engine::Engine;

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
    let mut known = clouddriver.last_good(&asked.onward(), application, account, name, provider).await?;
    known.retain(|place| wish.regions.is_empty() || wish.regions.contains(&place.region));
    let steps: Vec<Step> = known.iter().filter_map(step).collect();
    if steps.is_empty() {
        let reasons: Vec<String> = known.iter().map(|place| format!("{}: {}", place.region, place.reason)).collect();
        let reasons = if reasons.is_empty() { "it is in none of these regions".to_owned() } else { reasons.join("; ") };
        let message = format!("cluster {name} in {account} has nothing to go back to ({reasons})");
        return Err(Refusal::new(Kind::Conflict, message).into());
    }
    let id = flow::task(engine, asked, task(cluster, wish, &steps)).await?;
    Ok(Going { reference: format!("/tasks/{id}"), regions: steps })
}

/// From which server group to which, if both are there.
fn step(place: &LastGood) -> Option<Step> {
    let (from, to) = (place.current.clone()?, place.last_good.clone()?);
    Some(Step { region: place.region.clone(), from, to })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_where_there_is_something_to_leave_and_something_to_return_to() {
        let place = |current: Option<&str>, good: Option<&str>| LastGood {
            region: "here".into(),
            current: current.map(str::to_owned),
            last_good: good.map(str::to_owned),
            ..LastGood::default()
        };
        let expected = Step { region: "here".into(), from: "a-v003".into(), to: "a-v001".into() };
        assert_eq!(step(&place(Some("a-v003"), Some("a-v001"))), Some(expected));
        assert_eq!(step(&place(None, Some("a-v001"))), None);
        assert_eq!(step(&place(Some("a-v003"), None)), None);
    }

    #[test]
    fn the_task_has_a_job_for_each_region() {
        let cluster = Cluster {
            application: "shop".into(),
            account: "local".into(),
            name: "shop-web".into(),
            provider: "local".into(),
        };
        let back = Step { region: "here".into(), from: "shop-web-v002".into(), to: "shop-web-v001".into() };
        let wish: Wish =
            serde_json::from_value(json!({"reason": "errors", "delayBeforeDisableSeconds": 5})).expect("a wish");
        let task = task(&cluster, &wish, &[back]);
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
