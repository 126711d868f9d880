//! The entries of lists and mappings.

use super::{Context, Event, Parser, State};
use crate::scan::{Result, Token};

impl Parser<'_> {
    // Block collections.

    pub(super) fn block_sequence_entry(&mut self) -> Result<Event> {
        match self.scanner.peek()?.token {
            Token::BlockEntry => {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                match next.token {
                    Token::BlockEntry | Token::BlockEnd => self.empty(State::BlockSequenceEntry),
                    _ => self.nested(next, State::BlockSequenceEntry, Context::Block),
                }
            }
            Token::BlockEnd => self.end(Event::SequenceEnd),
            _ => self.refuse("a list goes on with `-`", "indent the line as the list, or less to end it"),
        }
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Result<Event> {
        if !matches!(self.scanner.peek()?.token, Token::BlockEntry) {
            self.state = self.pop();
            return self.here(Event::SequenceEnd);
        }
        self.scanner.skip();
        let next = self.scanner.peek()?;
        match next.token {
            Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd => {
                self.empty(State::IndentlessSequenceEntry)
            }
            _ => self.nested(next, State::IndentlessSequenceEntry, Context::Block),
        }
    }

    pub(super) fn block_mapping_key(&mut self) -> Result<Event> {
        match self.scanner.peek()?.token {
            Token::Key => {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                match next.token {
                    Token::Key | Token::Value | Token::BlockEnd => self.empty(State::BlockMappingValue),
                    _ => self.nested(next, State::BlockMappingValue, Context::BlockOrIndentless),
                }
            }
            Token::BlockEnd => self.end(Event::MappingEnd),
            _ => {
                self.refuse("a mapping goes on with `key: value`", "indent the line as the mapping, or less to end it")
            }
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event> {
        let next = self.scanner.peek()?;
        match next.token {
            Token::Value => {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                match next.token {
                    Token::Key | Token::Value | Token::BlockEnd => self.empty(State::BlockMappingKey),
                    _ => self.nested(next, State::BlockMappingKey, Context::BlockOrIndentless),
                }
            }
            // SnakeYAML takes a scalar behind a key for its value, without a `:`.
            Token::Scalar(..) => self.nested(next, State::BlockMappingKey, Context::BlockOrIndentless),
            _ => self.empty(State::BlockMappingKey),
        }
    }

    // Flow collections.

    pub(super) fn flow_sequence_entry(&mut self, first: bool) -> Result<Event> {
        if matches!(self.scanner.peek()?.token, Token::FlowSequenceEnd) {
            return self.end(Event::SequenceEnd);
        }
        if !first {
            if !matches!(self.scanner.peek()?.token, Token::FlowEntry) {
                return self.refuse("`,` or `]` is expected", "add it, or quote the text");
            }
            self.scanner.skip();
        }
        let next = self.scanner.peek()?;
        match next.token {
            // `[key: value]` has a mapping of one key in it.
            Token::Key => {
                self.state = State::FlowPairKey;
                self.here(Event::MappingStart)
            }
            Token::FlowSequenceEnd => self.end(Event::SequenceEnd),
            _ => self.nested(next, State::FlowSequenceEntry, Context::Flow),
        }
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Result<Event> {
        if matches!(self.scanner.peek()?.token, Token::FlowMappingEnd) {
            return self.end(Event::MappingEnd);
        }
        if !first {
            if !matches!(self.scanner.peek()?.token, Token::FlowEntry) {
                return self.refuse("`,` or `}` is expected", "add it, or quote the text");
            }
            self.scanner.skip();
        }
        let next = self.scanner.peek()?;
        match next.token {
            Token::Key => {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                match next.token {
                    Token::Value | Token::FlowEntry | Token::FlowMappingEnd => self.empty(State::FlowMappingValue),
                    _ => self.nested(next, State::FlowMappingValue, Context::Flow),
                }
            }
            Token::FlowMappingEnd => self.end(Event::MappingEnd),
            _ => self.nested(next, State::FlowMappingEmptyValue, Context::Flow),
        }
    }
}
