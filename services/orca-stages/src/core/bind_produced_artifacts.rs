//! `BindProducedArtifactsTask`: binds the artifacts that a stage says it produces to those that it has.
//!
//! Not a stage: the last task of any stage with `expectedArtifacts`. Upstream: `BindProducedArtifactsTask` of orca-core.

use std::collections::BTreeSet;

use async_trait::async_trait;
use gennaker_artifacts::{Error, ExpectedArtifact, Resolver};
use gennaker_base::Kind;
use gennaker_wire::Object;
use serde_json::Value;

use crate::{Catalogue, Task, TaskContext, TaskError, TaskResult, artifacts, options::TaskOptions};

/// Upstream's class.
pub(crate) const TASK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.artifacts.BindProducedArtifactsTask";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue, options: &TaskOptions) {
    let excluded = options.bind_produced_artifacts_task.exclude_keys_from_outputs.clone();
    catalogue.add_task(BindProducedArtifactsTask { excluded });
}

struct BindProducedArtifactsTask {
    /// What stays out of the outputs.
    excluded: BTreeSet<String>,
}

#[async_trait]
impl Task for BindProducedArtifactsTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let bound = bind(context).map_err(|error| {
            TaskError::new(Kind::Invalid, error.exception().unwrap_or("IllegalArgumentException"), error.to_string())
        })?;
        let mut result = TaskResult::succeeded();
        for (name, value) in bound {
            if !self.excluded.contains(&name) {
                result = result.with_output(&name, value.clone());
            }
            result = result.with_context(&name, value);
        }
        Ok(result)
    }
}

/// What the expected artifacts are bound to; nothing where none are expected.
fn bind(context: &TaskContext) -> Result<Object, Error> {
    let Some(Value::Array(expected)) = context.view.context().get("expectedArtifacts") else {
        return Ok(Object::new());
    };
    if expected.is_empty() {
        return Ok(Object::new());
    }
    let expected: Vec<_> = expected.iter().map(ExpectedArtifact::from_value).collect::<Result<_, _>>()?;
    let current = artifacts::of_stage(&context.view)?;
    let resolver = Resolver { current: &current, prior: &[], require_unique_matches: false };
    let resolution = resolver.resolve(&expected)?;
    Ok(Object::from_iter([
        ("artifacts".to_owned(), json(&resolution.resolved_artifacts)),
        ("resolvedExpectedArtifacts".to_owned(), json(&resolution.resolved_expected_artifacts)),
    ]))
}

fn json(value: &impl serde::Serialize) -> Value {
    // Artifacts are objects of texts.
    serde_json::to_value(value).unwrap_or_default()
}
