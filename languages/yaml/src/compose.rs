//! Events to the nodes of a document, as SnakeYAML's composer does it.
//!
//! All nodes of a document lie in one list and know each other by their position, so an alias is the position of its
//! anchor's node, whatever that holds: nothing is copied before it is known to be needed.

use std::collections::HashMap;

use crate::{
    error::{Error, Exceeded, Place},
    limits::Limits,
    parse::{Event, PREFIX, Parser, Properties},
    resolve::resolve,
    scan::{Result, Style, TextId, Texts, place},
};

/// A node's position in [`Document::nodes`].
pub(crate) type Id = u32;

/// The type that a node has by its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Binary,
    Timestamp,
    Str,
    Seq,
    Map,
    Set,
    Omap,
    Pairs,
    /// A key with it merges its value into the mapping.
    Merge,
    /// Its name is in [`Document::tags`].
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Content {
    Scalar(TextId),
    /// A range of [`Document::children`].
    Sequence(Range),
    /// A range of [`Document::children`], keys and values in turn, and whether one of the keys merges.
    Mapping(Range, bool),
    /// A collection whose end has not come yet.
    Open,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// What is known of every value. It fits into two registers, as tokens do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) tag: Tag,
}

/// The nodes of a document.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) nodes: Vec<Node>,
    /// Where each node starts in the text.
    pub(crate) places: Vec<usize>,
    pub(crate) children: Vec<Id>,
    /// Of nodes with [`Tag::Other`].
    pub(crate) tags: HashMap<Id, String>,
    pub(crate) root: Id,
    /// How many bytes its scalars have together.
    pub(crate) scalars: usize,
    /// Whether one of its scalars would merge if it is a key.
    may_merge: bool,
    /// Whether each node is in one place only: the document has no aliases and no merge keys.
    pub(crate) is_tree: bool,
}

/// A collection that is not closed yet.
struct Frame {
    node: Id,
    /// How many nodes wait before its own children.
    waiting: usize,
    is_mapping: bool,
}

pub(crate) struct Composer<'a> {
    parser: Parser<'a>,
    limits: Limits,
    frames: Vec<Frame>,
    /// Children of open collections.
    waiting: Vec<Id>,
    anchors: HashMap<&'a str, Id>,
    /// Aliases of collections in the whole text.
    aliases: usize,
}

impl<'a> Composer<'a> {
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Result<Self> {
        Ok(Composer {
            parser: Parser::new(text, limits)?,
            limits: Limits { depth: limits.depth.min(Limits::MAX_DEPTH), ..limits.clone() },
            frames: Vec::new(),
            waiting: Vec::new(),
            anchors: HashMap::new(),
            aliases: 0,
        })
    }

