//! Text by its UTF-16 units, which is how Java counts.
//!
//! ASCII needs no counting: there a unit is a byte. Of a pair of surrogates that is cut through, the half is U+FFFD.

use std::ops::Range;

use crate::{Error, Value, value::Text};

/// How many units a text has.
pub(in crate::classes) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// Where a unit of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the character that begins at this byte, or at the end.
    At(usize),
    /// Within the character that begins at this byte, a pair of surrogates.
    Within(usize),
}

/// Where the unit of that index is, which is not behind the end.
pub(super) fn place(text: &str, index: usize) -> Place {
    if text.is_ascii() {
        return Place::At(index.min(text.len()));
    }
    let mut left = index;
    for (at, letter) in text.char_indices() {
        match (left, letter.len_utf16()) {
            (0, _) => return Place::At(at),
            (1, 2) => return Place::Within(at),
            (_, units) => left -= units,
        }
    }
    Place::At(text.len())
}

/// The unit of that index.
///
/// # Errors
/// There is none.
pub(in crate::classes) fn at(text: &str, index: i32) -> Result<u16, Error> {
    let found = usize::try_from(index).ok().and_then(|index| {
        if text.is_ascii() {
            text.as_bytes().get(index).map(|byte| u16::from(*byte))
        } else {
            text.encode_utf16().nth(index)
        }
    });
    found.ok_or_else(|| Error::thrown(format!("there is no index {index} in a text of length {}", length(text))))
}

/// A range of units, from `begin` up to `end`.
///
/// # Errors
/// It is not within the text.
pub(in crate::classes) fn range(text: &str, begin: i32, end: i32) -> Result<(usize, usize), Error> {
    let length = length(text);
    let range = usize::try_from(begin).ok().zip(usize::try_from(end).ok());
    range
        .filter(|(begin, end)| begin <= end && *end <= length)
        .ok_or_else(|| Error::thrown(format!("begin {begin}, end {end} is no range within a text of length {length}")))
}

/// The units of a range, which is within the text.
pub(in crate::classes) fn between(text: &str, begin: usize, end: usize) -> Vec<u16> {
    text.encode_utf16().skip(begin).take(end - begin).collect()
}

/// The text of a range of units, which is within the text.
pub(super) fn slice<'a>(text: &Text<'a>, begin: usize, end: usize) -> Value<'a> {
    match (place(text, begin), place(text, end)) {
        (Place::At(begin), Place::At(end)) => Value::String(piece(text, begin..end)),
        _ => Value::text(String::from_utf16_lossy(&between(text, begin, end))),
    }
}

/// A range of bytes that begins and ends between characters, without copying what is borrowed.
pub(super) fn piece<'a>(text: &Text<'a>, bytes: Range<usize>) -> Text<'a> {
    if bytes == (0..text.len()) {
        return text.clone();
    }
    match text {
        Text::Borrowed(text) => Text::Borrowed(&text[bytes]),
        Text::Shared(text) => Text::Shared(text[bytes].into()),
    }
}

/// How many units there are before a byte.
pub(super) fn before(text: &str, byte: usize) -> usize {
    length(&text[..byte])
}
