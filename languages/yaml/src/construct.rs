//! Nodes to values, as SnakeYAML's `SafeConstructor` makes Java objects of them.

mod json;
mod merge;
mod scalar;
mod timestamp;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::{
    compose::{Content, Document, Id, Node, Range, Tag},
    error::{Error, Exceeded, Place},
    limits::Limits,
    parse::PREFIX,
    scan::{Result, TextId, Texts, place},
    value::{Mapping, Value},
};

/// How many bytes each value and each key counts in [`Limits::expansion`], besides its text.
const NODE: usize = 100;

/// How many values of a document may be wrong because their keys come again.
const FORGIVEN: usize = 100;

/// Makes the values of one document.
pub(crate) struct Constructor<'d, 'a> {
    document: &'d mut Document,
    texts: &'d mut Texts<'a>,
    input: &'a str,
    limits: &'d Limits,
    /// How many bytes may still be made.
    budget: usize,
    /// How deep a value may stand once aliases are expanded.
    depth: usize,
    forgiven: usize,
}

impl<'d, 'a> Constructor<'d, 'a> {
    /// `texts` are those of the document's scalars, `input` is the whole text.
    pub(crate) fn new(
        document: &'d mut Document,
        texts: &'d mut Texts<'a>,
        input: &'a str,
        limits: &'d Limits,
    ) -> Self {
        // Keys are made up to three times: to find those that repeat, to merge, and at last.
        let own = document.nodes.len() * NODE + document.scalars;
        let budget = limits.expansion.saturating_add(own.saturating_mul(3));
        let depth = limits.depth.saturating_mul(4).min(Limits::MAX_DEPTH);
        Constructor { document, texts, input, limits, budget, depth, forgiven: 0 }
    }

    /// The document as a value.
    pub(crate) fn root_value(&mut self) -> Result<Value> {
        self.value(self.document.root, 0)
    }

    /// Counts the node `id`, which stands in `depth` collections.
    #[inline]
    fn enter(&mut self, id: Id, content: Content, depth: usize) -> Result<()> {
        if depth > self.depth {
            return Err(self.exceeded(Exceeded::Depth, self.depth, id));
        }
        let weight = match content {
            Content::Scalar(text) => NODE + self.text(text).len(),
            _ => NODE,
        };
        match self.budget.checked_sub(weight) {
            Some(rest) => self.budget = rest,
            None => return Err(self.exceeded(Exceeded::Expansion, self.limits.expansion, id)),
        }
        Ok(())
    }

    fn value(&mut self, id: Id, depth: usize) -> Result<Value> {
        let Node { content, tag } = self.document.nodes[id as usize];
        self.enter(id, content, depth)?;
        match content {
            Content::Scalar(_) => self.scalar(id),
            Content::Sequence(range) => match tag {
                Tag::Seq => {
                    let mut items = Vec::with_capacity(length(range));
                    for position in positions(range) {
                        items.push(self.value(self.document.children[position], depth + 1)?);
                    }
                    Ok(Value::Sequence(items))
                }
                Tag::Omap => {
                    let mut entries = Mapping::new();
                    for position in positions(range) {
                        let (key, value) = self.single(self.document.children[position], depth)?;
                        entries.insert(key, value);
                    }
                    Ok(Value::Mapping(entries))
                }
                Tag::Pairs => {
                    let mut pairs = Vec::with_capacity(length(range));
                    for position in positions(range) {
                        let (key, value) = self.single(self.document.children[position], depth)?;
                        pairs.push(Value::Sequence(vec![key, value]));
                    }
                    Ok(Value::Sequence(pairs))
                }
                other => Err(self.mismatch(id, other)),
            },
            Content::Mapping(range, merges) => match tag {
                Tag::Map => Ok(Value::Mapping(self.mapping(id, range, merges, depth, true)?)),
                Tag::Set => {
                    let entries = self.mapping(id, range, merges, depth, false)?;
                    Ok(Value::Set(entries.into_keys().collect()))
                }
                other => Err(self.mismatch(id, other)),
            },
            Content::Open => Ok(Value::Null),
        }
    }

    /// The entries of a mapping; `has_values` is false for a set, whose values are not even looked at.
    fn mapping(&mut self, id: Id, range: Range, merges: bool, depth: usize, has_values: bool) -> Result<Mapping> {
        let range = if merges { self.flatten(id, depth)? } else { range };
        let mut entries = Mapping::with_capacity(length(range) / 2);
        let mut repeats = false;
        for position in positions(range).step_by(2) {
            let key = self.value(self.document.children[position], depth + 1)?;
            let value = match has_values {
                true => match self.value(self.document.children[position + 1], depth + 1) {
                    Ok(value) => value,
                    Err(error) => self.forgive(error, range, position, depth)?,
                },
                false => Value::Null,
            };
            repeats |= entries.insert(key, value).is_some();
        }
        if repeats {
            let last = self.last_positions(range, depth)?;
            self.drop_repeated(id, range, &last);
            entries.sort_by_cached_key(|key, _| last.get(key).copied());
        }
        Ok(entries)
    }

