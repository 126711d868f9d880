//! Reading a filter, `[?(...)]`. Source: Jayway's `FilterCompiler`.

use gennaker_javaregex::{Options, Regex};

use super::{Fault, Reader, cursor::Cursor, text::unescape};
use crate::{
    lenient,
    limits::MAX_BACKTRACKING,
    number::Number,
    syntax::{Compiled, Expression, Operator, Side},
};

impl Reader<'_> {
    /// A filter with the brackets around it.
    pub(super) fn filter(&mut self, text: &str, base: usize) -> Result<Expression, Fault> {
        let mut cursor = Cursor::new(text, base);
        cursor.trim();
        cursor.expect(b'[')?;
        cursor.cut();
        cursor.trim();
        cursor.expect(b'?')?;
        cursor.trim();
        if cursor.current()? != b'(' || !cursor.last_is(b')')? {
            return cursor.wrong(cursor.position, "a filter is written [?( ... )]");
        }
        let filter = self.either(&mut cursor).map_err(Fault::seen_from_outside)?;
        cursor.skip_blanks();
        if cursor.in_bounds(cursor.position) {
            return cursor.wrong(cursor.position, "the end of the filter is expected here");
        }
        Ok(filter)
    }

    /// `a || b`
    fn either(&mut self, cursor: &mut Cursor<'_>) -> Result<Expression, Fault> {
        let first = self.both(cursor)?;
        let mut all = vec![first];
        while cursor.take("||") {
            all.push(self.both(cursor)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::Or(all) })
    }

    /// `a && b`
    fn both(&mut self, cursor: &mut Cursor<'_>) -> Result<Expression, Fault> {
        let first = self.nested(|reader| reader.operand(cursor))?;
        let mut all = vec![first];
        while cursor.take("&&") {
            all.push(self.nested(|reader| reader.operand(cursor))?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::And(all) })
    }

    /// A comparison, `!a` or `(a)`.
    fn operand(&mut self, cursor: &mut Cursor<'_>) -> Result<Expression, Fault> {
        cursor.skip_blanks();
        let start = cursor.position;
        if cursor.current()? == b'!' {
            cursor.expect(b'!')?;
            cursor.skip_blanks();
            if !matches!(cursor.current()?, b'$' | b'@') {
                let negated = self.nested(|reader| reader.operand(cursor))?;
                return Ok(Expression::Not(Box::new(negated)));
            }
            cursor.position = start;
        }
        cursor.skip_blanks();
        if cursor.current()? == b'(' {
            cursor.expect(b'(')?;
            let inner = self.either(cursor)?;
            cursor.expect(b')')?;
            return Ok(inner);
        }
        self.comparison(cursor)
    }

    /// `a == b`; a path on its own asks whether it leads anywhere.
    fn comparison(&mut self, cursor: &mut Cursor<'_>) -> Result<Expression, Fault> {
        let (left, wanted) = self.side(cursor)?;
        let behind = cursor.position;
        match self.operator_and_right(cursor) {
            Ok((operator, right)) => return Ok(Expression::Compare { left, operator, right }),
            Err(Fault::Invalid(_)) => cursor.position = behind,
            Err(fault) => return Err(fault),
        }
        match left {
            Side::Path(path) => Ok(Expression::Exists { path: *path, wanted }),
            _ => cursor.wrong(behind, "expected an operator and a value behind this"),
        }
    }

    fn operator_and_right(&mut self, cursor: &mut Cursor<'_>) -> Result<(Operator, Side), Fault> {
        let operator = operator(cursor)?;
        let (right, _) = self.side(cursor)?;
        Ok((operator, right))
    }

    /// A value, and whether there is no `!` before it.
    fn side(&mut self, cursor: &mut Cursor<'_>) -> Result<(Side, bool), Fault> {
        cursor.skip_blanks();
        match cursor.current()? {
            b'$' | b'@' => self.path_side(cursor),
            b'!' => {
                cursor.position += 1;
                cursor.skip_blanks();
                match cursor.current()? {
                    b'$' | b'@' => self.path_side(cursor),
                    _ => cursor.wrong(cursor.position, "expected a path behind '!'"),
                }
            }
            _ => Ok((literal(cursor)?, true)),
        }
    }

    fn path_side(&mut self, cursor: &mut Cursor<'_>) -> Result<(Side, bool), Fault> {
        let start = cursor.position;
        let before = cursor.index_of_previous_significant(start).map(|at| cursor.at(at)).transpose()?;
        cursor.position += 1;
        while cursor.in_bounds(cursor.position) {
            if cursor.current()? == b'[' {
                match cursor.index_of_closing(cursor.position, b'[', b']', false)? {
                    Some(close) => cursor.position = close + 1,
                    None => return cursor.wrong(cursor.position, "this bracket is not closed"),
                }
            }
            let byte = cursor.current()?;
            let ends = byte == b')' && !closes_function(cursor, start);
            if !cursor.in_bounds(cursor.position) || is_operator(byte) || byte == b' ' || ends {
                break;
            }
            cursor.position += 1;
        }
        let text = cursor.part(start, cursor.position)?;
        let base = cursor.column(start);
        let path: Compiled = self.nested(|reader| reader.path(text, base))?;
        Ok((Side::Path(Box::new(path)), before != Some(b'!')))
    }
}

