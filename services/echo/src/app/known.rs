//! The pipelines as front50 has them, by their ids and by the types of their triggers.
//!
//! They are many and change one at a time, while events look at them. So they lie in parts by their ids: a copy shares the
//! parts, and a change copies the one that it is in. Of a pipeline only what events are matched with is decoded; the rest
//! is its compressed text until it is started.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use gennaker_base::CompressedText;
use gennaker_wire::{Object, ObjectExt};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// A pipeline's config with every field that it has.
pub(crate) type Config = Arc<Object>;

/// In how many parts the pipelines lie: of 50,000 a part has 200.
const PARTS: u64 = 256;

/// A pipeline.
#[derive(Debug)]
pub(crate) struct Pipeline {
    id: Option<String>,
    name: String,
    application: String,
    is_disabled: bool,
    /// The triggers that are enabled, if it is.
    triggers: Vec<Object>,
    text: CompressedText,
}

/// Pipelines. Clones share what is the same in both.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    parts: Vec<Arc<Part>>,
}

#[derive(Debug, Clone, Default)]
struct Part {
    pipelines: BTreeMap<Arc<str>, Arc<Pipeline>>,
    /// Which trigger of which pipeline, by its type.
    triggers: BTreeMap<String, Vec<(Arc<Pipeline>, usize)>>,
}

/// The fields of a pipeline that are decoded.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decoded {
    id: Value,
    name: Value,
    application: Value,
    disabled: Value,
    triggers: Value,
}

impl Pipeline {
    /// Of its text; `None` if it has no name or no application: it is left out then, as upstream does.
    fn read(text: &RawValue) -> Option<Pipeline> {
        let decoded = serde_json::from_str(text.get());
        let decoded: Decoded =
            decoded.inspect_err(|error| tracing::warn!(%error, "a pipeline of front50's cannot be read")).ok()?;
        let Decoded { id, name, application, disabled, triggers } = decoded;
        let fields = [("id", id), ("name", name), ("application", application), ("disabled", disabled)];
        let fields: Object = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let is_disabled = fields.boolean("disabled") == Some(true);
        let mut enabled = Vec::new();
        if let Value::Array(triggers) = triggers {
            for trigger in triggers {
                match trigger {
                    Value::Object(trigger) if trigger.boolean("enabled") == Some(true) && !is_disabled => {
                        enabled.push(trigger);
                    }
                    _ => {}
                }
            }
        }
        enabled.shrink_to_fit();
        Some(Pipeline {
            id: fields.text("id"),
            name: fields.text("name")?,
            application: fields.text("application")?,
            is_disabled,
            triggers: enabled,
            text: CompressedText::of(text.get()),
        })
    }

    /// Its id.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The application that it is of.
    pub(crate) fn application(&self) -> &str {
        &self.application
    }

    /// The application's name and its own, for the log.
    pub(crate) fn title(&self) -> String {
        format!("{}/{}", self.application, self.name)
    }

    /// All of it. What cannot be decoded is in the log, and `None`.
    pub(crate) fn config(&self) -> Option<Config> {
        let decoded = serde_json::from_str(&self.text.text());
        decoded
            .inspect_err(|error| {
                let (application, pipeline) = (&self.application, &self.name);
                tracing::error!(%error, application, pipeline, "a pipeline cannot be decoded: save it anew");
            })
            .ok()
            .map(Arc::new)
    }
}

impl Default for Known {
    fn default() -> Self {
        Known { parts: (0..PARTS).map(|_| Arc::default()).collect() }
    }
}

impl Known {
    /// Of all texts that front50 sent.
    pub(crate) fn of(sent: impl IntoIterator<Item = Box<RawValue>>) -> Known {
        let mut known = Known::default();
        for (place, text) in sent.into_iter().enumerate() {
            known.put(&place.to_string(), text);
        }
        known
    }

    /// Puts a pipeline in the place of the one of that id.
    pub(crate) fn put(&mut self, id: &str, text: Box<RawValue>) {
        self.remove(id);
        let Some(pipeline) = Pipeline::read(&text).map(Arc::new) else { return };
        let Some(part) = self.part_mut(id) else { return };
        for (number, trigger) in pipeline.triggers.iter().enumerate() {
            if let Some(kind) = trigger.text("type") {
                part.triggers.entry(kind).or_default().push((pipeline.clone(), number));
            }
        }
        part.pipelines.insert(id.into(), pipeline);
    }

