//! Texts made of a text: pieces, repetitions, replacements of what is no pattern.

use crate::{Error, Value, method::Call};

use super::units;

/// `concat`.
pub(super) fn concat<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (own, more) = (call.this_text()?, call.string(0)?);
    if more.is_empty() {
        return Ok(call.this.clone());
    }
    call.evaluation.charge(own.len() + more.len())?;
    Ok(Value::text([&**own, &**more].concat()))
}

/// `substring(beginIndex)`, `substring(beginIndex, endIndex)`.
pub(super) fn substring<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    let end = if call.arguments.len() > 1 { call.int(1)? } else { units::length(text) as i32 };
    let (begin, end) = units::range(text, call.int(0)?, end)?;
    call.evaluation.charge(end - begin)?;
    Ok(units::slice(text, begin, end))
}

/// The text without what `trim` takes from its ends.
pub(super) fn trimmed<'a>(call: &Call<'_, 'a>, trim: for<'t> fn(&'t str) -> &'t str) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    let rest = trim(text);
    let start = rest.as_ptr() as usize - text.as_ptr() as usize;
    Ok(Value::String(units::piece(text, start..start + rest.len())))
}

/// `repeat`.
pub(super) fn repeat<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, times) = (call.this_text()?, call.int(0)?);
    let times = usize::try_from(times).map_err(|_| Error::thrown(format!("text cannot be repeated {times} times")))?;
    call.evaluation.charge(text.len().saturating_mul(times))?;
    Ok(Value::text(text.repeat(times)))
}

/// `replace(char, char)`.
pub(super) fn replace_unit<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, old, new) = (call.this_text()?, call.char(0)?, call.char(1)?);
    call.evaluation.charge(text.len().saturating_mul(3))?;
    let units: Vec<u16> = text.encode_utf16().map(|unit| if unit == old { new } else { unit }).collect();
    Ok(Value::text(String::from_utf16_lossy(&units)))
}

/// `replace(CharSequence, CharSequence)`: nothing is found around every character.
pub(super) fn replace<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (text, old, new) = (call.this_text()?, call.chars(0)?, call.chars(1)?);
    let count = text.matches(old).count();
    if count == 0 {
        return Ok(call.this.clone());
    }
    call.evaluation.charge(text.len().saturating_add(count.saturating_mul(new.len())))?;
    Ok(Value::text(text.replace(old, new)))
}

/// `getChars` and the `getBytes` like it fill an array, which keeps what it has here: they only answer as Java does.
pub(super) fn copy_out<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (begin, end) = units::range(call.this_text()?, call.int(0)?, call.int(1)?)?;
    let (size, at) = (call.array(2)?.items.len(), call.int(3)?);
    let fits = usize::try_from(at).is_ok_and(|at| at.saturating_add(end - begin) <= size);
    if fits { Ok(Value::Null) } else { Err(Error::thrown(format!("an array of {size} is too small"))) }
}
