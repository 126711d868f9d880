//! Plugins that were published or installed. Upstream: `PluginEventHandler`.

use gennaker_artifacts::Artifact;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{Matcher, with};
use crate::app::{Error, Event};

/// What happened to the plugin, if nobody says so.
const PUBLISHED: &str = "PUBLISHED";
/// The fields that a trigger gets.
const FIELDS: [&str; 9] = [
    "pluginId",
    "description",
    "provider",
    "version",
    "releaseDate",
    "requires",
    "parsedRequires",
    "binaryUrl",
    "sha512sum",
];

/// A plugin's event.
pub(super) struct Published {
    kind: String,
    content: Object,
}

impl Published {
    pub(super) fn read(event: &Event) -> Result<Published, Error> {
        let kind = event.attributes.text("pluginEventType").unwrap_or_else(|| PUBLISHED.to_owned());
        Ok(Published { kind, content: event.content.clone() })
    }
}

impl Matcher for Published {
    fn types(&self) -> &'static [&'static str] {
        &["plugin"]
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        let wanted = trigger.text("pluginEventType").unwrap_or_else(|| PUBLISHED.to_owned());
        let field = |name: &'static str| (name, self.content.get(name).cloned().unwrap_or(Value::Null));
        let fields = FIELDS.into_iter().map(field).chain([("pluginEventType", Value::from(self.kind.clone()))]);
        wanted.eq_ignore_ascii_case(&self.kind).then(|| with(trigger, fields))
    }

    fn artifacts(&self) -> &[Artifact] {
        &[]
    }
}
