//! The answer to the question which pipelines changed: ours tells a page of changes, upstream's front50 all pipelines.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value},
};
use serde_json::value::RawValue;

/// What changed, or everything.
#[derive(Debug)]
pub enum PipelineChanges {
    /// What changed after the version that was asked for.
    Page(PipelinePage),
    /// All pipelines, each as its JSON text: this front50 tells no changes.
    All(Vec<Box<RawValue>>),
}

/// A page of changes.
#[derive(Debug, Deserialize)]
pub struct PipelinePage {
    /// What to ask after next.
    pub version: String,
    /// Whether there is nothing more at this moment.
    pub complete: bool,
    /// Whether this is the first page of everything: what was read before is void.
    pub reset: bool,
    /// The pipelines that are new or other than before, each as its JSON text, by their ids in lower case.
    pub changed: BTreeMap<String, Box<RawValue>>,
    /// The ids, in lower case, of those that are no more.
    pub removed: Vec<String>,
}

impl<'de> Deserialize<'de> for PipelineChanges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // No untagged enum: that would read the texts, of which nothing would be left.
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = PipelineChanges;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a page of changed pipelines or a list of pipelines")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(value::SeqAccessDeserializer::new(list)).map(PipelineChanges::All)
    }

    fn visit_map<A: MapAccess<'de>>(self, page: A) -> Result<Self::Value, A::Error> {
        PipelinePage::deserialize(value::MapAccessDeserializer::new(page)).map(PipelineChanges::Page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_as_they_were_sent() {
        let page =
            r#"{"version":"v","complete":true,"reset":false,"changed":{"a":{"x": 1.0 }},"removed":["b"],"more":1}"#;
        let PipelineChanges::Page(page) = serde_json::from_str(page).expect("a page") else { panic!("a list") };
        assert_eq!((page.changed["a"].get(), &page.removed[..]), (r#"{"x": 1.0 }"#, &["b".to_owned()][..]));
        let PipelineChanges::All(all) = serde_json::from_str(r#"[{"a": 1}, {}]"#).expect("a list") else {
            panic!("a page")
        };
        assert_eq!((all.len(), all[0].get()), (2, r#"{"a": 1}"#));
        assert!(serde_json::from_str::<PipelineChanges>("null").is_err());
    }
}
