//! Waiting until instances serve, no longer do, or are as many as they should be.
//!
//! [`verdict`] says when an instance serves, [`size`] how many have to. Each look leaves in the context what clients show of it
//! (`lastCapacityCheck`, `targetDesiredSize`, `currentInstanceCount`).
//!
//! Upstream: `AbstractInstancesCheckTask`, `WaitForUpInstancesTask`, `WaitForRequiredInstancesDownTask`,
//! `WaitForAllInstancesNotUpTask`, `WaitForCapacityMatchTask`, `WaitForDisabledServerGroupTask`.

mod providers;
mod size;
pub(crate) mod verdict;

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Instance, Object, ObjectExt, ServerGroup, Status};
use serde_json::{Value, json};

pub(crate) use self::providers::determine_health_providers;
use self::{
    size::{configured_size, percentage, wanted},
    verdict::{interesting, is_down, is_known_to_platform_only, is_not_up, is_up},
};
use super::{
    replacement::failing,
    settings::{account, deployed},
};
use crate::{Catalogue, Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const UP: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.WaitForUpInstancesTask";
const DOWN: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForRequiredInstancesDownTask";
const NOT_UP: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForAllInstancesNotUpTask";
const MATCH: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForCapacityMatchTask";
const DISABLED: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForDisabledServerGroupTask";

/// How long what a deployment began with says more than the cloud's view.
const SETTLED: Duration = Duration::from_secs(600);
/// How often a size of nothing has to be seen where there was something, and how far apart, before it is believed.
const NOTHING_SEEN: i64 = 12;
const BETWEEN_LOOKS: Duration = Duration::from_secs(10);

/// Adds the tasks of this module.
pub(super) fn register(catalogue: &mut Catalogue) {
    providers::register(catalogue);
    catalogue.add_task(WaitTask { class: UP, over: up, waits_for_it: true });
    catalogue.add_task(WaitTask { class: DOWN, over: down, waits_for_it: false });
    catalogue.add_task(WaitTask { class: NOT_UP, over: not_up, waits_for_it: false });
    catalogue.add_task(WaitTask { class: MATCH, over: capacity_matches, waits_for_it: false });
    catalogue.add_task(WaitForDisabledTask);
}

/// The task that waits until enough instances serve.
pub(super) fn wait_for_up_instances() -> TaskTemplate {
    TaskTemplate::new("waitForUpInstances", UP)
}

/// The task that waits until no instance is in traffic, or as few as the stage asks for.
pub(super) fn wait_for_down_instances() -> TaskTemplate {
    TaskTemplate::new("waitForDownInstances", DOWN)
}

/// The task that waits until no instance is up.
pub(super) fn wait_for_not_up_instances() -> TaskTemplate {
    TaskTemplate::new("waitForNotUpInstances", NOT_UP)
}

/// The task that waits until there are as many instances as there should be.
pub(super) fn wait_for_capacity_match() -> TaskTemplate {
    TaskTemplate::new("waitForCapacityMatch", MATCH)
}

/// The task that waits until the server group says that it is disabled.
pub(super) fn wait_for_disabled() -> TaskTemplate {
    TaskTemplate::new("waitForServerGroupDisabled", DISABLED)
}

/// A look at a server group.
struct Look<'a> {
    settings: &'a Object,
    group: &'a ServerGroup,
    interesting: Option<Vec<String>>,
    /// Whether the wait has taken so long that only the cloud's view counts.
    settled: bool,
}

impl<'a> Look<'a> {
    fn new(settings: &'a Object, group: &'a ServerGroup, settled: bool) -> Self {
        Look { settings, group, interesting: interesting(settings), settled }
    }

    fn waits_for_nobody(&self) -> bool {
        self.interesting.as_ref().is_some_and(Vec::is_empty)
    }

    fn count(&self, is: fn(&Instance, Option<&[String]>) -> bool) -> i64 {
        let found = self.group.instances.iter().filter(|instance| is(instance, self.interesting.as_deref()));
        i64::try_from(found.count()).unwrap_or(i64::MAX)
    }

    fn instances(&self) -> i64 {
        i64::try_from(self.group.instances.len()).unwrap_or(i64::MAX)
    }

    fn wanted(&self) -> Result<i64, TaskError> {
        wanted(self.settings, self.group, self.settled).map_err(TaskError::invalid)
    }
}

/// Whether as many instances serve as the stage asks for.
pub(super) fn all_up(settings: &Object, group: &ServerGroup) -> bool {
    up(&Look::new(settings, group, false)).unwrap_or(false)
}

