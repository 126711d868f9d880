//! Ending instances, and waiting until they have ended.
//!
//! Some clouds start another instance under the same id: one that was launched later than it was seen at first counts as ended. Which
//! are left, with their launch times, stands in `terminate.remaining.instances`. Upstream: `TerminatingInstanceSupport`.

use async_trait::async_trait;
use gennaker_base::Timestamp;
use gennaker_wire::{Instance, Object, ObjectExt, naming::Moniker};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{DECREMENT, DECREMENT_ASG, TERMINATE};
use crate::{
    Catalogue, Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    cloud::operation_stage::{Prepared, required, submit_prepared},
    server_group::{
        guard::{self, ALLOWED, Guards, Verdict},
        instance_search,
        settings::account,
        target::named,
    },
};

/// The context field with the instances that have not ended.
pub(in crate::cloud) const REMAINING: &str = "terminate.remaining.instances";

const WAIT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.WaitForTerminatedInstancesTask";

/// Adds the tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    for (class, operation) in [
        (TERMINATE, "terminateInstances"),
        (DECREMENT, "terminateInstanceAndDecrementServerGroup"),
        (DECREMENT_ASG, "terminateInstanceAndDecrementAsgDescription"),
    ] {
        catalogue.add_task(TerminateTask { class, operation, guards });
    }
    catalogue.add_task(WaitTask);
}

/// The task that ends the instances of the stage.
pub(in crate::cloud) fn terminate() -> TaskTemplate {
    TaskTemplate::new("terminateInstances", TERMINATE)
}

/// The task of that name that waits until the instances have ended.
pub(in crate::cloud) fn wait(name: &str) -> TaskTemplate {
    TaskTemplate::new(name, WAIT)
}

/// The server group that the stage names, with the parts of its name.
pub(in crate::cloud) fn named_group(settings: &Object) -> Option<(String, Moniker)> {
    let name = named(settings)?;
    let moniker = settings.typed("moniker").filter(|moniker: &Moniker| moniker.app.is_some());
    let moniker = moniker.unwrap_or_else(|| Moniker::parse(&name));
    Some((name, moniker))
}

/// An instance that is to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terminating {
    id: String,
    #[serde(default)]
    launch_time: Option<Timestamp>,
}

/// The instances of the stage that have not ended, as they were seen last.
fn noted(settings: &Object) -> Vec<Terminating> {
    if let Some(remaining) = settings.typed::<Vec<Terminating>>(REMAINING).filter(|remaining| !remaining.is_empty()) {
        return remaining;
    }
    let ids =
        if settings.contains_key("instanceIds") { settings.texts("instanceIds") } else { settings.texts("instance") };
    ids.into_iter().filter(|id| !id.is_empty()).map(|id| Terminating { id, launch_time: None }).collect()
}

/// Those of them that are among the instances of their server group and are still the same.
fn remaining_of(noted: Vec<Terminating>, instances: &[Instance]) -> Vec<Terminating> {
    let still = |one: Terminating| {
        let instance = instances.iter().find(|instance| instance.name == one.id)?;
        match one.launch_time {
            Some(seen) => instance.launch_time.is_none_or(|launch| launch <= seen).then_some(one),
            None => Some(Terminating { launch_time: instance.launch_time, ..one }),
        }
    };
    noted.into_iter().filter_map(still).collect()
}

/// The instances that have not ended, now.
async fn remaining(context: &TaskContext) -> Result<Vec<Terminating>, TaskError> {
    let settings = context.view.context();
    let noted = noted(settings);
    if noted.is_empty() {
        return Ok(noted);
    }
    let (account, region) = (account(settings)?, required(settings, "region")?);
    if let Some(name) = named(settings) {
        let group = context.clients.clouddriver.server_group(&context.caller, &account, &region, &name).await?;
        return Ok(remaining_of(noted, &group.instances));
    }
    let mut left = Vec::new();
    for one in noted {
        if instance_search::found(context, &account, &region, &one.id).await?.is_some() {
            left.push(one);
        }
    }
    Ok(left)
}

struct TerminateTask {
    class: &'static str,
    operation: &'static str,
    guards: Guards,
}

#[async_trait]
impl Task for TerminateTask {
    fn class(&self) -> &'static str {
        self.class
    }

    /// The first step notes which instances are to end, and what a traffic guard says; the second one submits.
    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, region) = (account(settings)?, required(settings, "region")?);
        let Some(ending) = settings.typed::<Vec<Terminating>>(REMAINING) else {
            return self.note(context, &account, &region).await;
        };
        let ids: Vec<String> = ending.into_iter().map(|one| one.id).collect();
        let mut prepared = match ids.is_empty() {
            true => Prepared::default(),
            false => Prepared::whole(self.operation, settings),
        };
        if self.operation == "terminateInstances" {
            for operation in &mut prepared.operations {
                operation.description.insert("instanceIds".to_owned(), json!(ids));
            }
        }
        let prepared = prepared
            .keeping("terminate.account.name", account)
            .keeping("terminate.region", region)
            .keeping("terminate.instance.ids", ids);
        submit_prepared(context, prepared).await
    }
}

impl TerminateTask {
    async fn note(&self, context: &TaskContext, account: &str, region: &str) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let ending = remaining(context).await?;
        let mut result = TaskResult::running(Next::At(context.now));
        if !ending.is_empty() {
            let ids: Vec<String> = ending.iter().map(|one| one.id.clone()).collect();
            let action = "Terminating the requested instances in";
            let verdict = self.guards.instances(context, account, region, named_group(settings), &ids, action).await?;
            if let Verdict::Allowed(reason) = &verdict {
                result = result.with_context(ALLOWED, json!({ "operation": self.operation, "reason": reason }));
            }
            guard::heed(context, verdict, self.operation, false)?;
        }
        Ok(result.with_context(REMAINING, json!(ending)))
    }
}

struct WaitTask;

#[async_trait]
impl Task for WaitTask {
    fn class(&self) -> &'static str {
        WAIT
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let left = remaining(context).await?;
        if left.is_empty() {
            return Ok(TaskResult::succeeded());
        }
        let left = json!(left);
        let result = TaskResult::running(Next::Soon);
        let known = context.view.context().get(REMAINING) == Some(&left);
        Ok(if known { result } else { result.with_context(REMAINING, left) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_has_ended_when_it_is_gone_or_another_has_its_id() {
        let terminating = |id: &str, launch: Option<i64>| Terminating {
            id: id.to_owned(),
            launch_time: launch.map(Timestamp::from_millis),
        };
        let instances: Vec<Instance> = serde_json::from_value(json!([
            {"name": "a", "launchTime": 5}, {"name": "b", "launchTime": 9}, {"name": "c"},
        ]))
        .expect("instances");
        let left = remaining_of(
            vec![terminating("a", None), terminating("b", Some(5)), terminating("c", Some(5)), terminating("d", None)],
            &instances,
        );
        assert_eq!(left, [terminating("a", Some(5)), terminating("c", Some(5))]);
    }

    #[test]
    fn what_is_to_end_is_read_from_either_field() {
        let ids = |settings: serde_json::Value| {
            let noted = noted(settings.as_object().expect("an object"));
            noted.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(json!({"instanceIds": ["a", "", "b"]})), ["a", "b"]);
        assert_eq!(ids(json!({"instance": "a"})), ["a"]);
        assert_eq!(ids(json!({"instanceIds": ["a"], REMAINING: [{"id": "b", "launchTime": null}]})), ["b"]);
        assert_eq!(ids(json!({})), [""; 0]);
    }
}
