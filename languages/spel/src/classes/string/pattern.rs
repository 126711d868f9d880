//! What takes a regular expression: `matches`, `replaceAll`, `replaceFirst`, `split`.

use crate::{Error, Value, evaluate::pattern::failed, method::Call, value::Text};

use super::{boolean, texts, units};
use crate::classes::cost;

/// `matches`.
pub(super) fn matches<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    boolean(call.evaluation.pattern(call.string(0)?, text)?.matches(text).map_err(failed)?)
}

/// `replaceAll`.
pub(super) fn replace_all<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    replaced(call, usize::MAX)
}

/// `replaceFirst`.
pub(super) fn replace_first<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    replaced(call, 1)
}

fn replaced<'a>(call: Call<'_, 'a>, most: usize) -> Result<Value<'a>, Error> {
    let (text, pattern) = (call.this_text()?, call.string(0)?);
    if call.object(1).is_null() && call.evaluation.pattern(pattern, text)?.find(text).map_err(failed)?.is_none() {
        // Java looks at the replacement only when there is something to replace.
        return Ok(call.this.clone());
    }
    let replacement = call.string(1)?;
    if let Some(pattern) = literal(pattern)
        && !replacement.contains(['\\', '$'])
    {
        let found = text.matches(pattern).take(most).count();
        if found == 0 {
            return Ok(call.this.clone());
        }
        call.evaluation.charge(text.len().saturating_add(found.saturating_mul(replacement.len())))?;
        return Ok(Value::text(text.replacen(pattern, replacement, found)));
    }
    let regex = call.evaluation.pattern(pattern, text)?;
    // A group is no longer than what was matched, and each reference has two characters at least.
    let references = replacement.matches('$').count();
    let mut size = text.len();
    for found in regex.find_iter(text).take(most) {
        let found = found.map_err(failed)?;
        size = size.saturating_add(replacement.len() + references * (found.end() - found.start()));
    }
    call.evaluation.charge(size)?;
    let made = match most {
        1 => regex.replace_first(text, replacement),
        _ => regex.replace_all(text, replacement),
    };
    made.map(Value::from).map_err(failed)
}

/// `split(regex)`, `split(regex, limit)`.
pub(super) fn split<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, pattern) = (call.this_text()?, call.string(0)?);
    let limit = if call.arguments.len() > 1 { call.int(1)? } else { 0 };
    let Some(separator) = literal(pattern) else {
        let regex = call.evaluation.pattern(pattern, text)?;
        // There can be a piece for each character.
        cost::elements(call.evaluation, text.len() + 1)?;
        let pieces = regex.split(text, limit).map_err(failed)?;
        return Ok(texts(pieces.into_iter().map(|piece| Text::Shared(piece.into()))));
    };
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let count = text.matches(separator).count().min(most - 1) + 1;
    cost::elements(call.evaluation, count)?;
    call.evaluation.charge(text.len())?;
    let mut pieces: Vec<Text<'a>> = Vec::with_capacity(count);
    let mut rest = 0;
    for (at, found) in text.match_indices(separator).take(most - 1) {
        pieces.push(units::piece(text, rest..at));
        rest = at + found.len();
    }
    pieces.push(units::piece(text, rest..text.len()));
    // Empty pieces at the end are left out, but a text without the separator is a piece even if it is empty.
    while limit == 0 && rest > 0 && pieces.last().is_some_and(|piece| piece.is_empty()) {
        pieces.pop();
    }
    Ok(texts(pieces.into_iter()))
}

/// The text that a pattern matches and nothing else, if nothing in it is special.
fn literal(pattern: &str) -> Option<&str> {
    let plain = |text: &str| !text.is_empty() && !text.contains(SPECIAL);
    match pattern.strip_prefix('\\') {
        // `\.` and `\|`: what stands for itself behind a backslash.
        Some(escaped) if escaped.len() == 1 && escaped.contains(SPECIAL) => Some(escaped),
        None if plain(pattern) => Some(pattern),
        _ => None,
    }
}

/// What means something else than itself in a pattern.
const SPECIAL: &[char] = &['.', '$', '|', '(', ')', '[', ']', '{', '}', '^', '?', '*', '+', '\\'];
