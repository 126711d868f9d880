//! The type of a plain scalar by its text: the patterns of SnakeYAML's `Resolver`, written out.

#[cfg(test)]
mod tests;

use crate::compose::Tag;

/// A number longer than this is text.
const NUMBER: usize = 1024;
/// A timestamp longer than this is text.
const TIMESTAMP: usize = 50;

/// [`Tag::Null`], [`Tag::Bool`], [`Tag::Int`], [`Tag::Float`], [`Tag::Timestamp`], [`Tag::Merge`] or [`Tag::Str`].
#[inline]
pub(crate) fn resolve(text: &str) -> Tag {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return Tag::Null };
    match first {
        b'~' | b' ' if bytes.len() == 1 => Tag::Null,
        b'<' if text == "<<" => Tag::Merge,
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(bytes),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' if bytes.len() <= 5 => word(text),
        _ => Tag::Str,
    }
}

fn word(text: &str) -> Tag {
    match text {
        "null" | "Null" | "NULL" => Tag::Null,
        "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE" | "on"
        | "On" | "ON" | "off" | "Off" | "OFF" => Tag::Bool,
        _ => Tag::Str,
    }
}

fn number(text: &[u8]) -> Tag {
    if text.len() <= NUMBER {
        if is_int(text) {
            return Tag::Int;
        }
        if is_float(text) {
            return Tag::Float;
        }
    }
    if text.len() <= TIMESTAMP && is_timestamp(text) { Tag::Timestamp } else { Tag::Str }
}

fn unsigned(text: &[u8]) -> &[u8] {
    match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    }
}

/// Digits of a kind and `_`, and at least one digit.
fn is_digits(text: &[u8], is_digit: impl Fn(u8) -> bool) -> bool {
    text.iter().all(|byte| *byte == b'_' || is_digit(*byte)) && text.iter().any(|byte| *byte != b'_')
}

fn is_int(text: &[u8]) -> bool {
    match unsigned(text) {
        [b'0'] => true,
        [b'0', b'b', rest @ ..] => is_digits(rest, |byte| matches!(byte, b'0' | b'1')),
        [b'0', b'x', rest @ ..] => is_digits(rest, |byte| byte.is_ascii_hexdigit()),
        [b'0', rest @ ..] => is_digits(rest, |byte| matches!(byte, b'0'..=b'7')),
        rest @ [b'1'..=b'9', ..] => {
            let rest = &rest[digits(rest)..];
            rest.is_empty() || base_60(rest) == Some(rest.len())
        }
        _ => false,
    }
}

/// How many digits and `_` there are at the start.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b'_' || byte.is_ascii_digit()).count()
}

/// The length of `:59:59` at the start; `None` without any.
fn base_60(text: &[u8]) -> Option<usize> {
    let mut end = 0;
    loop {
        match &text[end..] {
            [b':', b'0'..=b'5', b'0'..=b'9', ..] => end += 3,
            [b':', b'0'..=b'9', ..] => end += 2,
            _ => return (end > 0).then_some(end),
        }
    }
}

/// `e+10` in whole.
fn is_exponent(text: &[u8]) -> bool {
    match text {
        [b'e' | b'E', rest @ ..] => {
            let rest = unsigned(rest);
            !rest.is_empty() && rest.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

fn is_float(text: &[u8]) -> bool {
    if matches!(text, b".nan" | b".NaN" | b".NAN") {
        return true;
    }
    let text = unsigned(text);
    if matches!(text, b".inf" | b".Inf" | b".INF") {
        return true;
    }
    match text {
        [b'.', rest @ ..] => {
            let exponent = &rest[digits(rest)..];
            digits(rest) > 0 && (exponent.is_empty() || is_exponent(exponent))
        }
        [b'0'..=b'9', ..] => match &text[digits(text)..] {
            [b'.', rest @ ..] => {
                let exponent = &rest[digits(rest)..];
                exponent.is_empty() || is_exponent(exponent)
            }
            rest @ [b':', ..] => match base_60(rest).map(|end| &rest[end..]) {
                Some([b'.', fraction @ ..]) => digits(fraction) == fraction.len(),
                _ => false,
            },
            rest => is_exponent(rest),
        },
        _ => false,
    }
}

/// `2001-12-14`, or with one or two digits each `2001-12-14t21:59:43.10-05:00`.
fn is_timestamp(text: &[u8]) -> bool {
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    // One or two digits, or two exactly.
    let one_or_two = |at: usize| if digit(at) && digit(at + 1) { Some(at + 2) } else { digit(at).then_some(at + 1) };
    let two = |at: usize| (digit(at) && digit(at + 1)).then_some(at + 2);
    let is = |at: usize, expected: u8| (text.get(at) == Some(&expected)).then_some(at + 1);
    let blanks = |at: usize| at + text[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let parse = || {
        if !(0..4).all(digit) {
            return None;
        }
        let month = is(4, b'-')?;
        let day = is(one_or_two(month)?, b'-')?;
        let date = one_or_two(day)?;
        if date == text.len() {
            return (text.len() == 10).then_some(date);
        }
        let time = match text[date] {
            b'T' | b't' => date + 1,
            _ => Some(blanks(date)).filter(|end| *end > date)?,
        };
        let minute = is(one_or_two(time)?, b':')?;
        let second = is(two(minute)?, b':')?;
        let mut end = two(second)?;
        if text.get(end) == Some(&b'.') {
            end += 1 + text[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        }
        let zone = blanks(end);
        match text.get(zone) {
            None => (zone == end).then_some(end),
            Some(b'Z') => Some(zone + 1),
            Some(b'+' | b'-') => {
                let hour = one_or_two(zone + 1)?;
                match text.get(hour) {
                    Some(b':') => two(hour + 1),
                    _ => Some(hour),
                }
            }
            Some(_) => None,
        }
    };
    parse() == Some(text.len())
}
