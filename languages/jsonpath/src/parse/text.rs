//! Escapes in names and strings.

use std::borrow::Cow;

/// A text with its escapes read; `None` if four characters behind `\u` are no hexadecimal number.
///
/// A backslash before any other character is left out, one at the end stays.
///
/// Source: Jayway's `Utils.unescape`.
pub(crate) fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut buffer = [0; 2];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            units.extend_from_slice(character.encode_utf16(&mut buffer));
            continue;
        }
        match characters.next() {
            None => units.push(u16::from(b'\\')),
            Some('u') => {
                let digits: String = characters.by_ref().take(4).collect();
                if digits.chars().count() == 4 {
                    units.push(i32::from_str_radix(&digits, 16).ok()? as u16);
                }
            }
            Some(escaped) => {
                let meant = match escaped {
                    'r' => '\r',
                    'f' => '\u{c}',
                    't' => '\t',
                    'n' => '\n',
                    'b' => '\u{8}',
                    other => other,
                };
                units.extend_from_slice(meant.encode_utf16(&mut buffer));
            }
        }
    }
    Some(Cow::Owned(String::from_utf16_lossy(&units)))
}
