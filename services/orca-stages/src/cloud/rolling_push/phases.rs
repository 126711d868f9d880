//! Which instances are next: decisions on what the stage knows.
//!
//! Upstream: `CaptureParentInterestingHealthProviderNamesTask`, `DetermineTerminationPhaseInstancesTask`,
//! `CheckForRemainingTerminationsTask`, `PushCompleteTask`.

use gennaker_wire::{Instance, Object, ObjectExt, Status};
use serde_json::{Value, json};

use super::{ENDING, REMAINING, TO_END};
use crate::{
    Catalogue, TaskContext, TaskError, TaskResult, TaskTemplate, server_group::guard::ALLOWED, task::PureTask,
};

const CAPTURE: &str =
    "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.CaptureParentInterestingHealthProviderNamesTask";
const CHOOSE: &str = "com.netflix.spinnaker.orca.kato.tasks.rollingpush.DetermineTerminationPhaseInstancesTask";
const CHECK: &str = "com.netflix.spinnaker.orca.kato.tasks.rollingpush.CheckForRemainingTerminationsTask";
const COMPLETE: &str = "com.netflix.spinnaker.orca.kato.pipeline.RollingPushStage.PushCompleteTask";

const INTERESTING: &str = "interestingHealthProviderNames";

/// Adds the tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    for (class, step) in [
        (CAPTURE, capture as fn(&TaskContext) -> Result<TaskResult, TaskError>),
        (CHOOSE, next_round),
        (CHECK, remaining),
        (COMPLETE, |_| Ok(TaskResult::succeeded())),
    ] {
        catalogue.add_task(PureTask { class, step });
    }
}

/// The task that takes over which sources of health count for the deployment.
pub(super) fn capture_health_providers() -> TaskTemplate {
    TaskTemplate::new("captureParentInterestingHealthProviderNames", CAPTURE)
}

/// The task that begins a round.
pub(super) fn choose() -> TaskTemplate {
    TaskTemplate::new("determineCurrentPhaseTerminations", CHOOSE)
}

/// The task that ends a round.
pub(super) fn check_remaining() -> TaskTemplate {
    TaskTemplate::new("checkForRemainingTerminations", CHECK)
}

/// The last task.
pub(super) fn complete() -> TaskTemplate {
    TaskTemplate::new("pushComplete", COMPLETE)
}

/// The names of the instances that are to be replaced, in their order, and of all that there are.
pub(super) fn candidates(termination: Option<&Object>, instances: &[Instance]) -> (Vec<String>, Vec<String>) {
    let order = termination.and_then(|asked| asked.text("order"));
    let mut sorted: Vec<&Instance> = instances.iter().collect();
    match order.as_deref() {
        Some("newest") => sorted.sort_by_key(|instance| std::cmp::Reverse(instance.launch_time)),
        _ => sorted.sort_by_key(|instance| instance.launch_time),
    }
    let known: Vec<String> = sorted.into_iter().map(|instance| instance.name.clone()).collect();
    let given = termination.map(|asked| asked.texts("instances")).unwrap_or_default();
    let mut ending = match order.as_deref() {
        _ if given.is_empty() => known.clone(),
        Some("given") => given.into_iter().filter(|name| known.contains(name)).collect(),
        _ => known.iter().filter(|name| given.contains(name)).cloned().collect(),
    };
    let all = termination.is_none_or(|asked| asked.boolean("relaunchAllInstances") == Some(true));
    let most = termination.and_then(|asked| asked.integer("totalRelaunches")).filter(|_| !all);
    if let Some(most) = most {
        ending.truncate(usize::try_from(most).unwrap_or(0));
    }
    (ending, known)
}

/// A stage between a deployment and this one may have narrowed down what counts; it is the deployment's word that is kept.
fn capture(context: &TaskContext) -> Result<TaskResult, TaskError> {
    let names = context.view.parent().and_then(|parent| parent.context.get(INTERESTING)).filter(|it| !it.is_null());
    Ok(match names {
        Some(names) => TaskResult::succeeded().with_context(INTERESTING, names.clone()),
        None => TaskResult::succeeded(),
    })
}

/// Takes the next ones, and forgets what the round before left for itself.
fn next_round(context: &TaskContext) -> Result<TaskResult, TaskError> {
    let settings = context.view.context();
    let asked = settings.object("termination").and_then(|asked| asked.integer("concurrentRelaunches"));
    let number = usize::try_from(asked.unwrap_or(1)).unwrap_or(1).max(1);
    let mut now = settings.texts(TO_END);
    let later = now.split_off(number.min(now.len()));
    Ok(TaskResult::succeeded()
        .with_context(ENDING, now)
        .with_context(TO_END, later)
        .with_context("terminate.instance.ids", json!([]))
        .with_context(REMAINING, Value::Null)
        .with_context(ALLOWED, Value::Null))
}

/// Back to the first task of the round, as long as there are any.
fn remaining(context: &TaskContext) -> Result<TaskResult, TaskError> {
    if context.view.context().texts(TO_END).is_empty() {
        return Ok(TaskResult::succeeded());
    }
    // Counted from the wait's own start then.
    Ok(TaskResult::ended(Status::Redirect).with_context("skipRemainingWait", false).with_context("startTime", 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(termination: Value) -> Vec<String> {
        let instances: Vec<Instance> = serde_json::from_value(json!([
            {"name": "b", "launchTime": 2}, {"name": "a", "launchTime": 1}, {"name": "c", "launchTime": 3},
        ]))
        .expect("instances");
        let (ending, mut known) = candidates(termination.as_object(), &instances);
        known.sort();
        assert_eq!(known, ["a", "b", "c"], "all that are there are known");
        ending
    }

    #[test]
    fn the_oldest_end_first_unless_the_settings_say_otherwise() {
        for (termination, expected) in [
            (json!(null), vec!["a", "b", "c"]),
            (json!({}), vec!["a", "b", "c"]),
            (json!({"order": "newest"}), vec!["c", "b", "a"]),
            (json!({"totalRelaunches": 2}), vec!["a", "b"]),
            (json!({"totalRelaunches": "1", "order": "newest"}), vec!["c"]),
            (json!({"totalRelaunches": 0}), vec![]),
            (json!({"totalRelaunches": 1, "relaunchAllInstances": true}), vec!["a", "b", "c"]),
            (json!({"instances": ["c", "gone", "a"]}), vec!["a", "c"]),
            (json!({"instances": ["c", "gone", "a"], "order": "given"}), vec!["c", "a"]),
            (json!({"instances": ["c", "a"], "order": "given", "totalRelaunches": 1}), vec!["c"]),
        ] {
            assert_eq!(chosen(termination.clone()), expected, "{termination}");
        }
    }
}
