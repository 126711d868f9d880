//! Merge keys: `<<: *defaults` and `<<: [*one, *other]` (`SafeConstructor.flattenMapping`).
//!
//! A key of the mapping itself wins over a merged one, and of merged ones the first. The order is that in which keys
//! come up. A mapping that is merged before it is made itself loses its own merge keys: SnakeYAML moves their entries
//! over, and its answers are kept.

use std::collections::{HashMap, HashSet};

use super::{Constructor, Result};
use crate::{
    compose::{Content, Id, Range, Tag},
    error::{Error, Exceeded},
    value::Value,
};

/// The entries of a mapping as they come up.
#[derive(Default)]
struct Merged {
    entries: Vec<(Id, Id)>,
    positions: HashMap<Value, usize>,
}

impl Constructor<'_, '_> {
    /// Replaces the merge keys of the mapping `id` by what they merge.
    pub(super) fn flatten(&mut self, id: Id, depth: usize) -> Result<Range> {
        let mut own = self.entries(id);
        // Of the mapping's own keys that repeat the last one stays.
        let mut seen = HashSet::with_capacity(own.len());
        let mut kept = Vec::with_capacity(own.len());
        for (key, value) in own.drain(..).rev() {
            if self.is_merge_key(key) || seen.insert(self.value(key, depth + 1)?) {
                kept.push((key, value));
            }
        }
        let mut merged = Merged::default();
        for (key, value) in kept.into_iter().rev() {
            self.merge_entry(key, value, true, &mut merged, depth)?;
        }
        let start = self.document.children.len() as u32;
        self.document.children.extend(merged.entries.into_iter().flat_map(|(key, value)| [key, value]));
        let range = Range { start, end: self.document.children.len() as u32 };
        self.document.nodes[id as usize].content = Content::Mapping(range, false);
        Ok(range)
    }

    fn merge_entry(&mut self, key: Id, value: Id, own: bool, merged: &mut Merged, depth: usize) -> Result<()> {
        if !self.is_merge_key(key) {
            let made = self.value(key, depth + 1)?;
            match merged.positions.get(&made) {
                Some(position) if own => merged.entries[*position] = (key, value),
                Some(_) => {}
                None => {
                    merged.positions.insert(made, merged.entries.len());
                    merged.entries.push((key, value));
                }
            }
            return Ok(());
        }
        match self.document.nodes[value as usize].content {
            Content::Mapping(..) => self.merge_mapping(value, merged, depth),
            Content::Sequence(range) => {
                for position in super::positions(range) {
                    let item = self.document.children[position];
                    match self.document.nodes[item as usize].content {
                        Content::Mapping(..) => self.merge_mapping(item, merged, depth)?,
                        _ => return Err(self.no_mapping(item)),
                    }
                }
                Ok(())
            }
            _ => Err(self.no_mapping(value)),
        }
    }

    /// Merges the entries of the mapping `id`, and moves what its own merge keys merge.
    fn merge_mapping(&mut self, id: Id, merged: &mut Merged, depth: usize) -> Result<()> {
        if depth >= self.depth {
            return Err(self.exceeded(Exceeded::Depth, self.depth, id));
        }
        let entries = self.entries(id);
        for &(key, value) in &entries {
            self.merge_entry(key, value, false, merged, depth + 1)?;
        }
        if let Content::Mapping(range, true) = self.document.nodes[id as usize].content {
            let mut end = range.start;
            for (key, value) in entries {
                if !self.is_merge_key(key) {
                    self.document.children[end as usize] = key;
                    self.document.children[end as usize + 1] = value;
                    end += 2;
                }
            }
            self.document.nodes[id as usize].content = Content::Mapping(Range { end, ..range }, false);
        }
        Ok(())
    }

    fn entries(&self, id: Id) -> Vec<(Id, Id)> {
        match self.document.nodes[id as usize].content {
            Content::Mapping(range, _) => {
                let children = &self.document.children[super::positions(range)];
                children.chunks_exact(2).map(|entry| (entry[0], entry[1])).collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_merge_key(&self, id: Id) -> bool {
        self.document.nodes[id as usize].tag == Tag::Merge
    }

    fn no_mapping(&self, id: Id) -> Box<Error> {
        Box::new(Error::Merge { place: self.place(id) })
    }
}
