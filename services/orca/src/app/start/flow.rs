//! The way of a start: what the rules need to know is asked here, and the engine is handed what comes of them.

use gennaker_artifacts::{
    Artifact,
    pipeline::{needs_prior_artifacts, resolve},
};
use gennaker_base::{Kind, id};
use gennaker_clients::Clients;
use gennaker_orca_stages::artifact_view;
use gennaker_store::Query;
use gennaker_wire::{Execution, ExecutionKind, Object, ObjectExt};
use serde_json::Value;

use super::{
    Asked, Refusal,
    asked::event_identity,
    error::Error,
    orchestration, pipeline,
    read::{drop_nulls, is_false},
    stages, trigger,
};
use crate::app::templates;
use crate::engine::{Engine, StartRequest, row_kind};

/// What a start is answered with.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The id of the execution.
    Started(String),
    /// The pipeline as it would be started: the request asked for no more.
    Planned(Object),
}

/// Starts a pipeline. `is_stored` says that front50 has just given it, so that it is not asked again.
///
/// # Errors
/// What is wrong with it. If its artifacts cannot be resolved, or it is disabled, a failed execution is stored all the same.
pub(crate) async fn orchestrate(
    engine: &Engine,
    asked: &Asked,
    config: Object,
    is_stored: bool,
) -> Result<Answer, Error> {
    if !is_false(config.get("plan")) {
        return plan(engine, asked, config, false).await.map(Answer::Planned);
    }
    let (config, problem) = prepared(engine, asked, config, true).await?;
    let config = engine.expressions().in_pipeline(&asked.onward(), config).await;
    let (execution, is_derived) = execution(engine, asked, config)?;
    if let Some(problem) = problem {
        begin(engine, asked, pipeline::failed(execution, &problem.reason()), is_derived).await?;
        return Err(problem.into());
    }
    if !is_stored {
        check_enabled(engine.clients(), asked, &execution).await?;
    }
    begin(engine, asked, execution, is_derived).await.map(Answer::Started)
}

/// The pipeline that front50 keeps under that id, with this trigger.
///
/// # Errors
/// If there is none.
pub(crate) async fn stored(engine: &Engine, asked: &Asked, id: &str, trigger: Object) -> Result<Object, Error> {
    let config = engine.clients().front50.pipeline_config(&asked.onward(), id).await?;
    let mut config = config.ok_or_else(|| Refusal::failure(format!("Pipeline config {id} not found")))?;
    config.insert("trigger".to_owned(), Value::Object(trigger));
    Ok(config)
}

/// The pipeline as it would be started, with its trigger complete as far as that is done before expressions are evaluated: they are
/// left as they are. `resolves` says whether artifacts are looked for.
///
/// # Errors
/// What is wrong with it.
pub(crate) async fn plan(engine: &Engine, asked: &Asked, config: Object, resolves: bool) -> Result<Object, Error> {
    let config = templates::mutated(engine, asked, config).await?;
    let (mut config, problem) = prepared(engine, asked, config, resolves).await?;
    if let Some(problem) = problem {
        return Err(problem.into());
    }
    drop_nulls(&mut config);
    Ok(config)
}

/// The execution that a start of this pipeline would make, and why it would fail before it begins, if so. Nothing is stored.
///
/// # Errors
/// If it would be refused, so that there would be no execution.
pub(crate) async fn sketch(
    engine: &Engine,
    asked: &Asked,
    config: Object,
) -> Result<(Execution, Option<Refusal>), Error> {
    let (config, problem) = prepared(engine, asked, config, true).await?;
    let config = engine.expressions().in_pipeline(&asked.onward(), config).await;
    let (execution, _) = execution(engine, asked, config)?;
    Ok((execution, problem))
}

/// Stores a failed execution of a pipeline that somebody could not start, with his `errorMessage`.
///
/// # Errors
/// If it is no pipeline at all.
pub(crate) async fn fail(engine: &Engine, asked: &Asked, mut config: Object) -> Result<(), Error> {
    let reason = config.text("errorMessage").unwrap_or_else(|| "null".to_owned());
    config.shift_remove("errorMessage");
    // What else is wrong with it does not matter any more.
    let (config, _) = prepared(engine, asked, config, true).await?;
    let config = engine.expressions().in_pipeline(&asked.onward(), config).await;
    let (execution, is_derived) = execution(engine, asked, config)?;
    begin(engine, asked, pipeline::failed(execution, &reason), is_derived).await?;
    Ok(())
}

