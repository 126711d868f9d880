//! Reading the steps of a path. Source: Jayway's `PathCompiler`.

use super::{Fault, Reader, cursor::Cursor, text::unescape};
use crate::syntax::{Compiled, Function, Kind};

type Tokens = Vec<(Kind, usize)>;

impl Reader<'_> {
    /// A whole path; `$.` is put before one that starts with neither `$` nor `@`.
    pub(super) fn path(&mut self, text: &str, base: usize) -> Result<Compiled, Fault> {
        let prefixed;
        let mut cursor = Cursor::new(text, base);
        cursor.trim();
        if !matches!(cursor.at(0).map_err(Fault::seen_from_outside)?, b'$' | b'@') {
            prefixed = format!("$.{text}");
            cursor = Cursor::new(&prefixed, base.saturating_sub(2));
            cursor.trim();
        }
        if cursor.last_is(b'.').map_err(Fault::seen_from_outside)? {
            return cursor.wrong(cursor.end(), "a path does not end with '.'").map_err(Fault::seen_from_outside);
        }
        self.steps(&mut cursor).map_err(Fault::seen_from_outside)
    }

    /// A path from its `$` or `@` on.
    pub(super) fn steps(&mut self, cursor: &mut Cursor<'_>) -> Result<Compiled, Fault> {
        let slot = self.next_path();
        while cursor.in_bounds(cursor.position) && matches!(cursor.current()?, b' ' | b'\t' | b'\r' | b'\n') {
            cursor.position += 1;
        }
        let from_root = match cursor.current()? {
            b'$' => true,
            b'@' => false,
            _ => return cursor.wrong(cursor.position, "a path starts with '$' or '@'"),
        };
        let mut tokens = Vec::new();
        if !cursor.is_tail() {
            cursor.position += 1;
            if !matches!(cursor.current()?, b'.' | b'[') {
                return cursor.wrong(cursor.position, "expected '.' or '[' behind '$' or '@'");
            }
            loop {
                let ends_step = self.step(cursor, &mut tokens)?;
                if ends_step && cursor.is_tail() {
                    break;
                }
            }
        }
        let spare = self.next_token()?;
        Ok(Compiled::new(from_root, tokens, slot, spare))
    }

    /// The next step; whether the path may end behind it.
    fn step(&mut self, cursor: &mut Cursor<'_>, tokens: &mut Tokens) -> Result<bool, Fault> {
        let start = cursor.position;
        match cursor.current()? {
            b'.' => {
                if cursor.has(start + 1, ".") && cursor.in_bounds(start + 1) {
                    tokens.push((Kind::Scan, self.next_token()?));
                    cursor.position += 2;
                } else if !cursor.in_bounds(start + 1) {
                    return cursor.wrong(start, "a path does not end with '.'");
                } else {
                    cursor.position += 1;
                }
                if cursor.current()? == b'.' {
                    return cursor.wrong(cursor.position, "a name, '*' or '[' is expected here instead of '.'");
                }
                return Ok(false);
            }
            b'[' => {
                let kind = match cursor.next_significant(start) {
                    b'\'' | b'"' => Some(names(cursor)?),
                    byte if byte.is_ascii_digit() || byte == b'-' || byte == b':' => indexes(cursor)?,
                    b'*' => Some(bracketed_wildcard(cursor)?),
                    b'?' => match self.filter_step(cursor)? {
                        Some(filter) => Some(filter),
                        None => self.placeholder(cursor)?,
                    },
                    _ => None,
                };
                let Some(kind) = kind else {
                    return cursor.wrong(start + 1, "expected a name in quotes, an index, a slice, '*' or '?(...)'");
                };
                tokens.push((kind, self.next_token()?));
            }
            b'*' => {
                cursor.position += 1;
                tokens.push((Kind::Wildcard, self.next_token()?));
            }
            b' ' => return cursor.wrong(start, "a blank may not stand here"),
            _ => {
                let kind = self.name_or_function(cursor)?;
                tokens.push((kind, self.next_token()?));
            }
        }
        Ok(true)
    }

    /// `name` or `name(...)`.
    fn name_or_function(&mut self, cursor: &mut Cursor<'_>) -> Result<Kind, Fault> {
        let start = cursor.position;
        let mut end = start;
        while cursor.in_bounds(end) {
            match cursor.at(end)? {
                b' ' => return cursor.wrong(end, "write ['a name'] for a name with blanks"),
                b'.' | b'[' | b'(' => break,
                _ => end += 1,
            }
        }
        // A multi-byte last character is left at its first byte.
        let in_text = cursor.in_bounds(end);
        if !in_text || end == 0 {
            end = cursor.end();
        }
        let name = cursor.part(start, end)?.to_owned();
        if !in_text || cursor.at(end)? != b'(' {
            cursor.position = end;
            return Ok(Kind::Property(vec![name]));
        }
        let mut open = 0;
        for at in end..cursor.end() {
            match cursor.at(at)? {
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        if open != 0 {
            return cursor.wrong(end, "this parenthesis is not closed");
        }
        let mut parameters = Vec::new();
        cursor.position = end + 1;
        if cursor.in_bounds(end + 1) && cursor.at(end + 1)? != b')' {
            parameters = self.nested(|reader| reader.parameters(cursor))?;
        }
        Ok(Kind::Function(Function { name, parameters }))
    }

    /// `[?]` or `[?,?]`.
    fn placeholder(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Kind>, Fault> {
        let start = cursor.position;
        let Some(mark) = cursor.index_of_next_significant(start, b'?')? else { return Ok(None) };
        if !matches!(cursor.next_significant(mark), b']' | b',') {
            return Ok(None);
        }
        let Some(end) = cursor.index_of(start + 1, b']') else { return Ok(None) };
        let marks = cursor.part(start + 1, end)?.trim_end_matches(',');
        let count = marks.split(',').count();
        if self.predicates.len() < count {
            return cursor.wrong(start, "there are more placeholders '?' than predicates for them");
        }
        let mut predicates = Vec::with_capacity(count);
        for mark in marks.split(',') {
            if mark.trim() != "?" {
                return cursor.wrong(start + 1, "only placeholders '?' may stand beside a placeholder");
            }
            predicates.extend(self.predicates.next().cloned());
        }
        cursor.position = end + 1;
        Ok(Some(Kind::Placeholder(predicates)))
    }

    /// `[?(...)]`.
    fn filter_step(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Kind>, Fault> {
        let start = cursor.position;
        let Some(mark) = cursor.index_of_next_significant(start, b'?')? else { return Ok(None) };
        let Some(open) = cursor.index_of_next_significant(mark, b'(')? else { return Ok(None) };
        let Some(close) = cursor.index_of_closing(open, b'(', b')', true)? else { return Ok(None) };
        if cursor.next_significant(close) != b']' {
            return Ok(None);
        }
        let Some(end) = cursor.index_of_next_significant(close, b']')? else { return Ok(None) };
        let text = cursor.part(start, end + 1)?;
        let base = cursor.column(start);
        let filter = self.nested(|reader| reader.filter(text, base))?;
        cursor.position = end + 1;
        Ok(Some(Kind::Filter(filter)))
    }
}

/// `['a']`, `["a", "b"]`.
fn names(cursor: &mut Cursor<'_>) -> Result<Kind, Fault> {
    let quote = cursor.next_significant(cursor.position);
    let mut names = Vec::new();
    let mut start = cursor.position + 1;
    let mut at = start;
    let mut end = 0;
    let (mut in_name, mut escaped, mut after_comma) = (false, false, false);
    while cursor.in_bounds(at) {
        let byte = cursor.at(at)?;
        if escaped {
            escaped = false;
        } else if byte == b'\\' {
            escaped = true;
        } else if byte == quote && in_name {
            if !matches!(cursor.next_significant(at), b']' | b',') {
                return cursor.wrong(at, "expected ',' or ']' behind a name");
            }
            end = at;
            match unescape(cursor.part(start, end)?) {
                Some(name) => names.push(name.into_owned()),
                None => return Err(Fault::abort(cursor.column(start), "\\u needs four hexadecimal digits")),
            }
            in_name = false;
        } else if byte == quote {
            start = at + 1;
            in_name = true;
            after_comma = false;
        } else if (byte == b']' || byte == b',') && !in_name {
            if after_comma {
                return cursor.wrong(at, "a name is missing here");
            }
            if byte == b']' {
                break;
            }
            after_comma = true;
        }
        at += 1;
    }
    if in_name {
        return cursor.wrong(start, "this name is not closed");
    }
    let Some(close) = cursor.index_of_next_significant(end, b']')? else {
        return cursor.wrong(end, "']' is missing behind the name");
    };
    cursor.position = close + 1;
    if names.is_empty() {
        return cursor.wrong(start, "there is no name between the brackets");
    }
    Ok(Kind::Property(names))
}

/// `[1]`, `[1,2]`, `[1:]`, `[1:2]`, `[:2]`; nothing if there is something else between the brackets.
fn indexes(cursor: &mut Cursor<'_>) -> Result<Option<Kind>, Fault> {
    let start = cursor.position + 1;
    let Some(end) = cursor.index_of(start, b']') else { return Ok(None) };
    let text = cursor.part(start, end)?.trim_matches(|c| c <= ' ');
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'-' | b':' | b' ')) {
        return Ok(None);
    }
    cursor.position = end + 1;
    let number = |text: &str| match text.parse::<i32>() {
        Ok(number) => Ok(number),
        Err(_) => cursor.wrong(start, format!("{text:?} is no index")),
    };
    if !text.contains(':') {
        return text
            .split(',')
            .map(|index| number(index.trim_matches(' ')))
            .collect::<Result<_, _>>()
            .map(Kind::Index)
            .map(Some);
    }
    if text.contains([' ', ',']) {
        return cursor.wrong(start, "a slice is [1:], [:2] or [1:2]");
    }
    // A third number is read over.
    let mut bounds = text.split(':').map(|bound| if bound.is_empty() { Ok(None) } else { number(bound).map(Some) });
    match (bounds.next().transpose()?.flatten(), bounds.next().transpose()?.flatten()) {
        (None, None) => cursor.wrong(start, "a slice is [1:], [:2] or [1:2]"),
        (from, to) => Ok(Some(Kind::Slice(from, to))),
    }
}

/// `[*]`.
fn bracketed_wildcard(cursor: &mut Cursor<'_>) -> Result<Kind, Fault> {
    let star = cursor.index_of_next_significant(cursor.position, b'*')?;
    let close = star.map(|star| cursor.index_of_next_significant(star, b']')).transpose()?.flatten();
    let Some(close) = close else {
        return cursor.wrong(cursor.position, "expected ']' behind '*'");
    };
    cursor.position = close + 1;
    Ok(Kind::Wildcard)
}
