//! `evaluateArtifacts`: makes artifacts of contents that are written in the stage.
//!
//! `{"artifactContents": [{"name": "values", "contents": "tag: ${trigger.tag}", "id": "..."}]}`: each becomes an artifact of the type
//! `embedded/base64`, which `expectedArtifacts` of the stage may name. The contents are evaluated before its task sees them, with
//! `"spelEvaluator": "v4"` one after the other. Upstream: `EvaluateArtifactsStage`, `EvaluateArtifactsTask`.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use gennaker_artifacts::{Artifact, text_of};
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{ARTIFACTS, bind::bind_as, json_of};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.EvaluateArtifactsTask";
const CONTENTS: &str = "artifactContents";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(EvaluateArtifactsStage);
    catalogue.add_task(EvaluateArtifactsTask);
}

struct EvaluateArtifactsStage;

#[async_trait]
impl StageDefinition for EvaluateArtifactsStage {
    fn kind(&self) -> &'static str {
        "evaluateArtifacts"
    }

    fn variables(&self) -> Option<&'static str> {
        Some(CONTENTS)
    }

    fn schema(&self) -> Schema {
        let content = [
            Field::text("name", "The name of the artifact.").required(),
            Field::any("contents", "What is in it, mostly with expressions.").required(),
            Field::text("id", "The artifact's id, for the web UI."),
        ];
        Schema::of("Makes artifacts of contents that are written in the stage.")
            .with(Field::list(CONTENTS, "The contents, in the order in which they are evaluated.", content).required())
            .with(Field::list("expectedArtifacts", "What the artifacts are known as in later stages.", []))
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks = vec![TaskTemplate::new("evaluateArtifacts", TASK), bind_as("bindArtifacts")];
        Ok(Composition { tasks, ..Composition::default() })
    }
}

struct EvaluateArtifactsTask;

#[async_trait]
impl Task for EvaluateArtifactsTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let artifacts = embedded(context.view.context())?;
        Ok(TaskResult::succeeded().with_output(ARTIFACTS, json_of(&artifacts)))
    }
}

/// An artifact for each content that is not empty.
fn embedded(settings: &Object) -> Result<Vec<Artifact>, TaskError> {
    let contents = match settings.get(CONTENTS) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(contents)) => contents.iter().filter_map(Value::as_object),
        Some(_) => {
            let problem = format!(r#"{CONTENTS} is no list: write a list of {{"name": ..., "contents": ...}}"#);
            return Err(TaskError::new(Kind::Invalid, "IllegalArgumentException", problem));
        }
    };
    let artifact = |content: &Object| {
        let text = text_of(content.get("contents").filter(|value| !value.is_null())?);
        (!text.is_empty()).then(|| Artifact {
            kind: Some("embedded/base64".to_owned()),
            artifact_account: Some("embedded-artifact".to_owned()),
            name: content.text("name"),
            reference: Some(STANDARD.encode(text)),
            ..Artifact::default()
        })
    };
    Ok(contents.filter_map(artifact).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn contents_become_artifacts_and_empty_ones_do_not() {
        let settings = json!({"artifactContents": [
            {"name": "values", "contents": "a: 1", "id": "x"}, {"name": "none", "contents": ""}, {"name": "null", "contents": null},
            {"name": "map", "contents": {"a": [1, null]}},
        ]});
        let made = embedded(settings.as_object().expect("an object")).expect("artifacts");
        let first = json!({
            "type": "embedded/base64", "customKind": false, "name": "values", "reference": "YTogMQ==", "metadata": {},
            "artifactAccount": "embedded-artifact",
        });
        assert_eq!(json!(made[0]), first);
        assert_eq!(made.len(), 2);
        assert_eq!(made[1].reference.as_deref(), Some(STANDARD.encode("{a=[1, null]}").as_str()), "as Java prints it");
        assert!(embedded(&Object::new()).expect("nothing").is_empty());
        assert!(embedded(json!({"artifactContents": 5}).as_object().expect("an object")).is_err());
    }
}
