//! Somebody starts a pipeline by hand: `{"details": {"type": "manual"}, "content": {"application": ..., "pipelineNameOrId": ...,
//! "trigger": {...}}}`.
//!
//! It is started in the sender's name, with the notifications of the trigger besides its own. Upstream: `ManualEventHandler`.

use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{
    Error, Event,
    known::{Config, Known},
    pipelines::Pipelines,
    start::Start,
};

/// The pipelines that are meant: those that are called so in that application, or have that id.
///
/// # Errors
/// If it does not say which, or the pipelines are not known.
pub(crate) async fn starts(event: &Event, pipelines: &Pipelines) -> Result<Vec<Start>, Error> {
    let text = |name: &str| event.content.text(name).filter(|text| !text.is_empty());
    let (Some(application), Some(named)) = (text("application"), text("pipelineNameOrId")) else {
        return Err(Error::invalid("content.application and content.pipelineNameOrId say what to start: send both"));
    };
    let trigger = Event::object_in(&event.content, "trigger")?.cloned().unwrap_or_default();
    let fresh = pipelines.fresh().await?;
    let now = if fresh.is_newest { None } else { read_now(pipelines, &application).await };
    let known = now.as_ref().unwrap_or(&fresh.known);
    let starts: Vec<Start> = known.named(&application, &named).map(|config| start(config, trigger.clone())).collect();
    if starts.is_empty() {
        tracing::warn!(
            application,
            pipeline = named,
            "there is no such pipeline, or it is disabled: nothing is started"
        );
    }
    Ok(starts)
}

async fn read_now(pipelines: &Pipelines, application: &str) -> Option<Known> {
    let read = pipelines.of_application(application).await;
    read.inspect_err(|error| tracing::warn!(%error, "the pipelines could not be read; those that are known are used"))
        .ok()
}

fn start(config: &Config, mut trigger: Object) -> Start {
    trigger.entry("type").or_insert_with(|| json!("manual"));
    let list = |of: &Object| of.get("notifications").and_then(Value::as_array).cloned().unwrap_or_default();
    let notifications: Vec<Value> = list(config).into_iter().chain(list(&trigger)).collect();
    let mut config = (**config).clone();
    config.insert("notifications".to_owned(), notifications.into());
    Start { config: config.into(), trigger, artifacts: Vec::new(), as_sender: true }
}
