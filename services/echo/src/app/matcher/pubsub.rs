//! Messages of a subscription. Upstream: `PubsubEventHandler`.

use gennaker_artifacts::{Artifact, constraints::satisfied};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{Matcher, hold, is_whatever_case, with};
use crate::app::{Error, Event};

/// The systems that there are.
const SYSTEMS: [&str; 3] = ["amazon", "google", "kafka"];

/// A message.
pub(super) struct Message {
    id: String,
    system: String,
    subscription: String,
    attributes: Object,
    payload: Object,
    artifacts: Vec<Artifact>,
}

impl Message {
    pub(super) fn read(event: &Event) -> Result<Message, Error> {
        let missing = || Error::invalid("content.messageDescription is missing: it says which subscription it is of");
        let description = Event::object_in(&event.content, "messageDescription")?.ok_or_else(missing)?;
        let system = description.text("pubsubSystem").unwrap_or_default().to_ascii_lowercase();
        if !SYSTEMS.contains(&system.as_str()) {
            return Err(Error::invalid(format!("pubsubSystem is one of {}, not {system:?}", SYSTEMS.join(", "))));
        }
        Ok(Message {
            id: event.id.clone(),
            system,
            subscription: description.text("subscriptionName").unwrap_or_default(),
            attributes: Event::object_in(description, "messageAttributes")?.cloned().unwrap_or_default(),
            payload: event.payload.clone().unwrap_or_default(),
            artifacts: Event::artifacts_in(description, "artifacts")?,
        })
    }

    /// What leads to the message's cause, if it says both where and what to call it.
    fn link(&self) -> Option<(String, String)> {
        let text = |name: &str| self.payload.get(name)?.as_str().filter(|text| !text.trim().is_empty());
        Some((text("link")?.to_owned(), text("linkText")?.to_owned()))
    }
}

impl Matcher for Message {
    fn types(&self) -> &'static [&'static str] {
        &["pubsub"]
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        let fires = is_whatever_case(trigger, "pubsubSystem", Some(&self.system))
            && is_whatever_case(trigger, "subscriptionName", Some(&self.subscription))
            && hold(trigger, "payloadConstraints", &self.payload, satisfied)
            && hold(trigger, "attributeConstraints", &self.attributes, satisfied);
        if !fires {
            return None;
        }
        let parameters = self.payload.object("parameters").cloned().map_or_else(|| json!({}), Value::Object);
        let mut fired = with(
            trigger,
            [
                ("subscriptionName", self.subscription.clone().into()),
                ("pubsubSystem", self.system.clone().into()),
                ("parameters", parameters),
                ("payload", Value::Object(self.payload.clone())),
                ("eventId", self.id.clone().into()),
            ],
        );
        if let Some((link, called)) = self.link() {
            fired.insert("link".to_owned(), link.into());
            fired.insert("linkText".to_owned(), called.into());
        }
        Some(fired)
    }

    fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }
}
