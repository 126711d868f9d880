//! What is replaced leaves traffic only while its replacement serves.
//!
//! A deployment has seen its new server group healthy before it goes on; minutes may have passed since, in a wait or a validation.
//! So whoever takes the old one out of traffic looks again: a replacement of which too few instances serve, or whose processes
//! have ended by themselves since it was accepted, fails the stage. The old server group keeps its traffic, and the failure says
//! which instances, why, and their last lines.
//!
//! Ours: upstream goes on without a look.

use gennaker_base::{Kind, Timestamp};
use gennaker_wire::{HealthState, Instance, ObjectExt, ServerGroup, SyntheticOwner};

use super::{
    health::all_up,
    settings::{account, deployed},
    strategy::{CLONE, CREATE},
};
use crate::{StageView, TaskContext, TaskError};

/// So many instances that do not serve are told of.
const MOST_TOLD: usize = 3;
/// So many of an instance's last lines.
const MOST_LINES: usize = 10;
/// The words before them, which the local provider says too.
const OUTPUT: &str = "Its last output:";

/// Checks that the replacement serves, before the server groups of these names leave traffic for it. Where the stage belongs to no
/// deployment, or takes the replacement itself out of traffic, there is nothing to check.
///
/// # Errors
/// If the replacement does not serve, or cannot be looked at.
pub(super) async fn check(context: &TaskContext, leaving: &[&str]) -> Result<(), TaskError> {
    let Some(deployment) = deployment(&context.view) else { return Ok(()) };
    let account = account(deployment.context())?;
    // What it began with tells nothing any more: it may have grown since.
    let mut settings = deployment.context().clone();
    for began in ["capacity", "savedCapacity", "capacitySnapshot", "source"] {
        settings.shift_remove(began);
    }
    let settings = &settings;
    for (region, name) in deployed(settings).into_iter().filter(|(_, name)| !leaving.contains(&name.as_str())) {
        let clouddriver = &context.clients.clouddriver;
        let group = match clouddriver.server_group(&context.caller, &account, &region, &name).await {
            Ok(group) => group,
            Err(error) if error.kind() == Kind::NotFound => {
                return Err(refused(&format!("the new server group {name} is gone"), Vec::new()));
            }
            Err(error) => return Err(error.into()),
        };
        if !all_up(settings, &group) {
            let up = group.instances.iter().filter(|one| one.health_state == HealthState::Up).count();
            let size = group.capacity.desired;
            let what = format!("of the new server group {name} {up} of {size} instances serve");
            return Err(refused(&what, failing(context, &account, &group).await));
        }
        let accepted = accepted(&deployment);
        let ended: Vec<&Instance> = group.instances.iter().filter(|one| has_ended_since(one, accepted)).collect();
        if !ended.is_empty() {
            let names: Vec<&str> = ended.iter().map(|one| one.name.as_str()).collect();
            let what = format!(
                "of the new server group {name} {} ended by itself after it had been accepted, and was started again",
                names.join(", ")
            );
            return Err(refused(&what, all_told(context, &account, &group.region, ended).await));
        }
    }
    Ok(())
}

fn refused(what: &str, details: Vec<String>) -> TaskError {
    let message = format!("{what}: what it replaces keeps its traffic. Look at its log, then deploy again");
    let mut error = TaskError::new(Kind::Invalid, "ReplacementNotHealthy", message);
    error.details = details;
    error
}

/// The deployment that the stage follows on.
fn deployment(view: &StageView) -> Option<StageView> {
    let mut view = view.clone();
    loop {
        let is_after = view.stage.synthetic_stage_owner == Some(SyntheticOwner::StageAfter);
        let parent = view.parent()?.clone();
        view = view.of(&parent);
        if is_after && matches!(parent.kind.split('_').next(), Some(CREATE | CLONE)) {
            return Some(view);
        }
    }
}

/// When the deployment last found its server group healthy: at the end of its tasks, or of the last stage that made it grow.
fn accepted(deployment: &StageView) -> Option<Timestamp> {
    let own = deployment.stage.tasks.iter().filter_map(|task| task.end_time).max();
    let children = deployment.children(SyntheticOwner::StageAfter);
    let grown = children.filter(|stage| stage.kind == "resizeServerGroup").filter_map(|stage| stage.end_time).max();
    own.max(grown)
}

/// Whether an instance's process has ended by itself since then. Clouds that do not count that do not say.
fn has_ended_since(instance: &Instance, accepted: Option<Timestamp>) -> bool {
    let again = instance.other.integer("restarts").is_some_and(|restarts| restarts > 0);
    again && accepted.zip(instance.launch_time).is_some_and(|(accepted, started)| started > accepted)
}

