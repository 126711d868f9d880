//! Which triggers an event fires, and what they are then: a file for each kind of event.
//!
//! Upstream: `BaseTriggerEventHandler` and those that extend it. A helm trigger that asks for a version range is not matched.

mod build;
mod git;
mod plugin;
mod pubsub;
mod registry;
mod search;
mod webhook;

use gennaker_artifacts::Artifact;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{Error, Event};

/// An event that was read for what triggers ask of it.
pub(crate) trait Matcher: Send + Sync {
    /// The types of triggers that it may fire.
    fn types(&self) -> &'static [&'static str];
    /// The trigger with what the event brings; `None` if it does not fire.
    fn fire(&self, trigger: &Object) -> Option<Object>;
    /// The artifacts that the event brings.
    fn artifacts(&self) -> &[Artifact];
    /// What the event is called, and since when, wherever it comes from: the sender says nothing of its own.
    fn identity(&self) -> Option<(String, Option<i64>)> {
        None
    }
}

/// Reads an event; `None` if it fires no trigger, whichever there are.
///
/// # Errors
/// If it is not what an event of its type is.
pub(crate) fn read(event: &Event, git_secret: &str) -> Result<Option<Box<dyn Matcher>>, Error> {
    Ok(match event.kind.to_ascii_lowercase().as_str() {
        "webhook" => Some(Box::new(webhook::Webhook::read(event)?)),
        "cdevents" => Some(Box::new(webhook::CdEvent::read(event)?)),
        "git" => Some(Box::new(git::Git::read(event, git_secret)?)),
        "build" => build::Build::read(event)?.map(|build| Box::new(build) as Box<dyn Matcher>),
        "docker" => registry::Image::read(event, &registry::DOCKER)?.map(|image| Box::new(image) as Box<dyn Matcher>),
        "helm/oci" => registry::Image::read(event, &registry::HELM)?.map(|image| Box::new(image) as Box<dyn Matcher>),
        "helm" => registry::Chart::read(event)?.map(|chart| Box::new(chart) as Box<dyn Matcher>),
        "pubsub" => Some(Box::new(pubsub::Message::read(event)?)),
        "artifactory" => Some(Box::new(search::Found::read(event, &search::ARTIFACTORY)?)),
        "nexus" => Some(Box::new(search::Found::read(event, &search::NEXUS)?)),
        "plugin" => Some(Box::new(plugin::Published::read(event)?)),
        _ => None,
    })
}

/// Whether a trigger's field is exactly that.
fn is(trigger: &Object, field: &str, wanted: Option<&str>) -> bool {
    wanted.is_some_and(|wanted| trigger.text(field).as_deref() == Some(wanted))
}

/// The same, whatever the case of letters.
fn is_whatever_case(trigger: &Object, field: &str, wanted: Option<&str>) -> bool {
    let own = trigger.text(field);
    own.zip(wanted).is_some_and(|(own, wanted)| own.eq_ignore_ascii_case(wanted))
}

/// Whether a trigger's constraints hold. Those that cannot be judged do not.
fn hold(
    trigger: &Object,
    field: &str,
    of: &Object,
    holds: fn(&Object, &Object) -> Result<bool, gennaker_artifacts::Error>,
) -> bool {
    let Some(constraints) = trigger.get(field).and_then(Value::as_object) else { return true };
    holds(constraints, of).unwrap_or_else(|error| {
        tracing::warn!(%error, field, "constraints of a trigger cannot be judged: it does not fire");
        false
    })
}

/// The trigger with these fields: `null` takes one away.
fn with(trigger: &Object, fields: impl IntoIterator<Item = (&'static str, Value)>) -> Object {
    let mut fired = trigger.clone();
    for (name, value) in fields {
        match value {
            Value::Null => _ = fired.shift_remove(name),
            value => _ = fired.insert(name.to_owned(), value),
        }
    }
    fired
}

/// A text as JSON, `null` if there is none.
fn text(of: &Object, name: &str) -> Value {
    of.text(name).map_or(Value::Null, Value::from)
}

#[cfg(test)]
mod tests;
