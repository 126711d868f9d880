//! Lines and escapes of a text: `indent`, `stripIndent`, `translateEscapes`.

use crate::{Error, Value, method::Call};

use crate::classes::character::is_whitespace;

/// `indent`: each line further in, or out by as much white space as it has.
pub(super) fn indent<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, by) = (call.this_text()?, call.int(0)?);
    let count = lines(text).count();
    let more = usize::try_from(by).unwrap_or(0);
    call.evaluation.charge(text.len().saturating_add(count.saturating_mul(more.saturating_add(1))))?;
    let margin = " ".repeat(if count == 0 { 0 } else { more });
    let mut made = String::new();
    for line in lines(text) {
        made.push_str(&margin);
        made.push_str(if by < 0 { without_margin(line, by.unsigned_abs() as usize) } else { line });
        made.push('\n');
    }
    Ok(Value::text(made))
}

/// `stripIndent`: without the white space that all lines begin with, and that each ends with.
///
/// A last line without anything counts, though blank lines do not otherwise.
pub(super) fn strip_indent<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    call.evaluation.charge(text.len())?;
    let ends_in_line = text.ends_with(['\n', '\r']);
    let margin = |line: &str| line.chars().take_while(|letter| is_whitespace(*letter)).count();
    let blank = |line: &str| line.chars().all(is_whitespace);
    let margins = lines(text).filter(|line| !blank(line)).map(margin);
    let last = lines(text).last().filter(|line| blank(line)).map(margin);
    let common = if ends_in_line { 0 } else { margins.chain(last).min().unwrap_or(0) };
    let mut made = String::new();
    for (index, line) in lines(text).enumerate() {
        if index > 0 {
            made.push('\n');
        }
        made.push_str(without_margin(line, common).trim_end_matches(is_whitespace));
    }
    if ends_in_line {
        made.push('\n');
    }
    Ok(Value::text(made))
}

/// Without that much of the white space that it begins with.
fn without_margin(line: &str, most: usize) -> &str {
    let end = line.char_indices().take(most).take_while(|(_, letter)| is_whitespace(*letter)).last();
    end.map_or(line, |(at, letter)| &line[at + letter.len_utf8()..])
}

/// `String.lines`: what stands before `\n`, `\r` or both, and behind the last of them unless that is nothing.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(at) = rest.find(['\n', '\r']) else { return Some(std::mem::take(&mut rest)) };
        let line = &rest[..at];
        rest = rest[at..].strip_prefix("\r\n").unwrap_or(&rest[at + 1..]);
        Some(line)
    })
}

/// `translateEscapes`: what stands behind backslashes, as in Java's source text, `\u` excepted.
pub(super) fn translate_escapes<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    if !text.contains('\\') {
        return Ok(call.this.clone());
    }
    call.evaluation.charge(text.len())?;
    let mut made = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            made.push(letter);
            continue;
        }
        match letters.next() {
            Some('b') => made.push('\u{8}'),
            Some('f') => made.push('\u{c}'),
            Some('n') => made.push('\n'),
            Some('r') => made.push('\r'),
            Some('s') => made.push(' '),
            Some('t') => made.push('\t'),
            Some(own @ ('\'' | '"' | '\\')) => made.push(own),
            // The line goes on.
            Some('\n') => {}
            Some('\r') => {
                letters.next_if_eq(&'\n');
            }
            Some(first @ '0'..='7') => {
                let most = if first <= '3' { 2 } else { 1 };
                let mut code = first.to_digit(8).unwrap_or(0);
                for _ in 0..most {
                    let Some(digit) = letters.next_if(|next| next.is_digit(8)) else { break };
                    code = code * 8 + digit.to_digit(8).unwrap_or(0);
                }
                made.extend(char::from_u32(code));
            }
            other => {
                let shown = other.map_or("nothing".into(), |letter| format!("'{letter}'"));
                return Err(Error::thrown(format!("{shown} behind a backslash is no escape")));
            }
        }
    }
    Ok(Value::text(made))
}
