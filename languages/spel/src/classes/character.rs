//! `java.lang.Character`: no expression may name it, but `'abc'.charAt(0)` is one.
//!
//! Not there: what asks for names, types, directions and identifiers, and the methods about code points in text, which
//! `String` has, too.

use std::sync::LazyLock;

use gennaker_javaregex::Regex;

use crate::{
    Error, Value,
    class::{Class, Element, Primitive, Type},
    method::{Call, Method},
    value::Array,
};

use super::{CHAR, INT, method};

const BOXED: Type = Type::Class(Class::Character);

/// Methods of characters. A comparison answers the difference.
pub(super) const METHODS: &[Method] = &[
    method("charValue", &[], |call| Ok(call.this.clone())),
    method("compareTo", &[BOXED], |call| {
        let Value::Character(own) = call.this else { return Ok(Value::Null) };
        int(i32::from(*own) - i32::from(call.char(0)?))
    }),
];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("charCount", &[INT], |call| int(if call.int(0)? >= 0x10000 { 2 } else { 1 })),
    method("compare", &[CHAR, CHAR], |call| int(i32::from(call.char(0)?) - i32::from(call.char(1)?))),
    method("digit", &[CHAR, INT], in_radix),
    method("digit", &[INT, INT], in_radix),
    method("forDigit", &[INT, INT], |call| {
        let (digit, radix) = (call.int(0)?, call.int(1)?);
        let valid = (2..=36).contains(&radix) && (0..radix).contains(&digit);
        let letter = if valid { char::from_digit(digit as u32, radix as u32).unwrap_or('\0') } else { '\0' };
        Ok(Value::Character(letter as u16))
    }),
    method("hashCode", &[CHAR], |call| int(call.char(0)?.into())),
    method("highSurrogate", &[INT], |call| {
        Ok(Value::Character(((call.int(0)? as u32 >> 10) as u16).wrapping_add(0xd800 - (0x10000 >> 10) as u16)))
    }),
    method("isAlphabetic", &[INT], |call| test(&call, char::is_alphabetic)),
    method("isBmpCodePoint", &[INT], |call| Ok(Value::Boolean(code(&call)? < 0x10000))),
    method("isDefined", &[CHAR], is_defined),
    method("isDefined", &[INT], is_defined),
    method("isDigit", &[CHAR], is_digit),
    method("isDigit", &[INT], is_digit),
    method("isHighSurrogate", &[CHAR], |call| Ok(Value::Boolean((0xd800..0xdc00).contains(&code(&call)?)))),
    method("isISOControl", &[CHAR], is_control),
    method("isISOControl", &[INT], is_control),
    method("isIdeographic", &[INT], |call| of_class(&call, &IDEOGRAPHIC)),
    method("isLetter", &[CHAR], |call| of_class(&call, &LETTER)),
    method("isLetter", &[INT], |call| of_class(&call, &LETTER)),
    method("isLetterOrDigit", &[CHAR], |call| of_class(&call, &LETTER_OR_DIGIT)),
    method("isLetterOrDigit", &[INT], |call| of_class(&call, &LETTER_OR_DIGIT)),
    method("isLowSurrogate", &[CHAR], |call| Ok(Value::Boolean((0xdc00..0xe000).contains(&code(&call)?)))),
    method("isLowerCase", &[CHAR], |call| test(&call, char::is_lowercase)),
    method("isLowerCase", &[INT], |call| test(&call, char::is_lowercase)),
    method("isSpace", &[CHAR], |call| test(&call, |letter| matches!(letter, ' ' | '\t' | '\n' | '\x0c' | '\r'))),
    method("isSpaceChar", &[CHAR], |call| test(&call, is_space_char)),
    method("isSpaceChar", &[INT], |call| test(&call, is_space_char)),
    method("isSupplementaryCodePoint", &[INT], |call| Ok(Value::Boolean((0x10000..0x11_0000).contains(&code(&call)?)))),
    method("isSurrogate", &[CHAR], |call| Ok(Value::Boolean((0xd800..0xe000).contains(&code(&call)?)))),
    method("isSurrogatePair", &[CHAR, CHAR], |call| {
        Ok(Value::Boolean((0xd800..0xdc00).contains(&call.char(0)?) && (0xdc00..0xe000).contains(&call.char(1)?)))
    }),
    method("isTitleCase", &[CHAR], |call| of_class(&call, &TITLE)),
    method("isTitleCase", &[INT], |call| of_class(&call, &TITLE)),
    method("isUpperCase", &[CHAR], |call| test(&call, char::is_uppercase)),
    method("isUpperCase", &[INT], |call| test(&call, char::is_uppercase)),
    method("isValidCodePoint", &[INT], |call| Ok(Value::Boolean(code(&call)? < 0x11_0000))),
    method("isWhitespace", &[CHAR], |call| test(&call, is_whitespace)),
    method("isWhitespace", &[INT], |call| test(&call, is_whitespace)),
    method("lowSurrogate", &[INT], |call| Ok(Value::Character((call.int(0)? as u32 & 0x3ff) as u16 + 0xdc00))),
    method("reverseBytes", &[CHAR], |call| Ok(Value::Character(call.char(0)?.swap_bytes()))),
    method("toChars", &[INT], |call| {
        let letter = letter(call.int(0)?)?;
        let items = letter.encode_utf16(&mut [0; 2]).iter().map(|unit| Value::Character(*unit)).collect();
        Ok(Value::Array(std::rc::Rc::new(Array { element: Element::Primitive(Primitive::Char), items })))
    }),
    method("toCodePoint", &[CHAR, CHAR], |call| {
        let (high, low) = (i32::from(call.char(0)?), i32::from(call.char(1)?));
        int((high << 10) + low + (0x10000 - (0xd800 << 10) - 0xdc00))
    }),
    method("toLowerCase", &[CHAR], |call| mapped(&call, lower)),
    method("toLowerCase", &[INT], |call| mapped(&call, lower)),
    method("toString", &[CHAR], |call| Ok(Value::text(String::from_utf16_lossy(&[call.char(0)?])))),
    method("toString", &[INT], |call| Ok(Value::text(letter(call.int(0)?)?.to_string()))),
    method("toUpperCase", &[CHAR], |call| mapped(&call, upper)),
    method("toUpperCase", &[INT], |call| mapped(&call, upper)),
];

