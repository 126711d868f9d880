//! Writes a pattern in the syntax of `fancy-regex`.
//!
//! Classes are written as the ranges that they come to, and assertions as look-around where the engine's own mean
//! something else, so nothing here depends on what flags or names mean to the engine.

use std::fmt::Write as _;

use crate::ast::{Assertion, Greed, Node};
use crate::set::{self, Case, Set};
use crate::study;

/// What the written pattern is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// It has to match the whole text.
    pub(crate) whole: bool,
    /// The text is ASCII, for which some things can be said in a cheaper way, or at all.
    pub(crate) ascii: bool,
}

/// Why a pattern cannot be written in a form.
#[derive(Debug)]
pub(crate) enum Unwritable {
    /// The form has no way to say this.
    Construct(&'static str),
    /// It comes to more than [`LENGTH_LIMIT`].
    TooLong,
}

/// The most bytes of what is written, in which a class of all letters takes some 9 KB.
pub(crate) const LENGTH_LIMIT: usize = 512 << 10;

const NEVER: &str = r"[^\x{0}-\x{10FFFF}]";
const LINE_BREAK: &str = r"(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])";
const BEFORE_FINAL_BREAK: &str = r"(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)";
const BEFORE_BREAK: &str = r"(?=[\n\r\x{85}\x{2028}\x{2029}]|\z)";
/// `\r\n` is one line terminator: nothing is between its two characters.
const NOT_WITHIN_BREAK: &str = r"(?!(?<=\r)\n)";
/// `^` in lines; not at the end of the text, even behind a line terminator.
const LINE_BEGIN: &str = r"(?!\z)(?:\A|(?<=[\n\x{85}\x{2028}\x{2029}])|(?<=\r)(?!\n))";
/// In Java 17 a boundary goes by letters and digits of all of Unicode, whatever `\w` is, and marks belong to the letter
/// or digit before them (`Pattern.Bound`).
const WORD_BOUNDARY: &str = concat!(
    r"(?:(?<=[\p{L}\p{Nd}]\p{Mn}*)(?![_\p{L}\p{Nd}\p{Mn}])|(?<=_)(?![_\p{L}\p{Nd}])",
    r"|(?<!_)(?<![\p{L}\p{Nd}]\p{Mn}*)(?=[_\p{L}\p{Nd}]))"
);

/// Writes a pattern; of each of its groups it is known whether it matches nothing but ASCII.
pub(crate) fn emit(root: &Node, groups: &[bool], form: Form) -> Result<String, Unwritable> {
    let mut emitter = Emitter { out: String::new(), groups, form };
    if form.whole {
        emitter.out.push_str(r"\A(?:");
        emitter.node(root, Place { tail: true, no_return: true })?;
        emitter.out.push_str(r")\z");
    } else {
        emitter.node(root, Place { tail: false, no_return: false })?;
    }
    Ok(emitter.out)
}

/// What is known of where a node stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The end of the text has to follow.
    tail: bool,
    /// No `\r` stands before it.
    no_return: bool,
}

struct Emitter<'a> {
    out: String,
    /// Whether each group matches nothing but ASCII.
    groups: &'a [bool],
    form: Form,
}

