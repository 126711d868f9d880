//! Reads a pattern by the rules of `java.util.regex.Pattern`.

mod class;
mod escape;

use crate::ast::{Assertion, Greed, Node};
use crate::error::Error;
use crate::options::Options;
use crate::reader::Reader;
use crate::set::{self, Case, Set};
use crate::study::{self, Reach};

/// The most that a counted repetition may count to.
const REPETITION_LIMIT: u32 = 65_535;
/// The same for what may match nothing, where the count costs time whatever the text is.
const EMPTY_REPETITION_LIMIT: u32 = 1_000;
/// The most characters that a pattern may demand, repetitions multiplied.
const DEMAND_LIMIT: u64 = 1 << 31;

/// What has been read.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) root: Node,
    /// The groups in their order: whether each matches nothing but ASCII.
    pub(crate) groups: Vec<bool>,
    pub(crate) names: Vec<(Box<str>, usize)>,
    /// Whether there is something that a text of ASCII makes easier.
    pub(crate) ascii_form: bool,
    /// Whether there is a `\\G`.
    pub(crate) last_match: bool,
}

#[derive(Debug, Clone, Copy)]
struct Flags {
    case_insensitive: bool,
    multiline: bool,
    dot_all: bool,
    unicode_case: bool,
    unicode_character_class: bool,
}

impl Flags {
    fn case(self) -> Case {
        match (self.case_insensitive, self.unicode_case) {
            (false, _) => Case::Sensitive,
            (true, false) => Case::Ascii,
            (true, true) => Case::Unicode,
        }
    }
}

struct Parser {
    reader: Reader,
    flags: Flags,
    groups: Vec<bool>,
    names: Vec<(Box<str>, usize)>,
    ascii_form: bool,
    last_match: bool,
    depth: usize,
    depth_limit: usize,
}

/// Reads a pattern.
pub(crate) fn parse(pattern: &str, options: &Options) -> Result<Parsed, Error> {
    // Bytes are at least as many as characters, and are counted for nothing.
    if pattern.len() > options.length_limit && pattern.chars().count() > options.length_limit {
        return Err(Error::TooLarge { what: "its length in characters", limit: options.length_limit });
    }
    let mut parser = Parser {
        reader: Reader::new(pattern, options.literal),
        flags: Flags {
            case_insensitive: options.case_insensitive,
            multiline: options.multiline,
            dot_all: options.dot_all,
            unicode_case: options.unicode_case || options.unicode_character_class,
            unicode_character_class: options.unicode_character_class,
        },
        groups: Vec::new(),
        names: Vec::new(),
        ascii_form: false,
        last_match: false,
        depth: 0,
        depth_limit: options.depth_limit.min(Options::DEPTH_LIMIT),
    };
    if options.literal {
        let case = parser.flags.case();
        let characters = pattern.chars().map(|character| Node::Characters(set::character(character.into(), case)));
        return Ok(Parsed {
            root: Node::Sequence(characters.collect()),
            groups: Vec::new(),
            names: Vec::new(),
            ascii_form: false,
            last_match: false,
        });
    }
    parser.reader.comments = options.comments;
    parser.reader.unix_lines = options.unix_lines;
    let root = parser.alternatives()?;
    if parser.reader.peek().is_some() {
        return Err(parser.error("Unmatched closing ')'"));
    }
    // A backslash at the end has taken one character too many.
    if parser.reader.at > parser.reader.len() {
        return Err(parser.error("Unexpected internal error"));
    }
    Ok(Parsed {
        root,
        groups: parser.groups,
        names: parser.names,
        ascii_form: parser.ascii_form,
        last_match: parser.last_match,
    })
}

impl Parser {
    fn error(&self, message: impl Into<String>) -> Error {
        Error::Syntax { message: message.into(), index: self.reader.at.saturating_sub(1) }
    }

