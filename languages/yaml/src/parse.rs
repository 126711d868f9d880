//! Tokens to events, by YAML 1.1's grammar as SnakeYAML's parser has it.
//!
//! What follows is on a stack, so that nesting does not use the program's stack.

mod collections;
mod documents;

use std::borrow::Cow;

use crate::{
    limits::Limits,
    scan::{Located, Result, Scanner, Style, TextId, Texts, Token, WrittenTag, syntax},
};

/// What all tags of YAML 1.1 itself start with.
pub(crate) const PREFIX: &str = "tag:yaml.org,2002:";

/// A step through a document. More about it is asked of the parser before the next step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    /// [`Parser::alias`].
    Alias,
    /// [`Parser::take_properties`].
    Scalar(TextId, Style),
    /// [`Parser::take_properties`].
    SequenceStart,
    SequenceEnd,
    /// [`Parser::take_properties`].
    MappingStart,
    MappingEnd,
}

/// The anchor and the tag of a value. Few have any.
#[derive(Debug, Default)]
pub(crate) struct Properties<'a> {
    pub(crate) anchor: Option<&'a str>,
    /// The whole tag; `!` is the tag that says nothing.
    pub(crate) tag: Option<Cow<'a, str>>,
}

/// What is expected next.
#[derive(Debug, Clone, Copy)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirst,
    FlowSequenceEntry,
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Block,
    /// A block mapping's key or value, where a list may start without indentation.
    BlockOrIndentless,
    Flow,
}

