//! Replacement texts, as `Matcher.appendReplacement` reads them.

use crate::error::Error;
use crate::pattern::Pattern;

/// A piece of a replacement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Group(usize),
}

/// Reads a replacement for matches of `pattern`.
pub(crate) fn parse(replacement: &str, pattern: &Pattern) -> Result<Vec<Part>, Error> {
    let mut reader = Reader { characters: replacement.chars().collect(), at: 0 };
    let mut parts = Vec::new();
    let mut text = String::new();
    while let Some(character) = reader.read() {
        match character {
            '\\' => match reader.read() {
                Some(escaped) => text.push(escaped),
                None => return Err(reader.error("character to be escaped is missing")),
            },
            '$' => {
                let group = reader.group(pattern)?;
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Group(group));
            }
            plain => text.push(plain),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

struct Reader {
    characters: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn read(&mut self) -> Option<char> {
        let character = self.peek();
        self.at += usize::from(character.is_some());
        character
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::Replacement { message: message.into(), index: self.at }
    }

    /// Reads what stands behind a `$`.
    fn group(&mut self, pattern: &Pattern) -> Result<usize, Error> {
        match self.peek() {
            None => Err(self.error("Illegal group reference: group index is missing")),
            Some('{') => {
                self.at += 1;
                self.named(pattern)
            }
            Some(_) => self.numbered(pattern),
        }
    }

    fn named(&mut self, pattern: &Pattern) -> Result<usize, Error> {
        let mut name = String::new();
        while let Some(letter) = self.peek().filter(char::is_ascii_alphanumeric) {
            name.push(letter);
            self.at += 1;
        }
        if name.is_empty() {
            return Err(self.error("named capturing group has 0 length name"));
        }
        if self.peek() != Some('}') {
            return Err(self.error("named capturing group is missing trailing '}'"));
        }
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(self.error(format!("capturing group name {{{name}}} starts with digit character")));
        }
        let number = pattern.group_number(&name);
        let number = number.ok_or_else(|| self.error(format!("No group with name {{{name}}}")))?;
        self.at += 1;
        Ok(number)
    }

    /// Takes as many digits as make a group that exists; the first counts in any case.
    fn numbered(&mut self, pattern: &Pattern) -> Result<usize, Error> {
        let digit = |reader: &Reader| reader.peek().and_then(|digit| digit.to_digit(10)).map(|digit| digit as usize);
        let Some(mut number) = digit(self) else { return Err(self.error("Illegal group reference")) };
        if number > pattern.group_count() {
            return Err(self.error(format!("No group {number}")));
        }
        self.at += 1;
        while let Some(longer) =
            digit(self).map(|digit| number * 10 + digit).filter(|longer| *longer <= pattern.group_count())
        {
            number = longer;
            self.at += 1;
        }
        Ok(number)
    }
}
