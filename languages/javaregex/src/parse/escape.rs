//! What stands behind a backslash.

use super::Parser;
use crate::ast::{Assertion, Node};
use crate::error::Error;
use crate::property::{self, Reading};
use crate::set::{self, Case, Set};

/// What an escape is about, in a class or out of one.
pub(super) enum Escape {
    /// A character; surrogates are possible.
    Character(u32),
    /// A predefined class.
    Class(Set),
    /// Anything that has no place in a class.
    Other(Node),
}

impl Parser {
    /// Reads an escape outside of a class, from its backslash.
    pub(super) fn escape(&mut self) -> Result<Node, Error> {
        Ok(match self.escaped(false, false)? {
            Escape::Character(code) => Node::Characters(set::character(code, self.flags.case())),
            Escape::Class(set) => Node::Characters(set),
            Escape::Other(node) => node,
        })
    }

    /// Reads an escape from its backslash. At an end of a range `\v` is a character.
    pub(super) fn escaped(&mut self, in_class: bool, in_range: bool) -> Result<Escape, Error> {
        // Behind a backslash at the end Java reads a zero, and finds out later.
        let letter = self.reader.skip().unwrap_or('\0');
        let unicode = self.flags.unicode_character_class;
        let set = match letter {
            '0' => return self.octal(),
            'a' => return Ok(Escape::Character(0x07)),
            'e' => return Ok(Escape::Character(0x1B)),
            'f' => return Ok(Escape::Character(0x0C)),
            'n' => return Ok(Escape::Character(0x0A)),
            'r' => return Ok(Escape::Character(0x0D)),
            't' => return Ok(Escape::Character(0x09)),
            'c' => return self.control(),
            'u' => return self.utf16(),
            'x' => return self.hexadecimal(),
            'v' if in_range => return Ok(Escape::Character(0x0B)),
            'd' | 'D' if unicode => property::unicode_digit(),
            'd' | 'D' => set::of(&[('0', '9')]),
            's' | 'S' if unicode => property::unicode_space(),
            's' | 'S' => set::of(&[('\t', '\r'), (' ', ' ')]),
            'w' | 'W' if unicode => property::unicode_word(),
            'w' | 'W' => set::of(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
            'h' | 'H' => horizontal_space(),
            'v' | 'V' => set::of(&[('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')]),
            'N' => return Err(self.unsupported("a character by its name, \\N{..}")),
            letter if !letter.is_ascii_alphanumeric() => return Ok(Escape::Character(letter.into())),
            _ if in_class => return Err(self.error("Illegal/unsupported escape sequence")),
            letter => return self.assertion(letter).map(Escape::Other),
        };
        Ok(Escape::Class(if letter.is_ascii_uppercase() { set::negated(set) } else { set }))
    }

    fn assertion(&mut self, letter: char) -> Result<Node, Error> {
        let unix = self.reader.unix_lines;
        let unicode = self.flags.unicode_character_class;
        Ok(Node::Assertion(match letter {
            '1'..='9' => return Ok(self.back_reference(letter)),
            'k' => return self.named_back_reference(),
            'R' => return Ok(Node::LineBreak),
            'A' => Assertion::TextBegin,
            'G' => {
                self.last_match = true;
                Assertion::LastMatch
            }
            'Z' => Assertion::FinalEnd { unix },
            'z' => Assertion::TextEnd,
            'b' | 'B' => {
                if letter == 'b' && self.reader.peek() == Some('{') && self.reader.get(self.reader.at + 1) == Some('g')
                {
                    self.reader.skip();
                    return Err(match self.reader.read() {
                        Some('}') => self.unsupported("a boundary of grapheme clusters, \\b{g}"),
                        _ => self.error("Illegal/unsupported escape sequence"),
                    });
                }
                self.ascii_form |= !unicode;
                Assertion::WordBoundary { negated: letter == 'B', unicode }
            }
            'X' => return Err(self.unsupported("a grapheme cluster, \\X")),
            _ => return Err(self.error("Illegal/unsupported escape sequence")),
        }))
    }

    /// Takes as many digits as make the number of a group that has been opened; the first counts in any case.
    fn back_reference(&mut self, first: char) -> Node {
        let mut group = first.to_digit(10).unwrap_or_default() as usize;
        while let Some(longer) = self
            .reader
            .peek()
            .and_then(|digit| digit.to_digit(10))
            .map(|digit| group * 10 + digit as usize)
            .filter(|longer| *longer <= self.groups.len())
        {
            group = longer;
            self.reader.read();
        }
        self.reference(group)
    }

    fn named_back_reference(&mut self) -> Result<Node, Error> {
        if self.reader.read() != Some('<') {
            return Err(self.error("\\k is not followed by '<' for named capturing group"));
        }
        let first = self.reader.read();
        let name = self.group_name(first)?;
        match self.names.iter().find(|(known, _)| *known == name) {
            Some((_, group)) => Ok(self.reference(*group)),
            None => Err(self.error(format!("named capturing group <{name}> does not exist"))),
        }
    }

    fn reference(&mut self, group: usize) -> Node {
        let case = self.flags.case();
        self.ascii_form |= case != Case::Sensitive;
        Node::BackReference { group, case }
    }

    /// `\0n`, `\0nn`, `\0mnn` with m up to 3.
    fn octal(&mut self) -> Result<Escape, Error> {
        let digit = |character: Option<char>| character.and_then(|digit| digit.to_digit(8));
        let Some(first) = digit(self.reader.read()) else {
            return Err(self.error("Illegal octal escape sequence"));
        };
        let Some(second) = digit(self.reader.read()) else {
            self.reader.unread();
            return Ok(Escape::Character(first));
        };
        if first <= 3 {
            if let Some(third) = digit(self.reader.read()) {
                return Ok(Escape::Character(first * 64 + second * 8 + third));
            }
            self.reader.unread();
        }
        Ok(Escape::Character(first * 8 + second))
    }

    fn control(&mut self) -> Result<Escape, Error> {
        if self.reader.at >= self.reader.len() {
            return Err(self.error("Illegal control escape sequence"));
        }
        Ok(Escape::Character(u32::from(self.reader.read().unwrap_or('\0')) ^ 64))
    }

    /// `\xhh` and `\x{h..h}`.
    fn hexadecimal(&mut self) -> Result<Escape, Error> {
        let digit = |character: Option<char>| character.and_then(|digit| digit.to_digit(16));
        let first = self.reader.read();
        if let Some(high) = digit(first) {
            return match digit(self.reader.read()) {
                Some(low) => Ok(Escape::Character(high * 16 + low)),
                None => Err(self.error("Illegal hexadecimal escape sequence")),
            };
        }
        if first == Some('{') && digit(self.reader.peek()).is_some() {
            let mut code = 0;
            loop {
                let character = self.reader.read();
                match (digit(character), character) {
                    (Some(digit), _) => code = code * 16 + digit,
                    (None, Some('}')) => return Ok(Escape::Character(code)),
                    _ => return Err(self.error("Unclosed hexadecimal escape sequence")),
                }
                if code > 0x10_FFFF {
                    return Err(self.error("Hexadecimal codepoint is too big"));
                }
            }
        }
        Err(self.error("Illegal hexadecimal escape sequence"))
    }

    /// `\uhhhh`, and two of them for a character beyond U+FFFF.
    fn utf16(&mut self) -> Result<Escape, Error> {
        let unit = self.utf16_unit()?;
        if (0xD800..0xDC00).contains(&unit) {
            let at = self.reader.at;
            if self.reader.read() == Some('\\') && self.reader.read() == Some('u') {
                let low = self.utf16_unit()?;
                if (0xDC00..0xE000).contains(&low) {
                    return Ok(Escape::Character(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00)));
                }
            }
            self.reader.at = at;
        }
        Ok(Escape::Character(unit))
    }

