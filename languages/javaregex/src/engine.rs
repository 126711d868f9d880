//! What runs a pattern.

use fancy_regex::{CompileError, ParseError, RegexBuilder, RegexInput};

use crate::emit::{self, Form, Unwritable};
use crate::error::Error;
use crate::options::Options;
use crate::pattern::Pattern;

/// Where a match begins and ends, in bytes.
pub(crate) type Span = (usize, usize);
/// The spans of all groups, the whole match first.
pub(crate) type Groups = Vec<Option<Span>>;

/// A pattern compiled for one form of matching.
#[derive(Debug)]
pub(crate) enum Engine {
    /// Plain text, the most frequent pattern of `split` and `replaceAll`.
    Literal {
        text: Box<str>,
        whole: bool,
    },
    Regex {
        regex: Box<fancy_regex::Regex>,
        backtrack_limit: usize,
    },
}

impl Engine {
    pub(crate) fn build(pattern: &Pattern, form: Form, options: &Options) -> Result<Engine, Error> {
        if let Some(text) = pattern.literal() {
            return Ok(Engine::Literal { text: text.into(), whole: form.whole });
        }
        let written = pattern.emit(form).map_err(|unwritable| match unwritable {
            Unwritable::Construct(construct) => Error::Unsupported { construct: construct.to_owned(), index: 0 },
            Unwritable::TooLong => Error::TooLarge {
                what: "the pattern with its classes written out, in bytes,",
                limit: emit::LENGTH_LIMIT,
            },
        })?;
        // Overrides say where `\\G` matches; allowing them keeps `\\A` and `\\z` out of the automata.
        let regex = RegexBuilder::new(&written)
            .backtrack_limit(options.backtrack_limit)
            .delegate_size_limit(options.size_limit)
            .allow_input_assertion_overrides(pattern.has_last_match())
            .build()
            .map_err(|error| refused(error, options))?;
        Ok(Engine::Regex { regex: Box::new(regex), backtrack_limit: options.backtrack_limit })
    }

    pub(crate) fn is_match(&self, text: &str) -> Result<bool, Error> {
        match self {
            Engine::Literal { text: literal, whole: true } => Ok(text == &**literal),
            Engine::Literal { text: literal, whole: false } => Ok(text.contains(&**literal)),
            Engine::Regex { regex, backtrack_limit } => {
                regex.is_match(text).map_err(|_| Error::Backtracking { limit: *backtrack_limit })
            }
        }
    }

    /// The span of the first match from `start` on; `\G` matches there if `joined`.
    pub(crate) fn find(&self, text: &str, start: usize, joined: bool) -> Result<Option<Span>, Error> {
        match self {
            Engine::Literal { text: literal, whole: true } => {
                Ok((text == &**literal && start == 0).then_some((0, text.len())))
            }
            Engine::Literal { text: literal, whole: false } => {
                Ok(text[start..].find(&**literal).map(|at| (start + at, start + at + literal.len())))
            }
            Engine::Regex { regex, backtrack_limit } => {
                let input = RegexInput::new(text).from_pos(start).continue_from_previous_match_end(joined);
                let found = regex.find_input(input).map_err(|_| Error::Backtracking { limit: *backtrack_limit })?;
                Ok(found.map(|found| (found.start(), found.end())))
            }
        }
    }

    /// As [`Engine::find`], with the spans of all groups.
    pub(crate) fn captures(&self, text: &str, start: usize, joined: bool) -> Result<Option<Groups>, Error> {
        match self {
            Engine::Literal { .. } => Ok(self.find(text, start, joined)?.map(|span| vec![Some(span)])),
            Engine::Regex { regex, backtrack_limit } => {
                let input = RegexInput::new(text).from_pos(start).continue_from_previous_match_end(joined);
                let found = regex.captures_input(input).map_err(|_| Error::Backtracking { limit: *backtrack_limit })?;
                Ok(found.map(|groups| {
                    let span = |number| groups.get(number).map(|found| (found.start(), found.end()));
                    (0..groups.len()).map(span).collect()
                }))
            }
        }
    }
}

fn refused(error: fancy_regex::Error, options: &Options) -> Error {
    match error {
        fancy_regex::Error::ParseError(_, ParseError::RecursionExceeded) => {
            Error::TooLarge { what: "the depth of its groups", limit: options.depth_limit }
        }
        fancy_regex::Error::CompileError(error) => match *error {
            CompileError::InnerError(_) | CompileError::DfaBuildError(..) | CompileError::PatternTooComplex => {
                Error::TooLarge { what: "the compiled pattern in bytes", limit: options.size_limit }
            }
            other => Error::Unsupported { construct: format!("this combination ({other})"), index: 0 },
        },
        other => Error::Unsupported { construct: format!("this combination ({other})"), index: 0 },
    }
}
