//! Whole numbers from digits and as digits, of radix 2 to 36.

use crate::{Error, Value, method::Call};

use super::{character, string::units};

/// The radixes that Java takes (`Character.MIN_RADIX`, `MAX_RADIX`).
const RADIXES: std::ops::RangeInclusive<i32> = 2..=36;

/// A whole number between `least` and `most`, as `Integer.parseInt` reads it: a sign and digits, and nothing else.
pub(super) fn parse(text: &str, radix: i32, least: i128, most: i128) -> Result<i128, Error> {
    if !RADIXES.contains(&radix) {
        return Err(Error::thrown(format!("digits have a radix from 2 to 36, not {radix}")));
    }
    let failed = || Error::thrown(format!("'{text}' is no whole number between {least} and {most} (radix {radix})"));
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() {
        return Err(failed());
    }
    let mut whole: i128 = 0;
    for letter in digits.chars() {
        let digit = character::digit(u32::from(letter), radix).ok_or_else(failed)?;
        whole = whole * i128::from(radix) + i128::from(digit);
        // Far below what overflows.
        if whole > 1 << 65 {
            return Err(failed());
        }
    }
    let whole = if negative { -whole } else { whole };
    if (least..=most).contains(&whole) { Ok(whole) } else { Err(failed()) }
}

/// As `parse`, of the first argument, the second being the radix if there is one.
pub(super) fn parse_argument(call: &Call<'_, '_>, least: i128, most: i128) -> Result<i128, Error> {
    let radix = if call.arguments.len() > 1 { call.int(1)? } else { 10 };
    parse(call.string(0)?, radix, least, most)
}

/// `parseInt(CharSequence, beginIndex, endIndex, radix)`.
pub(super) fn parse_piece(call: &Call<'_, '_>, least: i128, most: i128) -> Result<i128, Error> {
    let text = call.chars(0)?;
    let (begin, end) = units::range(text, call.int(1)?, call.int(2)?)?;
    let piece: String = String::from_utf16_lossy(&units::between(text, begin, end));
    parse(&piece, call.int(3)?, least, most)
}

/// `Integer.decode`: `0x`, `0X` or `#` before hexadecimal digits, `0` before octal ones.
pub(super) fn decode(text: &str, least: i128, most: i128) -> Result<i128, Error> {
    let failed = || Error::thrown(format!("'{text}' is no whole number between {least} and {most}"));
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let hexadecimal = ["0x", "0X", "#"].into_iter().find_map(|prefix| rest.strip_prefix(prefix));
    let (digits, radix) = match (hexadecimal, rest.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8),
        _ => (rest, 10),
    };
    if digits.starts_with(['+', '-']) {
        return Err(failed());
    }
    parse(&format!("{sign}{digits}"), radix, least, most)
}

/// A whole number's digits; a radix that there is not counts as 10 (`Integer.toString`).
pub(super) fn digits<'a>(whole: i128, radix: i32) -> Value<'a> {
    let radix = if RADIXES.contains(&radix) { radix as u32 } else { 10 };
    let mut size = whole.unsigned_abs();
    let mut reversed = Vec::new();
    loop {
        let digit = (size % u128::from(radix)) as u32;
        reversed.push(char::from_digit(digit, radix).unwrap_or('0'));
        size /= u128::from(radix);
        if size == 0 {
            break;
        }
    }
    if whole < 0 {
        reversed.push('-');
    }
    Value::text(reversed.into_iter().rev().collect::<String>())
}