    fn unsupported(&self, construct: &str) -> Error {
        Error::Unsupported { construct: construct.to_owned(), index: self.reader.at.saturating_sub(1) }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Parser) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth >= self.depth_limit {
            return Err(Error::TooLarge { what: "the depth of its groups and classes", limit: self.depth_limit });
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn alternatives(&mut self) -> Result<Node, Error> {
        let mut all = vec![self.sequence()?];
        while self.reader.peek() == Some('|') {
            self.reader.next();
            all.push(self.sequence()?);
        }
        Ok(if all.len() > 1 { Node::Alternatives(all) } else { all.swap_remove(0) })
    }

    fn sequence(&mut self) -> Result<Node, Error> {
        let mut parts = Vec::new();
        while let Some(character) = self.reader.peek() {
            let node = match character {
                '|' | ')' => break,
                '(' => {
                    // A group may be flags only, to which no quantifier applies.
                    if let Some(node) = self.deeper(Parser::group)? {
                        parts.push(node);
                    }
                    continue;
                }
                '?' | '*' | '+' => {
                    self.reader.next();
                    return Err(self.error(format!("Dangling meta character '{character}'")));
                }
                _ => self.atom(character)?,
            };
            parts.push(self.quantified(node, false)?);
        }
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.swap_remove(0),
            _ => Node::Sequence(parts),
        })
    }

    fn atom(&mut self, character: char) -> Result<Node, Error> {
        let unix = self.reader.unix_lines;
        Ok(match character {
            '[' => Node::Characters(self.deeper(|parser| parser.class(true))?),
            '\\' => match self.reader.next_escaped() {
                Some(letter @ ('p' | 'P')) => Node::Characters(self.property(letter == 'P')?),
                _ => {
                    self.reader.unread();
                    self.escape()?
                }
            },
            '^' => {
                self.reader.next();
                let multiline = self.flags.multiline;
                Node::Assertion(if multiline { Assertion::LineBegin { unix } } else { Assertion::TextBegin })
            }
            '$' => {
                self.reader.next();
                let multiline = self.flags.multiline;
                Node::Assertion(if multiline { Assertion::LineEnd { unix } } else { Assertion::FinalEnd { unix } })
            }
            '.' => {
                self.reader.next();
                Node::Characters(self.dot())
            }
            // Nothing stands before this quantifier, which Java takes for a quantified nothing.
            '{' => Node::Empty,
            _ => {
                self.reader.next();
                Node::Characters(set::character(character.into(), self.flags.case()))
            }
        })
    }

    fn dot(&self) -> Set {
        if self.flags.dot_all {
            set::any()
        } else if self.reader.unix_lines {
            set::negated(set::of(&[('\n', '\n')]))
        } else {
            set::negated(set::of(&[('\n', '\n'), ('\r', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')]))
        }
    }

    /// Reads a group from its `(` to the quantifier behind it; none if it only sets flags.
    fn group(&mut self) -> Result<Option<Node>, Error> {
        let before = (self.flags, self.reader.comments, self.reader.unix_lines);
        let (node, looped) = if self.reader.next() == Some('?') {
            match self.reader.skip() {
                Some(':') => (self.alternatives()?, true),
                Some(sign @ ('=' | '!')) => (self.look(false, sign == '!')?, false),
                Some('>') => (Node::Atomic(Box::new(self.alternatives()?)), false),
                Some('<') => match self.reader.read() {
                    Some(sign @ ('=' | '!')) => (self.look_behind(sign == '!')?, false),
                    first => {
                        let name = self.group_name(first)?;
                        if self.names.iter().any(|(known, _)| *known == name) {
                            return Err(self.error(format!("Named capturing group <{name}> is already defined")));
                        }
                        self.names.push((name, self.groups.len() + 1));
                        (self.capture()?, true)
                    }
                },
                Some('$' | '@') => return Err(self.error("Unknown group type")),
                _ => {
                    self.reader.unread();
                    self.set_flags()?;
                    match self.reader.read() {
                        Some(')') => return Ok(None),
                        Some(':') => (self.alternatives()?, true),
                        _ => return Err(self.error("Unknown inline modifier")),
                    }
                }
            }
        } else {
            (self.capture()?, true)
        };
        if self.reader.read() != Some(')') {
            return Err(self.error("Unclosed group"));
        }
        (self.flags, self.reader.comments, self.reader.unix_lines) = before;
        self.quantified(node, looped).map(Some)
    }

    fn capture(&mut self) -> Result<Node, Error> {
        let index = self.groups.len();
        self.groups.push(false);
        let body = self.alternatives()?;
        self.groups[index] = body.is_ascii();
        Ok(Node::Capture(Box::new(body)))
    }

    fn look(&mut self, behind: bool, negative: bool) -> Result<Node, Error> {
        Ok(Node::Look { behind, negative, body: Box::new(self.alternatives()?) })
    }

    fn look_behind(&mut self, negative: bool) -> Result<Node, Error> {
        let body = Box::new(self.alternatives()?);
        let body = match study::reach(&body) {
            Reach::Far => body,
            Reach::Nowhere => Box::new(Node::Sequence(vec![Node::Characters(set::empty()), *body])),
            Reach::Patchy => return Err(self.unsupported("a look-behind without bound and of several parts")),
            Reach::Refused => {
                return Err(self.error("Look-behind group does not have an obvious maximum length"));
            }
        };
        Ok(Node::Look { behind: true, negative, body })
    }

    fn group_name(&mut self, first: Option<char>) -> Result<Box<str>, Error> {
        let mut name = String::new();
        match first {
            Some(letter) if letter.is_ascii_alphabetic() => name.push(letter),
            _ => return Err(self.error("capturing group name does not start with a Latin letter")),
        }
        loop {
            match self.reader.read() {
                Some(letter) if letter.is_ascii_alphanumeric() => name.push(letter),
                Some('>') => return Ok(name.into()),
                _ => return Err(self.error("named capturing group is missing trailing '>'")),
            }
        }
    }

    fn set_flags(&mut self) -> Result<(), Error> {
        let mut on = true;
        let mut flag = self.reader.peek();
        loop {
            match flag {
                Some('i') => self.flags.case_insensitive = on,
                Some('m') => self.flags.multiline = on,
                Some('s') => self.flags.dot_all = on,
                Some('d') => self.reader.unix_lines = on,
                Some('u') => self.flags.unicode_case = on,
                Some('x') => self.reader.comments = on,
                Some('U') => (self.flags.unicode_character_class, self.flags.unicode_case) = (on, on),
                Some('c') => return Err(self.unsupported("canonical equivalence, (?c)")),
                Some('-') if on => on = false,
                _ => return Ok(()),
            }
            flag = self.reader.next();
        }
    }

    /// Reads the quantifier behind a node, if there is one.
    fn quantified(&mut self, body: Node, group: bool) -> Result<Node, Error> {
        let (min, max) = match self.reader.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => self.counts()?,
            _ => return Ok(body),
        };
        let greed = match self.reader.next() {
            Some('?') => Greed::Lazy,
            Some('+') => Greed::Possessive,
            _ => Greed::Greedy,
        };
        if greed != Greed::Greedy {
            self.reader.next();
        }
        let once = body.extent();
        let limit = if once.min == 0 { EMPTY_REPETITION_LIMIT } else { REPETITION_LIMIT };
        if !once.zero_width && min.max(max.unwrap_or(0)) > limit {
            return Err(Error::TooLarge { what: "a repetition's count", limit: limit as usize });
        }
        let node = Node::Repeat { body: Box::new(body), min, max, greed, group };
        if node.extent().min > DEMAND_LIMIT {
            return Err(Error::TooLarge { what: "the length of text that it demands", limit: DEMAND_LIMIT as usize });
        }
        Ok(node)
    }

    /// Reads `{n}`, `{n,}` or `{n,m}` up to its `}`, which is left.
    fn counts(&mut self) -> Result<(u32, Option<u32>), Error> {
        if !self.reader.next_escaped().is_some_and(|digit| digit.is_ascii_digit()) {
            self.reader.at += 1;
            return Err(self.error("Illegal repetition"));
        }
        let min = self.count()?;
        let mut max = Some(min);
        if self.reader.peek() == Some(',') {
            max = match self.reader.next() {
                Some('}') => None,
                _ => Some(self.count()?),
            };
        }
        if self.reader.peek() != Some('}') {
            self.reader.at += 1;
            return Err(self.error("Unclosed counted closure"));
        }
        if max.is_some_and(|max| max < min) {
            self.reader.at += 1;
            return Err(self.error("Illegal repetition range"));
        }
        Ok((min, max))
    }

    fn count(&mut self) -> Result<u32, Error> {
        let mut count: u32 = 0;
        while let Some(digit) = self.reader.peek().and_then(|character| character.to_digit(10)) {
            count = count
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(digit))
                .filter(|count| *count <= i32::MAX as u32)
                .ok_or_else(|| {
                    self.reader.at += 1;
                    self.error("Illegal repetition range")
                })?;
            self.reader.next();
        }
        Ok(count)
    }
}
