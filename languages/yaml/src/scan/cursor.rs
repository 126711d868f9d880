//! A position in the text, and what is known of its characters.
//!
//! The characters that YAML's syntax is made of are ASCII but for three line breaks, so everything looks at bytes. The
//! end reads as the byte 0, which [`check_characters`] keeps out of texts.

use crate::error::{Error, Place};

/// A result whose error is small: most results of the scanner are `Ok`.
pub(crate) type Result<T> = std::result::Result<T, Box<Error>>;

const BLANK: u8 = 1;
const BREAK: u8 = 2;
/// The first byte of one of the line breaks U+0085, U+2028, U+2029, and of much else.
const MAYBE_BREAK: u8 = 4;
const END: u8 = 8;
const COLON: u8 = 16;
/// `,?[]{}`, which end a plain scalar in a flow collection.
const FLOW: u8 = 32;
const QUOTE: u8 = 64;
const BACKSLASH: u8 = 128;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    classes[0] = END;
    classes[b' ' as usize] = BLANK;
    classes[b'\t' as usize] = BLANK;
    classes[b'\n' as usize] = BREAK;
    classes[b'\r' as usize] = BREAK;
    classes[0xC2] = MAYBE_BREAK;
    classes[0xE2] = MAYBE_BREAK;
    classes[b':' as usize] = COLON;
    classes[b',' as usize] = FLOW;
    classes[b'?' as usize] = FLOW;
    classes[b'[' as usize] = FLOW;
    classes[b']' as usize] = FLOW;
    classes[b'{' as usize] = FLOW;
    classes[b'}' as usize] = FLOW;
    classes[b'"' as usize] = QUOTE;
    classes[b'\'' as usize] = QUOTE;
    classes[b'\\' as usize] = BACKSLASH;
    classes
};

/// What most keys and many values are made of.
const WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        word[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'.' | b'/' | b'_');
        byte += 1;
    }
    word
};

/// What a line break of the text is in a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// `\n`, `\r`, `\r\n` or U+0085: a line feed.
    Feed,
    /// U+2028 or U+2029, kept as they are.
    Kept(char),
}

impl Break {
    pub(super) fn push_to(self, text: &mut String) {
        text.push(match self {
            Break::Feed => '\n',
            Break::Kept(separator) => separator,
        });
    }
}

pub(crate) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Where the line of `at` starts; names the line.
    pub(super) line_start: usize,
    /// A position of this line whose column is known, so that a long line is not counted again and again.
    counted: (usize, usize),
    /// The whole text is ASCII: a character is a byte.
    is_ascii: bool,
}

impl<'a> Cursor<'a> {
    /// At the start of `text`, behind a byte order mark.
    pub(super) fn new(text: &'a str) -> Self {
        let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
        Cursor { text, at: start, line_start: start, counted: (start, 0), is_ascii: text.is_ascii() }
    }

    /// The byte at `at`; 0 at the end.
    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn here(&self) -> u8 {
        self.byte(self.at)
    }

    #[inline]
    fn class(&self, at: usize) -> u8 {
        CLASSES[self.byte(at) as usize]
    }

