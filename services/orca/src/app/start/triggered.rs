//! From a config that another execution starts, as a child or by its end, to the execution that is stored.

use gennaker_wire::{Authentication, Execution, Object};
use serde_json::Value;

use super::{Asked, Refusal, error::Error, flow::resolve_artifacts, pipeline, trigger};
use crate::{app::templates, engine::Engine};

/// Expands the config's template, resolves its artifacts and evaluates its expressions; `starter` is the execution that starts it,
/// and `id` gives the new one its id. One whose artifacts cannot be resolved is made as failed, so that whoever waits for it sees why.
///
/// # Errors
/// What else is wrong with the config.
pub(super) async fn execution(
    engine: &Engine,
    asked: &Asked,
    starter: &Execution,
    authentication: Authentication,
    mut config: Object,
    id: impl FnOnce(&Object) -> Option<String>,
) -> Result<Execution, Error> {
    if let Some(made) = templates::expanded(engine, asked, &config).await.map_err(in_words)? {
        let trigger = config.shift_remove("trigger").unwrap_or_default();
        config = made.pipeline;
        config.insert("trigger".to_owned(), trigger);
    }
    let problem = match resolve_artifacts(engine, &mut config).await {
        Ok(()) => None,
        Err(Error::Refused(problem)) => Some(problem),
        Err(error) => return Err(error),
    };
    let mut config = engine.expressions().in_child(&asked.onward(), config).await;
    if let (true, Some(Value::Object(own))) = (trigger::is_dry_run(&starter.trigger), config.get_mut("trigger")) {
        own.insert("dryRun".to_owned(), true.into());
    }
    if let Some(id) = id(&config) {
        config.insert("executionId".to_owned(), id.into());
    }
    let execution = pipeline::execution(config, authentication, engine.now())?;
    Ok(match &problem {
        Some(problem) => pipeline::failed(execution, &problem.message),
        None => execution,
    })
}

/// Who sees the error sees its message only, so that says all that is wrong with a template.
fn in_words(error: Error) -> Error {
    match error {
        Error::Refused(refusal) => Refusal { message: refusal.reason(), ..refusal }.into(),
        error => error,
    }
}