/// Whether the parenthesis here is that of `.name()` in a path from `start` on.
fn closes_function(cursor: &Cursor<'_>, start: usize) -> bool {
    match cursor.index_of_previous_significant(cursor.position) {
        Some(open) if cursor.at(open) == Ok(b'(') => (start + 1..open).any(|at| cursor.at(at) == Ok(b'.')),
        _ => false,
    }
}

fn is_operator(byte: u8) -> bool {
    matches!(byte, b'<' | b'>' | b'=' | b'~' | b'!')
}

fn operator(cursor: &mut Cursor<'_>) -> Result<Operator, Fault> {
    cursor.skip_blanks();
    let start = cursor.position;
    let symbols = is_operator(cursor.current()?);
    while cursor.in_bounds(cursor.position) {
        let byte = cursor.current()?;
        if if symbols { !is_operator(byte) } else { byte == b' ' } {
            break;
        }
        cursor.position += 1;
    }
    // A multi-byte last character is left at its first byte.
    let end = if cursor.in_bounds(cursor.position) { cursor.position } else { cursor.position.max(cursor.end()) };
    match Operator::parse(cursor.part(start, end)?) {
        Some(operator) => Ok(operator),
        None => cursor.wrong(start, "there is no such operator"),
    }
}

fn literal(cursor: &mut Cursor<'_>) -> Result<Side, Fault> {
    let start = cursor.position;
    match cursor.current()? {
        quote @ (b'\'' | b'"') => {
            let Some(end) = cursor.index_of_unescaped(start, quote) else {
                return cursor.wrong(start, "this string is not closed");
            };
            cursor.position = end + 1;
            match unescape(cursor.part(start + 1, end)?) {
                Some(text) => Ok(Side::Text(text.into_owned())),
                None => Err(Fault::abort(cursor.column(start), "\\u needs four hexadecimal digits")),
            }
        }
        b't' => word(cursor, "true", Side::Boolean(true)),
        b'f' => word(cursor, "false", Side::Boolean(false)),
        b'n' => word(cursor, "null", Side::Null),
        open @ (b'{' | b'[') => {
            let close = if open == b'{' { b'}' } else { b']' };
            let Some(end) = cursor.index_of_closing(start, open, close, false)? else {
                return cursor.wrong(start, "this JSON is not closed");
            };
            cursor.position = end + 1;
            let text = cursor.part(start, end + 1)?;
            Ok(Side::Json(text.to_owned(), lenient::parse(text)))
        }
        b'/' => pattern(cursor),
        _ => number(cursor),
    }
}

fn word(cursor: &mut Cursor<'_>, word: &str, meaning: Side) -> Result<Side, Fault> {
    if !cursor.in_bounds(cursor.position + word.len() - 1) || !cursor.has(cursor.position, word) {
        return cursor.wrong(cursor.position, format!("expected `{word}`, or quotes around a string"));
    }
    cursor.position += word.len();
    Ok(meaning)
}

fn number(cursor: &mut Cursor<'_>) -> Result<Side, Fault> {
    let start = cursor.position;
    while cursor.in_bounds(cursor.position) && matches!(cursor.current()?, b'0'..=b'9' | b'-' | b'.' | b'e' | b'E') {
        cursor.position += 1;
    }
    match Number::parse(cursor.part(start, cursor.position)?) {
        Some(number) => Ok(Side::Number(number)),
        None => Err(Fault::abort(cursor.column(start), "expected a number, or quotes around a string")),
    }
}

/// `/pattern/flags`
fn pattern(cursor: &mut Cursor<'_>) -> Result<Side, Fault> {
    let start = cursor.position;
    let Some(end) = cursor.index_of_unescaped(start, b'/') else {
        return cursor.wrong(start, "this pattern is not closed by '/'");
    };
    let mut options = Options { backtrack_limit: MAX_BACKTRACKING, ..Options::default() };
    cursor.position = end + 1;
    while cursor.in_bounds(cursor.position) {
        match cursor.current()? {
            b'd' => options.unix_lines = true,
            b'i' => options.case_insensitive = true,
            b'x' => options.comments = true,
            b'm' => options.multiline = true,
            b's' => options.dot_all = true,
            b'u' => options.unicode_case = true,
            b'U' => options.unicode_character_class = true,
            _ => break,
        }
        cursor.position += 1;
    }
    match Regex::with_options(cursor.part(start + 1, end)?, &options) {
        Ok(regex) => Ok(Side::Pattern(regex)),
        Err(error) => Err(Fault::abort(cursor.column(start), error.to_string())),
    }
}
