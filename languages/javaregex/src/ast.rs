//! A pattern that has been read, before it is rewritten.

use crate::set::{self, Case, Set};

#[derive(Debug, Clone)]
pub(crate) enum Node {
    Empty,
    /// One character of the set.
    Characters(Set),
    Sequence(Vec<Node>),
    /// Tried from left to right.
    Alternatives(Vec<Node>),
    /// A group that captures. Groups are numbered in the order in which they open, so the number is not kept.
    Capture(Box<Node>),
    Repeat {
        body: Box<Node>,
        min: u32,
        /// None is without bound.
        max: Option<u32>,
        greed: Greed,
        /// Whether the body was a group in parentheses.
        group: bool,
    },
    /// `(?>..)`: once matched, not tried otherwise.
    Atomic(Box<Node>),
    Look {
        behind: bool,
        negative: bool,
        body: Box<Node>,
    },
    /// What the group matched last.
    BackReference {
        group: usize,
        case: Case,
    },
    /// `\R`
    LineBreak,
    Assertion(Assertion),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assertion {
    /// `\A`, `^`
    TextBegin,
    /// `\z`
    TextEnd,
    /// `(?m)^`
    LineBegin { unix: bool },
    /// `(?m)$`
    LineEnd { unix: bool },
    /// `$`, `\Z`: the end, or before a line terminator at the end.
    FinalEnd { unix: bool },
    /// `\b`, and `\B` if negated.
    WordBoundary { negated: bool, unicode: bool },
    /// `\G`
    LastMatch,
}

/// What a node takes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The fewest characters.
    pub(crate) min: u64,
    /// Whether no character is ever taken.
    pub(crate) zero_width: bool,
    /// Whether there is a group that captures.
    pub(crate) captures: bool,
}

impl Extent {
    const NOTHING: Extent = Extent { min: 0, zero_width: true, captures: false };

    fn joined(self, other: Extent, min: u64) -> Extent {
        Extent { min, zero_width: self.zero_width && other.zero_width, captures: self.captures || other.captures }
    }
}

impl Node {
    /// What this takes of the text.
    pub(crate) fn extent(&self) -> Extent {
        match self {
            Node::Empty | Node::Assertion(_) => Extent::NOTHING,
            Node::Look { body, .. } => Extent { captures: body.extent().captures, ..Extent::NOTHING },
            Node::Characters(_) | Node::LineBreak => Extent { min: 1, zero_width: false, ..Extent::NOTHING },
            Node::BackReference { .. } => Extent { zero_width: false, ..Extent::NOTHING },
            Node::Capture(body) => Extent { captures: true, ..body.extent() },
            Node::Atomic(body) => body.extent(),
            Node::Sequence(parts) => {
                let sum = |sum: Extent, part: Extent| sum.joined(part, sum.min.saturating_add(part.min));
                parts.iter().map(Node::extent).fold(Extent::NOTHING, sum)
            }
            Node::Alternatives(parts) => {
                let least = |sum: Extent, part: Extent| sum.joined(part, sum.min.min(part.min));
                parts.iter().map(Node::extent).reduce(least).unwrap_or(Extent::NOTHING)
            }
            Node::Repeat { body, max: Some(0), .. } => Extent { captures: body.extent().captures, ..Extent::NOTHING },
            Node::Repeat { body, min, .. } => {
                let once = body.extent();
                Extent { min: once.min.saturating_mul(u64::from(*min)), ..once }
            }
        }
    }

    /// Whether there is a `\\R` in it.
    pub(crate) fn has_line_break(&self) -> bool {
        match self {
            Node::LineBreak => true,
            Node::Empty | Node::Characters(_) | Node::Assertion(_) | Node::BackReference { .. } => false,
            Node::Sequence(parts) | Node::Alternatives(parts) => parts.iter().any(Node::has_line_break),
            Node::Capture(body) | Node::Atomic(body) | Node::Repeat { body, .. } | Node::Look { body, .. } => {
                body.has_line_break()
            }
        }
    }

    /// Whether this takes nothing but ASCII.
    pub(crate) fn is_ascii(&self) -> bool {
        match self {
            Node::Empty | Node::Assertion(_) | Node::Look { .. } => true,
            Node::Characters(set) => set::is_ascii(set),
            Node::LineBreak | Node::BackReference { .. } => false,
            Node::Sequence(parts) | Node::Alternatives(parts) => parts.iter().all(Node::is_ascii),
            Node::Capture(body) | Node::Atomic(body) | Node::Repeat { body, .. } => body.is_ascii(),
        }
    }

    /// Whether what this matches cannot end in this character. What takes no character at all counts as such.
    pub(crate) fn cannot_end_in(&self, character: char) -> bool {
        match self {
            Node::Empty | Node::Assertion(_) | Node::Look { .. } => true,
            Node::Characters(set) => !set::contains(set, character),
            Node::LineBreak | Node::BackReference { .. } => false,
            Node::Capture(body) | Node::Atomic(body) | Node::Repeat { body, .. } => body.cannot_end_in(character),
            Node::Alternatives(parts) => parts.iter().all(|part| part.cannot_end_in(character)),
            Node::Sequence(parts) => {
                let mut solid = false;
                parts.iter().rev().all(|part| {
                    let fine = solid || part.cannot_end_in(character);
                    solid |= part.extent().min > 0;
                    fine
                })
            }
        }
    }
}