    fn utf16_unit(&mut self) -> Result<u32, Error> {
        let mut unit = 0;
        for _ in 0..4 {
            match self.reader.read().and_then(|digit| digit.to_digit(16)) {
                Some(digit) => unit = unit * 16 + digit,
                None => return Err(self.error("Illegal Unicode escape sequence")),
            }
        }
        Ok(unit)
    }

    /// Reads a property from the character before its name or brace, which is `p` or `P`.
    pub(super) fn property(&mut self, negated: bool) -> Result<Set, Error> {
        let name: String = match self.reader.next() {
            Some('{') => {
                self.reader.next();
                let start = self.reader.at;
                let Some(length) = (start..self.reader.len()).position(|at| self.reader.get(at) == Some('}')) else {
                    self.reader.at = self.reader.len() + 1;
                    return Err(self.error("Unclosed character family"));
                };
                self.reader.at = start + length + 1;
                if length == 0 {
                    return Err(self.error("Empty character family"));
                }
                (start..start + length).filter_map(|at| self.reader.get(at)).collect()
            }
            Some(letter) => {
                self.reader.at += 1;
                letter.to_string()
            }
            None => return Err(self.error("Illegal/unsupported escape sequence")),
        };
        let reading = Reading { any_case: self.flags.case_insensitive, unicode: self.flags.unicode_character_class };
        let set = property::named(&name, reading).map_err(|message| self.error(message))?;
        Ok(if negated { set::negated(set) } else { set })
    }
}

/// `\h`
fn horizontal_space() -> Set {
    set::of(&[
        ('\t', '\t'),
        (' ', ' '),
        ('\u{A0}', '\u{A0}'),
        ('\u{1680}', '\u{1680}'),
        ('\u{180E}', '\u{180E}'),
        ('\u{2000}', '\u{200A}'),
        ('\u{202F}', '\u{202F}'),
        ('\u{205F}', '\u{205F}'),
        ('\u{3000}', '\u{3000}'),
    ])
}
