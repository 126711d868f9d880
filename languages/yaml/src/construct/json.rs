//! Nodes to JSON, without the values between: the same as [`Value::into_json`] of what the nodes are.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::{Constructor, Result, length, positions};
use crate::{
    compose::{Content, Id, Node, Range, Tag},
    value::{Value, key_text},
};

impl Constructor<'_, '_> {
    /// The document as JSON.
    pub(crate) fn root_json(&mut self) -> Result<Json> {
        self.json(self.document.root, 0)
    }

    #[inline]
    fn json(&mut self, id: Id, depth: usize) -> Result<Json> {
        let node = self.document.nodes[id as usize];
        match node {
            Node { content: Content::Scalar(text), tag: Tag::Str } => {
                self.enter(id, node.content, depth)?;
                // A node in one place only is not needed again.
                let text = if self.document.is_tree { self.texts.take(text) } else { self.text(text).into() };
                Ok(Json::String(text))
            }
            _ => self.json_of_others(id, node, depth),
        }
    }

    /// The JSON of all but strings.
    fn json_of_others(&mut self, id: Id, node: Node, depth: usize) -> Result<Json> {
        match (node.content, node.tag) {
            (Content::Sequence(range), Tag::Seq) => {
                self.enter(id, node.content, depth)?;
                let mut items = Vec::with_capacity(length(range));
                for position in positions(range) {
                    items.push(self.json(self.document.children[position], depth + 1)?);
                }
                Ok(Json::Array(items))
            }
            (Content::Mapping(range, merges), Tag::Map) => {
                self.enter(id, node.content, depth)?;
                self.json_object(id, range, merges, depth)
            }
            _ => self.value(id, depth).map(Value::into_json),
        }
    }

    fn json_object(&mut self, id: Id, range: Range, merges: bool, depth: usize) -> Result<Json> {
        let range = if merges { self.flatten(id, depth)? } else { range };
        if self.has_collections_as_keys(range) {
            // Such keys may be equal and still have different texts.
            return Ok(Value::Mapping(self.mapping(id, range, false, depth, true)?).into_json());
        }
        let mut entries = Map::with_capacity(length(range) / 2);
        for position in positions(range).step_by(2) {
            let key = self.json_key(self.document.children[position], depth + 1)?;
            let value = match self.json(self.document.children[position + 1], depth + 1) {
                Ok(value) => value,
                Err(error) => self.forgive(error, range, position, depth)?,
            };
            entries.insert(key, value);
        }
        let repeats = entries.len() < length(range) / 2;
        if repeats {
            let last = self.last_positions(range, depth)?;
            self.drop_repeated(id, range, &last);
            // Different keys may have the same text: then the first of them has the place, and the last the value.
            let mut order: HashMap<String, usize> = HashMap::with_capacity(entries.len());
            for (key, position) in last {
                let first = order.entry(key_text(key)).or_insert(position);
                *first = position.min(*first);
            }
            let mut sorted: Vec<_> = entries.into_iter().collect();
            sorted.sort_by_key(|(key, _)| order.get(key).copied());
            entries = sorted.into_iter().collect();
        }
        Ok(Json::Object(entries))
    }

    fn has_collections_as_keys(&self, range: Range) -> bool {
        let mut keys = positions(range).step_by(2).map(|position| self.document.children[position]);
        keys.any(|key| !matches!(self.document.nodes[key as usize].content, Content::Scalar(_)))
    }

    #[inline]
    fn json_key(&mut self, id: Id, depth: usize) -> Result<String> {
        let node = self.document.nodes[id as usize];
        match node {
            Node { content: Content::Scalar(text), tag: Tag::Str } => {
                self.enter(id, node.content, depth)?;
                Ok(self.text(text).into())
            }
            _ => self.value(id, depth).map(key_text),
        }
    }
}
