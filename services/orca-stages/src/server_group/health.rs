//! Waiting until instances serve, or no longer do.
//!
//! Upstream: `DetermineHealthProvidersTask`, `WaitForUpInstancesTask`, `WaitForRequiredInstancesDownTask`,
//! `WaitForDisabledServerGroupTask`, `HealthHelper`. Which sources of health count is `interestingHealthProviderNames`: absent,
//! all of them; an empty list, none, so that nothing is waited for.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{HealthState, Instance, Object, ObjectExt, ServerGroup};

use super::{
    replacement::failing,
    settings::{account, deployed},
};
use crate::{Catalogue, Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const PROVIDERS: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.DetermineHealthProvidersTask";
const UP: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.WaitForUpInstancesTask";
const DOWN: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForRequiredInstancesDownTask";
const DISABLED: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForDisabledServerGroupTask";

const INTERESTING: &str = "interestingHealthProviderNames";

/// Adds the tasks of this module.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(DetermineHealthProvidersTask);
    catalogue.add_task(WaitTask { class: UP, over: all_up });
    catalogue.add_task(WaitTask { class: DOWN, over: all_out_of_traffic });
    catalogue.add_task(WaitTask { class: DISABLED, over: is_disabled });
}

/// The task that decides which sources of health count.
pub(super) fn determine_health_providers() -> TaskTemplate {
    TaskTemplate::new("determineHealthProviders", PROVIDERS)
}

/// The task that waits until enough instances serve.
pub(super) fn wait_for_up_instances() -> TaskTemplate {
    TaskTemplate::new("waitForUpInstances", UP)
}

/// The task that waits until no instance is in traffic.
pub(super) fn wait_for_down_instances() -> TaskTemplate {
    TaskTemplate::new("waitForDownInstances", DOWN)
}

/// The task that waits until the server group says that it is disabled.
pub(super) fn wait_for_disabled() -> TaskTemplate {
    TaskTemplate::new("waitForServerGroupDisabled", DISABLED)
}

/// Takes over the application's choice, unless the stage has one. Applications have none before their attributes are built;
/// so this changes nothing yet, and stands where upstream has it.
struct DetermineHealthProvidersTask;

#[async_trait]
impl Task for DetermineHealthProvidersTask {
    fn class(&self) -> &'static str {
        PROVIDERS
    }

    async fn step(&self, _context: &TaskContext) -> Result<TaskResult, TaskError> {
        Ok(TaskResult::succeeded())
    }
}

/// Waits until a condition holds for each server group of the stage.
struct WaitTask {
    class: &'static str,
    over: fn(&Object, &ServerGroup) -> bool,
}

#[async_trait]
impl Task for WaitTask {
    fn class(&self) -> &'static str {
        self.class
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(2 * 3600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let account = account(settings)?;
        let groups = deployed(settings);
        if groups.is_empty() && self.class == UP {
            // Going on would replace what serves now by nothing.
            return Err(TaskError::invalid(
                "nothing was deployed that could serve: the operation named no server group",
            ));
        }
        for (region, name) in groups {
            let clouddriver = &context.clients.clouddriver;
            let over = match clouddriver.server_group(&context.caller, &account, &region, &name).await {
                Ok(group) => (self.over)(settings, &group),
                // Not seen yet, or gone: the one is waited for, the other serves nobody.
                Err(error) if error.kind() == Kind::NotFound => self.class != UP,
                Err(error) => return Err(error.into()),
            };
            if !over {
                return Ok(TaskResult::running(Next::Soon));
            }
        }
        Ok(TaskResult::succeeded())
    }

    /// Says which instances do not serve, and why.
    async fn on_timeout(&self, context: &TaskContext) -> Result<Option<TaskResult>, TaskError> {
        let settings = context.view.context();
        if self.class != UP || settings.boolean("markSuccessfulOnTimeout") == Some(true) {
            return Ok(None);
        }
        let account = account(settings)?;
        let mut details = Vec::new();
        let mut names = Vec::new();
        for (region, name) in deployed(settings) {
            let found = context.clients.clouddriver.server_group(&context.caller, &account, &region, &name).await;
            details.extend(found.map(|group| failing(&group)).unwrap_or_default());
            names.push(name);
        }
        let message = format!("{} did not become healthy in time", names.join(", "));
        let mut error = TaskError::new(Kind::Timeout, "TimeoutException", message);
        error.details = details;
        Ok(Some(TaskResult::failed(error)))
    }
}

