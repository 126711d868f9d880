//! Events to the nodes of a document, as SnakeYAML's composer does it.
//!
//! All nodes of a document lie in one list and know each other by their position, so an alias is the position of its
//! anchor's node, whatever that holds: nothing is copied before it is known to be needed.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    error::{Error, Exceeded},
    limits::Limits,
    parse::{Event, PREFIX, Parser, Properties},
    scan::{Result, Style, place},
};

/// A node's position in [`Document::nodes`].
pub(crate) type Id = u32;

/// The type that a node has by its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// None is written and the scalar is plain: its text decides.
    Plain,
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
    /// A position in [`Document::tags`].
    Other(u32),
}

#[derive(Debug)]
pub(crate) enum Content<'a> {
    Scalar(Cow<'a, str>),
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

#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) content: Content<'a>,
    pub(crate) tag: Tag,
    /// The offset in the text.
    pub(crate) at: usize,
}

/// The nodes of a document.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) children: Vec<Id>,
    pub(crate) tags: Vec<String>,
    pub(crate) root: Id,
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

    pub(crate) fn text(&self) -> &'a str {
        self.parser.text()
    }

    /// Reads the next document into `document`, whose memory is used again; `None` after the last one. The offset is
    /// where it starts.
    pub(crate) fn next(&mut self, document: &mut Document<'a>) -> Result<Option<usize>> {
        document.nodes.clear();
        document.children.clear();
        document.tags.clear();
        document.is_tree = true;
        self.anchors.clear();
        let mut start = 0;
        loop {
            let (event, at) = self.parser.next()?;
            match event {
                Event::StreamEnd => return Ok(None),
                Event::DocumentStart => start = at,
                Event::DocumentEnd => return Ok(Some(start)),
                Event::Alias(name) => {
                    let id = self.alias(name, at, document)?;
                    self.deliver(id, document);
                }
                Event::Scalar(text, style, properties) => {
                    let tag = match (written(&properties), style) {
                        (None, Style::Plain) => Tag::Plain,
                        (None, Style::Quoted) => Tag::Str,
                        // The tag `!` makes even a quoted scalar a plain one, as in SnakeYAML.
                        (Some("!"), _) => Tag::Plain,
                        (Some(tag), _) => self.tag(tag, at, document)?,
                    };
                    let id = self.add(Content::Scalar(text), tag, properties, at, document)?;
                    self.deliver(id, document);
                }
                Event::SequenceStart(properties) => self.open(false, properties, at, document)?,
                Event::MappingStart(properties) => self.open(true, properties, at, document)?,
                Event::SequenceEnd | Event::MappingEnd => self.close(document),
            }
        }
    }

    fn add(
        &mut self,
        content: Content<'a>,
        tag: Tag,
        properties: Option<Box<Properties<'a>>>,
        at: usize,
        document: &mut Document<'a>,
    ) -> Result<Id> {
        if self.frames.len() > self.limits.depth {
            return Err(self.exceeded(Exceeded::Depth, self.limits.depth, at));
        }
        let id = document.nodes.len() as Id;
        document.nodes.push(Node { content, tag, at });
        if let Some(name) = properties.and_then(|properties| properties.anchor) {
            self.anchors.insert(name, id);
        }
        Ok(id)
    }

    fn open(
        &mut self,
        is_mapping: bool,
        properties: Option<Box<Properties<'a>>>,
        at: usize,
        document: &mut Document<'a>,
    ) -> Result<()> {
        let tag = match written(&properties) {
            Some(tag) if tag != "!" => self.tag(tag, at, document)?,
            _ if is_mapping => Tag::Map,
            _ => Tag::Seq,
        };
        let node = self.add(Content::Open, tag, properties, at, document)?;
        self.frames.push(Frame { node, waiting: self.waiting.len(), is_mapping });
        Ok(())
    }

    fn close(&mut self, document: &mut Document<'a>) {
        let Some(frame) = self.frames.pop() else { return };
        let start = document.children.len() as u32;
        document.children.extend(self.waiting.drain(frame.waiting..));
        let range = Range { start, end: document.children.len() as u32 };
        let content = match frame.is_mapping {
            false => Content::Sequence(range),
            true => {
                let keys = document.children[start as usize..].iter().step_by(2);
                let merges = keys.into_iter().any(|key| document.nodes[*key as usize].is_merge_key());
                document.is_tree &= !merges;
                Content::Mapping(range, merges)
            }
        };
        document.nodes[frame.node as usize].content = content;
        self.deliver(frame.node, document);
    }

    fn deliver(&mut self, id: Id, document: &mut Document<'a>) {
        match self.frames.is_empty() {
            true => document.root = id,
            false => self.waiting.push(id),
        }
    }

    fn alias(&mut self, name: &str, at: usize, document: &mut Document<'a>) -> Result<Id> {
        let Some(&id) = self.anchors.get(name) else {
            let place = place(self.text(), at);
            return Err(Box::new(Error::UnknownAlias { place, name: name.into() }));
        };
        match document.nodes[id as usize].content {
            Content::Scalar(_) => {}
            Content::Open => {
                let place = place(self.text(), at);
                return Err(Box::new(Error::RecursiveAlias { place, name: name.into() }));
            }
            Content::Sequence(_) | Content::Mapping(..) => {
                self.aliases += 1;
                if self.aliases > self.limits.aliases {
                    return Err(self.exceeded(Exceeded::Aliases, self.limits.aliases, at));
                }
            }
        }
        document.is_tree = false;
        Ok(id)
    }

    fn tag(&self, tag: &str, at: usize, document: &mut Document<'_>) -> Result<Tag> {
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
            Some(other) if other != "yaml" => return Err(Error::tag(place(self.text(), at), tag)),
            _ => {
                document.tags.push(tag.into());
                Tag::Other(document.tags.len() as u32 - 1)
            }
        })
    }

    fn exceeded(&self, exceeded: Exceeded, limit: usize, at: usize) -> Box<Error> {
        Box::new(Error::Limit { place: place(self.text(), at), exceeded, limit })
    }
}

/// The tag that is written.
fn written<'p>(properties: &'p Option<Box<Properties<'_>>>) -> Option<&'p str> {
    properties.as_ref().and_then(|properties| properties.tag.as_deref())
}

impl Node<'_> {
    /// Whether, as a key, it merges its value.
    pub(crate) fn is_merge_key(&self) -> bool {
        match &self.content {
            Content::Scalar(text) if self.tag == Tag::Plain => text == "<<",
            _ => self.tag == Tag::Merge,
        }
    }
}