    /// The texts of the document's scalars, until the next one.
    pub(crate) fn texts(&mut self) -> &mut Texts<'a> {
        self.parser.texts_mut()
    }

    /// Reads the next document into `document`, whose memory is used again; `None` after the last one. The offset is
    /// where it starts.
    pub(crate) fn next(&mut self, document: &mut Document) -> Result<Option<usize>> {
        document.nodes.clear();
        document.places.clear();
        document.children.clear();
        document.tags.clear();
        document.scalars = 0;
        document.may_merge = false;
        document.is_tree = true;
        self.parser.forget_texts();
        self.anchors.clear();
        let mut start = 0;
        loop {
            match self.parser.next()? {
                Event::StreamEnd => return Ok(None),
                Event::DocumentStart => start = self.parser.at(),
                Event::DocumentEnd => return Ok(Some(start)),
                Event::Alias => {
                    let id = self.alias(document)?;
                    self.deliver(id, document);
                }
                Event::Scalar(text, style) => {
                    let id = self.scalar(text, style, document)?;
                    self.deliver(id, document);
                }
                Event::SequenceStart => self.open(false, document)?,
                Event::MappingStart => self.open(true, document)?,
                Event::SequenceEnd | Event::MappingEnd => self.close(document),
            }
        }
    }

    fn scalar(&mut self, id: TextId, style: Style, document: &mut Document) -> Result<Id> {
        let properties = self.parser.take_properties();
        let text = self.parser.texts().get(id);
        let tag = match (written(&properties), style) {
            // The tag `!` makes even a quoted scalar a plain one, as in SnakeYAML.
            (None, Style::Plain) | (Some("!"), _) => resolve(text),
            (None, Style::Quoted) => Tag::Str,
            (Some(tag), _) => self.tag(tag, document)?,
        };
        document.scalars += text.len();
        document.may_merge |= tag == Tag::Merge;
        self.add(Content::Scalar(id), tag, properties, document)
    }

    // Otherwise it is called with most of its arguments in memory, for each node.
    #[inline(always)]
    fn add(
        &mut self,
        content: Content,
        tag: Tag,
        properties: Option<Box<Properties<'a>>>,
        document: &mut Document,
    ) -> Result<Id> {
        if self.frames.len() > self.limits.depth {
            return Err(self.exceeded(Exceeded::Depth, self.limits.depth));
        }
        let id = document.nodes.len() as Id;
        document.nodes.push(Node { content, tag });
        document.places.push(self.parser.at());
        if let Some(name) = properties.and_then(|properties| properties.anchor) {
            self.anchors.insert(name, id);
        }
        Ok(id)
    }

    fn open(&mut self, is_mapping: bool, document: &mut Document) -> Result<()> {
        let properties = self.parser.take_properties();
        let tag = match written(&properties) {
            Some(tag) if tag != "!" => self.tag(tag, document)?,
            _ if is_mapping => Tag::Map,
            _ => Tag::Seq,
        };
        let node = self.add(Content::Open, tag, properties, document)?;
        self.frames.push(Frame { node, waiting: self.waiting.len(), is_mapping });
        Ok(())
    }

    fn close(&mut self, document: &mut Document) {
        let Some(frame) = self.frames.pop() else { return };
        let start = document.children.len() as u32;
        document.children.extend_from_slice(&self.waiting[frame.waiting..]);
        self.waiting.truncate(frame.waiting);
        let range = Range { start, end: document.children.len() as u32 };
        let content = match frame.is_mapping {
            false => Content::Sequence(range),
            true => {
                let mut keys = document.children[start as usize..].iter().step_by(2);
                let merges = document.may_merge && keys.any(|key| document.nodes[*key as usize].tag == Tag::Merge);
                document.is_tree &= !merges;
                Content::Mapping(range, merges)
            }
        };
        document.nodes[frame.node as usize].content = content;
        self.deliver(frame.node, document);
    }

    #[inline]
    fn deliver(&mut self, id: Id, document: &mut Document) {
        match self.frames.is_empty() {
            true => document.root = id,
            false => self.waiting.push(id),
        }
    }

    fn alias(&mut self, document: &mut Document) -> Result<Id> {
        let name = self.parser.alias();
        let Some(&id) = self.anchors.get(name) else {
            return Err(Box::new(Error::UnknownAlias { place: self.place(), name: name.into() }));
        };
        match document.nodes[id as usize].content {
            Content::Scalar(_) => {}
            Content::Open => {
                return Err(Box::new(Error::RecursiveAlias { place: self.place(), name: name.into() }));
            }
            Content::Sequence(_) | Content::Mapping(..) => {
                self.aliases += 1;
                if self.aliases > self.limits.aliases {
                    return Err(self.exceeded(Exceeded::Aliases, self.limits.aliases));
                }
            }
        }
        document.is_tree = false;
        Ok(id)
    }

    fn tag(&self, tag: &str, document: &mut Document) -> Result<Tag> {
        Ok(match tag.strip_prefix(PREFIX) {
            Some("null") => Tag::Null,
            Some("bool") => Tag::Bool,
            Some("int") => Tag::Int,
            Some("float") => Tag::Float,
            Some("binary") => Tag::Binary,
            Some("timestamp") => Tag::Timestamp,
            Some("str") => Tag::Str,
            Some("seq") => Tag::Seq,
            Some("map") => Tag::Map,
            Some("set") => Tag::Set,
            Some("omap") => Tag::Omap,
            Some("pairs") => Tag::Pairs,
            Some("merge") => Tag::Merge,
            // Such a tag would name a Java class: SnakeYAML refuses it even where the value is not needed.
            Some(other) if other != "yaml" => return Err(Error::tag(self.place(), tag)),
            _ => {
                // The node comes next.
                document.tags.insert(document.nodes.len() as Id, tag.into());
                Tag::Other
            }
        })
    }

    fn exceeded(&self, exceeded: Exceeded, limit: usize) -> Box<Error> {
        Box::new(Error::Limit { place: self.place(), exceeded, limit })
    }

    /// Where the last event starts.
    fn place(&self) -> Place {
        place(self.parser.text(), self.parser.at())
    }
}

/// The tag that is written.
fn written<'p>(properties: &'p Option<Box<Properties<'_>>>) -> Option<&'p str> {
    properties.as_ref().and_then(|properties| properties.tag.as_deref())
}