/// What is wrong with the instances that do not serve, the first few of them, with their last lines: for people.
pub(crate) async fn failing(context: &TaskContext, account: &str, group: &ServerGroup) -> Vec<String> {
    let failing = group.instances.iter().filter(|instance| instance.health_state != HealthState::Up);
    all_told(context, account, &group.region, failing.collect()).await
}

async fn all_told(context: &TaskContext, account: &str, region: &str, instances: Vec<&Instance>) -> Vec<String> {
    let mut lines = Vec::new();
    for instance in instances.into_iter().take(MOST_TOLD) {
        let mut line = told(instance);
        // The cloud may have said it already.
        if !line.contains(OUTPUT) {
            let clouddriver = &context.clients.clouddriver;
            let console = clouddriver.console_output(&context.caller, account, region, &instance.id).await;
            let output = console.ok().and_then(|console| last_lines(console.get("output")?.as_str()?));
            line.extend(output.map(|output| format!(". {OUTPUT}\n{output}")));
        }
        lines.push(line);
    }
    lines
}

/// The last lines of what an instance wrote; none if it wrote nothing.
fn last_lines(output: &str) -> Option<String> {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    (!lines.is_empty()).then(|| lines[lines.len().saturating_sub(MOST_LINES)..].join("\n"))
}

/// An instance with what its sources of health say of it.
fn told(instance: &Instance) -> String {
    let state = |state: HealthState| format!("{state:?}");
    let words = instance.health.iter().filter_map(|health| health.other.text("description"));
    let words: Vec<String> = words.collect();
    let words = if words.is_empty() { "nothing more is known".to_owned() } else { words.join("; ") };
    format!("{} is {}: {words}", instance.name, state(instance.health_state))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gennaker_wire::{Execution, Stage, Task};
    use serde_json::json;

    use super::*;

    fn stage(id: &str, kind: &str, parent: Option<&str>, owner: SyntheticOwner, end: i64) -> Arc<Stage> {
        let end_time = Some(Timestamp::from_millis(end));
        Arc::new(Stage {
            id: id.into(),
            kind: kind.into(),
            parent_stage_id: parent.map(str::to_owned),
            synthetic_stage_owner: parent.map(|_| owner),
            end_time,
            tasks: vec![Task { end_time, ..Task::default() }],
            ..Stage::default()
        })
    }

    fn view(stages: Vec<Arc<Stage>>) -> StageView {
        let stage = stages.last().expect("a stage").clone();
        StageView { execution: Arc::new(Execution::default()), stages: stages.into(), stage }
    }

    #[test]
    fn a_stage_follows_on_the_deployment_above_it() {
        use SyntheticOwner::{StageAfter, StageBefore};
        let deploy = stage("D", "deploy", None, StageAfter, 1);
        let create = stage("C", "createServerGroup_local", Some("D"), StageBefore, 2);
        let grow = stage("G", "resizeServerGroup", Some("C"), StageAfter, 5);
        let disable = stage("X", "disableServerGroup", Some("C"), StageAfter, 9);
        let found = deployment(&view(vec![deploy.clone(), create.clone(), grow, disable])).expect("a deployment");
        assert_eq!(found.stage.id, "C");
        assert_eq!(accepted(&found), Some(Timestamp::from_millis(5)));
        let before = stage("B", "disableServerGroup", Some("C"), StageBefore, 9);
        assert!(deployment(&view(vec![deploy, create, before])).is_none());
    }

    #[test]
    fn an_end_counts_after_the_acceptance() {
        let instance = |restarts: u32, started: i64| Instance {
            other: json!({"restarts": restarts}).as_object().cloned().expect("an object"),
            launch_time: Some(Timestamp::from_millis(started)),
            ..Instance::default()
        };
        let accepted = Some(Timestamp::from_millis(10));
        assert!(has_ended_since(&instance(1, 11), accepted));
        assert!(!has_ended_since(&instance(1, 9), accepted), "it was accepted after that");
        assert!(!has_ended_since(&instance(0, 11), accepted), "it has been added");
    }

    #[test]
    fn a_failing_instance_is_told_with_its_last_lines() {
        let group: ServerGroup = serde_json::from_value(json!({"instances": [
            {"id": "a", "name": "a", "healthState": "Up"},
            {"id": "b", "name": "b", "healthState": "Down", "health": [
                {"type": "LocalAgent", "state": "Down", "description": "exit 1. Its last output:\nno database"},
                {"type": "LoadBalancer", "state": "Down"},
            ]},
        ]}))
        .expect("a server group");
        assert_eq!(told(&group.instances[1]), "b is Down: exit 1. Its last output:\nno database");
    }

    #[test]
    fn the_last_lines_are_the_last_ones() {
        let output: String = (1..=12).map(|number| format!("line {number}\n")).collect();
        let lines = last_lines(&output).expect("it wrote some");
        assert!(lines.starts_with("line 3\n") && lines.ends_with("line 12"), "{lines}");
        assert_eq!(last_lines("\n"), None);
    }
}
