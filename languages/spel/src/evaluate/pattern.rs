//! Regular expressions of one expression: compiled once, and what searching costs.

use gennaker_javaregex::{Error as RegexError, Options, Regex};

use super::Evaluation;
use crate::Error;

/// How many patterns are kept.
const KEPT: usize = 8;
/// What compiling one counts, in bytes.
const COMPILED: usize = 16 << 10;
/// What any search counts.
const SEARCH: usize = 1 << 10;
/// How often one search may go back; a few thousand searches are what a limit of bytes leaves.
const STEPS_BACK: usize = 50_000;
/// What searching a byte of text counts: going back and forth takes long, however few operations it is.
const SEARCHED: usize = 8;

impl Evaluation<'_> {
    /// The pattern, for a search in that text.
    ///
    /// # Errors
    /// It is none, or too much has been searched already.
    pub(crate) fn pattern(&mut self, pattern: &str, text: &str) -> Result<Regex, Error> {
        self.charge(text.len().saturating_mul(SEARCHED).saturating_add(SEARCH))?;
        if let Some((_, regex)) = self.patterns.iter().find(|(own, _)| **own == *pattern) {
            return Ok(regex.clone());
        }
        self.charge(COMPILED)?;
        let options = Options { backtrack_limit: STEPS_BACK, ..Options::default() };
        let regex = Regex::with_options(pattern, &options).map_err(failed)?;
        if self.patterns.len() == KEPT {
            self.patterns.remove(0);
        }
        self.patterns.push((pattern.into(), regex.clone()));
        Ok(regex)
    }
}

/// The failure of a pattern or a search.
pub(crate) fn failed(error: RegexError) -> Error {
    match error {
        RegexError::Backtracking { .. } | RegexError::TooLarge { .. } => Error::limit(error.to_string()),
        _ => Error::thrown(error.to_string()),
    }
}
