//! A round of a rolling push: some instances leave traffic and end, and as many new ones come up.
//!
//! Upstream: `DetermineTerminationCandidatesTask`, `DisableInstancesTask`, `WaitForNewUpInstancesLaunchTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Operation, ServerGroup};
use serde_json::json;

use super::{ENDING, KNOWN, TO_END, phases::candidates};
use crate::{
    Catalogue, Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    cloud::{
        instance::named_group,
        operation_stage::{Prepared, required, submit_prepared},
    },
    server_group::{
        guard::{self, Guards},
        health::verdict::{interesting, is_up},
        on_group::asked,
        replacement::failing,
        settings::{account, provider},
        target::named,
    },
};

const CANDIDATES: &str = "com.netflix.spinnaker.orca.kato.tasks.rollingpush.DetermineTerminationCandidatesTask";
const DISABLE: &str = "com.netflix.spinnaker.orca.kato.tasks.DisableInstancesTask";
const WAIT: &str = "com.netflix.spinnaker.orca.kato.tasks.rollingpush.WaitForNewUpInstancesLaunchTask";

/// The operation's name for traffic guards, and for the clients that show it.
const DISABLING: &str = "disableInstances";
/// The sources of health that count, unless the stage says which.
const SOURCES: [&str; 2] = ["Discovery", "LoadBalancer"];

/// Adds the tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    catalogue.add_task(CandidatesTask);
    catalogue.add_task(DisableTask { guards });
    catalogue.add_task(WaitForNewTask);
}

/// The task that decides which instances are replaced.
pub(super) fn determine_candidates() -> TaskTemplate {
    TaskTemplate::new("determineTerminationCandidates", CANDIDATES)
}

/// The task that takes this round's instances out of traffic.
pub(super) fn disable() -> TaskTemplate {
    TaskTemplate::new("disableInstances", DISABLE)
}

/// The task that waits until as many new ones are up.
pub(super) fn wait_for_new() -> TaskTemplate {
    TaskTemplate::new("waitForNewInstances", WAIT)
}

/// The server group that is pushed to, as it is now.
async fn group(context: &TaskContext) -> Result<ServerGroup, TaskError> {
    let settings = context.view.context();
    let missing = || TaskError::invalid("the stage names no server group: set asgName (or serverGroupName)");
    let (name, region) = (named(settings).ok_or_else(missing)?, required(settings, "region")?);
    Ok(context.clients.clouddriver.server_group(&context.caller, &account(settings)?, &region, &name).await?)
}

struct CandidatesTask;

#[async_trait]
impl Task for CandidatesTask {
    fn class(&self) -> &'static str {
        CANDIDATES
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let termination = context.view.context().object("termination");
        let group = group(context).await?;
        let (ending, known) = candidates(termination, &group.instances);
        if ending.is_empty() {
            let message = format!(
                "{} has none of the instances that are to be replaced: look at termination, or leave the push out",
                group.name
            );
            return Err(TaskError::invalid(message));
        }
        let wait = termination.and_then(|asked| asked.get("waitTime")).filter(|wait| !wait.is_null()).cloned();
        Ok(TaskResult::succeeded()
            .with_context(TO_END, ending)
            .with_context(KNOWN, known)
            // Nothing is to be waited for before the first round.
            .with_context("skipRemainingWait", true)
            .with_context("waitTime", wait.unwrap_or_else(|| 0.into())))
    }
}

struct DisableTask {
    guards: Guards,
}

