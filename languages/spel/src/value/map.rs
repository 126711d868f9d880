//! Maps, and the root that an expression starts from.

use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{
    Bean, Text, Value,
    hash_order::{DEFAULT_CAPACITY, hash_order},
};
use crate::beans;

/// A `java.util.Map`.
#[derive(Debug, Clone)]
pub enum Map<'a> {
    /// A JSON object.
    Json(&'a serde_json::Map<String, Json>),
    /// Its own keys and values.
    Owned(Rc<IndexMap<Value<'a>, Value<'a>>>),
    /// The root of an evaluation.
    Root(Rc<Root<'a>>),
}

/// The root: what names at the start of an expression mean.
///
/// A name is looked up in `own`, then in `base` (a stage's context, or whatever the caller gave), then in the outputs of
/// the stages before it, nearest first; only the first two are its keys (upstream's `StageContext`).
#[derive(Debug, Clone, Default)]
pub struct Root<'a> {
    /// What evaluation adds: `execution`, `trigger`, `parameters`, `scmInfo`.
    pub own: Vec<(Text<'a>, Value<'a>)>,
    /// The context.
    pub base: Option<&'a serde_json::Map<String, Json>>,
    /// Outputs of the stages before, nearest first.
    pub outputs: Outputs<'a>,
}

/// Of an execution of more stages the outputs are looked for each time that a name is asked which nothing else has: most
/// expressions never ask, and the way to all stages before one is long.
const LOOKED_FOR_AT_ONCE: usize = 64;

/// What a stage and those before it put out, nearest first.
#[derive(Debug, Clone)]
pub enum Outputs<'a> {
    /// These.
    Found(Vec<&'a serde_json::Map<String, Json>>),
    /// Those that this stage sees.
    Of(Bean<'a>),
}

impl Default for Outputs<'_> {
    fn default() -> Self {
        Outputs::Found(Vec::new())
    }
}

impl<'a> Outputs<'a> {
    /// Those that the stage sees.
    pub(crate) fn before(stage: Bean<'a>) -> Self {
        match beans::stages(stage.execution).nth(LOOKED_FOR_AT_ONCE) {
            None => Outputs::Found(outputs(&stage)),
            Some(_) => Outputs::Of(stage),
        }
    }

    fn get(&self, key: &str) -> Option<&'a Json> {
        match self {
            Outputs::Found(found) => found.iter().find_map(|outputs| outputs.get(key)),
            Outputs::Of(stage) => outputs(stage).into_iter().find_map(|outputs| outputs.get(key)),
        }
    }
}

fn outputs<'a>(stage: &Bean<'a>) -> Vec<&'a serde_json::Map<String, Json>> {
    let stages = beans::ancestors(stage).into_iter();
    stages.filter_map(|stage| stage.map("outputs")).filter(|outputs| !outputs.is_empty()).collect()
}

impl<'a> Root<'a> {
    /// The value of one of its own keys or of the context's.
    pub(crate) fn current(&self, key: &str) -> Option<Value<'a>> {
        match self.own.iter().find(|(name, _)| &**name == key) {
            Some((_, value)) => Some(value.clone()),
            None => self.base?.get(key).map(Value::from),
        }
    }

    /// Gives a key of its own that value.
    pub(crate) fn set(&mut self, key: Text<'a>, value: Value<'a>) {
        match self.own.iter_mut().find(|(name, _)| **name == *key) {
            Some((_, old)) => *old = value,
            None => self.own.push((key, value)),
        }
    }

    fn get(&self, key: &str) -> Option<Value<'a>> {
        self.current(key).or_else(|| self.outputs.get(key).map(Value::from))
    }
}

impl<'a> Map<'a> {
    /// A map of these; of equal keys the last value counts.
    pub fn of(entries: impl IntoIterator<Item = (Value<'a>, Value<'a>)>) -> Self {
        Map::Owned(Rc::new(entries.into_iter().collect()))
    }

    /// A map of these, in the order of a new `HashMap`.
    pub(crate) fn hashed(entries: Vec<(Value<'a>, Value<'a>)>) -> Self {
        let keys: Vec<Value<'a>> = entries.iter().map(|(key, _)| key.clone()).collect();
        let order = hash_order(&keys, DEFAULT_CAPACITY);
        Map::of(order.into_iter().map(|place| entries[place].clone()))
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        match self {
            Map::Json(map) => map.len(),
            Map::Owned(map) => map.len(),
            Map::Root(root) => {
                let base = root.base.map_or(0, |base| base.len());
                base + root
                    .own
                    .iter()
                    .filter(|(key, _)| !root.base.is_some_and(|base| base.contains_key(&**key)))
                    .count()
            }
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `Map.get`: the value of a key that is a string.
    pub fn get_str(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Map::Json(map) => map.get(key).map(Value::from),
            Map::Owned(map) => map.get(&key_of(key)).cloned(),
            Map::Root(root) => root.get(key),
        }
    }

    /// `Map.get`.
    pub fn get(&self, key: &Value<'a>) -> Option<Value<'a>> {
        match (self, key) {
            (Map::Owned(map), key) => map.get(key).cloned(),
            (_, Value::String(text)) => self.get_str(text),
            _ => None,
        }
    }

    /// `Map.containsKey`: what only a stage before has is no key.
    pub fn contains_key(&self, key: &Value<'a>) -> bool {
        match (self, key) {
            (Map::Root(root), Value::String(text)) => root.current(text).is_some(),
            _ => self.get(key).is_some(),
        }
    }

    /// Its keys and values.
    pub fn entries(&self) -> Box<dyn Iterator<Item = (Value<'a>, Value<'a>)> + '_> {
        match self {
            Map::Json(map) => Box::new(map.iter().map(|(key, value)| (Value::from(key.as_str()), value.into()))),
            Map::Owned(map) => Box::new(map.iter().map(|(key, value)| (key.clone(), value.clone()))),
            Map::Root(root) => {
                let base = root.base.into_iter().flatten().map(|(key, _)| Text::Borrowed(key.as_str()));
                let own = root.own.iter().map(|(key, _)| key.clone());
                let own = own.filter(|key| !root.base.is_some_and(|base| base.contains_key(&**key)));
                let keys: Vec<Value<'a>> = base.chain(own).map(Value::String).collect();
                // The original's root is a `HashMap` made of the context, so a third larger than that.
                let capacity = root.base.map_or(0, |base| base.len() * 4 / 3 + 1);
                let order = hash_order(&keys, capacity);
                Box::new(order.into_iter().map(move |place| {
                    let key = keys[place].clone();
                    let value = key.as_str().and_then(|key| root.current(key)).unwrap_or(Value::Null);
                    (key, value)
                }))
            }
        }
    }
}

/// A key to look up by. `Text::Borrowed` needs no allocation, and a key is compared by its text.
fn key_of<'k>(key: &'k str) -> Value<'k> {
    Value::String(Text::Borrowed(key))
}
