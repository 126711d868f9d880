//! Webhooks, and CDEvents: triggers by source, and by what the payload must hold.
//!
//! Upstream: `WebhookEventHandler`, `CDEventsWebhookHandler`.

use gennaker_artifacts::{Artifact, constraints::satisfied_by_path, text_of};
use gennaker_wire::Object;
use http::HeaderMap;
use serde_json::Value;

use super::{Matcher, hold, is, with};
use crate::app::{Error, Event};

/// A webhook.
pub(super) struct Webhook {
    id: String,
    source: Option<String>,
    payload: Option<Object>,
    parameters: Option<Object>,
    artifacts: Vec<Artifact>,
}

impl Webhook {
    pub(super) fn read(event: &Event) -> Result<Webhook, Error> {
        Ok(Webhook {
            id: event.id.clone(),
            source: event.source.clone(),
            payload: event.payload.clone(),
            parameters: Event::object_in(&event.content, "parameters")?.cloned(),
            artifacts: Event::artifacts_in(&event.content, "artifacts")?,
        })
    }

    fn holds(&self, trigger: &Object) -> bool {
        let nothing = Object::new();
        hold(trigger, "payloadConstraints", self.payload.as_ref().unwrap_or(&nothing), satisfied_by_path)
    }
}

impl Matcher for Webhook {
    fn types(&self) -> &'static [&'static str] {
        &["webhook"]
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        let fires = is(trigger, "source", self.source.as_deref()) && self.holds(trigger);
        let object = |object: &Option<Object>| object.clone().map_or(Value::Null, Value::Object);
        fires.then(|| {
            with(
                trigger,
                [
                    ("parameters", object(&self.parameters)),
                    ("payload", object(&self.payload)),
                    ("eventId", self.id.clone().into()),
                ],
            )
        })
    }

    fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }
}

/// A CDEvent: a webhook whose headers can be asked for, too.
pub(super) struct CdEvent {
    webhook: Webhook,
    headers: HeaderMap,
}

impl CdEvent {
    pub(super) fn read(event: &Event) -> Result<CdEvent, Error> {
        Ok(CdEvent { webhook: Webhook::read(event)?, headers: event.headers.clone() })
    }

    /// Whether each header is there, with the value if one is asked for.
    fn has_headers(&self, trigger: &Object) -> bool {
        let constraints = trigger.get("attributeConstraints").and_then(Value::as_object);
        constraints.into_iter().flatten().all(|(name, wanted)| {
            let wanted = (!wanted.is_null()).then(|| text_of(wanted));
            let mut values = self.headers.get_all(name.as_str()).iter();
            values.any(|value| wanted.as_ref().is_none_or(|wanted| value.as_bytes() == wanted.as_bytes()))
        })
    }
}

impl Matcher for CdEvent {
    fn types(&self) -> &'static [&'static str] {
        &["cdevents"]
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        if self.has_headers(trigger) { self.webhook.fire(trigger) } else { None }
    }

    fn artifacts(&self) -> &[Artifact] {
        self.webhook.artifacts()
    }
}
