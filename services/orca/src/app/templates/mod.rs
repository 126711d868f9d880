//! Pipelines from templates: expanded when they start, are planned, or become the child of another.
//!
//! The rules are `gennaker-templates`'; here is who is asked. A pipeline of schema 1 asks for its templates and for ids by name; of one
//! of schema v2 the artifact that is its template may name the trigger, and so may the defaults of the template's variables.
//!
//! Upstream: `PipelineTemplatePreprocessor`, `PipelineTemplateService`, `V2Util`.

mod resolve;
mod v2;

use gennaker_base::id;
use gennaker_templates::{Problem, Style, v1};
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

pub(crate) use self::{
    resolve::{convert, earlier, resolve},
    v2::plan as plan_v2,
};
use super::{
    Refusal,
    start::{Asked, Error},
};
use crate::engine::Engine;

/// A pipeline made from a template.
pub(crate) struct Made {
    /// It.
    pub(crate) pipeline: Object,
    /// Whether what it expects has to be bound to artifacts again.
    pub(crate) resolves: bool,
}

/// The pipeline that a templated one is started as; `None` if it is made from no template.
///
/// # Errors
/// What is wrong with the template or its configuration, or that front50 cannot be reached.
pub(crate) async fn expanded(engine: &Engine, asked: &Asked, pipeline: &Object) -> Result<Option<Made>, Error> {
    let caller = asked.onward();
    match Style::of(pipeline) {
        None => Ok(None),
        Some(Style::V1) => {
            let now = engine.now();
            let made = engine
                .templates()
                .answered(engine.clients(), &caller, |answers| v1::expand(pipeline, answers, &mut || id::generate(now)))
                .await?;
            Ok(Some(Made { pipeline: made.map_err(invalid)?, resolves: false }))
        }
        Some(Style::V2) => {
            let (pipeline, is_plan) = v2::expanded(engine, &caller, pipeline).await?;
            Ok(Some(Made { pipeline, resolves: !is_plan }))
        }
        Some(Style::Unknown(schema)) => {
            let message = format!("unexpected schema version '{schema}'");
            Err(invalid(vec![Problem { message: Some(message), ..Problem::default() }]).into())
        }
    }
}

/// Gives a templated pipeline that is planned what it would be saved with.
///
/// # Errors
/// If its configuration cannot be read or rendered.
pub(crate) async fn mutated(engine: &Engine, asked: &Asked, pipeline: Object) -> Result<Object, Error> {
    if Style::of(&pipeline) != Some(Style::V1) {
        return Ok(pipeline);
    }
    let mutated = engine
        .templates()
        .answered(engine.clients(), &asked.onward(), |answers| {
            let mut mutated = pipeline.clone();
            v1::mutate(&mut mutated, answers).map(|()| mutated)
        })
        .await?;
    Ok(mutated.map_err(Refusal::invalid)?)
}

/// Whether a plan of a templated pipeline may be made with the trigger of its last execution.
pub(crate) fn may_borrow_trigger(pipeline: &Object) -> bool {
    pipeline.text("type").as_deref() == Some("templatedPipeline")
        && pipeline.boolean("plan") == Some(true)
        && !pipeline.get("trigger").is_some_and(Value::is_object)
}

fn invalid(problems: Vec<Problem>) -> Refusal {
    let errors = problems.iter().map(Problem::to_json).collect();
    Refusal { errors, ..Refusal::invalid("Pipeline template is invalid") }
}