    /// How many bytes the line break at `at` has; 0 if there is none.
    #[inline]
    fn break_length(&self, at: usize) -> usize {
        match self.byte(at) {
            b'\n' => 1,
            b'\r' if self.byte(at + 1) == b'\n' => 2,
            b'\r' => 1,
            0xC2 if self.byte(at + 1) == 0x85 => 2,
            0xE2 if self.byte(at + 1) == 0x80 && matches!(self.byte(at + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    /// A line break or the end.
    #[inline]
    pub(super) fn ends_line(&self, at: usize) -> bool {
        match self.class(at) {
            BREAK | END => true,
            MAYBE_BREAK => self.break_length(at) > 0,
            _ => false,
        }
    }

    /// A space, a line break or the end.
    #[inline]
    pub(super) fn ends_word(&self, at: usize) -> bool {
        self.byte(at) == b' ' || self.ends_line(at)
    }

    /// A space, a tab, a line break or the end.
    #[inline]
    pub(super) fn ends_token(&self, at: usize) -> bool {
        match self.class(at) {
            BLANK | BREAK | END => true,
            MAYBE_BREAK => self.break_length(at) > 0,
            _ => false,
        }
    }

    /// `---` or `...` and the end of a token.
    #[inline]
    pub(super) fn is_document_marker(&self, marker: &str) -> bool {
        self.starts_with(marker) && self.ends_token(self.at + 3)
    }

    #[inline]
    pub(super) fn starts_with(&self, start: &str) -> bool {
        // Mostly the first byte tells.
        start.as_bytes().first().is_some_and(|first| *first == self.here())
            && self.rest(self.at).starts_with(start.as_bytes())
    }

    /// Steps over spaces.
    #[inline]
    pub(super) fn skip_spaces(&mut self) {
        self.at += self.spaces(self.at);
    }

    /// How many spaces there are from `at` on.
    #[inline]
    pub(super) fn spaces(&self, at: usize) -> usize {
        // Eight at a time: much of a text is indentation.
        let (words, rest) = self.rest(at).as_chunks::<8>();
        let mut count = 0;
        for word in words {
            let others = u64::from_le_bytes(*word) ^ u64::from_le_bytes([b' '; 8]);
            if others != 0 {
                return count + others.trailing_zeros() as usize / 8;
            }
            count += 8;
        }
        count + rest.iter().take_while(|byte| **byte == b' ').count()
    }

    /// Steps over spaces and tabs, which are returned.
    #[inline]
    pub(super) fn take_blanks(&mut self) -> &'a str {
        let start = self.at;
        while self.class(self.at) == BLANK {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// Steps over a line break, if there is one here.
    #[inline]
    pub(super) fn take_break(&mut self) -> Option<Break> {
        let length = match self.class(self.at) {
            BREAK | MAYBE_BREAK => self.break_length(self.at),
            _ => 0,
        };
        let found = match length {
            0 => return None,
            3 => Break::Kept(if self.byte(self.at + 2) == 0xA8 { '\u{2028}' } else { '\u{2029}' }),
            _ => Break::Feed,
        };
        self.at += length;
        self.line_start = self.at;
        self.counted = (self.at, 0);
        Some(found)
    }

    /// Steps over the line feed that is here, and as many spaces of the next line.
    #[inline]
    pub(super) fn take_feed(&mut self, spaces: usize) {
        self.line_start = self.at + 1;
        self.counted = (self.line_start, 0);
        self.at = self.line_start + spaces;
    }

    /// Steps to the end of the line; what was stepped over is returned.
    pub(super) fn take_line(&mut self) -> &'a str {
        let start = self.at;
        while !self.ends_line(self.at) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// Where a run of a plain scalar's characters from `at` on ends.
    pub(super) fn plain_end(&self, mut at: usize, in_flow: bool) -> usize {
        let stops = if in_flow { !(QUOTE | BACKSLASH) } else { !(QUOTE | BACKSLASH | FLOW) };
        loop {
            at = self.find(at, stops);
            match self.class(at) {
                MAYBE_BREAK if self.break_length(at) == 0 => {}
                COLON if !self.ends_key(at + 1, in_flow) => {}
                _ => return at,
            }
            at += 1;
        }
    }

    /// Where the first byte of one of these classes is from `at` on.
    #[inline]
    fn find(&self, at: usize, classes: u8) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|byte| CLASSES[usize::from(*byte)] & classes != 0).unwrap_or(rest.len())
    }

    /// What follows from `at` on.
    #[inline]
    fn rest(&self, at: usize) -> &'a [u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    /// Where a run of letters, digits and `-./_` from `at` on ends: plain whatever stands around it.
    #[inline]
    pub(super) fn word_end(&self, at: usize) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|byte| !WORD[usize::from(*byte)]).unwrap_or(rest.len())
    }

    /// Whether a `:` before `at` ends a plain scalar.
    fn ends_key(&self, at: usize, in_flow: bool) -> bool {
        self.ends_token(at) || (in_flow && matches!(self.byte(at), b',' | b'[' | b']' | b'{' | b'}'))
    }

    /// Where a run of a quoted scalar's characters from `at` on ends: quotes of both kinds, `\`, blanks, breaks, the end.
    pub(super) fn quoted_end(&self, mut at: usize) -> usize {
        loop {
            at = self.find(at, !(FLOW | COLON));
            match self.class(at) {
                MAYBE_BREAK if self.break_length(at) == 0 => {}
                _ => return at,
            }
            at += 1;
        }
    }

    /// As [`Cursor::quoted_end`], but blanks belong to the run.
    pub(super) fn quoted_line_end(&self, mut at: usize) -> usize {
        loop {
            at = self.find(at, !(FLOW | COLON | BLANK));
            match self.class(at) {
                MAYBE_BREAK if self.break_length(at) == 0 => {}
                _ => return at,
            }
            at += 1;
        }
    }

    /// The column in characters, from 0.
    #[inline]
    pub(super) fn column(&mut self) -> usize {
        if self.is_ascii {
            return self.at - self.line_start;
        }
        let (at, column) = self.counted;
        let bytes = self.text.as_bytes().get(at..self.at).unwrap_or_default();
        let column = column + count(bytes);
        self.counted = (self.at, column);
        column
    }

    /// The column where only spaces stand before the position.
    #[inline]
    pub(super) fn indentation(&self) -> usize {
        self.at - self.line_start
    }

    /// The characters between two positions.
    pub(super) fn distance(&self, from: usize, to: usize) -> usize {
        count(self.text.as_bytes().get(from..to).unwrap_or_default())
    }

    /// The character here, for a message.
    pub(super) fn shown(&self) -> String {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the end of the text".into(),
            Some('\t') => "a tab".into(),
            Some('\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') => "the end of the line".into(),
            Some(found) => format!("`{found}`"),
        }
    }