#[async_trait]
impl Task for DisableTask {
    fn class(&self) -> &'static str {
        DISABLE
    }

    /// Where a guard watches the cluster, the first step has its verdict recorded and the second one submits.
    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, region) = (account(settings)?, required(settings, "region")?);
        let instances = settings.texts(ENDING);
        if !guard::was_allowed(settings, DISABLING) {
            let action = "Disabling the requested instances in";
            let group = named_group(settings);
            let verdict = self.guards.instances(context, &account, &region, group, &instances, action).await?;
            if let Some(result) = guard::heed(context, verdict, DISABLING, false)? {
                return Ok(result);
            }
        }
        // The local cloud has no service discovery to leave.
        let discovery = (provider(settings) != "local").then_some("disableInstancesInDiscovery");
        let names = discovery.into_iter().chain(["deregisterInstancesFromLoadBalancer"]);
        let operations = names.map(|name| Operation { name: name.to_owned(), description: leaving(settings) });
        let prepared = Prepared { operations: operations.collect(), ..Prepared::default() };
        let counting = settings.get("interestingHealthProviderNames").filter(|named| !named.is_null()).cloned();
        let prepared = prepared
            .keeping("notification.type", DISABLING.to_ascii_lowercase())
            .keeping("interestingHealthProviderNames", counting.unwrap_or_else(|| json!(SOURCES)));
        submit_prepared(context, prepared).await
    }
}

/// What the cloud is told of the instances that leave: they leave every balancer that they are behind, whatever the balancers are that
/// the deployment names.
fn leaving(settings: &Object) -> Object {
    let mut description = asked(settings);
    for field in ["loadBalancers", "loadBalancerNames"] {
        description.shift_remove(field);
    }
    description
}

/// Waits for the new instances; those that come up count as known from then on.
struct WaitForNewTask;

#[async_trait]
impl Task for WaitForNewTask {
    fn class(&self) -> &'static str {
        WAIT
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(2 * 3600))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let group = group(context).await?;
        let mut known = settings.texts(KNOWN);
        let new = new_up(settings, &group, &known);
        if new.len() < settings.texts(ENDING).len() {
            return Ok(TaskResult::running(Next::Soon));
        }
        known.extend(new);
        Ok(TaskResult::succeeded().with_context(KNOWN, known))
    }

    /// Says which instances do not serve, and why.
    async fn on_timeout(&self, context: &TaskContext) -> Result<Option<TaskResult>, TaskError> {
        if context.view.context().boolean("markSuccessfulOnTimeout") == Some(true) {
            return Ok(None);
        }
        let group = group(context).await?;
        let left = context.view.context().texts(TO_END).len();
        let message = format!(
            "{}: the new instances did not become healthy in time; {left} instances have not been replaced",
            group.name
        );
        let mut error = TaskError::new(Kind::Timeout, "TimeoutException", message);
        error.details = failing(context, &account(context.view.context())?, &group).await;
        Ok(Some(TaskResult::failed(error)))
    }
}

/// The instances that are up and were not there before.
fn new_up(settings: &Object, group: &ServerGroup, known: &[String]) -> Vec<String> {
    // The sources that were taken by default say nothing of a server group that is behind no balancer.
    let names = interesting(settings).filter(|names| *names != SOURCES || !group.load_balancers.is_empty());
    let new = group.instances.iter().filter(|instance| !known.contains(&instance.name));
    new.filter(|instance| is_up(instance, names.as_deref())).map(|instance| instance.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn new_instances_are_up_by_the_sources_that_there_are() {
        let group = |balancers: Value| -> ServerGroup {
            let platform = json!({"type": "LocalAgent", "state": "Up", "healthClass": "platform"});
            let health = |state: &str| match balancers.as_array().is_some_and(Vec::is_empty) {
                true => json!([platform]),
                false => json!([platform, {"type": "LoadBalancer", "state": state}]),
            };
            serde_json::from_value(json!({"loadBalancers": balancers, "instances": [
                {"name": "old", "health": health("Up")}, {"name": "new", "health": health("Up")},
                {"name": "starting", "health": health("Starting")},
            ]}))
            .expect("a server group")
        };
        let settings = json!({"interestingHealthProviderNames": SOURCES});
        let settings = settings.as_object().expect("an object");
        let known = ["old".to_owned()];
        assert_eq!(new_up(settings, &group(json!(["front"])), &known), ["new"]);
        assert_eq!(new_up(settings, &group(json!([])), &known), ["new", "starting"]);
    }
}
