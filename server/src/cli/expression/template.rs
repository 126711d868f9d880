//! The expression as it was written on the command line, and the template that is made of it.

use std::borrow::Cow;

use super::excerpt;
use crate::cli::exit::Error;

const OPEN: &str = "${";

/// An expression to evaluate.
#[derive(Debug)]
pub(super) struct Template<'t> {
    /// What was written.
    pub(super) written: &'t str,
    /// What is evaluated: text with `${...}` in it.
    pub(super) text: Cow<'t, str>,
}

impl<'t> Template<'t> {
    /// The template of a text: itself, or the whole text as one expression if there is no `${` in it.
    ///
    /// # Errors
    /// `Usage` if there is nothing in it, `Failed` if the whole text cannot be one expression.
    pub(super) fn new(written: &'t str) -> Result<Self, Error> {
        if written.trim().is_empty() {
            return Err(Error::Usage(
                "there is no expression; quote it with ' and not with \", in which a shell replaces ${...} itself: \
                 gennaker expression eval '${trigger.user}'"
                    .to_owned(),
            ));
        }
        if written.contains(OPEN) {
            return Ok(Template { written, text: Cow::Borrowed(written) });
        }
        match unpaired(written) {
            Some((column, problem)) => Err(Error::Failed(format!("{problem}\n{}", excerpt::of(written, column)))),
            None => Ok(Template { written, text: Cow::Owned(format!("{OPEN}{written}}}")) }),
        }
    }

    /// Where in what was written the error is, as its character counted from 1; 0 if nobody knows.
    pub(super) fn column(&self, error: &gennaker_spel::Error) -> usize {
        match (&self.text, error.column) {
            (Cow::Borrowed(_), column) | (Cow::Owned(_), column @ 0) => column,
            (Cow::Owned(_), column) => column.saturating_sub(OPEN.len()).max(1),
        }
    }

    /// Whether the text was taken for one expression.
    pub(super) fn is_wrapped(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }

    /// Whether it is one expression and no text around it.
    pub(super) fn is_whole(&self) -> bool {
        let text = self.text.trim();
        text.starts_with(OPEN) && text.ends_with('}') && text.matches(OPEN).count() == 1
    }
}

/// A bracket outside of quotes that has no other, as its character counted from 1, and what is wrong with it. The `}` that is put
/// behind the text would be taken for its end, or it for the end of the text.
fn unpaired(text: &str) -> Option<(usize, String)> {
    let (mut open, mut quote) = (Vec::new(), None);
    for (column, c) in (1..).zip(text.chars()) {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(own)) if c == own => quote = None,
            (_, Some(_)) => {}
            ('{' | '[' | '(', None) => open.push((column, c)),
            ('}', None) if open.is_empty() => {
                return Some((column, "this '}' closes nothing; write ${...}, or the expression alone".to_owned()));
            }
            // One that closes another kind is found by who reads the expression.
            ('}' | ']' | ')', None) => drop(open.pop()),
            _ => {}
        }
    }
    let (column, c) = open.pop().filter(|_| quote.is_none())?;
    Some((column, format!("this '{c}' is not closed")))
}
