//! The characters that names are made of, and the number at their end.
//!
//! Source: Frigga `NameConstants`.

/// `NAME_CHARS`, as error messages show it.
pub(super) const NAME_CHARS: &str = "a-zA-Z0-9._";
/// `NAME_HYPHEN_CHARS`, as error messages show it.
pub(super) const NAME_HYPHEN_CHARS: &str = r"-a-zA-Z0-9._~\^";

pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '_'
}

pub(super) fn is_name_hyphen_char(c: char) -> bool {
    is_name_char(c) || matches!(c, '-' | '~' | '^')
}

/// What `.` of a Java expression does not match.
pub(crate) fn is_line_terminator(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The number of a push, `v` and three to six digits (`PUSH_FORMAT`).
pub(super) fn push_number(token: &str) -> Option<i32> {
    let digits = token.strip_prefix('v')?;
    let number = (3..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| digits.parse().ok()).flatten()
}

/// What comes before `-v000`, the push `v000`, and its number. The first part may be empty and hold anything.
pub(crate) fn split_push(name: &str) -> Option<(&str, &str, i32)> {
    let (cluster, push) = name.rsplit_once('-')?;
    Some((cluster, push, push_number(push)?))
}
