//! Texts as arrays of bytes, characters and code points, and back.

use std::rc::Rc;

use crate::{
    Error, Value,
    class::{Element, Primitive},
    evaluate::Evaluation,
    method::Call,
    value::Array,
};

use crate::classes::{character, cost};

/// An array of these.
pub(super) fn array<'a>(element: Element, items: impl Iterator<Item = Value<'a>>) -> Value<'a> {
    Value::Array(Rc::new(Array { element, items: items.collect() }))
}

/// The encodings that every Java has, by the names and commonest aliases that it takes, and UTF-32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8,
    /// With a byte order mark, the high byte first.
    Utf16,
    Utf16Be,
    Utf16Le,
    Latin1,
    Ascii,
    Utf32,
}

fn charset(name: &str) -> Result<Charset, Error> {
    Ok(match name.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" | "UNICODE-1-1-UTF-8" => Charset::Utf8,
        "UTF-16" | "UTF16" | "UTF_16" | "UNICODE" | "UNICODEBIG" => Charset::Utf16,
        "UTF-16BE" | "UTF_16BE" | "X-UTF-16BE" | "ISO-10646-UCS-2" | "UNICODEBIGUNMARKED" => Charset::Utf16Be,
        "UTF-16LE" | "UTF_16LE" | "X-UTF-16LE" | "UNICODELITTLEUNMARKED" => Charset::Utf16Le,
        "ISO-8859-1" | "ISO8859-1" | "ISO8859_1" | "ISO_8859-1" | "ISO_8859_1" | "8859_1" | "LATIN1" | "L1"
        | "IBM819" | "CP819" => Charset::Latin1,
        "US-ASCII" | "ASCII" | "ASCII7" | "ISO646-US" | "ISO_646.IRV:1991" | "CP367" | "IBM367" | "646" => {
            Charset::Ascii
        }
        "UTF-32" | "UTF32" | "UTF_32" | "UTF-32BE" | "UTF_32BE" => Charset::Utf32,
        _ => {
            return Err(Error::thrown(format!(
                "there is no character encoding '{name}' here; UTF-8, UTF-16, ISO-8859-1 and US-ASCII there are"
            )));
        }
    })
}

/// `getBytes`: what an encoding has not becomes `?`.
pub(super) fn encode<'a>(evaluation: &mut Evaluation<'_>, text: &str, charset: &str) -> Result<Value<'a>, Error> {
    let charset = self::charset(charset)?;
    cost::elements(evaluation, text.len().saturating_mul(if charset == Charset::Utf8 { 1 } else { 4 }))?;
    let bytes: Vec<u8> = match charset {
        Charset::Utf8 => text.bytes().collect(),
        Charset::Utf16 if text.is_empty() => Vec::new(),
        Charset::Utf16 => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        Charset::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Charset::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Charset::Latin1 => text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect(),
        Charset::Ascii => text.chars().map(|letter| if letter.is_ascii() { letter as u8 } else { b'?' }).collect(),
        Charset::Utf32 => text.chars().flat_map(|letter| u32::from(letter).to_be_bytes()).collect(),
    };
    Ok(array(Element::Primitive(Primitive::Byte), bytes.into_iter().map(|byte| Value::Byte(byte as i8))))
}

/// `new String(bytes)`, `new String(bytes, charset)`.
pub(super) fn decoded<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let charset = if call.arguments.len() > 1 { charset(call.string(1)?)? } else { Charset::Utf8 };
    let items = &call.array(0)?.items;
    call.evaluation.charge(items.len())?;
    Ok(Value::text(decode(&bytes(items), charset)))
}

/// `new String(bytes, offset, length)`, `new String(bytes, offset, length, charset)`.
pub(super) fn decoded_range<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let charset = if call.arguments.len() > 3 { charset(call.string(3)?)? } else { Charset::Utf8 };
    let items = part(&call)?;
    call.evaluation.charge(items.len())?;
    Ok(Value::text(decode(&bytes(items), charset)))
}

/// `new String(bytes, hibyte)`, `new String(bytes, hibyte, offset, count)`: each byte is the low half of a unit.
pub(super) fn with_high_bytes<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let high = (call.int(1)? as u8 as u16) << 8;
    let all = &call.array(0)?.items[..];
    let items = if call.arguments.len() > 2 { within(all, call.int(2)?, call.int(3)?)? } else { all };
    call.evaluation.charge(items.len())?;
    let units: Vec<u16> = bytes(items).into_iter().map(|byte| high | u16::from(byte)).collect();
    Ok(Value::text(String::from_utf16_lossy(&units)))
}

/// Of an array of chars, all or `(offset, count)` of them.
pub(super) fn of_chars<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let items = part(&call)?;
    call.evaluation.charge(items.len())?;
    let unit = |item: &Value<'_>| if let Value::Character(unit) = item { *unit } else { 0 };
    Ok(Value::text(String::from_utf16_lossy(&items.iter().map(unit).collect::<Vec<u16>>())))
}

/// Of an array of code points, `(offset, count)` of them.
pub(super) fn of_code_points<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let items = part(&call)?;
    call.evaluation.charge(items.len())?;
    let mut made = String::new();
    for item in items {
        made.push(character::letter(if let Value::Integer(code) = item { *code } else { -1 })?);
    }
    Ok(Value::text(made))
}

/// The elements of the first argument, or as the next two say: from an offset, and how many.
fn part<'c>(call: &Call<'c, '_>) -> Result<&'c [Value<'c>], Error> {
    let all = &call.array(0)?.items[..];
    if call.arguments.len() > 2 { within(all, call.int(1)?, call.int(2)?) } else { Ok(all) }
}

fn within<'c, 'a>(all: &'c [Value<'a>], offset: i32, count: i32) -> Result<&'c [Value<'a>], Error> {
    let range = usize::try_from(offset).ok().zip(usize::try_from(count).ok());
    let part = range.and_then(|(offset, count)| all.get(offset..offset.checked_add(count)?));
    part.ok_or_else(|| {
        Error::thrown(format!("offset {offset}, count {count} is no range of an array of length {}", all.len()))
    })
}

fn bytes(items: &[Value<'_>]) -> Vec<u8> {
    items.iter().map(|item| if let Value::Byte(byte) = item { *byte as u8 } else { 0 }).collect()
}

/// What is no text in an encoding becomes U+FFFD.
fn decode(bytes: &[u8], charset: Charset) -> String {
    let units = |unit: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let mut text = String::from_utf16_lossy(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<u16>>());
        if !rest.is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        text
    };
    match charset {
        Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Charset::Utf16 => match bytes {
            [0xff, 0xfe, rest @ ..] => units(u16::from_le_bytes, rest),
            [0xfe, 0xff, rest @ ..] => units(u16::from_be_bytes, rest),
            bytes => units(u16::from_be_bytes, bytes),
        },
        Charset::Utf16Be => units(u16::from_be_bytes, bytes),
        Charset::Utf16Le => units(u16::from_le_bytes, bytes),
        Charset::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Charset::Ascii => {
            let letter = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER };
            bytes.iter().map(letter).collect()
        }
        Charset::Utf32 => {
            let (codes, rest) = bytes.as_chunks::<4>();
            let letter = |code: &[u8; 4]| char::from_u32(u32::from_be_bytes(*code));
            let letters = codes.iter().map(|code| letter(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            letters.chain((!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER)).collect()
        }
    }
}
