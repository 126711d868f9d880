//! The tokens that are read and not taken yet, and what lies beside them.

use super::{
    text::Texts,
    token::{Located, Token, WrittenTag},
};

/// How many tokens may be taken before their memory is used again.
const TAKEN: usize = 64;

pub(super) struct Queue<'a> {
    tokens: Vec<Located>,
    /// How many of `tokens` were taken.
    head: usize,
    /// How many tokens were taken at all.
    taken: usize,
    names: Vec<&'a str>,
    tags: Vec<WrittenTag<'a>>,
    /// These stay when their tokens are taken.
    pub(super) texts: Texts<'a>,
}

impl<'a> Queue<'a> {
    pub(super) fn new() -> Self {
        let tokens = Vec::with_capacity(TAKEN);
        Queue { tokens, head: 0, taken: 0, names: Vec::new(), tags: Vec::new(), texts: Texts::default() }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.head == self.tokens.len()
    }

    #[inline]
    pub(super) fn first(&self) -> Option<Located> {
        self.tokens.get(self.head).copied()
    }

    /// Steps over the first token.
    #[inline]
    pub(super) fn skip(&mut self) {
        if self.head < self.tokens.len() {
            self.head += 1;
            self.taken += 1;
        }
    }

    /// The number of the first token since the start of the input.
    #[inline]
    pub(super) fn first_number(&self) -> usize {
        self.taken
    }

    /// The number that the next token gets.
    #[inline]
    pub(super) fn next_number(&self) -> usize {
        self.taken + self.tokens.len() - self.head
    }

    #[inline]
    pub(super) fn push(&mut self, token: Token, at: usize) {
        self.tokens.push(Located { token, at });
    }

    /// Puts a token before the one that has this number.
    pub(super) fn insert(&mut self, number: usize, token: Token, at: usize) {
        self.tokens.insert(self.head + number - self.taken, Located { token, at });
    }

    /// Uses the memory of tokens that were taken again.
    #[inline]
    pub(super) fn reclaim(&mut self) {
        if self.is_empty() {
            self.tokens.clear();
            self.names.clear();
            self.tags.clear();
            self.head = 0;
        } else if self.head > TAKEN {
            self.tokens.drain(..self.head);
            self.head = 0;
        }
    }

    // What lies beside the tokens.

    pub(super) fn add_name(&mut self, name: &'a str) -> u32 {
        self.names.push(name);
        self.names.len() as u32 - 1
    }

    pub(super) fn name(&self, position: u32) -> &'a str {
        self.names.get(position as usize).copied().unwrap_or_default()
    }

    pub(super) fn add_tag(&mut self, tag: WrittenTag<'a>) -> u32 {
        self.tags.push(tag);
        self.tags.len() as u32 - 1
    }

    pub(super) fn tag(&self, position: u32) -> WrittenTag<'a> {
        self.tags.get(position as usize).cloned().unwrap_or_default()
    }

    /// Forgets the texts, unless a token that was not taken has one.
    pub(super) fn forget_texts(&mut self) {
        if !self.tokens.iter().skip(self.head).any(|waiting| matches!(waiting.token, Token::Scalar(..))) {
            self.texts.clear();
        }
    }
}
