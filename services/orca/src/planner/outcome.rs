//! How stages and executions end.

use gennaker_base::Timestamp;
use gennaker_orca_stages::TaskError;
use gennaker_spel::pipeline::SUMMARY;
use gennaker_wire::{Object, ObjectExt, Stage, Status, SyntheticOwner};
use serde_json::{Value, json};

use super::{Phase, State};

/// What a failure means for the stage, by its settings: upstream's `StageExecution.failureStatus`.
pub(super) fn failure_status(stage: &Stage) -> Status {
    failure_status_or(stage, Status::Terminal)
}

/// The same, for a stage that would end in this way without such settings.
pub(super) fn failure_status_or(stage: &Stage, halt: Status) -> Status {
    let flag = |name: &str, default: bool| stage.context.boolean(name).unwrap_or(default);
    if flag("continuePipeline", false) || flag("continuePipelineOnFailure", false) {
        Status::FailedContinue
    } else if flag("failPipeline", true) {
        halt
    } else {
        Status::Stopped
    }
}

/// The expressions of a context that have no value, with their failures.
pub(super) fn failures(context: &Object) -> Option<&Object> {
    context.object(SUMMARY).filter(|failures| !failures.is_empty())
}

/// Whether a stage fails however its tasks end, because of expressions that have no value: upstream's
/// `ExpressionAware.shouldFailOnFailedExpressionEvaluation`.
pub(super) fn fails_by_expressions(stage: &Stage) -> bool {
    failures(&stage.context).is_some() && stage.context.boolean("failOnFailedExpressions") == Some(true)
}

/// Lists the expressions that failed in a context's exception: upstream's `ExpressionAware.includeExpressionEvaluationSummary`.
pub(super) fn note_failed_expressions(context: &mut Object) {
    let descriptions = failures(context).into_iter().flat_map(Object::values).filter_map(Value::as_array).flatten();
    let failed: Vec<Value> = descriptions.filter_map(|failure| failure.get("description").cloned()).collect();
    let details = match context.object("exception") {
        None => json!({ "error": "Failed Expression Evaluation", "errors": failed }),
        Some(exception) => {
            let known = exception.object("details").and_then(|details| details.get("errors")?.as_array());
            json!({ "errors": known.into_iter().flatten().cloned().chain(failed).collect::<Vec<_>>() })
        }
    };
    context.insert("exception".to_owned(), json!({ "details": details }));
}

/// How the stage at `place` stands by its tasks and synthetic stages; upstream's `CompleteStageHandler.determineStatus`.
pub(super) fn stage_status(state: &State, place: usize) -> Status {
    let stage = &state.at(place).stage;
    if fails_by_expressions(stage) {
        return Status::Terminal;
    }
    let mut statuses: Vec<Status> = stage.tasks.iter().map(|task| task.status).collect();
    if stage.context.boolean("beforeStagePlanningFailed") == Some(true) {
        statuses.push(failure_status(stage));
    }
    for owner in [SyntheticOwner::StageBefore, SyntheticOwner::StageAfter] {
        statuses.extend(state.children(place, owner).into_iter().map(|child| state.at(child).stage.status));
    }
    let any = |status| statuses.contains(&status);
    if statuses.is_empty() {
        // Nothing to do at all.
        Status::Skipped
    } else if any(Status::Terminal) {
        failure_status(stage)
    } else if any(Status::Stopped) {
        Status::Stopped
    } else if any(Status::Canceled) {
        Status::Canceled
    } else if any(Status::FailedContinue) {
        Status::FailedContinue
    } else if statuses.iter().all(|status| status.is_successful()) {
        Status::Succeeded
    } else {
        // Something is left that can never run.
        Status::Terminal
    }
}

/// How the execution ends, or `None` while it goes on; upstream's `CompleteExecutionHandler.determineFinalStatus`. What ended
/// before a restart ends it only once nothing goes on.
pub(super) fn execution_status(state: &State) -> Option<Status> {
    let top_level = || state.stages().iter().filter(|state| state.stage.parent_stage_id.is_none());
    let ended_now = |status| top_level().any(|state| state.stage.status == status && !state.run.before_restart);
    if ended_now(Status::Terminal) {
        return Some(Status::Terminal);
    }
    if ended_now(Status::Canceled) {
        return Some(Status::Canceled);
    }
    if top_level().all(|state| state.stage.status.is_successful()) {
        return Some(Status::Succeeded);
    }
    if state.stages().iter().any(is_under_way) || may_start(state) {
        return None;
    }
    let any = |status| top_level().any(|state| state.stage.status == status);
    if any(Status::Terminal) {
        return Some(Status::Terminal);
    }
    if any(Status::Canceled) {
        return Some(Status::Canceled);
    }
    let fails = top_level().map(|state| &state.stage).any(|stage| {
        stage.status == Status::Stopped && stage.context.boolean("completeOtherBranchesThenFail") == Some(true)
    });
    // Without a stopped stage, what is left waits for stages that are not there, or for each other: it can never start.
    Some(if fails || !any(Status::Stopped) { Status::Terminal } else { Status::Succeeded })
}

fn is_under_way(stage: &super::StageState) -> bool {
    !matches!(stage.run.phase, Phase::Waiting | Phase::Done)
}

fn may_start(state: &State) -> bool {
    (0..state.stages().len())
        .any(|place| state.at(place).run.phase == Phase::Waiting && super::flow::requisites_met(state, place))
}

/// A failure as upstream's clients read it, in a stage's context and in a task's details.
pub(super) fn exception(error: &TaskError, operation: &str, now: Timestamp) -> Object {
    let mut errors = vec![error.message.clone()];
    errors.extend(error.details.iter().cloned());
    let mut exception = json!({
        "exceptionType": error.exception_type,
        "operation": operation,
        "timestamp": now.millis(),
        // What is written here was not retried, or not successfully.
        "shouldRetry": false,
        "details": { "error": error.message, "errors": errors },
    });
    if let Some(call) = &error.call {
        exception["details"]["kind"] = "HTTP".into();
        exception["details"]["method"] = call.method.as_str().into();
        exception["details"]["status"] = call.status.into();
    }
    match exception {
        serde_json::Value::Object(fields) => fields,
        _ => Object::new(),
    }
}
