//! A place in the text of a path or a filter, with the ways of looking around that the reader needs.
//!
//! A text may end before its last characters (`last`): blanks and brackets around a filter are cut off so. What is looked
//! at behind that, but within the text, is still seen.
//!
//! Source: Jayway's `CharacterIndex`.

use super::Fault;

/// A place in a text.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    /// Where the text starts in the path that was given.
    base: usize,
    /// Of the character to be read next.
    pub(super) position: usize,
    /// Where the last character starts; -1 if there is none.
    last: isize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, base: usize) -> Self {
        let last = text.char_indices().next_back().map_or(-1, |(at, _)| at as isize);
        Cursor { text, base, position: 0, last }
    }

    /// Where a place of this text is in the path that was given.
    pub(super) fn column(&self, at: usize) -> usize {
        self.base + at
    }

    /// The error that the text is not as expected at a place.
    pub(super) fn wrong<T>(&self, at: usize, message: impl Into<std::borrow::Cow<'static, str>>) -> Result<T, Fault> {
        Err(Fault::invalid(self.column(at), message))
    }

    /// Behind the last character.
    pub(super) fn end(&self) -> usize {
        match usize::try_from(self.last) {
            Ok(last) => last + self.text[last..].chars().next().map_or(0, char::len_utf8),
            Err(_) => 0,
        }
    }

    /// The byte at a place; an error behind the text.
    pub(super) fn at(&self, at: usize) -> Result<u8, Fault> {
        match self.text.as_bytes().get(at) {
            Some(byte) => Ok(*byte),
            None => Err(Fault::abort(self.column(self.text.len()), "the path ends too early")),
        }
    }

    pub(super) fn current(&self) -> Result<u8, Fault> {
        self.at(self.position)
    }

    /// A part of the text; the bounds are where ASCII characters or the text start or end.
    pub(super) fn part(&self, start: usize, end: usize) -> Result<&'t str, Fault> {
        match self.text.get(start..end) {
            Some(part) => Ok(part),
            None => Err(Fault::abort(self.column(start), "the path ends too early")),
        }
    }

    /// Whether the text goes on like this at a place, not looking at where it was cut off.
    pub(super) fn has(&self, at: usize, word: &str) -> bool {
        self.text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(word.as_bytes()))
    }

    pub(super) fn in_bounds(&self, at: usize) -> bool {
        at as isize <= self.last
    }

    /// Whether the last character has been reached, be it read or not.
    pub(super) fn is_tail(&self) -> bool {
        self.position as isize >= self.last
    }

    pub(super) fn last_is(&self, byte: u8) -> Result<bool, Fault> {
        match usize::try_from(self.last) {
            Ok(last) => Ok(self.at(last)? == byte),
            Err(_) => Err(Fault::abort(self.column(0), "the path ends too early")),
        }
    }

    /// Cuts off the last character.
    pub(super) fn cut(&mut self) {
        let end = usize::try_from(self.last).unwrap_or(0);
        self.last = self.text[..end].char_indices().next_back().map_or(-1, |(at, _)| at as isize);
    }

    pub(super) fn skip_blanks(&mut self) {
        while (self.position as isize) < self.last && self.at(self.position) == Ok(b' ') {
            self.position += 1;
        }
    }

    pub(super) fn trim(&mut self) {
        self.skip_blanks();
        while (self.position as isize) < self.last && self.last_is(b' ') == Ok(true) {
            self.cut();
        }
    }

    /// Behind `at`, over blanks.
    fn behind_blanks(&self, at: usize) -> usize {
        let mut place = at + 1;
        while self.in_bounds(place) && self.at(place) == Ok(b' ') {
            place += 1;
        }
        place
    }

    /// The next byte behind `at` that is no blank; a blank if there is none.
    pub(super) fn next_significant(&self, at: usize) -> u8 {
        let place = self.behind_blanks(at);
        if self.in_bounds(place) { self.at(place).unwrap_or(b' ') } else { b' ' }
    }

    /// Where that is, if it is this byte.
    pub(super) fn index_of_next_significant(&self, at: usize, byte: u8) -> Result<Option<usize>, Fault> {
        let place = self.behind_blanks(at);
        Ok((self.at(place)? == byte).then_some(place))
    }

    /// Where the previous byte that is no blank is.
    pub(super) fn index_of_previous_significant(&self, at: usize) -> Option<usize> {
        (0..at)
            .rev()
            .find(|&place| !self.in_bounds(place) || self.at(place) != Ok(b' '))
            .filter(|&at| self.in_bounds(at))
    }

    /// Where a byte is next, from `at` on.
    pub(super) fn index_of(&self, at: usize, byte: u8) -> Option<usize> {
        (at..self.end()).find(|&place| self.at(place) == Ok(byte))
    }

    /// Where a byte is next behind `at`, those with a backslash before them left out.
    pub(super) fn index_of_unescaped(&self, at: usize, byte: u8) -> Option<usize> {
        let mut escaped = false;
        (at + 1..self.end()).find(|&place| {
            let found = self.at(place).unwrap_or(0);
            let hit = !escaped && found == byte && found != b'\\';
            escaped = !escaped && found == b'\\';
            hit
        })
    }

    /// Where the bracket at `at` is closed, what stands in strings (and between slashes) left out.
    pub(super) fn index_of_closing(
        &self,
        at: usize,
        open: u8,
        close: u8,
        skip_patterns: bool,
    ) -> Result<Option<usize>, Fault> {
        let mut opened = 1;
        let mut place = at + 1;
        while self.in_bounds(place) {
            let quote = self.at(place)?;
            if quote == b'\'' || quote == b'"' {
                place = self.behind_closing(place, quote)?;
            }
            if skip_patterns && self.at(place)? == b'/' {
                place = self.behind_closing(place, b'/')?;
            }
            let byte = self.at(place)?;
            if byte == open {
                opened += 1;
            }
            if byte == close {
                opened -= 1;
                if opened == 0 {
                    return Ok(Some(place));
                }
            }
            place += 1;
        }
        Ok(None)
    }

    fn behind_closing(&self, at: usize, byte: u8) -> Result<usize, Fault> {
        match self.index_of_unescaped(at, byte) {
            Some(close) => Ok(close + 1),
            None => self.wrong(at, format!("the {} here is not closed", char::from(byte))),
        }
    }

    /// Reads this byte, over blanks, or fails.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        self.skip_blanks();
        if self.current()? != byte {
            return self.wrong(self.position, format!("expected {:?}", char::from(byte)));
        }
        self.position += 1;
        Ok(())
    }

    /// Reads this word, over blanks, if it is there.
    pub(super) fn take(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let taken = self.in_bounds(self.position + word.len() - 1) && self.has(self.position, word);
        if taken {
            self.position += word.len();
        }
        taken
    }
}
