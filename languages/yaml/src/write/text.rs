//! How a text is written: plain, `|`, or in double quotes.

use crate::{compose::Tag, resolve::resolve};

/// Whether the text may stand as it is: no reader of YAML 1.1 or 1.2 takes it for another type or for syntax.
///
/// This is narrower than YAML's own rule. A text that starts with a digit is plain only if it has a letter that is in
/// no number or date (`500m`, `1Gi`).
pub(super) fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts =
        first.is_alphabetic() || matches!(first, '/' | '_' | '$') || (first.is_ascii_digit() && has_unit(text));
    if !starts || text.ends_with([' ', ':']) || text.contains(": ") || text.contains(" #") {
        return false;
    }
    if !text.chars().all(|char| matches!(char, ' '..='~') || char.is_alphanumeric()) {
        return false;
    }
    !matches!(text, "y" | "Y" | "n" | "N") && resolve(text) == Tag::Str
}

fn has_unit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic() && !b"abcdefoxtz".contains(&byte.to_ascii_lowercase()))
}

/// Whether SnakeYAML takes the character as it is, within a line.
fn is_printable(char: char) -> bool {
    matches!(char, '\t' | ' '..='~' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
        && !matches!(char, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

/// A text of several lines, which are written below a `|`.
pub(super) struct Literal<'t> {
    text: &'t str,
}

impl<'t> Literal<'t> {
    /// `None` for a text that `|` cannot show: with characters that need an escape, or whose first line starts with a
    /// blank, which would count as indentation.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let starts = !text.starts_with([' ', '\t', '\n']);
        let fits = starts && text.contains('\n') && text.chars().all(|char| char == '\n' || is_printable(char));
        fits.then_some(Literal { text })
    }

    pub(super) fn push_to(&self, indent: usize, out: &mut String) {
        let (header, body) = match self.text.strip_suffix('\n') {
            None => ("|-\n", self.text),
            Some(body) if body.ends_with('\n') => ("|+\n", body),
            Some(body) => ("|\n", body),
        };
        out.push_str(header);
        for line in body.split('\n') {
            if !line.is_empty() {
                out.extend(std::iter::repeat_n(' ', indent));
                out.push_str(line);
            }
            out.push('\n');
        }
    }
}

/// In double quotes, with escapes for what cannot stand there.
pub(super) fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // Not `\e` and the like, so that it is JSON too.
            _ if is_printable(char) => out.push(char),
            _ => out.push_str(&format!("\\u{:04x}", u32::from(char))),
        }
    }
    out.push('"');
}