    pub(super) fn syntax(&self, at: usize, problem: impl Into<String>, advice: &'static str) -> Box<Error> {
        syntax(self.text, at, problem, advice)
    }
}

fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// An [`Error::Syntax`] at an offset.
pub(crate) fn syntax(text: &str, at: usize, problem: impl Into<String>, advice: &'static str) -> Box<Error> {
    Box::new(Error::Syntax { place: place(text, at), problem: problem.into(), advice })
}

/// The line and column of an offset.
pub(crate) fn place(text: &str, at: usize) -> Place {
    let mut cursor = Cursor::new(text);
    let mut line = 1;
    loop {
        let start = cursor.at;
        cursor.take_line();
        if at <= cursor.at || cursor.take_break().is_none() {
            return Place { line, column: cursor.distance(start, at) + 1 };
        }
        // Within the two bytes of `\r\n`.
        if at < cursor.at {
            return Place { line, column: cursor.distance(start, at) + 1 };
        }
        line += 1;
    }
}

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// Refuses what YAML 1.1 does not allow anywhere (`StreamReader.isPrintable`): control characters but tab and line
/// breaks, U+FFFE and U+FFFF.
pub(super) fn check_characters(text: &str) -> Result<()> {
    let bytes = text.as_bytes();
    let suspicious = |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte >= 0x7F;
    let mut at = 0;
    loop {
        // Most texts are ASCII: a block at a time, which the compiler does with vectors.
        while let Some(block) = bytes.get(at..at + BLOCK) {
            if block.iter().fold(false, |found, byte| found | suspicious(*byte)) {
                break;
            }
            at += BLOCK;
        }
        match bytes[at..].iter().position(|byte| suspicious(*byte)) {
            Some(next) => at += next,
            None => return Ok(()),
        }
        let rest = (bytes[at], bytes.get(at + 1).copied().unwrap_or(0), bytes.get(at + 2).copied().unwrap_or(0));
        let refused = match rest {
            (0..=0x7F, ..) => true,
            (0xC2, second, _) => second < 0xA0 && second != 0x85,
            (0xEF, 0xBF, third) => third >= 0xBE,
            _ => false,
        };
        if refused {
            let code = text[at..].chars().next().map_or(0, u32::from);
            return Err(Box::new(Error::Character { place: place(text, at), code }));
        }
        at += text[at..].chars().next().map_or(1, char::len_utf8);
    }
}
