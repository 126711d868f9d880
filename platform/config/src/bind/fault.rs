//! A failure on its way up from serde to the place that knows file, line and key.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::context::Context;
use crate::{error::Error, key::Key};

/// A failure of deserialising.
#[derive(Debug)]
pub(super) enum Fault {
    /// Told in full.
    Located(Box<Error>),
    /// Not what the type expects; the place adds what it is.
    Expected(String),
    /// A reason of the type's own, which may quote the value.
    Message(String),
    /// A field without default is set nowhere.
    Missing(&'static str),
    /// A field came twice.
    Twice { field: String, section: Option<Key> },
}

impl Fault {
    /// The error, for a fault that no place has taken.
    pub(super) fn into_error(self, context: &Context<'_>, key: &Key) -> Error {
        match self {
            Fault::Located(error) => *error,
            _ => Error::Missing { key: key.to_string(), service: context.service.to_owned() },
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Located(Box::new(error))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Located(error) => write!(formatter, "{error}"),
            Fault::Expected(expected) => write!(formatter, "must be {expected}"),
            Fault::Message(message) => formatter.write_str(message),
            Fault::Missing(field) => write!(formatter, "`{field}` is required"),
            Fault::Twice { field, .. } => write!(formatter, "`{field}` is set twice"),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Fault {
        Fault::Message(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Fault {
        Fault::Expected(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Fault {
        Fault::Expected(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Fault {
        Fault::Expected(expected.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Fault {
        Fault::Expected(one_of(expected))
    }

    fn missing_field(field: &'static str) -> Fault {
        Fault::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Fault {
        Fault::Twice { field: field.to_owned(), section: None }
    }
}

/// The words of a choice.
pub(super) fn one_of(variants: &[&str]) -> String {
    format!("one of {}", variants.join(", "))
}
