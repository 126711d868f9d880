//! YAML text to a tree of nodes, each with the line and column where it stands.
//!
//! The parser (`granit-parser`) yields events with positions; here they become nodes by SnakeYAML's rules: YAML 1.1
//! scalars ([`scalar`]), merge keys `<<`, anchors, duplicate keys refused. Limits: [`NESTING`] levels,
//! [`ALIASED`] nodes that come out of aliases. It knows nothing of files, keys with dots or profiles.

pub(crate) mod scalar;

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, Tag, options};
use indexmap::IndexMap;

use self::scalar::{Kind, Scalar};

/// How deep collections may be nested.
const NESTING: usize = 100;
/// How many nodes all aliases of a file together may add.
const ALIASED: usize = 100_000;

/// A position in a file, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A value and where it is written (for an alias: where its anchor is).
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) mark: Mark,
}

/// A value of a document.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    /// Keys with the place of the key, in the file's order; merged keys last.
    Map(IndexMap<String, (Mark, Node)>),
}

/// Why a text is not readable YAML. It never holds a value of the text.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) mark: Mark,
    pub(crate) cause: Cause,
}

/// The kinds of problem.
#[derive(Debug)]
pub(crate) enum Cause {
    /// Not YAML, or YAML that is not supported: what, and what to do.
    Syntax { problem: String, advice: &'static str },
    /// A mapping has one key twice.
    Duplicate { key: String, first_line: usize },
}

/// The documents of `text`, in order. A document without content is left out.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, Problem> {
    let options = options! {
        emit_comments: false,
        block_scalar_eof_without_line_feed: true,
        flow_nesting_limit: NESTING,
        block_nesting_limit: NESTING,
    };
    let mut builder = Builder::default();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(scan_problem)?;
        builder.event(event, span)?;
    }
    Ok(builder.documents)
}

/// A collection whose end has not come yet.
enum Open {
    List { items: Vec<Node> },
    Map { entries: IndexMap<String, (Mark, Node)>, merges: Vec<Node>, pending: Option<Pending> },
}

/// The key that waits for its value.
enum Pending {
    Key(String, Mark),
    Merge,
}

