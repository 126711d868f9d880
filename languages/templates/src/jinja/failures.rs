//! Why a text cannot be rendered, as upstream says it.

use std::error::Error as _;

use minijinja::{Error, ErrorKind};

use super::tags::TagFailure;
use crate::problem::Problem;

/// The expression that has no value, if that is why.
pub(super) fn unknown_token(error: &Error) -> Option<String> {
    if error.kind() != ErrorKind::UndefinedError {
        return None;
    }
    let text = error.template_source().zip(error.range()).and_then(|(source, range)| source.get(range));
    let text = text
        .unwrap_or_default()
        .trim_matches(|letter: char| matches!(letter, '{' | '}' | '%' | '-') || letter.is_whitespace());
    Some(text.to_owned())
}

/// The problem, without the place of the text.
pub(super) fn problem(error: &Error) -> Problem {
    let mut failure = None;
    let mut source = error.source();
    while let (Some(found), None) = (source, failure) {
        failure = found.downcast_ref::<TagFailure>();
        source = found.source();
    }
    let message = match (failure, unknown_token(error)) {
        (Some(_), _) => "InterpretException: Error rendering tag".to_owned(),
        (None, Some(token)) => format!("UnknownTokenException: Unknown token found: {token}"),
        (None, None) => match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        },
    };
    let problem = Problem::new(message).detail("reason", "SYNTAX_ERROR");
    let problem = match error.line() {
        Some(line) => problem.detail("lineno", line.to_string()),
        None => problem,
    };
    Problem { nested: failure.map(|failure| failure.problems.clone()).unwrap_or_default(), ..problem }
}