/// Whether no instance of the server group is in traffic, or as few as the stage asks for.
pub(super) fn all_down(settings: &Object, group: &ServerGroup) -> Result<bool, TaskError> {
    down(&Look::new(settings, group, false))
}

fn up(look: &Look<'_>) -> Result<bool, TaskError> {
    let wanted = look.wanted()?;
    let before = look.settings.object("capacitySnapshot").and_then(|seen| seen.integer("desiredCapacity")).unwrap_or(0);
    if wanted == 0 && before != 0 {
        return Ok(look.settings.integer("zeroDesiredCapacityCount").unwrap_or(0) >= NOTHING_SEEN);
    }
    if wanted > look.instances() {
        return Ok(false);
    }
    Ok(look.waits_for_nobody() || look.count(is_up) >= wanted)
}

fn down(look: &Look<'_>) -> Result<bool, TaskError> {
    if look.waits_for_nobody() {
        return Ok(true);
    }
    let share = percentage(look.settings, "desiredPercentage").map_err(TaskError::invalid)?;
    let Some(share) = share else { return Ok(out_of_traffic(look) >= look.instances()) };
    let chosen = chosen(look.settings);
    let mut chosen = look.group.instances.iter().filter(|instance| chosen.contains(&instance.name)).peekable();
    if chosen.peek().is_some() {
        return Ok(chosen.all(|instance| is_down(instance, look.interesting.as_deref())));
    }
    Ok(out_of_traffic(look) >= size::share_of(look.group.capacity, share))
}

/// How many instances are out of traffic: of a server group that is disabled also those that no balancer knows.
fn out_of_traffic(look: &Look<'_>) -> i64 {
    let unbalanced = look.group.load_balancers.is_empty() || look.interesting.is_some();
    if look.group.disabled && unbalanced {
        look.count(|instance, names| is_down(instance, names) || is_known_to_platform_only(instance, names))
    } else {
        look.count(is_down)
    }
}

/// The instances that the last operation says it takes out of traffic, without those that it left out.
fn chosen(settings: &Object) -> Vec<String> {
    let last = settings.object("kato.last.task.id").and_then(|task| task.text("id"));
    let tasks = settings.get("kato.tasks").and_then(Value::as_array);
    let mut objects = tasks.into_iter().flatten().filter_map(Value::as_object);
    let task = objects.find(|task| last.is_some() && task.text("id") == last);
    let results = || {
        let results = task.and_then(|task| task.get("resultObjects")).and_then(Value::as_array);
        results.into_iter().flatten().filter_map(Value::as_object)
    };
    let first = |name: &str| {
        let found = results().find(|result| result.get(name).is_some_and(Value::is_array));
        found.map(|result| result.texts(name)).unwrap_or_default()
    };
    let skipped = first("discoverySkippedInstanceIds");
    first("instanceIdsToDisable").into_iter().filter(|id| !skipped.contains(id)).collect()
}

fn not_up(look: &Look<'_>) -> Result<bool, TaskError> {
    Ok(look.waits_for_nobody() || look.count(is_not_up) == look.instances())
}

fn capacity_matches(look: &Look<'_>) -> Result<bool, TaskError> {
    let desired = configured_size(look.settings, look.group.capacity);
    let desired = desired.unwrap_or_else(|| i64::from(look.group.capacity.desired));
    let least = look.settings.integer("targetDesiredSize").filter(|size| *size != 0);
    let enough = match least {
        Some(least) => look.instances() >= least,
        None => look.instances() == desired,
    };
    Ok(enough && (look.group.disabled || up(look)?))
}

/// Waits until a condition holds for each server group of the stage.
struct WaitTask {
    class: &'static str,
    over: fn(&Look<'_>) -> Result<bool, TaskError>,
    /// Whether a server group that is not there may still come.
    waits_for_it: bool,
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
        if groups.is_empty() {
            // Going on would replace what serves now by nothing.
            return Err(TaskError::invalid("there is no server group to wait for: the operation named none"));
        }
        let settled = context.now >= context.started.after(SETTLED);
        for (region, name) in groups {
            let clouddriver = &context.clients.clouddriver;
            let group = match clouddriver.server_group(&context.caller, &account, &region, &name).await {
                Ok(group) => group,
                Err(error) if error.kind() == Kind::NotFound && self.waits_for_it => {
                    return Ok(TaskResult::running(Next::Soon));
                }
                Err(error) if error.kind() == Kind::NotFound => {
                    let message =
                        format!("server group {name} is not in {account}/{region} any more: look who removed it");
                    return Err(TaskError::new(Kind::NotFound, "MissingServerGroupException", message));
                }
                Err(error) => return Err(error.into()),
            };
            let look = Look::new(settings, &group, settled);
            if !(self.over)(&look)? {
                return Ok(still_running(context, self.class, &look));
            }
        }
        Ok(TaskResult::succeeded())
    }