impl Emitter<'_> {
    fn node(&mut self, node: &Node, place: Place) -> Result<(), Unwritable> {
        if self.out.len() > LENGTH_LIMIT {
            return Err(Unwritable::TooLong);
        }
        match node {
            Node::Empty => {}
            Node::Characters(set) => self.characters(set),
            Node::Sequence(parts) => return self.sequence(parts, place),
            Node::Alternatives(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        self.out.push('|');
                    }
                    self.node(part, place)?;
                }
            }
            Node::Capture(body) => self.enclosed("(", body, place)?,
            Node::Atomic(body) => self.enclosed("(?>", body, Place { tail: false, ..place })?,
            Node::Repeat { .. } => self.repeat(node, place)?,
            Node::Look { behind, negative, body } => {
                let open = match (behind, negative) {
                    (false, false) => "(?=",
                    (false, true) => "(?!",
                    (true, false) => "(?<=",
                    (true, true) => "(?<!",
                };
                self.enclosed(open, body, Place { tail: false, no_return: place.no_return && !behind })?;
            }
            Node::BackReference { group, case } => {
                let Some(ascii_group) = self.groups.get(group.wrapping_sub(1)) else {
                    self.out.push_str(NEVER);
                    return Ok(());
                };
                // The engine goes by Unicode here and compares as many bytes, which is the same for ASCII only.
                let exact = self.form.ascii || *case == Case::Ascii && *ascii_group;
                match case {
                    // A name in brackets, as more digits could follow.
                    Case::Sensitive => self.write(format_args!(r"\k<{group}>")),
                    _ if exact => self.write(format_args!(r"(?i:\k<{group}>)")),
                    _ => {
                        return Err(Unwritable::Construct(
                            "a back reference in either case to more than ASCII, on a text that has more,",
                        ));
                    }
                }
            }
            Node::LineBreak => self.out.push_str(LINE_BREAK),
            Node::Assertion(assertion) => self.assertion(*assertion, place),
        }
        Ok(())
    }

    fn sequence(&mut self, parts: &[Node], place: Place) -> Result<(), Unwritable> {
        let mut no_return = place.no_return;
        for (index, part) in parts.iter().enumerate() {
            let place = Place { tail: place.tail && index + 1 == parts.len(), no_return };
            if matches!(part, Node::Alternatives(_)) {
                self.enclosed("(?:", part, place)?;
            } else {
                self.node(part, place)?;
            }
            no_return = match part {
                Node::Assertion(Assertion::TextBegin) => true,
                Node::Characters(set) => !set::contains(set, '\r'),
                part => part.cannot_end_in('\r') && (no_return || part.extent().min > 0),
            };
        }
        Ok(())
    }

    fn enclosed(&mut self, open: &str, body: &Node, place: Place) -> Result<(), Unwritable> {
        self.out.push_str(open);
        self.node(body, place)?;
        self.out.push(')');
        Ok(())
    }

    fn repeat(&mut self, node: &Node, place: Place) -> Result<(), Unwritable> {
        let Node::Repeat { body, min, max, greed, group } = node else { return Ok(()) };
        let (min, max, greed, group) = (*min, *max, *greed, *group);
        let extent = body.extent();
        let place = Place { tail: false, no_return: place.no_return && body.cannot_end_in('\r') };
        if max == Some(0) {
            // Its groups keep their numbers.
            if extent.captures {
                self.write(format_args!("(?:{NEVER}"));
                self.atom(body, place)?;
                self.out.push_str("|)");
            }
            return Ok(());
        }
        if extent.zero_width {
            // Once is as good as often, and the engine repeats no assertions.
            let (open, close) = match (min, greed) {
                (0, Greed::Greedy) => ("(?:", "|)"),
                (0, Greed::Lazy) => ("(?:|", ")"),
                (0, Greed::Possessive) => ("(?>", "|)"),
                (_, Greed::Possessive) => ("(?>", ")"),
                _ => ("(?:", ")"),
            };
            self.out.push_str(open);
            self.atom(body, place)?;
            self.out.push_str(close);
            return Ok(());
        }
        if greed == Greed::Possessive {
            self.out.push_str("(?>");
        }
        if is_tried_once(body, greed, group && (min, max) != (0, Some(1))) {
            self.enclosed("(?>", body, place)?;
        } else {
            self.atom(body, place)?;
        }
        match (min, max) {
            (0, Some(1)) => self.out.push('?'),
            (0, None) => self.out.push('*'),
            (1, None) => self.out.push('+'),
            (min, None) => self.write(format_args!("{{{min},}}")),
            (min, Some(max)) if min == max => self.write(format_args!("{{{min}}}")),
            (min, Some(max)) => self.write(format_args!("{{{min},{max}}}")),
        }
        match greed {
            Greed::Greedy => {}
            Greed::Lazy => self.out.push('?'),
            Greed::Possessive => self.out.push(')'),
        }
        Ok(())
    }

    /// Writes a node so that a quantifier behind it is about all of it.
    fn atom(&mut self, node: &Node, place: Place) -> Result<(), Unwritable> {
        match node {
            Node::Characters(_) | Node::Capture(_) | Node::Atomic(_) | Node::BackReference { .. } => {
                self.node(node, place)
            }
            _ => self.enclosed("(?:", node, place),
        }
    }

    fn assertion(&mut self, assertion: Assertion, place: Place) {
        let text = match assertion {
            Assertion::TextBegin => r"\A",
            Assertion::TextEnd | Assertion::LineEnd { .. } | Assertion::FinalEnd { .. } if place.tail => r"\z",
            Assertion::TextEnd => r"\z",
            Assertion::LastMatch => r"\G",
            Assertion::LineBegin { unix: true } => r"(?!\z)(?m:^)",
            Assertion::LineBegin { unix: false } => LINE_BEGIN,
            Assertion::LineEnd { unix: true } => r"(?m:$)",
            Assertion::FinalEnd { unix: true } => r"(?=\n?\z)",
            Assertion::LineEnd { unix: false } | Assertion::FinalEnd { unix: false } => {
                let last = matches!(assertion, Assertion::FinalEnd { .. });
                self.out.push_str(if last { BEFORE_FINAL_BREAK } else { BEFORE_BREAK });
                if place.no_return { "" } else { NOT_WITHIN_BREAK }
            }
            Assertion::WordBoundary { negated, unicode } if unicode || self.form.ascii => {
                if negated {
                    r"\B"
                } else {
                    r"\b"
                }
            }
            Assertion::WordBoundary { negated: false, .. } => WORD_BOUNDARY,
            Assertion::WordBoundary { negated: true, .. } => {
                self.write(format_args!("(?!{WORD_BOUNDARY})"));
                ""
            }
        };
        self.out.push_str(text);
    }

    fn characters(&mut self, set: &Set) {
        if let Some(character) = set::only(set) {
            return self.literal(character);
        }
        let inverse = set::negated(set.clone());
        match (set.ranges().len(), inverse.ranges().len()) {
            (0, _) => self.out.push_str(NEVER),
            (_, 0) => self.out.push_str(r"\O"),
            (written, unwritten) => {
                let (open, ranges) = if unwritten < written { ("[^", inverse.ranges()) } else { ("[", set.ranges()) };
                self.out.push_str(open);
                for range in ranges {
                    self.bound(range.start());
                    if range.start() != range.end() {
                        self.out.push('-');
                        self.bound(range.end());
                    }
                }
                self.out.push(']');
            }
        }
    }

    fn literal(&mut self, character: char) {
        if r"\.+*?()|[]{}^$".contains(character) {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    fn bound(&mut self, character: char) {
        if character.is_ascii_alphanumeric() {
            self.out.push(character);
        } else {
            self.write(format_args!(r"\x{{{:X}}}", u32::from(character)));
        }
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(text);
    }
}

/// Whether each repetition, once matched, is not tried otherwise. For Java it is so where it repeats by itself and not
/// by way of a loop, which shows only if there is another way to match at all.
fn is_tried_once(body: &Node, greed: Greed, looped: bool) -> bool {
    match body {
        Node::Characters(_) | Node::Atomic(_) => false,
        _ if greed == Greed::Possessive => true,
        Node::LineBreak => true,
        _ => looped && body.has_line_break() && study::is_deterministic(body),
    }
}
