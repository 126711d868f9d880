//! Character classes: unions, intersections and ranges.

use super::Parser;
use super::escape::Escape;
use crate::error::Error;
use crate::set::{self, Case, Set};

/// One thing in a class.
enum Item {
    /// What is written out, a character or a predefined class.
    Single(Set),
    /// A range or a property.
    Set(Set),
}

impl Parser {
    /// Reads a class from its `[`, and its `]` too if `close` is set. Without, it is the right side of an `&&` that
    /// stands in the class around it, whose `]` ends both.
    ///
    /// An intersection takes all that stands on its left, except that single characters which were read since the last
    /// `&&` join the left side late, together with those before: Java collects them apart, and so do we.
    pub(super) fn class(&mut self, close: bool) -> Result<Set, Error> {
        let mut made: Option<Set> = None;
        let mut last = set::empty();
        let mut singles = set::empty();
        let mut has_singles = false;
        let mut negated = false;
        let opened = self.reader.get(self.reader.at) == Some('[');
        let mut character = self.reader.next();
        if character == Some('^') && opened && self.reader.get(self.reader.at.wrapping_sub(1)) == Some('[') {
            character = self.reader.next();
            negated = true;
        }
        loop {
            match character {
                Some('[') => {
                    last = self.deeper(|parser| parser.class(true))?;
                    made = Some(joined(made, &last));
                    character = self.reader.peek();
                    continue;
                }
                Some('&') => {
                    if self.reader.next() == Some('&') {
                        character = self.reader.next();
                        let mut right: Option<Set> = None;
                        while let Some(next) = character.filter(|next| !matches!(next, ']' | '&')) {
                            let nested = next == '[';
                            if !nested {
                                self.reader.unread();
                            }
                            let more = self.deeper(|parser| parser.class(nested))?;
                            right = Some(joined(right, &more));
                            character = self.reader.peek();
                        }
                        if has_singles {
                            has_singles = false;
                            if made.is_none() {
                                last = singles.clone();
                            }
                            made = Some(joined(made, &singles));
                        }
                        if let Some(right) = &right {
                            last = right.clone();
                        }
                        made = match (made, right) {
                            (None, None) => return Err(self.error("Bad class syntax")),
                            (None, right) => right,
                            (Some(mut left), _) => {
                                left.intersect(&last);
                                Some(left)
                            }
                        };
                        continue;
                    }
                    // A lone `&` is a character.
                    self.reader.unread();
                }
                None => return Err(self.error("Unclosed character class")),
                Some(']') if made.is_some() || has_singles => {
                    if close {
                        self.reader.next();
                    }
                    let set = if has_singles { joined(made, &singles) } else { made.unwrap_or_else(set::empty) };
                    return Ok(if negated { set::negated(set) } else { set });
                }
                _ => {}
            }
            match self.item()? {
                Item::Single(set) => {
                    singles.union(&set);
                    has_singles = true;
                }
                Item::Set(set) => {
                    made = Some(joined(made, &set));
                    last = set;
                }
            }
            character = self.reader.peek();
        }
    }

    /// Reads a character, a range or an escape.
    fn item(&mut self) -> Result<Item, Error> {
        let case = self.flags.case();
        let first = match self.reader.peek() {
            Some('\\') => match self.reader.next_escaped() {
                Some(letter @ ('p' | 'P')) => return self.property(letter == 'P').map(Item::Set),
                _ => {
                    let in_range = self.reader.get(self.reader.at + 1) == Some('-');
                    self.reader.unread();
                    match self.escaped(true, in_range)? {
                        Escape::Character(code) => code,
                        Escape::Class(set) => return Ok(Item::Set(set)),
                        Escape::Other(_) => return Err(self.error("Illegal/unsupported escape sequence")),
                    }
                }
            },
            Some(character) => {
                self.reader.next();
                character.into()
            }
            None => return Err(self.error("Unclosed character class")),
        };
        if self.reader.peek() == Some('-') {
            match self.reader.get(self.reader.at + 1) {
                Some('[' | ']') => {}
                _ => {
                    let last = match self.reader.next() {
                        Some('\\') => match self.escaped(true, true)? {
                            Escape::Character(code) => Some(code),
                            _ => None,
                        },
                        last => {
                            self.reader.next();
                            Some(last.map_or(0, u32::from))
                        }
                    };
                    return match last {
                        Some(last) if last >= first => Ok(Item::Set(set::cased_range(first, last, case))),
                        _ => Err(self.error("Illegal character range")),
                    };
                }
            }
        }
        let set = set::character(first, case);
        // Those below U+0100 are kept apart by Java, but for letters with relatives beyond.
        let beyond = case == Case::Unicode && char::from_u32(first).is_some_and(|letter| "IiSsKkµÅåÿ".contains(letter));
        Ok(if first < 256 && !beyond { Item::Single(set) } else { Item::Set(set) })
    }
}

fn joined(left: Option<Set>, right: &Set) -> Set {
    match left {
        Some(left) => set::union(left, right),
        None => right.clone(),
    }
}
