//! Why an expression has no value.

use std::fmt;

/// Why an expression could not be read or evaluated.
///
/// It is written as `at column 5: there is no method 'toUpercase' on String; did you mean 'toUpperCase'?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure it is.
    pub kind: Kind,
    /// Where in the expression, as its character counted from 1; 0 if it is the whole.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// The kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The text is no template: a bracket or quote does not close, or nothing is between `${` and `}`.
    Template,
    /// The text is no expression.
    Syntax,
    /// An object has no property of that name, or one that cannot be read.
    Property,
    /// The expression asks for what is not there, not allowed, or does not fit.
    Evaluation,
    /// A method or helper function refused what it was given: Java would have thrown an exception.
    Thrown,
    /// Evaluating it took more steps, depth or text than [`Limits`](crate::Limits) allow.
    Limit,
}

impl Kind {
    /// The Java class of upstream's exception, as `exceptionType` of a summary names it.
    pub fn exception(self) -> &'static str {
        match self {
            Kind::Template => "org.springframework.expression.ParseException",
            Kind::Syntax => "org.springframework.expression.spel.SpelParseException",
            Kind::Property => "java.lang.IllegalArgumentException",
            Kind::Evaluation | Kind::Limit => "org.springframework.expression.spel.SpelEvaluationException",
            Kind::Thrown => "com.netflix.spinnaker.kork.expressions.SpelHelperFunctionException",
        }
    }
}

/// The place of an error before anybody knew it.
const NOWHERE: usize = usize::MAX;

impl Error {
    /// A failure at a place, as its byte offset; [`Error::located`] makes a column of it.
    pub(crate) fn at(kind: Kind, offset: usize, message: impl Into<String>) -> Self {
        Error { kind, column: offset, message: short(message.into()) }
    }

    /// What a method or function throws; its call knows where.
    pub(crate) fn thrown(message: impl Into<String>) -> Self {
        Error { kind: Kind::Thrown, column: NOWHERE, message: short(message.into()) }
    }

    /// An evaluation's failure; the node that it happens in knows where.
    pub(crate) fn evaluation(message: impl Into<String>) -> Self {
        Error { kind: Kind::Evaluation, column: NOWHERE, message: short(message.into()) }
    }

    /// A property that is not there.
    pub(crate) fn property(message: impl Into<String>) -> Self {
        Error { kind: Kind::Property, column: NOWHERE, message: short(message.into()) }
    }

    /// A limit that was reached.
    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Error { kind: Kind::Limit, column: NOWHERE, message: short(message.into()) }
    }

    /// With its place, unless it has one.
    pub(crate) fn or_at(mut self, offset: usize) -> Self {
        if self.column == NOWHERE {
            self.column = offset;
        }
        self
    }

    /// Whether its place is known.
    pub(crate) fn is_placed(&self) -> bool {
        self.column != NOWHERE
    }

    /// Further to the right, in the text that an expression is a piece of.
    pub(crate) fn moved(mut self, by: usize) -> Self {
        if self.column != NOWHERE {
            self.column += by;
        }
        self
    }

    /// With the byte offset turned into a column of that text.
    pub(crate) fn located(mut self, text: &str) -> Self {
        self.column = match self.column {
            NOWHERE => 0,
            offset => text.char_indices().take_while(|(at, _)| *at < offset).count() + 1,
        };
        self
    }
}

/// Messages quote what they are about, which may be long.
const LONGEST: usize = 1000;

fn short(mut message: String) -> String {
    if message.len() > LONGEST {
        message.truncate(message.floor_char_boundary(LONGEST));
        message.push_str(" ...");
    }
    message
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            0 => formatter.write_str(&self.message),
            column => write!(formatter, "at column {column}: {}", self.message),
        }
    }
}

impl std::error::Error for Error {}
