//! Which tagged things are looked for: upstream's query parameters. Pure.

use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

/// An empty field filters nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Fields of `entityRef` with the values that each may have.
    pub(crate) reference: Vec<(&'static str, Vec<String>)>,
    /// What the id begins with; `*` at its end changes nothing.
    pub(crate) id_prefix: Option<String>,
    /// The namespace of the tags that are looked at.
    pub(crate) namespace: Option<String>,
    /// Tags that it has, by name; the value `*` is any.
    pub(crate) tags: Vec<(String, String)>,
}

impl Filter {
    /// What every id begins with that is let through.
    pub(super) fn prefix(&self) -> &str {
        self.id_prefix.as_deref().unwrap_or_default().split('*').next().unwrap_or_default()
    }

    pub(super) fn lets_through(&self, item: &Object) -> bool {
        let reference = item.object("entityRef");
        let is = |(field, values): &(&'static str, Vec<String>)| {
            let value = reference.and_then(|reference| reference.text(field)).unwrap_or_default();
            values.iter().any(|wanted| wanted.eq_ignore_ascii_case(&value))
        };
        let tags: Vec<&Value> = item.get("tags").and_then(Value::as_array).into_iter().flatten().collect();
        let in_namespace = |tag: &&&Value| {
            let namespace = tag["namespace"].as_str().unwrap_or("default");
            self.namespace.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(namespace))
        };
        let has = |(name, value): &(String, String)| {
            tags.iter().filter(in_namespace).any(|tag| {
                let text = tag["value"].as_str().map_or_else(|| tag["value"].to_string(), str::to_owned);
                tag["name"].as_str().is_some_and(|tag| tag.eq_ignore_ascii_case(name))
                    && (value == "*" || *value == text)
            })
        };
        let some = self.namespace.is_none() || tags.iter().any(|tag| in_namespace(&tag));
        let prefixed = item.text("id").unwrap_or_default().starts_with(&self.prefix().to_lowercase());
        some && prefixed && self.reference.iter().all(is) && self.tags.iter().all(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_condition_filters() {
        let item = json!({
            "id": "sky:servergroup:shop-v001:test:north",
            "entityRef": {"cloudProvider": "sky", "entityId": "shop-v001", "account": "test"},
            "tags": [{"name": "alert", "namespace": "ops", "value": "red"}, {"name": "level", "value": 3}],
        });
        let item = item.as_object().expect("an object").clone();
        let with = |change: fn(&mut Filter)| {
            let mut filter = Filter::default();
            change(&mut filter);
            filter.lets_through(&item)
        };
        assert!(with(|_| {}));
        assert!(with(|filter| filter.reference = vec![("entityId", vec!["x".into(), "shop-v001".into()])]));
        assert!(!with(|filter| filter.reference = vec![("account", vec!["prod".into()])]));
        assert!(with(|filter| filter.id_prefix = Some("sky:servergroup:*".into())));
        assert!(!with(|filter| filter.id_prefix = Some("rain".into())));
        assert!(with(|filter| filter.namespace = Some("ops".into())));
        assert!(!with(|filter| filter.namespace = Some("dev".into())));
        assert!(with(|filter| filter.tags = vec![("alert".into(), "*".into()), ("level".into(), "3".into())]));
        assert!(!with(|filter| filter.tags = vec![("alert".into(), "green".into())]));
        assert!(!with(|filter| {
            filter.namespace = Some("ops".into());
            filter.tags = vec![("level".into(), "3".into())];
        }));
    }
}
