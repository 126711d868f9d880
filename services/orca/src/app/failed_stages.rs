//! Where a pipeline failed: its failed stages, and those of the pipelines that it ran.
//!
//! Upstream: `TaskController.getFailedStagesForPipelineExecution`, `FailedStageExecution`.

use std::collections::{HashSet, VecDeque};

use gennaker_wire::{Execution, Object, ObjectExt, Stage, Status};
use serde::Serialize;
use serde_json::Value;

use crate::engine::{Engine, Error};

/// What is said where the stage does not tell why it failed; clients compare it.
const UNKNOWN: &str = "NOT_FOUND_CHECK_UI";
/// How many executions are looked at, at most: pipelines may run each other.
const MOST: usize = 1000;

/// A failed stage that no other pipeline's failure explains.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailedStage {
    parent_pipeline_execution_id: Option<String>,
    parent_pipeline_execution_name: Option<String>,
    parent_pipeline_application: Option<String>,
    parent_pipeline_execution_url: Option<String>,
    pipeline_execution_id: String,
    pipeline_execution_name: Option<String>,
    pipeline_application: String,
    pipeline_execution_url: String,
    stage_id: String,
    stage_name: Option<String>,
    stage_type: String,
    stage_status: Status,
    stage_exception: String,
    child_pipeline_execution_id: Option<String>,
    child_pipeline_execution_name: Option<String>,
    child_pipeline_application: Option<String>,
    child_pipeline_execution_url: Option<String>,
}

/// Which failures are looked for.
pub(crate) struct Wanted<'a> {
    /// Where the web UI is; links begin with `/#/` without it.
    pub(crate) deck: Option<&'a str>,
    /// How many failed stages at most.
    pub(crate) limit: usize,
    /// Only stages whose failure fails the pipeline.
    pub(crate) only_failing_pipelines: bool,
}