/// Starts a list of operations; returns the execution's id.
///
/// # Errors
/// What is wrong with it.
pub(crate) async fn task(engine: &Engine, asked: &Asked, sent: Value) -> Result<String, Error> {
    let mut config = orchestration::config(sent)?;
    trigger::begin(&mut config, || asked.user());
    add_parent(engine, &mut config).await?;
    resolve_artifacts(engine, &mut config).await?;
    let execution = orchestration::execution(config, asked.authentication(), origin(asked), engine.now())?;
    begin(engine, asked, execution, false).await
}

/// The pipeline with its trigger, parameters and artifacts, before its expressions are evaluated; and what is wrong with it. Upstream:
/// `OperationsController.parseAndValidatePipeline`.
async fn prepared(
    engine: &Engine,
    asked: &Asked,
    mut config: Object,
    resolves: bool,
) -> Result<(Object, Option<Refusal>), Error> {
    match prepare(engine, asked, &mut config, resolves).await {
        Ok(()) => Ok((config, None)),
        Err(Error::Refused(problem)) => Ok((config, Some(problem))),
        Err(error) => Err(error),
    }
}

async fn prepare(engine: &Engine, asked: &Asked, config: &mut Object, resolves: bool) -> Result<(), Error> {
    borrow_trigger(engine, config).await?;
    trigger::begin(config, || asked.user());
    add_parent(engine, config).await?;
    if resolves {
        resolve_artifacts(engine, config).await?;
    }
    if let Some(made) = templates::expanded(engine, asked, config).await? {
        *config = made.pipeline;
        if made.resolves {
            resolve_artifacts(engine, config).await?;
        }
    }
    if !config.contains_key("application") {
        config.insert("application".to_owned(), pipeline::UNKNOWN_APPLICATION.into());
    }
    if !is_false(config.get("disabled")) {
        return Err(Refusal::invalid("Pipeline is disabled and cannot be started.").into());
    }
    if let Some(stages) = config.get_mut("stages") {
        stages::number(stages);
    }
    if config.get("errors").is_some_and(|errors| !errors.is_null()) {
        return Err(Refusal::invalid("Pipeline template is invalid").into());
    }
    Ok(())
}

