//! Simple keys: what becomes the key of a mapping by the `:` behind it.

use std::{borrow::Cow, mem};

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

impl<'a> Scanner<'a> {
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
        let key = self.key(column);
        if !self.simple_key_allowed {
            return self.check_key(&key);
        }
        self.remove_key()?;
        self.keys.push_back(key);
        Ok(())
    }

    pub(super) fn key(&self, column: isize) -> SimpleKey {
        SimpleKey {
            flow_level: self.flow_level,
            token: self.taken + self.tokens.len() - self.head,
            required: self.flow_level == 0 && self.indent == column,
            at: self.cursor.at,
            line_start: self.cursor.line_start,
            column,
        }
    }

    /// No key is allowed at `key`.
    pub(super) fn check_key(&self, key: &SimpleKey) -> Result<()> {
        match key.required {
            true => Err(self.cursor.syntax(key.at, "a key stands behind something else", "start a new line")),
            false => Ok(()),
        }
    }

    /// A scalar starts here: what it is as a key, and whether one is allowed.
    pub(super) fn start_scalar(&mut self, column: isize) -> (SimpleKey, bool) {
        (self.key(column), mem::replace(&mut self.simple_key_allowed, false))
    }

    /// Pushes a scalar, and at once what makes it a key if a `:` follows: so most keys need not wait.
    pub(super) fn push_scalar(
        &mut self,
        text: Cow<'a, str>,
        style: Style,
        (key, allowed): (SimpleKey, bool),
    ) -> Result<()> {
        let at = key.at;
        if !allowed {
            self.check_key(&key)?;
            self.push(Token::Scalar(text, style), at);
            return Ok(());
        }
        self.remove_key()?;
        let end = self.cursor.at;
        let same_line = key.line_start == self.cursor.line_start;
        let is_key = same_line
            && self.cursor.here() == b':'
            && end - at <= SIMPLE_KEY
            && (self.flow_level > 0 || self.cursor.ends_token(end + 1));
        if is_key {
            if self.flow_level == 0 && self.add_indent(key.column) {
                self.push(Token::BlockMappingStart, at);
            }
            self.push(Token::Key, at);
            self.push(Token::Scalar(text, style), at);
            return self.fetch_indicator(Token::Value);
        }
        // On another line no `:` makes it a key any more.
        if key.required || (same_line && !self.cursor.ends_line(end)) {
            self.keys.push_back(key);
        }
        self.push(Token::Scalar(text, style), at);
        Ok(())
    }

    pub(super) fn remove_key(&mut self) -> Result<()> {
        match self.take_key() {
            Some(key) if key.required => Err(self.missing_colon(key.at)),
            _ => Ok(()),
        }
    }

    pub(super) fn take_key(&mut self) -> Option<SimpleKey> {
        self.keys.pop_back_if(|key| key.flow_level == self.flow_level)
    }
}
