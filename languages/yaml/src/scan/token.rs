//! Tokens: what the scanner makes of a text.
//!
//! A token fits into two registers: handing larger ones on, through memory, took much of the time once. What does not
//! fit lies beside the tokens.

use std::borrow::Cow;

use super::text::TextId;

/// What a text is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Token {
    StreamEnd,
    /// `%YAML major.minor`: the major number.
    Version(u32),
    /// `%TAG handle prefix`: the position of a [`WrittenTag`].
    TagHandle(u32),
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
    /// The position of its name.
    Alias(u32),
    /// The position of its name.
    Anchor(u32),
    /// The position of a [`WrittenTag`].
    Tag(u32),
    Scalar(TextId, Style),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    /// Quoted, or a block scalar.
    Quoted,
}

/// A token and the offset where it starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Located {
    pub(crate) token: Token,
    pub(crate) at: usize,
}

/// The handle, if it has one, and the rest.
pub(crate) type WrittenTag<'a> = (Option<&'a str>, Cow<'a, str>);
