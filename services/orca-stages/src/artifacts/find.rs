//! `findArtifactFromExecution`: artifacts of the newest execution of a pipeline.
//!
//! `{"pipeline": ID, "executionOptions": {"successful": true}, "expectedArtifacts": [...]}`: of the executions of that pipeline with one
//! of the asked statuses (`successful` or `succeeded`, `terminal`, `running`; none of them is any) the one that started last is looked
//! at. Its stages' artifacts go before its trigger's; of several that match the first is taken. In its own pipeline a stage does not
//! find what it put out itself. `expectedArtifact` is the older form for one. Upstream: `FindArtifactFromExecutionTask`.

use async_trait::async_trait;
use gennaker_artifacts::{Artifact, Resolver, execution::newest};
use gennaker_base::Kind;
use gennaker_clients::ExecutionQuery;
use gennaker_wire::{Execution, Object, ObjectExt};
use serde_json::Value;

use super::{EXPECTED, artifact_view, expected_artifacts, fields};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.artifacts.FindArtifactFromExecutionTask";
const NAME: &str = "findArtifactFromExecution";
/// So many executions, the last accepted, are asked for the one that started last: executions that wait for each other start in another
/// order than they were accepted in, but not in a very different one.
const LOOKED_AT: u32 = 20;

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(FindArtifactFromExecutionStage);
    catalogue.add_task(FindArtifactFromExecutionTask);
}

struct FindArtifactFromExecutionStage;

#[async_trait]
impl StageDefinition for FindArtifactFromExecutionStage {
    fn kind(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        let flag = |name, status| Field::flag(name, status).default(false);
        let options = [
            flag("successful", "An execution that succeeded may be taken."),
            flag("terminal", "One that failed may be taken."),
            flag("running", "One that runs may be taken."),
        ];
        Schema::of("Finds artifacts of the newest execution of a pipeline.")
            .with(Field::text("pipeline", "The id of the pipeline."))
            .with(
                Field::object("executionOptions", "Which executions are looked at; none of them is any.", options)
                    .required(),
            )
            .with(Field::list(EXPECTED, "The artifacts to find.", []))
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new(NAME, TASK)], ..Composition::default() })
    }
}

struct FindArtifactFromExecutionTask;

#[async_trait]
impl Task for FindArtifactFromExecutionTask {
    fn class(&self) -> &'static str {
        TASK
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let expected = match settings.get(EXPECTED).filter(|list| !list.is_null()) {
            Some(list) => expected_artifacts(Some(list))?,
            None => {
                let one = settings.get("expectedArtifact").filter(|one| !one.is_null());
                expected_artifacts(Some(&one.cloned().into_iter().collect()))?
            }
        };
        let statuses = statuses(settings)?;
        let executions = match settings.text("pipeline") {
            Some(pipeline) => {
                let query = ExecutionQuery { limit: Some(LOOKED_AT), statuses, ..ExecutionQuery::default() };
                context.clients.orca.executions_of(&context.caller, &[pipeline], &[], &query).await?
            }
            None => Vec::new(),
        };
        let own = settings.text("pipeline") == context.view.execution.pipeline_config_id;
        let without = own.then(|| context.view.stage.ref_id.clone().unwrap_or_default());
        let found = artifacts(&executions, without.as_deref())?;
        let resolver = Resolver { current: &found, prior: &[], require_unique_matches: false };
        let found = fields(&resolver.resolve(&expected)?);
        Ok(TaskResult { context: found.clone(), outputs: found, ..TaskResult::succeeded() })
    }
}

/// The artifacts of the execution that started last; those of the stage `without` do not count.
fn artifacts(executions: &[Execution], without: Option<&str>) -> Result<Vec<Artifact>, TaskError> {
    let views: Vec<_> = executions.iter().map(|execution| artifact_view(execution, &execution.stages)).collect();
    let Some(last) = newest(&views) else { return Ok(Vec::new()) };
    Ok(match without {
        Some(ref_id) => last.all_artifacts_without(ref_id)?,
        None => last.all_artifacts()?,
    })
}

/// The statuses that are asked for, separated by commas; `None` is any.
fn statuses(settings: &Object) -> Result<Option<String>, TaskError> {
    let Some(options) = settings.get("executionOptions").and_then(Value::as_object) else {
        let problem = r#"executionOptions is missing: write for example {"successful": true}"#;
        return Err(TaskError::new(Kind::Invalid, "NullPointerException", problem));
    };
    let asked = |name: &str| options.boolean(name) == Some(true);
    let statuses: Vec<&str> = [
        ("SUCCEEDED", asked("succeeded") || asked("successful")),
        ("TERMINAL", asked("terminal")),
        ("RUNNING", asked("running")),
    ]
    .into_iter()
    .filter_map(|(status, is_asked)| is_asked.then_some(status))
    .collect();
    Ok((!statuses.is_empty()).then(|| statuses.join(",")))
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;
    use gennaker_wire::Stage;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    fn execution(id: &str, start: Option<i64>) -> Execution {
        let stage = Stage {
            ref_id: Some("1".into()),
            outputs: object(json!({"artifacts": [{"name": "a", "version": id}]})),
            ..Stage::default()
        };
        let trigger = object(json!({"artifacts": [{"name": "a", "version": format!("trigger of {id}")}]}));
        let start_time = start.map(Timestamp::from_millis);
        Execution { id: id.into(), start_time, trigger, stages: vec![stage], ..Execution::default() }
    }

    #[test]
    fn the_execution_that_started_last_counts() {
        let versions = |executions: &[Execution], without: Option<&str>| {
            let found = artifacts(executions, without).expect("artifacts");
            found.into_iter().filter_map(|artifact| artifact.version).collect::<Vec<_>>()
        };
        let executions = [execution("waits", None), execution("second", Some(2)), execution("third", Some(3))];
        assert_eq!(versions(&executions, None), ["third", "trigger of third"]);
        assert_eq!(versions(&executions, Some("1")), ["trigger of third"]);
        assert!(versions(&[], None).is_empty());
    }

    #[test]
    fn statuses_are_those_of_the_options() {
        let of = |options: Value| statuses(&object(json!({ "executionOptions": options })));
        assert_eq!(of(json!({"successful": true})), Ok(Some("SUCCEEDED".into())));
        assert_eq!(of(json!({"succeeded": true, "running": true})), Ok(Some("SUCCEEDED,RUNNING".into())));
        assert_eq!(of(json!({"terminal": true, "successful": false})), Ok(Some("TERMINAL".into())));
        assert_eq!(of(json!({})), Ok(None));
        assert!(of(Value::Null).is_err());
    }
}
