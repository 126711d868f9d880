//! Tokens to events, by YAML 1.1's grammar as SnakeYAML's parser has it.
//!
//! What follows is on a stack, so that nesting does not use the program's stack.

mod collections;

use std::borrow::Cow;

use crate::{
    limits::Limits,
    scan::{Result, Scanner, Style, Token, syntax},
};

/// What all tags of YAML 1.1 itself start with.
pub(crate) const PREFIX: &str = "tag:yaml.org,2002:";

/// A step through a document.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(&'a str),
    Scalar(Cow<'a, str>, Style, Option<Box<Properties<'a>>>),
    SequenceStart(Option<Box<Properties<'a>>>),
    SequenceEnd,
    MappingStart(Option<Box<Properties<'a>>>),
    MappingEnd,
}

/// The anchor and the tag of a value. Few have any, so events stay small without them.
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
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Result<Self> {
        Ok(Parser {
            scanner: Scanner::new(text, limits)?,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            handles: Vec::new(),
        })
    }

    pub(crate) fn text(&self) -> &'a str {
        self.scanner.text()
    }

    /// The next event and the offset where it starts.
    pub(crate) fn next(&mut self) -> Result<(Event<'a>, usize)> {
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
                    Ok((Event::DocumentStart, self.scanner.peek()?.at))
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
                let at = self.scanner.peek()?.at;
                if matches!(self.scanner.peek()?.token, Token::DocumentEnd) {
                    self.scanner.skip();
                }
                self.state = State::DocumentStart;
                Ok((Event::DocumentEnd, at))
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
                match self.scanner.peek()?.token {
                    Token::Value | Token::FlowEntry | Token::FlowSequenceEnd => self.empty(State::FlowPairValue),
                    _ => self.nested(State::FlowPairValue, Context::Flow),
                }
            }
            State::FlowPairValue => {
                if matches!(self.scanner.peek()?.token, Token::Value) {
                    self.scanner.skip();
                    if !matches!(self.scanner.peek()?.token, Token::FlowEntry | Token::FlowSequenceEnd) {
                        return self.nested(State::FlowPairEnd, Context::Flow);
                    }
                }
                self.empty(State::FlowPairEnd)
            }
            State::FlowPairEnd => {
                self.state = State::FlowSequenceEntry;
                Ok((Event::MappingEnd, self.scanner.peek()?.at))
            }
            State::FlowMappingFirst => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => {
                if matches!(self.scanner.peek()?.token, Token::Value) {
                    self.scanner.skip();
                    if !matches!(self.scanner.peek()?.token, Token::FlowEntry | Token::FlowMappingEnd) {
                        return self.nested(State::FlowMappingKey, Context::Flow);
                    }
                }
                self.empty(State::FlowMappingKey)
            }
            State::FlowMappingEmptyValue => self.empty(State::FlowMappingKey),
            State::End => Ok((Event::StreamEnd, self.scanner.text().len())),
        }
    }

    fn pop(&mut self) -> State {
        self.states.pop().unwrap_or(State::End)
    }

    /// A scalar that is not written.
    fn empty(&mut self, next: State) -> Result<(Event<'a>, usize)> {
        self.state = next;
        let at = self.scanner.peek()?.at;
        Ok((Event::Scalar(Cow::Borrowed(""), Style::Plain, None), at))
    }

    /// A value, and what comes behind it.
    fn nested(&mut self, after: State, context: Context) -> Result<(Event<'a>, usize)> {
        self.states.push(after);
        self.node(context)
    }

    /// The end of a collection, which is a token.
    fn end(&mut self, event: Event<'a>) -> Result<(Event<'a>, usize)> {
        let at = self.scanner.take().at;
        self.state = self.pop();
        Ok((event, at))
    }

    fn refuse<T>(&mut self, problem: &str, advice: &'static str) -> Result<T> {
        let text = self.scanner.text();
        let found = self.scanner.peek()?;
        let problem = format!("{problem}, but {} stands here", name(&found.token));
        Err(syntax(text, found.at.min(text.len()), problem, advice))
    }

    // Documents.

    fn document_start(&mut self) -> Result<(Event<'a>, usize)> {
        while matches!(self.scanner.peek()?.token, Token::DocumentEnd) {
            self.scanner.skip();
        }
        if !matches!(self.scanner.peek()?.token, Token::StreamEnd) {
            self.scanner.start_document();
            let at = self.scanner.peek()?.at;
            self.directives()?;
            match self.scanner.peek()?.token {
                Token::StreamEnd => {}
                Token::DocumentStart => {
                    self.scanner.skip();
                    self.states.push(State::DocumentEnd);
                    self.state = State::DocumentContent;
                    return Ok((Event::DocumentStart, at));
                }
                _ => {
                    let advice =
                        "start a further document with `---`, or indent the line if it belongs to the value above";
                    return self.refuse("the document is over", advice);
                }
            }
        }
        self.state = State::End;
        Ok((Event::StreamEnd, self.scanner.take().at))
    }

    fn directives(&mut self) -> Result<()> {
        self.handles.retain(|(handle, _)| !matches!(*handle, "!" | "!!"));
        let mut versions = 0;
        loop {
            if !matches!(self.scanner.peek()?.token, Token::Version(_) | Token::TagHandle(..) | Token::Directive) {
                return Ok(());
            }
            let directive = self.scanner.take();
            let refuse = |problem, advice| Err(syntax(self.scanner.text(), directive.at, problem, advice));
            match directive.token {
                Token::Version(major) => {
                    versions += 1;
                    if versions > 1 {
                        return refuse("`%YAML` stands twice", "remove one");
                    }
                    if major != 1 {
                        return refuse("the version of YAML is not 1", "write `%YAML 1.1`, or remove the line");
                    }
                }
                Token::TagHandle(declared) => {
                    let (handle, prefix) = *declared;
                    if self.handles.iter().any(|(known, _)| *known == handle) {
                        return refuse("the handle of `%TAG` is declared already", "use another handle");
                    }
                    self.handles.push((handle, prefix));
                }
                _ => {}
            }
        }
    }

    // Values.

    fn node(&mut self, context: Context) -> Result<(Event<'a>, usize)> {
        let first = self.scanner.peek()?;
        let at = first.at;
        let properties = match first.token {
            Token::Alias(name) => {
                self.scanner.skip();
                self.state = self.pop();
                return Ok((Event::Alias(name), at));
            }
            Token::Anchor(_) | Token::Tag(_) => self.properties()?,
            _ => None,
        };
        let block = context != Context::Flow;
        let event = match self.scanner.peek()?.token {
            Token::Scalar(..) => {
                let Token::Scalar(text, style) = self.scanner.take().token else { return self.empty(self.state) };
                self.state = self.pop();
                Event::Scalar(text, style, properties)
            }
            // The `-` stays: it belongs to the first entry.
            Token::BlockEntry if context == Context::BlockOrIndentless => {
                self.state = State::IndentlessSequenceEntry;
                Event::SequenceStart(properties)
            }
            Token::FlowSequenceStart => self.start(State::FlowSequenceFirst, Event::SequenceStart(properties))?,
            Token::FlowMappingStart => self.start(State::FlowMappingFirst, Event::MappingStart(properties))?,
            Token::BlockSequenceStart if block => {
                self.start(State::BlockSequenceEntry, Event::SequenceStart(properties))?
            }
            Token::BlockMappingStart if block => self.start(State::BlockMappingKey, Event::MappingStart(properties))?,
            _ if properties.is_some() => {
                self.state = self.pop();
                Event::Scalar(Cow::Borrowed(""), Style::Plain, properties)
            }
            _ => {
                return self
                    .refuse("a value is expected", "write one, or `null`; quote a text with special characters");
            }
        };
        Ok((event, at))
    }

    fn start(&mut self, state: State, event: Event<'a>) -> Result<Event<'a>> {
        self.scanner.skip();
        self.state = state;
        Ok(event)
    }

    /// An anchor and a tag, in either order.
    fn properties(&mut self) -> Result<Option<Box<Properties<'a>>>> {
        let mut properties: Option<Box<Properties<'a>>> = None;
        loop {
            let known = properties.as_deref();
            match self.scanner.peek()?.token {
                Token::Anchor(name) if known.is_none_or(|known| known.anchor.is_none()) => {
                    self.scanner.skip();
                    properties.get_or_insert_default().anchor = Some(name);
                }
                Token::Tag(..) if known.is_none_or(|known| known.tag.is_none()) => {
                    let found = self.scanner.take();
                    if let Token::Tag(tag) = found.token {
                        properties.get_or_insert_default().tag = Some(self.tag(*tag, found.at)?);
                    }
                }
                _ => return Ok(properties),
            }
        }
    }

    fn tag(&self, (handle, suffix): (Option<&'a str>, Cow<'a, str>), at: usize) -> Result<Cow<'a, str>> {
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
fn name(token: &Token<'_>) -> &'static str {
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
