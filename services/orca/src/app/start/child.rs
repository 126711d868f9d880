//! A pipeline as the child of a stage of another execution.
//!
//! Its trigger has the parent as it was then, the parameters and artifacts that it is given, and acts for whom the parent acts. Its id is
//! made by the stage, so that the same child is started once. A child whose artifacts cannot be resolved is stored as failed, and the
//! stage that waits for it sees that. Upstream: `DependentPipelineStarter`.

use gennaker_artifacts::{ExpectedArtifact, trigger::matching_ids};
use gennaker_orca_stages::artifact_view;
use gennaker_wire::{Execution, Object, ObjectExt, Stage};
use serde_json::{Value, json};

use super::{
    Asked, Refusal,
    error::Error,
    flow::json_of,
    parameters,
    read::{is_false, take_object},
    trigger, triggered,
};
use crate::{
    engine::{Engine, StartRequest},
    planner::Signal,
};

/// Who cancels a child.
const PARENT: &str = "parent pipeline";

/// Starts what was sent (`{"pipeline": CONFIG, "parameters": {...}, "executionId": ID, "user": ...}`) as the child of the parent's
/// stage; returns its id.
///
/// # Errors
/// What is wrong with it, but for its artifacts.
pub(crate) async fn start(
    engine: &Engine,
    asked: &Asked,
    parent: &Execution,
    stage: &str,
    mut sent: Object,
) -> Result<String, Error> {
    let Some(asking) = parent.stage(stage) else {
        return Err(Refusal::invalid(format!("execution {} has no stage {stage}", parent.id)).into());
    };
    let child = sent.text("executionId");
    if is_unwanted(asking, child.as_deref()) {
        return Err(Refusal::too_late(format!("stage {stage} is over: it starts no child any more")).into());
    }
    let config = take_object(&mut sent, "pipeline")?;
    let parameters = take_object(&mut sent, "parameters")?;
    let config = config_of(parent, stage, config, &parameters, sent.text("user"))?;
    let authentication = parent.authentication.clone();
    let execution = triggered::execution(engine, asked, parent, authentication, config, |_| child.clone()).await?;
    let request = StartRequest {
        request: None,
        correlation: trigger::correlation(&execution.trigger),
        fence: asked.fence()?,
        execution,
    };
    let child = engine.start(request).await?;
    // A stage that was cancelled meanwhile has looked for its child, and may not have found it yet.
    if engine.stage(&parent.id, stage).await?.is_some_and(|asking| is_unwanted(&asking, Some(&child))) {
        engine.signal(&child, &Signal::Cancel { user: PARENT.to_owned(), reason: None, force: false }).await?;
    }
    Ok(child)
}

/// Whether a stage was ended before it knew of its child: from then on nobody would cancel that.
fn is_unwanted(asking: &Stage, child: Option<&str>) -> bool {
    let knows = asking.context.get("executionId").and_then(Value::as_str);
    let is_over = asking.status.is_complete() || asking.tasks.iter().any(|task| task.status.is_halt());
    is_over && (knows.is_none() || knows != child)
}

/// The child's config with its trigger, before its artifacts are resolved and its expressions evaluated.
fn config_of(
    parent: &Execution,
    stage: &str,
    mut config: Object,
    parameters: &Object,
    user: Option<String>,
) -> Result<Object, Refusal> {
    let name = || config.text("name").unwrap_or_default();
    if !is_false(config.get("disabled")) {
        return Err(Refusal::invalid(format!("Pipeline '{}' is disabled and cannot be triggered", name())));
    }
    let view = artifact_view(parent, &parent.stages);
    let received = view.stage_by_id(stage).map(|stage| stage.artifacts()).transpose()?.unwrap_or_default();
    let expected = config.get("expectedArtifacts").and_then(Value::as_array).into_iter().flatten();
    let expected: Vec<ExpectedArtifact> = expected.map(ExpectedArtifact::from_value).collect::<Result<_, _>>()?;
    let mut expected_ids = ids_of_triggers(&config, parent.pipeline_config_id.as_deref());
    expected_ids.extend(matching_ids(&received, &expected)?.into_iter().map(Value::from));
    let user = parent.authentication.user.clone().or(user).filter(|user| !user.is_empty());
    let start = parent.start_time.map_or_else(|| "null".to_owned(), |start| start.millis().to_string());
    let received = json_of(&received);
    let trigger = json!({
        "type": "pipeline",
        "user": user.unwrap_or_else(|| "[anonymous]".to_owned()),
        "parentExecution": json_of(parent),
        "parentPipelineStageId": stage,
        "parameters": parameters::of_child(&config, parameters),
        "strategy": parameters.get("strategy") == Some(&Value::Bool(true)),
        "correlationId": format!("{}_{stage}_{}_{start}", parent.id, config.text("id").unwrap_or_default()),
        "artifacts": received,
        "expectedArtifactIds": expected_ids,
    });
    config.insert("receivedArtifacts".to_owned(), received);
    config.insert("trigger".to_owned(), trigger);
    Ok(config)
}