/// A templated pipeline that is planned without a trigger gets that of its last execution, so that expressions can be rendered.
async fn borrow_trigger(engine: &Engine, config: &mut Object) -> Result<(), Error> {
    if !templates::may_borrow_trigger(config) {
        return Ok(());
    }
    let (execution, pipeline) = (config.text("executionId"), config.text("id"));
    match templates::earlier(engine, execution.as_deref(), pipeline.as_deref()).await {
        Ok(Some(earlier)) => {
            config.insert("trigger".to_owned(), earlier.trigger.into());
            config.insert("executionId".to_owned(), earlier.id.into());
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(Error::Refused(refusal)) if refusal.kind == Kind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// A trigger that names the execution that it came from gets it whole, and the pipeline its artifacts.
async fn add_parent(engine: &Engine, config: &mut Object) -> Result<(), Error> {
    let Some(Value::Object(trigger)) = config.get_mut("trigger") else { return Ok(()) };
    let parent = trigger.text("parentPipelineId").filter(|id| !id.is_empty());
    let Some(parent) = parent.filter(|_| is_false(trigger.get("parentExecution"))) else { return Ok(()) };
    let parent = match engine.load(&parent).await {
        Ok(parent) if parent.kind == ExecutionKind::Pipeline => parent,
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == Kind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let received = artifact_view(&parent, &parent.stages).all_artifacts()?;
    trigger.insert("isPipeline".to_owned(), true.into());
    trigger.insert("parentStatus".to_owned(), parent.status.name().into());
    trigger.insert("parentPipelineName".to_owned(), parent.name.clone().into());
    trigger.insert("parentExecution".to_owned(), json_of(&parent));
    config.insert("receivedArtifacts".to_owned(), json_of(&received));
    Ok(())
}

/// Binds what a pipeline expects to what its trigger brings, what its newest execution had, or a default.
pub(super) async fn resolve_artifacts(engine: &Engine, config: &mut Object) -> Result<(), Error> {
    let prior = if needs_prior_artifacts(config)? { prior_artifacts(engine, config).await? } else { Vec::new() };
    Ok(resolve(config, &prior)?)
}

/// The artifacts of the pipeline's newest execution, whatever became of it.
async fn prior_artifacts(engine: &Engine, config: &Object) -> Result<Vec<Artifact>, Error> {
    let Some(id) = config.text("id") else { return Ok(Vec::new()) };
    let kinds = vec![row_kind(ExecutionKind::Pipeline).to_owned()];
    let query = Query { kinds, definitions: vec![id], limit: 1, ..Query::default() };
    let newest = engine.list(&query).await?.into_iter().next();
    let artifacts = |execution: Execution| artifact_view(&execution, &execution.stages).all_artifacts();
    Ok(newest.map(artifacts).transpose()?.unwrap_or_default())
}

/// An execution that has not begun, and whether its id is that of the event which starts it.
fn execution(engine: &Engine, asked: &Asked, mut config: Object) -> Result<(Execution, bool), Error> {
    if is_false(config.get("origin")) {
        config.insert("origin".to_owned(), origin(asked).into());
    }
    let is_free = is_false(config.get("executionId"));
    let event = asked.caller.idempotency_key.as_deref().zip(asked.event_time(config.get("trigger")));
    let derived = event.filter(|_| is_free).map(|(key, time)| id::derive(time, &event_identity(key, &config)));
    let is_derived = derived.is_some();
    config.extend(derived.map(|id| ("executionId".to_owned(), id.into())));
    Ok((pipeline::execution(config, asked.authentication(), engine.now())?, is_derived))
}

fn origin(asked: &Asked) -> String {
    asked.origin.clone().unwrap_or_else(|| "unknown".to_owned())
}

/// Hands the execution to the engine; returns the id of the one that answers the request. A second start with the same key is the
/// first one: by its id if that is the event's, else by the key, among the starts of the same pipeline or application.
async fn begin(engine: &Engine, asked: &Asked, execution: Execution, is_derived: bool) -> Result<String, Error> {
    let scope = match execution.kind {
        ExecutionKind::Pipeline => execution.pipeline_config_id.clone().unwrap_or_default(),
        ExecutionKind::Orchestration => execution.application.clone(),
    };
    let key = asked.caller.idempotency_key.as_ref().filter(|_| !is_derived);
    let request = StartRequest {
        request: key.map(|key| format!("{scope}/{key}")),
        correlation: trigger::correlation(&execution.trigger),
        fence: asked.fence()?,
        execution,
    };
    Ok(engine.start(request).await?)
}

/// Refuses a pipeline that front50 has as disabled, and one that cannot be looked up. Upstream: `EnabledPipelineValidator`.
async fn check_enabled(clients: &Clients, asked: &Asked, execution: &Execution) -> Result<(), Error> {
    if execution.initial_config.boolean("enabled") == Some(true) {
        return Ok(());
    }
    let caller = asked.onward();
    let trigger = &execution.trigger;
    let is_strategy = trigger.text("type").as_deref() == Some("pipeline") && trigger.boolean("strategy") == Some(true);
    let id = execution.pipeline_config_id.as_deref();
    let stored = if is_strategy {
        let strategies = clients.front50.strategies(&caller, &execution.application).await?;
        strategies.into_iter().find(|strategy| strategy.text("id").as_deref() == id)
    } else {
        let id = id.ok_or_else(|| {
            Refusal::invalid("the pipeline has no id: send the id that front50 knows it by, or one of your own")
        })?;
        clients.front50.pipeline_config(&caller, id).await?
    };
    let Some(stored) = stored.filter(|stored| stored.boolean("disabled") == Some(true)) else { return Ok(()) };
    let text = |field: &str| stored.text(field).unwrap_or_default();
    Err(Refusal::invalid(format!(
        "The pipeline config {} ({}) belonging to {} is disabled",
        text("name"),
        text("id"),
        text("application")
    ))
    .into())
}

/// These types are maps, texts and numbers: they always have a JSON.
pub(super) fn json_of(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