    /// Takes a pipeline away.
    pub(crate) fn remove(&mut self, id: &str) {
        if !self.parts.get(place(id)).is_some_and(|part| part.pipelines.contains_key(id)) {
            return;
        }
        let Some(part) = self.part_mut(id) else { return };
        let Some(pipeline) = part.pipelines.remove(id) else { return };
        for kind in pipeline.triggers.iter().filter_map(|trigger| trigger.text("type")) {
            if let Some(of_kind) = part.triggers.get_mut(&kind) {
                of_kind.retain(|(other, _)| !Arc::ptr_eq(other, &pipeline));
                if of_kind.is_empty() {
                    part.triggers.remove(&kind);
                }
            }
        }
    }

    /// The enabled triggers of that type, each with its pipeline.
    pub(crate) fn triggers(&self, kind: &str) -> impl Iterator<Item = (&Arc<Pipeline>, &Object)> {
        let places = self.parts.iter().filter_map(move |part| part.triggers.get(kind)).flatten();
        places.filter_map(|(pipeline, number)| Some((pipeline, pipeline.triggers.get(*number)?)))
    }

    /// The pipelines of that application which are called so, or have that id, and are not disabled.
    pub(crate) fn named<'k>(&'k self, application: &'k str, name_or_id: &'k str) -> impl Iterator<Item = &'k Pipeline> {
        let all = self.parts.iter().flat_map(|part| part.pipelines.values());
        all.map(Arc::as_ref).filter(move |pipeline| {
            let is_named = pipeline.name == name_or_id || pipeline.id.as_deref() == Some(name_or_id);
            !pipeline.is_disabled && pipeline.application == application && is_named
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.pipelines.len()).sum()
    }

    /// The part of an id, to be changed: a copy of it if another clone has it too.
    fn part_mut(&mut self, id: &str) -> Option<&mut Part> {
        self.parts.get_mut(place(id)).map(Arc::make_mut)
    }
}

/// In which part an id is.
fn place(id: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    usize::try_from(hasher.finish() % PARTS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::to_raw_value};

    use super::*;

    fn text(pipeline: &Value) -> Box<RawValue> {
        to_raw_value(pipeline).expect("JSON")
    }

    fn sources(known: &Known) -> Vec<Value> {
        known.triggers("webhook").map(|(_, trigger)| trigger["source"].clone()).collect()
    }

    #[test]
    fn only_what_is_enabled_is_looked_at() {
        let sent = json!([
            {"id": "1", "name": "a", "application": "shop", "triggers": [
                {"type": "webhook", "enabled": false, "source": "off"},
                {"type": "webhook", "enabled": "true", "source": "on"},
                {"enabled": true}, "odd",
            ]},
            {"id": "2", "name": "b", "application": "shop", "disabled": true, "triggers": [{"type": "webhook", "enabled": true}]},
            {"id": "3", "application": "shop", "triggers": [{"type": "webhook", "enabled": true}]},
            {"id": "4", "name": "c", "application": "shop", "triggers": null},
        ]);
        let known = Known::of(sent.as_array().into_iter().flatten().map(text));
        assert_eq!((sources(&known), known.len()), (vec![json!("on")], 3));
        assert_eq!(known.named("shop", "a").count() + known.named("shop", "4").count(), 2);
        assert_eq!(known.named("shop", "b").count() + known.named("other", "a").count(), 0);
        let config = known.named("shop", "a").next().and_then(Pipeline::config).expect("a config");
        assert_eq!(Value::Object((*config).clone()), sent[0]);
    }

    #[test]
    fn a_change_copies_one_part_and_older_copies_stay() {
        let pipeline = |source: &str| {
            text(&json!({"name": "a", "application": "shop", "triggers": [
                {"type": "webhook", "enabled": true, "source": source}, {"type": "git", "enabled": true}
            ]}))
        };
        let mut known = Known::default();
        (0..1000).for_each(|number| known.put(&number.to_string(), pipeline("old")));
        let before = known.clone();
        known.put("7", pipeline("new"));
        known.remove("nothing");
        let shared = known.parts.iter().zip(&before.parts).filter(|(one, other)| Arc::ptr_eq(one, other)).count();
        assert_eq!(shared, known.parts.len() - 1);
        let new = |known: &Known| sources(known).iter().filter(|source| **source == "new").count();
        assert_eq!((new(&known), new(&before), known.len(), sources(&known).len()), (1, 0, 1000, 1000));
        (0..1000).for_each(|number| known.remove(&number.to_string()));
        assert_eq!((known.len(), sources(&known).len(), before.len()), (0, 0, 1000));
        assert!(known.parts.iter().all(|part| part.triggers.is_empty()));
    }
}
