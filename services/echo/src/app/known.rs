//! The pipelines as they were read from front50, by the types of their triggers.

use std::{collections::HashMap, sync::Arc};

use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

/// A pipeline's config with every field that it has.
pub(crate) type Config = Arc<Object>;

/// Pipelines, read once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    all: Vec<Config>,
    /// Which trigger of which pipeline, by its type: only those that are enabled, of pipelines that are.
    triggers: HashMap<String, Vec<(usize, usize)>>,
}

impl Known {
    /// Of what front50 sent. What has no name or no application is left out, as upstream does.
    pub(crate) fn of(sent: Vec<Object>) -> Known {
        let is_pipeline = |config: &Object| config.text("name").is_some() && config.text("application").is_some();
        let all: Vec<Config> = sent.into_iter().filter(is_pipeline).map(Arc::new).collect();
        let mut triggers: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (place, config) in all.iter().enumerate().filter(|(_, config)| !is_disabled(config)) {
            for (number, trigger) in triggers_of(config).enumerate() {
                let kind = trigger.filter(|trigger| trigger.boolean("enabled") == Some(true));
                if let Some(kind) = kind.and_then(|trigger| trigger.text("type")) {
                    triggers.entry(kind).or_default().push((place, number));
                }
            }
        }
        Known { all, triggers }
    }

    /// The enabled triggers of that type, each with its pipeline.
    pub(crate) fn triggers(&self, kind: &str) -> impl Iterator<Item = (&Config, &Object)> {
        let places = self.triggers.get(kind).into_iter().flatten();
        places.filter_map(|(place, number)| {
            let config = self.all.get(*place)?;
            Some((config, triggers_of(config).nth(*number)??))
        })
    }

    /// The pipelines of that application which are called so, or have that id, and are not disabled.
    pub(crate) fn named<'k>(&'k self, application: &'k str, name_or_id: &'k str) -> impl Iterator<Item = &'k Config> {
        self.all.iter().filter(move |config| {
            let is = |field: &str, wanted: &str| config.get(field).and_then(Value::as_str) == Some(wanted);
            !is_disabled(config) && is("application", application) && (is("name", name_or_id) || is("id", name_or_id))
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}

fn is_disabled(config: &Object) -> bool {
    config.boolean("disabled") == Some(true)
}

fn triggers_of(config: &Object) -> impl Iterator<Item = Option<&Object>> {
    config.get("triggers").and_then(Value::as_array).into_iter().flatten().map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        let known = Known::of(serde_json::from_value(sent).expect("objects"));
        let sources: Vec<_> = known.triggers("webhook").map(|(_, trigger)| trigger["source"].clone()).collect();
        assert_eq!((sources, known.len()), (vec![json!("on")], 3));
        assert_eq!(known.named("shop", "a").count() + known.named("shop", "4").count(), 2);
        assert_eq!(known.named("shop", "b").count() + known.named("other", "a").count(), 0);
    }
}
