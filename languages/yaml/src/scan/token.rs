//! Tokens: what the scanner makes of a text.

use std::borrow::Cow;

/// What a text is made of.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    StreamEnd,
    /// `%YAML major.minor`: the major number.
    Version(u32),
    /// `%TAG handle prefix`.
    TagHandle(Box<(&'a str, Cow<'a, str>)>),
    /// Any other directive.
    Directive,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    /// The handle, if it has one, and the rest.
    Tag(Box<(Option<&'a str>, Cow<'a, str>)>),
    Scalar(Cow<'a, str>, Style),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    /// Quoted, or a block scalar.
    Quoted,
}

/// A token and the offset where it starts.
#[derive(Debug)]
pub(crate) struct Located<'a> {
    pub(crate) token: Token<'a>,
    pub(crate) at: usize,
}
