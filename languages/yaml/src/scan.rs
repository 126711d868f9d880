//! Text to tokens, by the rules of YAML 1.1 as SnakeYAML's scanner applies them.
//!
//! Where a mapping's key starts is known only when its `:` comes. So the place of each token that may be a simple key is
//! kept, and the token before it is put in once the `:` is there; until then the tokens from that place on wait.

mod block;
mod cursor;
mod keys;
mod length;
mod properties;
mod queue;
mod quoted;
mod text;
mod token;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use self::{
    cursor::{Cursor, check_characters},
    keys::SimpleKey,
    queue::Queue,
};
pub(crate) use self::{
    cursor::{Result, place, syntax},
    text::{TextId, Texts},
    token::{Located, Style, Token, WrittenTag},
};
use crate::limits::Limits;

/// The end of the text, after the last token was taken.
const END: Located = Located { token: Token::StreamEnd, at: usize::MAX };

pub(crate) struct Scanner<'a> {
    cursor: Cursor<'a>,
    queue: Queue<'a>,
    done: bool,
    flow_level: usize,
    /// The column of the innermost block collection, -1 outside of all.
    indent: isize,
    indents: Vec<isize>,
    simple_key_allowed: bool,
    /// At most one for each flow level, the lowest first.
    keys: VecDeque<SimpleKey>,
    code_points: usize,
    /// Up to where the document's characters are counted, and how many there are.
    counted: (usize, usize),
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Result<Self> {
        check_characters(text)?;
        let cursor = Cursor::new(text);
        Ok(Scanner {
            queue: Queue::new(),
            done: false,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            keys: VecDeque::new(),
            code_points: limits.code_points,
            counted: (cursor.at, 0),
            cursor,
        })
    }

    pub(crate) fn text(&self) -> &'a str {
        self.cursor.text
    }

    /// The next token, which stays.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Located> {
        match self.queue.first() {
            Some(first) if !self.first_may_be_key() => Ok(first),
            _ => self.fill(),
        }
    }

    /// Reads tokens until it is known which is the first one.
    #[inline(never)]
    fn fill(&mut self) -> Result<Located> {
        self.queue.reclaim();
        while self.needs_more()? {
            self.fetch()?;
        }
        Ok(self.queue.first().unwrap_or(END))
    }

    /// Whether another token may come before the first one.
    #[inline]
    fn first_may_be_key(&self) -> bool {
        self.keys.front().is_some_and(|key| key.token == self.queue.first_number())
    }

    /// Steps over the token that was peeked at.
    #[inline]
    pub(crate) fn skip(&mut self) {
        self.queue.skip();
    }

    /// The name of the anchor or alias that was peeked at.
    pub(crate) fn name(&self, position: u32) -> &'a str {
        self.queue.name(position)
    }

    /// The tag that was peeked at, or the handle and the prefix that `%TAG` declares.
    pub(crate) fn tag(&self, position: u32) -> WrittenTag<'a> {
        self.queue.tag(position)
    }

    /// An empty text, of a scalar that is not written.
    pub(crate) fn add_empty(&mut self) -> TextId {
        self.queue.texts.add_part("")
    }

    /// The texts of scalars by their ids.
    #[inline]
    pub(crate) fn texts(&self) -> &Texts<'a> {
        &self.queue.texts
    }

    /// As [`Scanner::texts`], to take them.
    pub(crate) fn texts_mut(&mut self) -> &mut Texts<'a> {
        &mut self.queue.texts
    }

    /// The texts of all scalars so far are not needed any more.
    pub(crate) fn forget_texts(&mut self) {
        self.queue.forget_texts();
    }

    #[inline]
    fn needs_more(&mut self) -> Result<bool> {
        if self.done {
            return Ok(false);
        }
        if self.queue.is_empty() {
            return Ok(true);
        }
        self.drop_stale_keys()?;
        Ok(self.first_may_be_key())
    }

    #[inline]
    fn push(&mut self, token: Token, at: usize) {
        self.queue.push(token, at);
    }

    /// Reads one token, and those that its indentation implies.
    fn fetch(&mut self) -> Result<()> {
        self.check_length()?;
        self.skip_to_token();
        self.drop_stale_keys()?;
        let column = if self.flow_level == 0 { self.cursor.column() as isize } else { 0 };
        self.unwind(column);
        let at = self.cursor.at;
        let at_line_start = at == self.cursor.line_start;
        match self.cursor.here() {
            0 => self.fetch_stream_end(),
            b'%' if at_line_start => self.fetch_directive(),
            b'-' if at_line_start && self.cursor.is_document_marker("---") => {
                self.fetch_document_marker(Token::DocumentStart)
            }
            b'-' if self.cursor.ends_token(at + 1) => self.fetch_block_entry(column),
            b'.' if at_line_start && self.cursor.is_document_marker("...") => {
                self.fetch_document_marker(Token::DocumentEnd)
            }
            b'[' => self.fetch_flow_start(Token::FlowSequenceStart, column),
            b'{' => self.fetch_flow_start(Token::FlowMappingStart, column),
            b']' => self.fetch_flow_end(Token::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Token::FlowMappingEnd),
            b',' => {
                self.simple_key_allowed = true;
                self.remove_key()?;
                self.fetch_indicator(Token::FlowEntry)
            }
            b'?' if self.flow_level > 0 || self.cursor.ends_token(at + 1) => self.fetch_key(column),
            b':' if self.flow_level > 0 || self.cursor.ends_token(at + 1) => self.fetch_value(column),
            b'*' | b'&' => {
                self.save_key(column)?;
                self.simple_key_allowed = false;
                let token = self.scan_anchor()?;
                self.push(token, at);
                Ok(())
            }
            b'!' => {
                self.save_key(column)?;
                self.simple_key_allowed = false;
                let token = self.scan_tag()?;
                self.push(token, at);
                Ok(())
            }
            b'|' | b'>' if self.flow_level == 0 => {
                self.simple_key_allowed = true;
                self.remove_key()?;
                let text = self.scan_block_scalar()?;
                self.push(Token::Scalar(text, Style::Quoted), at);
                Ok(())
            }
            b'\'' | b'"' => self.fetch_scalar(Style::Quoted, column),
            first if self.starts_plain(first) => self.fetch_scalar(Style::Plain, column),
            b'\t' => {
                let advice = "use spaces; a tab may only stand inside of a scalar or at its end";
                Err(self.cursor.syntax(at, "a tab stands before a token", advice))
            }
            _ => {
                let problem = format!("no token starts with {}", self.cursor.shown());
                Err(self.cursor.syntax(at, problem, "quote the text if it is meant as one"))
            }
        }
    }

    fn starts_plain(&self, first: u8) -> bool {
        let at = self.cursor.at;
        match first {
            b'-' => !self.cursor.ends_token(at + 1),
            b'?' | b':' => self.flow_level == 0 && !self.cursor.ends_token(at + 1),
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
            | b'`' => false,
            _ => !self.cursor.ends_token(at),
        }
    }

    /// Steps over spaces, comments and line breaks.
    #[inline]
    fn skip_to_token(&mut self) {
        loop {
            self.cursor.skip_spaces();
            if self.cursor.here() == b'#' {
                self.cursor.take_line();
            }
            if self.cursor.take_break().is_none() {
                return;
            }
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    // Indentation.

    /// Ends the block collections that are indented more than `column`.
    #[inline]
    fn unwind(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.indent = self.indents.pop().unwrap_or(-1);
            self.push(Token::BlockEnd, self.cursor.at);
        }
    }

    /// Whether a block collection starts at `column`.
    #[inline]
    fn add_indent(&mut self, column: isize) -> bool {
        let deeper = self.indent < column;
        if deeper {
            self.indents.push(self.indent);
            self.indent = column;
        }
        deeper
    }

    // Tokens of one kind.

    fn fetch_stream_end(&mut self) -> Result<()> {
        self.unwind(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.keys.clear();
        self.push(Token::StreamEnd, self.cursor.at);
        self.done = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<()> {
        self.unwind(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        let at = self.cursor.at;
        let token = self.scan_directive()?;
        self.push(token, at);
        Ok(())
    }

    fn fetch_document_marker(&mut self, token: Token) -> Result<()> {
        self.unwind(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.push(token, self.cursor.at);
        self.cursor.at += 3;
        Ok(())
    }

    #[inline]
    fn fetch_indicator(&mut self, token: Token) -> Result<()> {
        self.push(token, self.cursor.at);
        self.cursor.at += 1;
        Ok(())
    }

    fn fetch_flow_start(&mut self, token: Token, column: isize) -> Result<()> {
        self.save_key(column)?;
        self.flow_level += 1;
        self.simple_key_allowed = true;
        self.fetch_indicator(token)
    }

    fn fetch_flow_end(&mut self, token: Token) -> Result<()> {
        self.remove_key()?;
        let Some(level) = self.flow_level.checked_sub(1) else {
            let problem = format!("{} closes nothing", self.cursor.shown());
            return Err(self.cursor.syntax(self.cursor.at, problem, "remove it, or quote the text"));
        };
        self.flow_level = level;
        self.simple_key_allowed = false;
        self.fetch_indicator(token)
    }

    fn fetch_block_entry(&mut self, column: isize) -> Result<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                let advice = "start a new line before the `-`";
                return Err(self.cursor.syntax(self.cursor.at, "a list's entry cannot stand here", advice));
            }
            if self.add_indent(column) {
                self.push(Token::BlockSequenceStart, self.cursor.at);
            }
        }
        self.simple_key_allowed = true;
        self.remove_key()?;
        self.fetch_indicator(Token::BlockEntry)
    }

    fn fetch_key(&mut self, column: isize) -> Result<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                let advice = "start a new line before the `?`, or quote the text";
                return Err(self.cursor.syntax(self.cursor.at, "a key cannot stand here", advice));
            }
            if self.add_indent(column) {
                self.push(Token::BlockMappingStart, self.cursor.at);
            }
        }
        self.simple_key_allowed = self.flow_level == 0;
        self.remove_key()?;
        self.fetch_indicator(Token::Key)
    }

    fn fetch_value(&mut self, column: isize) -> Result<()> {
        if let Some(key) = self.take_key() {
            self.queue.insert(key.token, Token::Key, key.at);
            if self.flow_level == 0 && self.add_indent(key.column) {
                self.queue.insert(key.token, Token::BlockMappingStart, key.at);
            }
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    let advice = "quote the value if it has `: ` in it, or start a new line";
                    return Err(self.cursor.syntax(self.cursor.at, "a mapping's value cannot stand here", advice));
                }
                if self.add_indent(column) {
                    self.push(Token::BlockMappingStart, self.cursor.at);
                }
            }
            self.simple_key_allowed = self.flow_level == 0;
            self.remove_key()?;
        }
        self.fetch_indicator(Token::Value)
    }
}