/// The expected artifacts that the child's own triggers ask for when the parent ends.
pub(super) fn ids_of_triggers(config: &Object, parent: Option<&str>) -> Vec<Value> {
    let triggers = config.get("triggers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let of_parent = triggers.filter(|trigger| {
        trigger.text("type").as_deref() == Some("pipeline") && trigger.text("pipeline").as_deref() == parent
    });
    of_parent.filter_map(|trigger| trigger.get("expectedArtifactIds")?.as_array()).flatten().cloned().collect()
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;
    use gennaker_wire::{Authentication, Status, Task};

    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    fn parent() -> Execution {
        let outputs = object(json!({"artifacts": [{"type": "docker/image", "name": "shop", "version": "2"}]}));
        let built = Stage { id: "B".into(), ref_id: Some("1".into()), outputs, ..Stage::default() };
        let calls = Stage {
            id: "S".into(),
            ref_id: Some("2".into()),
            requisite_stage_ref_ids: vec!["1".into()],
            ..Stage::default()
        };
        Execution {
            id: "P".into(),
            pipeline_config_id: Some("p-parent".into()),
            start_time: Some(Timestamp::from_millis(5)),
            authentication: Authentication { user: Some("ann".into()), allowed_accounts: Vec::new() },
            stages: vec![built, calls],
            ..Execution::default()
        }
    }

    #[test]
    fn a_child_has_its_parent_its_parameters_and_the_artifacts_that_the_stage_has() {
        let config = object(json!({
            "id": "c", "name": "child", "parameterConfig": [{"name": "p", "default": 1}],
            "expectedArtifacts": [{"id": "e", "matchArtifact": {"name": "shop"}}, {"id": "none", "matchArtifact": {"name": "x"}}],
            "triggers": [
                {"type": "pipeline", "pipeline": "p-parent", "expectedArtifactIds": ["of-trigger"]},
                {"type": "pipeline", "pipeline": "other", "expectedArtifactIds": ["of-another"]},
            ],
        }));
        let config = config_of(&parent(), "S", config, &object(json!({"q": [2]})), None).expect("a config");
        let trigger = &config["trigger"];
        assert_eq!(trigger["parameters"], json!({"p": 1, "q": [2]}));
        assert_eq!(trigger["user"], "ann");
        assert_eq!(trigger["correlationId"], "P_S_c_5");
        assert_eq!(trigger["parentExecution"]["id"], "P");
        assert_eq!(trigger["artifacts"][0]["version"], "2");
        assert_eq!(trigger["expectedArtifactIds"], json!(["of-trigger", "e"]));
        assert_eq!(config["receivedArtifacts"], trigger["artifacts"]);
        assert_eq!(trigger["strategy"], false);
    }

    #[test]
    fn a_child_that_is_disabled_is_refused() {
        let config = object(json!({"name": "c", "disabled": true}));
        let refused = config_of(&parent(), "S", config, &Object::new(), None).expect_err("refused");
        assert_eq!(refused.message, "Pipeline 'c' is disabled and cannot be triggered");
    }

    #[test]
    fn a_stage_that_is_over_wants_the_child_that_it_knows_only() {
        let stage = |status: Status, task: Status, context: Value| Stage {
            status,
            tasks: vec![Task { status: task, ..Task::default() }],
            context: object(context),
            ..Stage::default()
        };
        let child = Some("01C");
        assert!(!is_unwanted(&stage(Status::Running, Status::Running, json!({})), child));
        assert!(is_unwanted(&stage(Status::Running, Status::Canceled, json!({})), child), "it is cleaning up");
        assert!(is_unwanted(&stage(Status::Canceled, Status::Canceled, json!({"executionId": "01D"})), child));
        assert!(!is_unwanted(&stage(Status::Succeeded, Status::Succeeded, json!({"executionId": "01C"})), child));
        assert!(is_unwanted(&stage(Status::Terminal, Status::Terminal, json!({})), None));
    }
}
