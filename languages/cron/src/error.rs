//! Why a text is no expression.

use std::borrow::Cow;

use crate::{Expression, Field};

/// Why a text is no expression, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is longer than [`Expression::MAX_LENGTH`].
    #[error("the expression has {length} bytes; write at most {}", Expression::MAX_LENGTH)]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// It has not six or seven fields.
    #[error(
        "the expression has {found} {}; write six or seven, separated by blanks: seconds, minutes, hours, day of the \
         month, month, day of the week and perhaps a year",
        if *found == 1 { "field" } else { "fields" }
    )]
    Fields {
        /// How many it has.
        found: usize,
    },
    /// An item of a field's list is wrong.
    #[error("{field}, column {column}: {wrong} in `{item}`; {instead}")]
    Item {
        /// The field that it is in.
        field: Field,
        /// Where the item starts: its first character is the text's `column`th, counted from 1.
        column: usize,
        /// The item, upper case.
        item: String,
        /// What is wrong with it.
        wrong: Cow<'static, str>,
        /// What to write.
        instead: Cow<'static, str>,
    },
    /// A field has no value, or two of its items do not go together.
    #[error("{field}, column {column}: {wrong}; {instead}")]
    List {
        /// The field.
        field: Field,
        /// Where it starts, as in [`Item`](Error::Item).
        column: usize,
        /// What is wrong with it.
        wrong: Cow<'static, str>,
        /// What to write.
        instead: Cow<'static, str>,
    },
    /// Both days are given, or `*`.
    #[error(
        "day of the month and day of the week are both given; write `?` for the one that does not matter, as in \
         `0 0 12 ? * MON` or `0 0 12 1 * ?`"
    )]
    BothDays,
    /// Both days are `?`.
    #[error("day of the month and day of the week are both `?`; write `*` for one of them, as in `0 0 12 * * ?`")]
    NoDay,
}