/// Whether as many instances serve as the stage asks for: `targetHealthyDeployPercentage` of the desired number, all by default.
pub(super) fn all_up(context: &Object, group: &ServerGroup) -> bool {
    let interesting = interesting(context);
    if interesting.as_ref().is_some_and(Vec::is_empty) {
        return true;
    }
    let percentage = context.number("targetHealthyDeployPercentage").unwrap_or(100.0).clamp(0.0, 100.0);
    let wanted = (f64::from(group.capacity.desired) * percentage / 100.0).ceil();
    let up = group.instances.iter().filter(|instance| serves(instance, interesting.as_deref())).count();
    up as f64 >= wanted
}

/// Whether no instance is in traffic any more; without a load balancer none ever was.
fn all_out_of_traffic(context: &Object, group: &ServerGroup) -> bool {
    let interesting = interesting(context);
    if interesting.as_ref().is_some_and(Vec::is_empty) {
        return true;
    }
    let in_traffic = |instance| in_traffic(instance, interesting.as_deref());
    group.disabled && (group.load_balancers.is_empty() || !group.instances.iter().any(in_traffic))
}

fn is_disabled(_context: &Object, group: &ServerGroup) -> bool {
    group.disabled
}

/// Some source says that it is up, and none that it is down or still begins.
fn serves(instance: &Instance, interesting: Option<&[String]>) -> bool {
    let states: Vec<_> = states(instance, interesting).collect();
    states.contains(&HealthState::Up)
        && !states
            .iter()
            .any(|state| matches!(state, HealthState::Down | HealthState::Starting | HealthState::OutOfService))
}

/// Some source says that it is up, and none that it is out of service.
fn in_traffic(instance: &Instance, interesting: Option<&[String]>) -> bool {
    let states: Vec<_> = states(instance, interesting).collect();
    states.contains(&HealthState::Up)
        && !states.iter().any(|state| matches!(state, HealthState::Down | HealthState::OutOfService))
}

fn states<'a>(instance: &'a Instance, interesting: Option<&'a [String]>) -> impl Iterator<Item = HealthState> + 'a {
    let counts = move |kind: &String| interesting.is_none_or(|names| names.contains(kind));
    instance.health.iter().filter(move |health| counts(&health.kind)).map(|health| health.state)
}

fn interesting(context: &Object) -> Option<Vec<String>> {
    context.get(INTERESTING).filter(|names| names.is_array())?;
    Some(context.texts(INTERESTING))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn group(disabled: bool, instances: &[&[(&str, &str)]]) -> ServerGroup {
        let instances: Vec<Value> = instances
            .iter()
            .map(|sources| {
                let health: Vec<Value> =
                    sources.iter().map(|(kind, state)| json!({"type": kind, "state": state})).collect();
                json!({ "health": health })
            })
            .collect();
        let desired = instances.len();
        serde_json::from_value(json!({
            "disabled": disabled, "loadBalancers": ["front"], "capacity": {"desired": desired}, "instances": instances,
        }))
        .expect("a server group")
    }

    fn context(value: Value) -> Object {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn an_instance_serves_when_some_source_is_up_and_none_is_not() {
        let none = context(json!({}));
        assert!(all_up(&none, &group(false, &[&[("Process", "Up"), ("LoadBalancer", "Up")]])));
        assert!(!all_up(&none, &group(false, &[&[("Process", "Up"), ("LoadBalancer", "Starting")]])));
        assert!(!all_up(&none, &group(false, &[&[("Process", "Unknown")]])));
        let process = context(json!({ INTERESTING: ["Process"] }));
        assert!(all_up(&process, &group(false, &[&[("Process", "Up"), ("LoadBalancer", "Down")]])));
        assert!(all_up(&context(json!({ INTERESTING: [] })), &group(false, &[&[("Process", "Down")]])));
    }

    #[test]
    fn a_percentage_of_the_desired_number_is_enough() {
        let half = context(json!({ "targetHealthyDeployPercentage": 50 }));
        let one_of_two = group(false, &[&[("Process", "Up")], &[("Process", "Down")]]);
        assert!(all_up(&half, &one_of_two));
        assert!(!all_up(&context(json!({})), &one_of_two));
    }

    #[test]
    fn traffic_ends_when_the_balancer_says_so() {
        let none = context(json!({}));
        assert!(!all_out_of_traffic(&none, &group(false, &[&[("Process", "Up"), ("LoadBalancer", "OutOfService")]])));
        assert!(all_out_of_traffic(&none, &group(true, &[&[("Process", "Up"), ("LoadBalancer", "OutOfService")]])));
        assert!(!all_out_of_traffic(&none, &group(true, &[&[("Process", "Up")]])));
    }
}
