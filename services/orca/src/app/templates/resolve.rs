//! A template with all that it inherits, and a template made of a pipeline. Upstream: `PipelineTemplateService.resolveTemplate`,
//! `PipelineTemplateConverter`.

use gennaker_base::Kind;
use gennaker_clients::Caller;
use gennaker_store::Query;
use gennaker_templates::v1;
use gennaker_wire::{Execution, ExecutionKind, Object};

use crate::{
    app::{Refusal, start::Error},
    engine::{Engine, row_kind},
};

/// The template at a source. If that has expressions they are rendered with the trigger of that execution, or of the newest one of that
/// pipeline.
///
/// # Errors
/// If there is no such template or execution.
pub(crate) async fn resolve(
    engine: &Engine,
    caller: &Caller,
    source: &str,
    execution: Option<&str>,
    pipeline: Option<&str>,
) -> Result<Object, Error> {
    if source.is_empty() {
        return Err(Refusal::invalid("template source must not be empty").into());
    }
    let has_expressions = source.contains("{%") || source.contains("{{");
    let earlier = match has_expressions {
        true => earlier(engine, execution, pipeline).await?,
        false => None,
    };
    let (templates, clients) = (engine.templates(), engine.clients());
    let mut source = source.to_owned();
    if let Some(earlier) = earlier {
        let (application, trigger) = (&earlier.application, &earlier.trigger);
        let rendered = templates
            .answered(clients, caller, |answers| v1::rendered_source(&source, application, trigger, answers))
            .await?;
        let rendered = rendered.map_err(Refusal::invalid)?;
        if !rendered.is_empty() {
            source = rendered;
        }
    }
    let resolved = templates.answered(clients, caller, |answers| v1::resolve(&source, answers)).await?;
    // What an address answers is nobody's to see who may not ask it himself.
    let hidden = |problem: String| {
        tracing::warn!(%source, %problem, "a pipeline template cannot be loaded");
        Refusal::invalid("Could not load pipeline template from source")
    };
    Ok(resolved.map_err(hidden)?)
}

/// The execution of that id, else the newest one of the pipeline; `None` if neither is named.
///
/// # Errors
/// If there is none.
pub(crate) async fn earlier(
    engine: &Engine,
    execution: Option<&str>,
    pipeline: Option<&str>,
) -> Result<Option<Execution>, Error> {
    if let Some(id) = execution {
        return match engine.load(id).await {
            Ok(execution) if execution.kind == ExecutionKind::Pipeline => Ok(Some(execution)),
            Ok(_) => Err(none(&format!("No pipeline found for {id}")).into()),
            Err(error) if error.kind() == Kind::NotFound => Err(none(&format!("No pipeline found for {id}")).into()),
            Err(error) => Err(error.into()),
        };
    }
    let Some(id) = pipeline else { return Ok(None) };
    let kinds = vec![row_kind(ExecutionKind::Pipeline).to_owned()];
    let query = Query { kinds, definitions: vec![id.to_owned()], limit: 1, ..Query::default() };
    let newest = engine.list(&query).await?.into_iter().next();
    let missing = || none(&format!("No pipeline execution could be found for config id {id}"));
    Ok(Some(newest.ok_or_else(missing)?))
}

fn none(message: &str) -> Refusal {
    Refusal::new(Kind::NotFound, message)
}

/// The YAML of a template made of a pipeline.
///
/// # Errors
/// If the pipeline has no stages.
pub(crate) fn convert(pipeline: &Object) -> Result<String, Refusal> {
    v1::convert(pipeline).map_err(Refusal::invalid)
}
