//! Texts compared: `compareTo`, `equalsIgnoreCase`, `regionMatches`.

use crate::{Error, Value, method::Call};

use super::{boolean, search::folded, units};

/// `compareTo`: the difference of the first units that differ, else that of the lengths.
pub(super) fn difference(left: &str, right: &str) -> i32 {
    let (mut own, mut other) = (left.encode_utf16(), right.encode_utf16());
    loop {
        match (own.next(), other.next()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return i32::from(a) - i32::from(b),
            _ => return units::length(left) as i32 - units::length(right) as i32,
        }
    }
}

/// `compareToIgnoreCase`: the difference of the first characters that differ, else that of the lengths.
pub(super) fn difference_ignoring_case(left: &str, right: &str) -> i32 {
    let differing = left.chars().map(folded).zip(right.chars().map(folded)).find(|(a, b)| a != b);
    let Some((a, b)) = differing else { return units::length(left) as i32 - units::length(right) as i32 };
    // Java goes by units if one of the texts has nothing above Latin-1, else by characters.
    let latin = |text: &str| text.chars().all(|letter| letter <= '\u{ff}');
    let code = |letter: char| match latin(left) || latin(right) {
        true => i32::from(letter.encode_utf16(&mut [0; 2])[0]),
        false => u32::from(letter) as i32,
    };
    code(a) - code(b)
}

/// `equalsIgnoreCase`.
pub(super) fn same_ignoring_case(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left.chars().map(folded).eq(right.chars().map(folded))
}

/// `regionMatches(toffset, other, ooffset, len)`, with `ignoreCase` in front or without.
pub(super) fn region_matches<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (ignoring_case, first) = if call.arguments.len() > 4 { (call.boolean(0)?, 1) } else { (false, 0) };
    let (text, other) = (call.this_text()?, call.string(first + 1)?);
    let (offset, other_offset, length) = (call.int(first)?, call.int(first + 2)?, call.int(first + 3)?);
    let outside =
        |text: &str, offset: i32| offset < 0 || i64::from(offset) > units::length(text) as i64 - i64::from(length);
    if outside(text, offset) || outside(other, other_offset) {
        return boolean(false);
    }
    let region = |text: &str, offset: i32| -> Vec<u16> {
        let offset = offset as usize;
        units::between(text, offset, offset + usize::try_from(length).unwrap_or(0))
    };
    let (own, other) = (region(text, offset), region(other, other_offset));
    if !ignoring_case {
        return boolean(own == other);
    }
    // A unit for a unit, as Java does here.
    let folded = |unit: u16| char::from_u32(unit.into()).map_or(u32::from(unit), |letter| folded(letter).into());
    boolean(own.into_iter().map(folded).eq(other.into_iter().map(folded)))
}