    /// Says which instances do not serve, and why.
    async fn on_timeout(&self, context: &TaskContext) -> Result<Option<TaskResult>, TaskError> {
        let settings = context.view.context();
        if !matches!(self.class, UP | MATCH) || settings.boolean("markSuccessfulOnTimeout") == Some(true) {
            return Ok(None);
        }
        let account = account(settings)?;
        let mut details = Vec::new();
        let mut names = Vec::new();
        for (region, name) in deployed(settings) {
            let found = context.clients.clouddriver.server_group(&context.caller, &account, &region, &name).await;
            if let Ok(group) = found {
                details.extend(failing(context, &account, &group).await);
            }
            names.push(name);
        }
        let message = format!("{} did not become healthy in time", names.join(", "));
        let mut error = TaskError::new(Kind::Timeout, "TimeoutException", message);
        error.details = details;
        Ok(Some(TaskResult::failed(error)))
    }
}

/// The fields that a wait leaves in its stage's context.
const LEFT: [&str; 5] =
    ["currentInstanceCount", "targetDesiredSize", "lastCapacityCheck", "capacitySnapshot", "zeroDesiredCapacityCount"];

/// Takes out of a context what the waits of a former run have seen.
pub(super) fn forget(context: &mut Object) {
    for field in LEFT {
        context.remove(field);
    }
}

/// What a look that is not the last leaves for clients and for the next one.
fn still_running(context: &TaskContext, class: &str, look: &Look<'_>) -> TaskResult {
    let (settings, group) = (look.settings, look.group);
    let mut found: Vec<(&str, Value)> = vec![("currentInstanceCount", look.instances().into())];
    if matches!(class, UP | MATCH) && !(class == MATCH && group.disabled) {
        found.extend(look.wanted().ok().map(|wanted| ("targetDesiredSize", wanted.into())));
    }
    if class == UP {
        found.push(("lastCapacityCheck", check(look)));
    }
    if !settings.contains_key("capacitySnapshot") {
        let capacity = group.capacity;
        let snapshot = json!({"minSize": capacity.min, "desiredCapacity": capacity.desired, "maxSize": capacity.max});
        found.push(("capacitySnapshot", snapshot));
    }
    let seen = settings.integer("zeroDesiredCapacityCount").unwrap_or(0);
    let is_nothing = group.capacity.desired == 0;
    found.push(("zeroDesiredCapacityCount", if is_nothing { seen + 1 } else { 0 }.into()));
    let next = if is_nothing { Next::At(context.now.after(BETWEEN_LOOKS)) } else { Next::Soon };
    let news = found.into_iter().filter(|(name, value)| settings.get(*name) != Some(value));
    news.fold(TaskResult::running(next), |result, (name, value)| result.with_context(name, value))
}

/// How many instances are in which state.
fn check(look: &Look<'_>) -> Value {
    let states = ["up", "down", "outOfService", "starting", "succeeded", "failed", "unknown"];
    let mut counts: BTreeMap<&str, usize> = states.into_iter().map(|state| (state, 0)).collect();
    for instance in &look.group.instances {
        *counts.entry(verdict::state(instance, look.interesting.as_deref())).or_default() += 1;
    }
    json!(counts)
}

/// Waits until the stage's server group says that it is disabled; where only a share of it leaves traffic, it never will.
struct WaitForDisabledTask;

#[async_trait]
impl Task for WaitForDisabledTask {
    fn class(&self) -> &'static str {
        DISABLED
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(1800))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        match percentage(settings, "desiredPercentage") {
            Ok(None) => {}
            Ok(Some(percentage)) if percentage >= 100.0 => {}
            _ => return Ok(TaskResult::ended(Status::Skipped)),
        }
        let account = account(settings)?;
        for (region, name) in deployed(settings) {
            let clouddriver = &context.clients.clouddriver;
            if !clouddriver.server_group(&context.caller, &account, &region, &name).await?.disabled {
                return Ok(TaskResult::running(Next::Soon));
            }
        }
        Ok(TaskResult::succeeded())
    }
}

#[cfg(test)]
mod tests;