pub(crate) struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    /// What `%TAG` says. It holds for the documents after this one too, as in SnakeYAML.
    handles: Vec<(&'a str, Cow<'a, str>)>,
    /// Where the last event starts.
    at: usize,
    /// Of the last event, until they are taken.
    properties: Option<Box<Properties<'a>>>,
    /// The name of the last alias.
    alias: &'a str,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Result<Self> {
        Ok(Parser {
            scanner: Scanner::new(text, limits)?,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            handles: Vec::new(),
            at: 0,
            properties: None,
            alias: "",
        })
    }

    pub(crate) fn text(&self) -> &'a str {
        self.scanner.text()
    }

    /// The offset where the last event starts.
    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The name of the last event, an alias.
    pub(crate) fn alias(&self) -> &'a str {
        self.alias
    }

    /// The anchor and the tag of the last event.
    #[inline]
    pub(crate) fn take_properties(&mut self) -> Option<Box<Properties<'a>>> {
        self.properties.take()
    }

    /// The texts of scalars by their ids.
    #[inline]
    pub(crate) fn texts(&self) -> &Texts<'a> {
        self.scanner.texts()
    }

    /// As [`Parser::texts`], to take them.
    pub(crate) fn texts_mut(&mut self) -> &mut Texts<'a> {
        self.scanner.texts_mut()
    }

    /// The texts of all scalars so far are not needed any more.
    pub(crate) fn forget_texts(&mut self) {
        self.scanner.forget_texts();
    }

    /// The next event.
    pub(crate) fn next(&mut self) -> Result<Event> {
        match self.state {
            State::ImplicitDocumentStart => match self.scanner.peek()?.token {
                Token::Version(_)
                | Token::TagHandle(..)
                | Token::Directive
                | Token::DocumentStart
                | Token::StreamEnd => self.document_start(),
                _ => {
                    self.states.push(State::DocumentEnd);
                    self.state = State::BlockNode;
                    self.here(Event::DocumentStart)
                }
            },
            State::DocumentStart => self.document_start(),
            State::DocumentContent => match self.scanner.peek()?.token {
                Token::Version(_)
                | Token::TagHandle(..)
                | Token::Directive
                | Token::DocumentStart
                | Token::DocumentEnd
                | Token::StreamEnd => {
                    let next = self.pop();
                    self.empty(next)
                }
                _ => self.node(Context::Block),
            },
            State::DocumentEnd => {
                self.state = State::DocumentStart;
                let event = self.here(Event::DocumentEnd)?;
                if matches!(self.scanner.peek()?.token, Token::DocumentEnd) {
                    self.scanner.skip();
                }
                Ok(event)
            }
            State::BlockNode => self.node(Context::Block),
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirst => self.flow_sequence_entry(true),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowPairKey => {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                match next.token {
                    Token::Value | Token::FlowEntry | Token::FlowSequenceEnd => self.empty(State::FlowPairValue),
                    _ => self.nested(next, State::FlowPairValue, Context::Flow),
                }
            }
            State::FlowPairValue => {
                if matches!(self.scanner.peek()?.token, Token::Value) {
                    self.scanner.skip();
                    let next = self.scanner.peek()?;
                    if !matches!(next.token, Token::FlowEntry | Token::FlowSequenceEnd) {
                        return self.nested(next, State::FlowPairEnd, Context::Flow);
                    }
                }
                self.empty(State::FlowPairEnd)
            }
            State::FlowPairEnd => {
                self.state = State::FlowSequenceEntry;
                self.here(Event::MappingEnd)
            }
            State::FlowMappingFirst => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => {
                if matches!(self.scanner.peek()?.token, Token::Value) {
                    self.scanner.skip();
                    let next = self.scanner.peek()?;
                    if !matches!(next.token, Token::FlowEntry | Token::FlowMappingEnd) {
                        return self.nested(next, State::FlowMappingKey, Context::Flow);
                    }
                }
                self.empty(State::FlowMappingKey)
            }
            State::FlowMappingEmptyValue => self.empty(State::FlowMappingKey),
            State::End => {
                self.at = self.scanner.text().len();
                Ok(Event::StreamEnd)
            }
        }
    }

    fn pop(&mut self) -> State {
        self.states.pop().unwrap_or(State::End)
    }

    /// A scalar that is not written.
    fn empty(&mut self, next: State) -> Result<Event> {
        self.state = next;
        let text = self.scanner.add_empty();
        self.here(Event::Scalar(text, Style::Plain))
    }

    /// An event where the next token starts, which stays.
    fn here(&mut self, event: Event) -> Result<Event> {
        self.at = self.scanner.peek()?.at;
        Ok(event)
    }

    /// The value that starts with the token `first`, and what comes behind it.
    #[inline]
    fn nested(&mut self, first: Located, after: State, context: Context) -> Result<Event> {
        match first.token {
            // Behind a scalar without properties it comes at once.
            Token::Scalar(text, style) => {
                self.scanner.skip();
                self.at = first.at;
                self.state = after;
                Ok(Event::Scalar(text, style))
            }
            _ => {
                self.states.push(after);
                self.node(context)
            }
        }
    }

    /// The end of a collection, which is a token.
    fn end(&mut self, event: Event) -> Result<Event> {
        self.state = self.pop();
        let event = self.here(event)?;
        self.scanner.skip();
        Ok(event)
    }

    fn refuse<T>(&mut self, problem: &str, advice: &'static str) -> Result<T> {
        let text = self.scanner.text();
        let found = self.scanner.peek()?;
        let problem = format!("{problem}, but {} stands here", name(found.token));
        Err(syntax(text, found.at.min(text.len()), problem, advice))
    }

    fn node(&mut self, context: Context) -> Result<Event> {
        let mut first = self.scanner.peek()?;
        self.at = first.at;
        match first.token {
            Token::Alias(name) => {
                self.scanner.skip();
                self.state = self.pop();
                self.alias = self.scanner.name(name);
                return Ok(Event::Alias);
            }
            Token::Anchor(_) | Token::Tag(_) => {
                self.properties = self.properties()?;
                first = self.scanner.peek()?;
            }
            _ => {}
        }
        let block = context != Context::Flow;
        match first.token {
            Token::Scalar(text, style) => {
                self.scanner.skip();
                self.state = self.pop();
                Ok(Event::Scalar(text, style))
            }
            // The `-` stays: it belongs to the first entry.
            Token::BlockEntry if context == Context::BlockOrIndentless => {
                self.state = State::IndentlessSequenceEntry;
                Ok(Event::SequenceStart)
            }
            Token::FlowSequenceStart => self.start(State::FlowSequenceFirst, Event::SequenceStart),
            Token::FlowMappingStart => self.start(State::FlowMappingFirst, Event::MappingStart),
            Token::BlockSequenceStart if block => self.start(State::BlockSequenceEntry, Event::SequenceStart),
            Token::BlockMappingStart if block => self.start(State::BlockMappingKey, Event::MappingStart),
            _ if self.properties.is_some() => {
                self.state = self.pop();
                Ok(Event::Scalar(self.scanner.add_empty(), Style::Plain))
            }
            _ => self.refuse("a value is expected", "write one, or `null`; quote a text with special characters"),
        }
    }

    fn start(&mut self, state: State, event: Event) -> Result<Event> {
        self.scanner.skip();
        self.state = state;
        Ok(event)
    }

    /// An anchor and a tag, in either order.
    fn properties(&mut self) -> Result<Option<Box<Properties<'a>>>> {
        let mut properties: Option<Box<Properties<'a>>> = None;
        loop {
            let known = properties.as_deref();
            let found = self.scanner.peek()?;
            match found.token {
                Token::Anchor(name) if known.is_none_or(|known| known.anchor.is_none()) => {
                    self.scanner.skip();
                    properties.get_or_insert_default().anchor = Some(self.scanner.name(name));
                }
                Token::Tag(tag) if known.is_none_or(|known| known.tag.is_none()) => {
                    self.scanner.skip();
                    properties.get_or_insert_default().tag = Some(self.tag(self.scanner.tag(tag), found.at)?);
                }
                _ => return Ok(properties),
            }
        }
    }

    fn tag(&self, (handle, suffix): WrittenTag<'a>, at: usize) -> Result<Cow<'a, str>> {
        let Some(handle) = handle else { return Ok(suffix) };
        let declared = self.handles.iter().find(|(known, _)| *known == handle);
        let prefix = match (declared, handle) {
            (Some((_, prefix)), _) => prefix,
            (None, "!") => "!",
            (None, "!!") => PREFIX,
            _ => {
                let advice = "declare it with `%TAG` before `---`, or use a type of YAML 1.1 such as `!!str`";
                return Err(syntax(self.scanner.text(), at, "the handle of a tag is not declared", advice));
            }
        };
        Ok(Cow::Owned(format!("{prefix}{suffix}")))
    }
}

/// A token in words.
fn name(token: Token) -> &'static str {
    match token {
        Token::StreamEnd => "the end of the text",
        Token::Version(_) | Token::TagHandle(..) | Token::Directive => "a directive",
        Token::DocumentStart => "`---`",
        Token::DocumentEnd => "`...`",
        Token::BlockSequenceStart => "a list",
        Token::BlockMappingStart => "a mapping",
        Token::BlockEnd => "a line with less indentation",
        Token::FlowSequenceStart => "`[`",
        Token::FlowSequenceEnd => "`]`",
        Token::FlowMappingStart => "`{`",
        Token::FlowMappingEnd => "`}`",
        Token::BlockEntry => "`-`",
        Token::FlowEntry => "`,`",
        Token::Key => "a key",
        Token::Value => "`:`",
        Token::Alias(_) => "an alias",
        Token::Anchor(_) => "an anchor",
        Token::Tag(..) => "a tag",
        Token::Scalar(..) => "a scalar",
    }
}