struct Frame {
    open: Open,
    anchor: usize,
    mark: Mark,
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    frames: Vec<Frame>,
    anchors: HashMap<usize, (Node, usize)>,
    aliased: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let mark = mark(&span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let merge = plain && text == "<<";
                // A plain key keeps its spelling: SnakeYAML would turn the key `on` into `true`.
                let scalar =
                    if self.expects_key() { Scalar::text(text) } else { scalar(&text, style, tag.as_deref(), mark)? };
                self.deliver(Node { value: Value::Scalar(scalar), mark }, anchor, merge)
            }
            Event::SequenceStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "seq", mark)?;
                self.open(Open::List { items: Vec::new() }, anchor, mark)
            }
            Event::MappingStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "map", mark)?;
                self.open(Open::Map { entries: IndexMap::new(), merges: Vec::new(), pending: None }, anchor, mark)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(frame) = self.frames.pop() else { return Ok(()) };
                let value = match frame.open {
                    Open::List { items } => Value::List(items),
                    Open::Map { mut entries, merges, .. } => {
                        merge(&mut entries, merges)?;
                        Value::Map(entries)
                    }
                };
                self.deliver(Node { value, mark: frame.mark }, frame.anchor, false)
            }
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id) else {
                    return Err(syntax(mark, "an alias stands inside its own anchor", "write the value out"));
                };
                self.aliased += size;
                if self.aliased > ALIASED {
                    return Err(syntax(mark, "the aliases expand to too many values", "write fewer nested aliases"));
                }
                self.deliver(node.clone(), 0, false)
            }
            _ => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { open: Open::Map { pending: None, .. }, .. }))
    }

    fn open(&mut self, open: Open, anchor: usize, mark: Mark) -> Result<(), Problem> {
        if self.frames.len() >= NESTING {
            return Err(syntax(mark, "the values are nested too deeply", "flatten them"));
        }
        self.frames.push(Frame { open, anchor, mark });
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn deliver(&mut self, node: Node, anchor: usize, is_merge_key: bool) -> Result<(), Problem> {
        if anchor != 0 {
            let size = size(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.frames.last_mut() {
            None => {
                self.anchors.clear();
                if !matches!(&node.value, Value::Scalar(scalar) if scalar.kind == Kind::Null) {
                    self.documents.push(node);
                }
            }
            Some(Frame { open: Open::List { items }, .. }) => items.push(node),
            Some(Frame { open: Open::Map { entries, merges, pending }, .. }) => match pending.take() {
                None if is_merge_key => *pending = Some(Pending::Merge),
                None => {
                    let Value::Scalar(scalar) = node.value else {
                        let advice = "use plain text as the key; quote a value that starts with { or [";
                        return Err(syntax(node.mark, "a key is a list or a mapping", advice));
                    };
                    if let Some((first, _)) = entries.get(&scalar.text) {
                        let cause = Cause::Duplicate { key: scalar.text, first_line: first.line };
                        return Err(Problem { mark: node.mark, cause });
                    }
                    *pending = Some(Pending::Key(scalar.text, node.mark));
                }
                Some(Pending::Merge) => merges.push(node),
                Some(Pending::Key(key, mark)) => {
                    entries.insert(key, (mark, node));
                }
            },
        }
        Ok(())
    }
}

/// Adds what `<<` brings: a key of the mapping itself wins, then the earlier of several merged mappings.
fn merge(entries: &mut IndexMap<String, (Mark, Node)>, merges: Vec<Node>) -> Result<(), Problem> {
    for node in merges {
        let mark = node.mark;
        let maps = match node.value {
            Value::List(items) => items,
            _ => vec![node],
        };
        for map in maps {
            let Value::Map(merged) = map.value else {
                let advice = "give an alias of a mapping, or a list of such aliases";
                return Err(syntax(mark, "the merge key `<<` has something else than a mapping", advice));
            };
            for (key, value) in merged {
                entries.entry(key).or_insert(value);
            }
        }
    }
    Ok(())
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, mark: Mark) -> Result<Scalar, Problem> {
    match tag {
        None if style == ScalarStyle::Plain => Ok(Scalar::plain(text)),
        None => Ok(Scalar::text(text)),
        Some(tag) if tag.original() == "!" => Ok(Scalar::text(text)),
        Some(tag) => match tag.core_suffix() {
            Some(suffix) => Scalar::tagged(text, suffix)
                .ok_or_else(|| syntax(mark, "the value is not of the type that its tag names", "remove the tag")),
            None => Err(tag_problem(mark)),
        },
    }
}

fn check_tag(tag: Option<&Tag>, expected: &str, mark: Mark) -> Result<(), Problem> {
    match tag {
        Some(tag) if tag.core_suffix() != Some(expected) && tag.original() != "!" => Err(tag_problem(mark)),
        _ => Ok(()),
    }
}

fn tag_problem(mark: Mark) -> Problem {
    let advice = "remove it; only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are supported; quote a text \
                  that starts with `!`";
    syntax(mark, "the tag is not supported", advice)
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Scalar(_) => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.values().map(|(_, value)| size(value)).sum(),
    }
}

fn mark(span: &Span) -> Mark {
    Mark { line: span.start.line(), column: span.start.col() + 1 }
}

fn syntax(mark: Mark, problem: &str, advice: &'static str) -> Problem {
    Problem { mark, cause: Cause::Syntax { problem: problem.to_owned(), advice } }
}

/// The parser's messages hold at most one character of the text, so they may be shown.
fn scan_problem(error: ScanError) -> Problem {
    let mark = Mark { line: error.marker().line(), column: error.marker().col() + 1 };
    let advice = match error.kind() {
        ErrorKind::UnknownAnchor => "define the anchor (`&name`) above, or quote a value that starts with `*`",
        ErrorKind::UnexpectedCharacter { .. } => "put the value in quotes",
        ErrorKind::UnclosedFlowCollection { .. } | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            "close the bracket, or put the value in quotes"
        }
        _ => "check the indentation (spaces, no tabs), the quotes and the colons up to this place",
    };
    syntax(mark, &error.info(), advice)
}

#[cfg(test)]
mod tests;