static LETTER: Pattern = Pattern::new(|| Regex::new(r"\p{L}").ok());
static LETTER_OR_DIGIT: Pattern = Pattern::new(|| Regex::new(r"[\p{L}\p{Nd}]").ok());
static TITLE: Pattern = Pattern::new(|| Regex::new(r"\p{Lt}").ok());
static IDEOGRAPHIC: Pattern = Pattern::new(|| Regex::new(r"\p{IsIdeographic}").ok());
static DEFINED: Pattern = Pattern::new(|| Regex::new(r"\P{Cn}").ok());

type Pattern = LazyLock<Option<Regex>>;

/// The zeros of the scripts that have decimal digits, each followed by the other nine (Unicode 13, as Java 17 has it).
const ZEROS: [u32; 65] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// `Character.digit`: decimal digits of any script, and Latin letters, wide ones too.
pub(super) fn digit(code: u32, radix: i32) -> Option<u32> {
    let value = match code {
        0x30..=0x39 => code - 0x30,
        0x41..=0x5a => code - 0x41 + 10,
        0x61..=0x7a => code - 0x61 + 10,
        0xff21..=0xff3a => code - 0xff21 + 10,
        0xff41..=0xff5a => code - 0xff41 + 10,
        _ => decimal(code)?,
    };
    ((2..=36).contains(&radix) && value < radix as u32).then_some(value)
}

fn decimal(code: u32) -> Option<u32> {
    let after = ZEROS.partition_point(|zero| *zero <= code);
    let value = code - ZEROS[after.checked_sub(1)?];
    (value < 10).then_some(value)
}

/// `Character.isWhitespace`: spaces that lines may break at, and the controls among them.
pub(super) fn is_whitespace(letter: char) -> bool {
    match letter {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        '\t'..='\r' | '\u{1c}'..='\u{1f}' => true,
        letter => is_space_char(letter),
    }
}

fn is_space_char(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// `Character.toUpperCase`: one character for one.
pub(super) fn upper(letter: char) -> char {
    let mut letters = letter.to_uppercase();
    match (letters.next(), letters.next()) {
        (Some(one), None) => one,
        // Greek letters with an iota below, whose capitals are one character or two.
        _ => match letter {
            '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => above(letter, 8),
            '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => above(letter, 9),
            letter => letter,
        },
    }
}

fn above(letter: char, by: u32) -> char {
    char::from_u32(u32::from(letter) + by).unwrap_or(letter)
}

/// `Character.toLowerCase`: one character for one.
pub(super) fn lower(letter: char) -> char {
    match letter {
        '\u{130}' => 'i',
        letter => letter.to_lowercase().next().unwrap_or(letter),
    }
}

fn int<'a>(value: i32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(value))
}

/// The code of the first argument, a `char` or an `int`; negative ones are larger than any.
fn code(call: &Call<'_, '_>) -> Result<u32, Error> {
    match call.object(0) {
        Value::Character(unit) => Ok(u32::from(*unit)),
        _ => call.int(0).map(|code| code as u32),
    }
}

pub(super) fn letter(code: i32) -> Result<char, Error> {
    let letter = u32::try_from(code).ok().filter(|code| *code < 0x11_0000);
    let letter = letter.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    letter.ok_or_else(|| Error::thrown(format!("{code} is not the code of a character")))
}

fn test<'a>(call: &Call<'_, '_>, is: fn(char) -> bool) -> Result<Value<'a>, Error> {
    Ok(Value::Boolean(char::from_u32(code(call)?).is_some_and(is)))
}

fn of_class<'a>(call: &Call<'_, '_>, class: &Pattern) -> Result<Value<'a>, Error> {
    let Some(letter) = char::from_u32(code(call)?) else { return Ok(Value::Boolean(false)) };
    let found = class.as_ref().is_some_and(|class| class.matches(letter.encode_utf8(&mut [0; 4])).unwrap_or(false));
    Ok(Value::Boolean(found))
}

fn mapped<'a>(call: &Call<'_, '_>, map: fn(char) -> char) -> Result<Value<'a>, Error> {
    let code = code(call)?;
    let mapped = char::from_u32(code).map_or(code, |letter| u32::from(map(letter)));
    Ok(match call.object(0) {
        Value::Character(_) => Value::Character(mapped as u16),
        _ => Value::Integer(mapped as i32),
    })
}

fn in_radix<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    int(digit(code(&call)?, call.int(1)?).map_or(-1, |digit| digit as i32))
}

fn is_digit<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::Boolean(decimal(code(&call)?).is_some()))
}

fn is_control<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::Boolean(matches!(code(&call)?, 0..=0x1f | 0x7f..=0x9f)))
}

/// Surrogates are defined.
fn is_defined<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    if (0xd800..0xe000).contains(&code(&call)?) {
        return Ok(Value::Boolean(true));
    }
    of_class(&call, &DEFINED)
}