    /// The key and the value of a mapping that has one of each, in `!!omap` and `!!pairs`.
    fn single(&mut self, id: Id, depth: usize) -> Result<(Value, Value)> {
        match self.document.nodes[id as usize].content {
            Content::Mapping(Range { start, end }, _) if end - start == 2 => {
                let [key, value] = [start, start + 1].map(|position| self.document.children[position as usize]);
                Ok((self.value(key, depth + 1)?, self.value(value, depth + 1)?))
            }
            _ => Err(self.expected(id, "mapping of one key, as each entry of `!!omap` and `!!pairs` is")),
        }
    }

    // Keys that repeat: the last one counts, with its value and its place in the order.

    /// Where each key stands last.
    fn last_positions(&mut self, range: Range, depth: usize) -> Result<HashMap<Value, usize>> {
        let mut last = HashMap::with_capacity(length(range) / 2);
        for position in positions(range).step_by(2) {
            last.insert(self.value(self.document.children[position], depth + 1)?, position);
        }
        Ok(last)
    }

    /// Leaves the last of each key in the mapping, for those that merge it.
    fn drop_repeated(&mut self, id: Id, range: Range, last: &HashMap<Value, usize>) {
        let mut kept: Vec<usize> = last.values().copied().collect();
        kept.sort_unstable();
        let mut end = range.start;
        for position in kept {
            self.document.children[end as usize] = self.document.children[position];
            self.document.children[end as usize + 1] = self.document.children[position + 1];
            end += 2;
        }
        self.document.nodes[id as usize].content = Content::Mapping(Range { end, ..range }, false);
    }

    /// A value that cannot be made is no error if its key comes again: SnakeYAML does not look at it.
    fn forgive<T: Default>(&mut self, error: Box<Error>, range: Range, position: usize, depth: usize) -> Result<T> {
        if self.forgiven >= FORGIVEN || matches!(*error, Error::Limit { .. }) {
            return Err(error);
        }
        self.forgiven += 1;
        let last = self.last_positions(range, depth)?;
        if last.values().any(|last| *last == position) { Err(error) } else { Ok(T::default()) }
    }

    fn scalar(&self, id: Id) -> Result<Value> {
        let node = self.document.nodes[id as usize];
        let Content::Scalar(text) = node.content else { return Ok(Value::Null) };
        let text = self.text(text);
        match node.tag {
            Tag::Str => Ok(Value::String(text.into())),
            Tag::Null => Ok(Value::Null),
            Tag::Bool => Ok(scalar::bool(text)),
            Tag::Int => scalar::int(text).ok_or_else(|| self.expected(id, "integer (of at most 4096 digits)")),
            Tag::Float => scalar::float(text).map(Value::Float).ok_or_else(|| self.expected(id, "number")),
            Tag::Binary => scalar::binary(text).map(Value::Binary).ok_or_else(|| self.expected(id, "base64")),
            Tag::Timestamp => {
                timestamp::parse(text).map(Value::Timestamp).ok_or_else(|| self.expected(id, "timestamp"))
            }
            other => Err(self.mismatch(id, other)),
        }
    }

    #[inline]
    fn text(&self, id: TextId) -> &str {
        self.texts.get(id)
    }

    // Errors.

    fn place(&self, id: Id) -> Place {
        place(self.input, self.document.places[id as usize])
    }

    fn exceeded(&self, exceeded: Exceeded, limit: usize, id: Id) -> Box<Error> {
        Box::new(Error::Limit { place: self.place(id), exceeded, limit })
    }

    fn expected(&self, id: Id, expected: &'static str) -> Box<Error> {
        Box::new(Error::Mismatch { place: self.place(id), expected })
    }

    /// The tag does not fit the node's kind, or nothing at all.
    fn mismatch(&self, id: Id, tag: Tag) -> Box<Error> {
        let name = match tag {
            Tag::Other => self.document.tags.get(&id).cloned().unwrap_or_default(),
            // A merge key that is a value.
            Tag::Merge => format!("{PREFIX}merge"),
            Tag::Seq | Tag::Omap | Tag::Pairs => return self.expected(id, "list, which its tag says"),
            Tag::Map | Tag::Set => return self.expected(id, "mapping, which its tag says"),
            _ => return self.expected(id, "scalar, which its tag says"),
        };
        Error::tag(self.place(id), &name)
    }
}

fn length(range: Range) -> usize {
    (range.end - range.start) as usize
}

fn positions(range: Range) -> std::ops::Range<usize> {
    range.start as usize..range.end as usize
}
