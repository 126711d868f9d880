//! Templates: text with `${...}` in it, as Spring's `TemplateAwareExpressionParser` takes it apart.

use crate::{Error, Limits, error::Kind as ErrorKind, parser, syntax::Node};

/// A piece of a template.
#[derive(Debug)]
pub(crate) enum Piece<'t> {
    /// Text as it stands.
    Text(&'t str),
    /// An expression.
    Expression {
        /// Its text, without spaces around it.
        text: &'t str,
        /// Where that begins in the template, in bytes.
        at: usize,
        /// The expression itself; offsets in it count from `at`.
        node: Node,
    },
}

/// The pieces of a text.
///
/// A `}` ends an expression if it is neither in quotes nor inside brackets that opened in it.
///
/// # Errors
/// Brackets or quotes that do not close, or an expression that is none; the offset is in bytes of the whole text.
pub(crate) fn pieces<'t>(text: &'t str, limits: &Limits) -> Result<Vec<Piece<'t>>, Error> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("${") {
        let open = at + found;
        if open > at {
            pieces.push(Piece::Text(&text[at..open]));
        }
        let start = open + 2;
        let end = end_of(text, start)?.ok_or_else(|| syntax(open, "this '${' has no closing '}'"))?;
        let inner = text[start..end].trim_matches(|c: char| c <= ' ');
        if inner.is_empty() {
            return Err(syntax(open, "there is no expression between '${' and '}'"));
        }
        // Where the trimmed text begins.
        let offset = start + (text[start..end].len() - text[start..end].trim_start_matches(|c: char| c <= ' ').len());
        let node = parser::parse(inner, limits).map_err(|error| error.moved(offset))?;
        pieces.push(Piece::Expression { text: inner, at: offset, node });
        at = end + 1;
    }
    if at < text.len() {
        pieces.push(Piece::Text(&text[at..]));
    }
    Ok(pieces)
}

fn syntax(offset: usize, message: impl Into<String>) -> Error {
    Error::at(ErrorKind::Template, offset, message)
}

/// Where the `}` of an expression is that begins at `start`.
fn end_of(text: &str, start: usize) -> Result<Option<usize>, Error> {
    let bytes = text.as_bytes();
    // The original looks whether there is one at all before it looks at brackets.
    if !text[start..].contains('}') {
        return Ok(None);
    }
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'}' if open.is_empty() => return Ok(Some(at)),
            b'{' | b'[' | b'(' => open.push((byte, at)),
            b'}' | b']' | b')' => match open.pop() {
                Some((b'{', _)) if byte == b'}' => {}
                Some((b'[', _)) if byte == b']' => {}
                Some((b'(', _)) if byte == b')' => {}
                None => return Err(syntax(at, format!("this '{}' closes nothing", byte as char))),
                Some((bracket, _)) => {
                    return Err(syntax(
                        at,
                        format!("this '{}' does not close the '{}'", byte as char, bracket as char),
                    ));
                }
            },
            b'\'' | b'"' => match text[at + 1..].find(byte as char) {
                Some(length) => at += length + 1,
                None => return Err(syntax(at, format!("this text has no closing {}", byte as char))),
            },
            _ => {}
        }
        at += 1;
    }
    match open.pop() {
        Some((bracket, at)) => Err(syntax(at, format!("this '{}' is not closed", bracket as char))),
        None => Ok(None),
    }
}
