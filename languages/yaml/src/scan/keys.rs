//! Simple keys: what becomes the key of a mapping by the `:` behind it.

use std::mem;

use super::{Result, Scanner, Style, Token};
use crate::error::Error;

/// How many characters a simple key may have.
const SIMPLE_KEY: usize = 1024;

/// A token that is a key if a `:` follows.
pub(super) struct SimpleKey {
    pub(super) flow_level: usize,
    /// The token's number since the start of the text.
    pub(super) token: usize,
    /// It stands where only a key can stand.
    pub(super) required: bool,
    pub(super) at: usize,
    pub(super) line_start: usize,
    pub(super) column: isize,
}

impl Scanner<'_> {
    #[inline]
    pub(super) fn drop_stale_keys(&mut self) -> Result<()> {
        while let Some(key) = self.keys.front() {
            let stale = key.line_start != self.cursor.line_start
                || (self.cursor.at - key.at > SIMPLE_KEY && self.cursor.distance(key.at, self.cursor.at) > SIMPLE_KEY);
            if !stale {
                break;
            }
            if key.required {
                return Err(self.missing_colon(key.at));
            }
            self.keys.pop_front();
        }
        Ok(())
    }

    pub(super) fn missing_colon(&self, at: usize) -> Box<Error> {
        let advice =
            "write `key: value` with the colon on the line of the key, or indent the line if it continues a value";
        self.cursor.syntax(at, "a key has no `:`", advice)
    }

    /// The token that starts here may be a key.
    pub(super) fn save_key(&mut self, column: isize) -> Result<()> {
        if !self.simple_key_allowed {
            return self.check_key(self.is_required(column), self.cursor.at);
        }
        self.remove_key()?;
        self.keys.push_back(self.key(self.cursor.at, self.cursor.line_start, column));
        Ok(())
    }

    /// Only a key can stand in this column.
    #[inline]
    fn is_required(&self, column: isize) -> bool {
        self.flow_level == 0 && self.indent == column
    }

    /// The next token as a key.
    fn key(&self, at: usize, line_start: usize, column: isize) -> SimpleKey {
        SimpleKey {
            flow_level: self.flow_level,
            token: self.queue.next_number(),
            required: self.is_required(column),
            at,
            line_start,
            column,
        }
    }

    /// No key is allowed at `at`.
    #[inline]
    fn check_key(&self, required: bool, at: usize) -> Result<()> {
        match required {
            true => Err(self.cursor.syntax(at, "a key stands behind something else", "start a new line")),
            false => Ok(()),
        }
    }

    /// The scalar here, and at once what makes it a key if a `:` follows: so most keys need not wait.
    pub(super) fn fetch_scalar(&mut self, style: Style, column: isize) -> Result<()> {
        let (at, line_start) = (self.cursor.at, self.cursor.line_start);
        let required = self.is_required(column);
        let allowed = mem::replace(&mut self.simple_key_allowed, false);
        let text = match style {
            Style::Plain => self.scan_plain(),
            Style::Quoted => self.scan_quoted()?,
        };
        if !allowed {
            self.check_key(required, at)?;
            self.push(Token::Scalar(text, style), at);
            return Ok(());
        }
        self.remove_key()?;
        let end = self.cursor.at;
        let same_line = line_start == self.cursor.line_start;
        let is_key = same_line
            && self.cursor.here() == b':'
            && end - at <= SIMPLE_KEY
            && (self.flow_level > 0 || self.cursor.ends_token(end + 1));
        if is_key {
            if self.flow_level == 0 && self.add_indent(column) {
                self.push(Token::BlockMappingStart, at);
            }
            self.push(Token::Key, at);
            self.push(Token::Scalar(text, style), at);
            self.fetch_indicator(Token::Value)?;
            self.fetch_plain_value();
            return Ok(());
        }
        // On another line no `:` makes it a key any more.
        if required || (same_line && !self.cursor.ends_line(end)) {
            self.keys.push_back(self.key(at, line_start, column));
        }
        self.push(Token::Scalar(text, style), at);
        Ok(())
    }

    /// The value right behind the `:` of a key, if it is plain, as most are: what [`Scanner::fetch`] would do next, in
    /// fewer steps.
    #[inline]
    fn fetch_plain_value(&mut self) {
        let at = self.cursor.at + 1;
        if self.cursor.here() == b' ' && self.cursor.byte(at).is_ascii_alphanumeric() && self.is_short() {
            self.cursor.at = at;
            let text = self.scan_plain();
            self.push(Token::Scalar(text, Style::Plain), at);
        }
    }

    #[inline]
    pub(super) fn remove_key(&mut self) -> Result<()> {
        if self.keys.is_empty() {
            return Ok(());
        }
        match self.take_key() {
            Some(key) if key.required => Err(self.missing_colon(key.at)),
            _ => Ok(()),
        }
    }

    pub(super) fn take_key(&mut self) -> Option<SimpleKey> {
        self.keys.pop_back_if(|key| key.flow_level == self.flow_level)
    }
}
