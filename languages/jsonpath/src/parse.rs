//! Reading a path.
//!
//! The rules are those of Jayway's reader as it is, which is not a grammar but a way of looking around in the text: one
//! character behind a closing bracket is ignored, `length()` may not be followed by anything, blanks are skipped here and
//! not there.
//!
//! Source: Jayway's `PathCompiler` and `FilterCompiler`.

mod cursor;
mod filter;
mod function;
mod path;
mod text;

use std::borrow::Cow;

use crate::{
    Error, Predicate,
    limits::{MAX_LENGTH, MAX_NESTING, MAX_TOKENS},
    syntax::Compiled,
};

pub(crate) use self::text::unescape;

/// Why a text is not a path.
#[derive(Debug, Clone, PartialEq)]
enum Fault {
    /// It is not as expected; where something else may stand as well, that is tried.
    Invalid(Problem),
    /// It is not as expected, and nothing else is tried within the filter.
    Abort(Problem),
    /// It is too large.
    Limit(&'static str, usize),
}

#[derive(Debug, Clone, PartialEq)]
struct Problem {
    /// Bytes from the start of the path.
    at: usize,
    message: Cow<'static, str>,
}

impl Fault {
    fn invalid(at: usize, message: impl Into<Cow<'static, str>>) -> Self {
        Fault::Invalid(Problem { at, message: message.into() })
    }

    fn abort(at: usize, message: impl Into<Cow<'static, str>>) -> Self {
        Fault::Abort(Problem { at, message: message.into() })
    }

    /// As it is seen from outside of a filter, or of a path within one.
    fn seen_from_outside(self) -> Self {
        match self {
            Fault::Abort(problem) => Fault::Invalid(problem),
            fault => fault,
        }
    }
}

/// What is kept while a path and those within it are read.
#[derive(Debug)]
struct Reader<'p> {
    /// For the placeholders of the outermost path.
    predicates: std::slice::Iter<'p, Predicate>,
    tokens: usize,
    paths: usize,
    nesting: usize,
}

impl Reader<'_> {
    fn next_token(&mut self) -> Result<usize, Fault> {
        self.tokens += 1;
        if self.tokens > MAX_TOKENS { Err(Fault::Limit("steps of the path", MAX_TOKENS)) } else { Ok(self.tokens - 1) }
    }

    fn next_path(&mut self) -> usize {
        self.paths += 1;
        self.paths - 1
    }

    /// Reads something one level further down.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.nesting == MAX_NESTING {
            return Err(Fault::Limit("levels of filters, parentheses and negations", MAX_NESTING));
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }
}

/// Reads a path.
pub(crate) fn parse(text: &str, predicates: &[Predicate]) -> Result<Compiled, Error> {
    if text.len() > MAX_LENGTH {
        return Err(Error::Limit { path: shorten(text), what: "bytes of the path", limit: MAX_LENGTH });
    }
    let mut reader = Reader { predicates: predicates.iter(), tokens: 0, paths: 0, nesting: 0 };
    match reader.path(text, 0) {
        Ok(path) => Ok(path),
        Err(Fault::Invalid(problem) | Fault::Abort(problem)) => Err(Error::Syntax {
            path: shorten(text),
            column: text.char_indices().take_while(|(at, _)| *at < problem.at).count() + 1,
            message: problem.message.into_owned(),
        }),
        Err(Fault::Limit(what, limit)) => Err(Error::Limit { path: shorten(text), what, limit }),
    }
}

/// Whether a text is a path; costs as much as reading one.
pub(crate) fn is_path(text: &str) -> bool {
    parse(text, &[]).is_ok()
}

/// At most the first 200 characters of a path, for a message.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
