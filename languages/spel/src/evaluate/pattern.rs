//! Regular expressions of one expression: compiled once, and what searching costs.

use gennaker_javaregex::{Error as RegexError, Regex};

use super::Evaluation;
use crate::Error;

/// How many patterns are kept.
const KEPT: usize = 8;
/// What compiling one counts, in bytes.
const COMPILED: usize = 16 << 10;
/// What searching a byte of text counts: going back and forth takes long, however few operations it is.
const SEARCHED: usize = 8;

impl Evaluation<'_> {
    /// The pattern, for a search in that text.
    ///
    /// # Errors
    /// It is none, or too much has been searched already.
    pub(crate) fn pattern(&mut self, pattern: &str, text: &str) -> Result<Regex, Error> {
        self.charge(text.len().saturating_mul(SEARCHED))?;
        if let Some((_, regex)) = self.patterns.iter().find(|(own, _)| **own == *pattern) {
            return Ok(regex.clone());
        }
        self.charge(COMPILED)?;
        let regex = Regex::new(pattern).map_err(failed)?;
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