/// The failed stages of the execution, breadth first through the pipelines that failed stages ran. An execution that is not there has
/// none.
pub(crate) async fn find(engine: &Engine, id: &str, wanted: &Wanted<'_>) -> Result<Vec<FailedStage>, Error> {
    let mut failed = Vec::new();
    let mut queue = VecDeque::from([id.to_owned()]);
    let mut seen = HashSet::new();
    while let Some(id) = queue.pop_front() {
        if seen.len() >= MOST || !seen.insert(id.clone()) {
            continue;
        }
        let execution = match engine.load(&id).await {
            Ok(execution) => execution,
            Err(error) if error.kind() == gennaker_base::Kind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for (index, stage) in sorted(&execution.stages).into_iter().enumerate() {
            if !is_failed(stage, wanted.only_failing_pipelines) {
                continue;
            }
            let stage = of(&execution, stage, index, wanted.deck);
            match &stage.child_pipeline_execution_id {
                Some(child) => queue.push_back(child.clone()),
                None => failed.push(stage),
            }
            if failed.len() >= wanted.limit {
                return Ok(failed);
            }
        }
    }
    Ok(failed)
}

fn is_failed(stage: &Stage, only_failing_pipelines: bool) -> bool {
    match stage.status {
        Status::Terminal => true,
        Status::Stopped if only_failing_pipelines => {
            stage.context.get("completeOtherBranchesThenFail") == Some(&Value::Bool(true))
        }
        Status::Stopped | Status::FailedContinue => !only_failing_pipelines,
        _ => false,
    }
}

/// The stages of the pipeline's author, each after those that it waits for: the web UI numbers them so. What waits for a stage that is
/// not there comes last.
fn sorted(stages: &[Stage]) -> Vec<&Stage> {
    let mut left: Vec<&Stage> = stages.iter().filter(|stage| stage.parent_stage_id.is_none()).collect();
    let mut sorted: Vec<&Stage> = Vec::with_capacity(left.len());
    let mut known: HashSet<&str> = HashSet::new();
    loop {
        let is_next = |stage: &&Stage| stage.requisite_stage_ref_ids.iter().all(|id| known.contains(id.as_str()));
        let (next, others): (Vec<_>, Vec<_>) = left.into_iter().partition(is_next);
        if next.is_empty() {
            sorted.extend(others);
            return sorted;
        }
        known.extend(next.iter().filter_map(|stage| stage.ref_id.as_deref()));
        sorted.extend(next);
        left = others;
    }
}

fn of(execution: &Execution, stage: &Stage, index: usize, deck: Option<&str>) -> FailedStage {
    let trigger = &execution.trigger;
    let parent = trigger.object("parentExecution").filter(|_| trigger.text("type").as_deref() == Some("pipeline"));
    let parent = |field: &str| parent.and_then(|parent| parent.text(field));
    let is_pipeline = stage.kind.eq_ignore_ascii_case("pipeline");
    let child = |field: &str| stage.context.text(field).filter(|text| is_pipeline && !text.is_empty());
    let details = if is_pipeline { "pipelineConfig" } else { "runJobConfig" };
    FailedStage {
        parent_pipeline_execution_id: parent("id"),
        parent_pipeline_execution_name: parent("name"),
        parent_pipeline_application: parent("application"),
        parent_pipeline_execution_url: None,
        pipeline_execution_id: execution.id.clone(),
        pipeline_execution_name: execution.name.clone(),
        pipeline_application: execution.application.clone(),
        pipeline_execution_url: format!(
            "{}/#/applications/{}/executions/details/{}?stage={index}&step=0&details={details}",
            deck.unwrap_or_default(),
            execution.application,
            execution.id,
        ),
        stage_id: stage.id.clone(),
        stage_name: stage.name.clone(),
        stage_type: stage.kind.clone(),
        stage_status: stage.status,
        stage_exception: reason(stage, is_pipeline).unwrap_or_else(|| UNKNOWN.to_owned()),
        child_pipeline_execution_id: child("executionId"),
        child_pipeline_execution_name: child("executionName"),
        child_pipeline_application: child("application"),
        child_pipeline_execution_url: None,
    }
}

/// Why the stage failed, where upstream tells it: a pipeline's first error, and the cause of a job in a cloud.
fn reason(stage: &Stage, is_pipeline: bool) -> Option<String> {
    let said = if is_pipeline {
        let errors = stage.context.object("exception")?.object("details")?.get("errors")?.as_array()?;
        errors.first()?.as_str().map(str::to_owned)
    } else if stage.kind.eq_ignore_ascii_case("runJobManifest") {
        let tasks = stage.context.get("kato.tasks")?.as_array()?;
        let exception: &Object = tasks.first()?.as_object()?.object("exception")?;
        exception.text("cause")
    } else {
        None
    };
    said.filter(|said| !said.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stage(value: Value) -> Stage {
        serde_json::from_value(value).expect("a stage")
    }

    #[test]
    fn stages_are_numbered_as_the_web_ui_numbers_them() {
        let stages = [
            stage(json!({"refId": "3", "requisiteStageRefIds": ["2"]})),
            stage(json!({"refId": "2<1", "parentStageId": "x"})),
            stage(json!({"refId": "2", "requisiteStageRefIds": ["1"]})),
            stage(json!({"refId": "9", "requisiteStageRefIds": ["nope"]})),
            stage(json!({"refId": "1"})),
        ];
        let order: Vec<_> = sorted(&stages).iter().filter_map(|stage| stage.ref_id.as_deref()).collect();
        assert_eq!(order, ["1", "2", "3", "9"]);
    }

    #[test]
    fn only_what_fails_the_pipeline_counts_if_that_is_wanted() {
        let stopped = stage(json!({"status": "STOPPED"}));
        assert_eq!((is_failed(&stopped, true), is_failed(&stopped, false)), (false, true));
        let failing = stage(json!({"status": "STOPPED", "context": {"completeOtherBranchesThenFail": true}}));
        assert!(is_failed(&failing, true));
    }

    #[test]
    fn a_pipelines_stage_names_the_pipeline_that_it_ran() {
        let context = json!({"executionId": "c", "application": "other", "exception": {"details": {"errors": ["no"]}}});
        let stage = stage(json!({"id": "s", "type": "pipeline", "status": "TERMINAL", "context": context}));
        let trigger = json!({"type": "pipeline", "parentExecution": {"id": "p", "name": "parent"}});
        let execution = json!({"id": "e", "application": "shop", "trigger": trigger});
        let execution = serde_json::from_value(execution).expect("an execution");
        let failed = of(&execution, &stage, 4, Some("https://deck"));
        assert_eq!(failed.stage_exception, "no");
        assert_eq!(
            (failed.child_pipeline_execution_id.as_deref(), failed.child_pipeline_execution_name),
            (Some("c"), None)
        );
        assert_eq!(failed.parent_pipeline_execution_name.as_deref(), Some("parent"));
        let url = "https://deck/#/applications/shop/executions/details/e?stage=4&step=0&details=pipelineConfig";
        assert_eq!(failed.pipeline_execution_url, url);
    }
}
