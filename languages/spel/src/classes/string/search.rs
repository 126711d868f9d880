//! Where something is in a text: `indexOf`, `lastIndexOf`, `startsWith` from an index, and code points.

use crate::{Error, Value, method::Call};

use super::{
    boolean, int,
    units::{self, Place},
};
use crate::classes::character;

/// `indexOf(String)`, `indexOf(String, fromIndex)`.
pub(super) fn index_of<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, wanted) = (call.this_text()?, call.string(0)?);
    let from = from(&call, 0)?;
    if wanted.is_empty() {
        return int(from.min(units::length(text)) as i32);
    }
    let start = match units::place(text, from) {
        Place::At(byte) => byte,
        Place::Within(byte) => byte + 4,
    };
    let found = text[start..].find(&**wanted);
    int(found.map_or(-1, |at| units::before(text, start + at) as i32))
}

/// `lastIndexOf(String)`, `lastIndexOf(String, fromIndex)`.
pub(super) fn last_index_of<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, wanted) = (call.this_text()?, call.string(0)?);
    let Some(last) = last(&call)? else { return int(-1) };
    if wanted.is_empty() {
        return int(last.min(units::length(text)) as i32);
    }
    let (Place::At(start) | Place::Within(start)) = units::place(text, last);
    // What begins up to there ends here at the latest.
    let mut end = start.saturating_add(wanted.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    int(text[..end].rfind(&**wanted).map_or(-1, |at| units::before(text, at) as i32))
}

/// `indexOf(int)`, `indexOf(int, fromIndex)`.
pub(super) fn index_of_code<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, code) = (call.this_text()?, call.int(0)?);
    let from = from(&call, 0)?;
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(letter) => {
            let start = match units::place(text, from) {
                Place::At(byte) => byte,
                Place::Within(byte) => byte + 4,
            };
            int(text[start..].find(letter).map_or(-1, |at| units::before(text, start + at) as i32))
        }
        None => {
            let found = text.encode_utf16().skip(from).position(|unit| i32::from(unit) == code);
            int(found.map_or(-1, |at| (from + at) as i32))
        }
    }
}

/// `lastIndexOf(int)`, `lastIndexOf(int, fromIndex)`.
pub(super) fn last_index_of_code<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, code) = (call.this_text()?, call.int(0)?);
    let Some(last) = last(&call)? else { return int(-1) };
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(letter) => {
            let end = match units::place(text, last) {
                Place::At(byte) => text[byte..].chars().next().map_or(byte, |own| byte + own.len_utf8()),
                Place::Within(byte) => byte + 4,
            };
            int(text[..end].rfind(letter).map_or(-1, |at| units::before(text, at) as i32))
        }
        None => {
            let units = text.encode_utf16().take(last.saturating_add(1)).enumerate();
            int(units.filter(|(_, unit)| i32::from(*unit) == code).last().map_or(-1, |(at, _)| at as i32))
        }
    }
}

/// `startsWith(String, toffset)`.
pub(super) fn starts_with_at<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, wanted, offset) = (call.this_text()?, call.string(0)?, call.int(1)?);
    let Some(offset) = usize::try_from(offset).ok().filter(|offset| *offset <= units::length(text)) else {
        return boolean(false);
    };
    boolean(match units::place(text, offset) {
        Place::At(byte) => text[byte..].starts_with(&**wanted),
        Place::Within(_) => wanted.is_empty(),
    })
}

/// `codePointAt`: half of a pair, if the index is within one, is answered as U+FFFD's code.
pub(super) fn code_point_at<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, index) = (call.this_text()?, call.int(0)?);
    let unit = units::at(text, index)?;
    int(match units::place(text, index as usize) {
        Place::At(byte) => text[byte..].chars().next().map_or(-1, |letter| u32::from(letter) as i32),
        Place::Within(_) => i32::from(unit),
    })
}

/// `codePointBefore`.
pub(super) fn code_point_before<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, index) = (call.this_text()?, call.int(0)?);
    let unit = units::at(text, index.saturating_sub(1))?;
    int(match units::place(text, index as usize) {
        Place::At(byte) => text[..byte].chars().next_back().map_or(-1, |letter| u32::from(letter) as i32),
        Place::Within(_) => i32::from(unit),
    })
}

/// `codePointCount`: half a pair counts as one.
pub(super) fn code_point_count<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    let (begin, end) = units::range(text, call.int(0)?, call.int(1)?)?;
    int(char::decode_utf16(text.encode_utf16().skip(begin).take(end - begin)).count() as i32)
}

/// `offsetByCodePoints`.
pub(super) fn offset_by_code_points<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, index, by) = (call.this_text()?, call.int(0)?, call.int(1)?);
    let (index, end) = units::range(text, index, units::length(text) as i32)?;
    let outside = || Error::thrown(format!("there are no {by} characters from index {index} on"));
    let wanted = by.unsigned_abs() as usize;
    let sizes = |units: Vec<u16>| -> Vec<usize> {
        char::decode_utf16(units).map(|letter| letter.map_or(1, char::len_utf16)).collect()
    };
    let passed: Vec<usize> = if by >= 0 {
        sizes(units::between(text, index, end)).into_iter().take(wanted).collect()
    } else {
        sizes(units::between(text, 0, index)).into_iter().rev().take(wanted).collect()
    };
    if passed.len() < wanted {
        return Err(outside());
    }
    let distance: usize = passed.iter().sum();
    int(if by >= 0 { index + distance } else { index - distance } as i32)
}

/// Where a search begins: at the second argument, if there is one, and not before the text.
fn from(call: &Call<'_, '_>, default: usize) -> Result<usize, Error> {
    if call.arguments.len() < 2 { Ok(default) } else { Ok(usize::try_from(call.int(1)?).unwrap_or(0)) }
}

/// The last index that a search from the end may find; `None` if that is before the text.
fn last(call: &Call<'_, '_>) -> Result<Option<usize>, Error> {
    if call.arguments.len() < 2 { Ok(Some(usize::MAX)) } else { Ok(usize::try_from(call.int(1)?).ok()) }
}

/// Whether two characters are one but for their case, as `equalsIgnoreCase` has it.
pub(super) fn folded(letter: char) -> char {
    if letter.is_ascii() { letter.to_ascii_lowercase() } else { character::lower(character::upper(letter)) }
}
