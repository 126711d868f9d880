//! `java.lang.String`.
//!
//! Text is UTF-8 here and UTF-16 in Java: indexes and lengths are in UTF-16 units ([`units`]). Pieces of what is borrowed
//! are borrowed. Not there: what gives a stream, an `Object` or a `CharSequence`, as `chars`, `lines` and `subSequence`.

mod bytes;
mod case;
mod change;
mod compare;
mod layout;
mod pattern;
mod search;
pub(super) mod units;

use std::rc::Rc;

use crate::{
    Error, Value,
    class::{Class, Element},
    method::{Call, Method},
    value::{Array, Text, display},
};

use super::{
    BOOLEAN, BYTES, CHAR, CHAR_SEQUENCE, CHAR_SEQUENCES, CHARS, CHARSET, DOUBLE, FLOAT, INT, INTS, ITERABLE, LOCALE,
    LONG, OBJECT, OBJECTS, STRING, character, constructor, cost, format, method, variadic,
};

/// Methods of strings.
pub(super) const METHODS: &[Method] = &[
    method("charAt", &[INT], |call| units::at(call.this_text()?, call.int(0)?).map(Value::Character)),
    method("codePointAt", &[INT], search::code_point_at),
    method("codePointBefore", &[INT], search::code_point_before),
    method("codePointCount", &[INT, INT], search::code_point_count),
    method("compareTo", &[STRING], |call| int(compare::difference(call.this_text()?, call.string(0)?))),
    method("compareToIgnoreCase", &[STRING], |call| {
        int(compare::difference_ignoring_case(call.this_text()?, call.string(0)?))
    }),
    method("concat", &[STRING], change::concat),
    method("contains", &[CHAR_SEQUENCE], |call| boolean(call.this_text()?.contains(call.chars(0)?))),
    method("contentEquals", &[CHAR_SEQUENCE], |call| boolean(**call.this_text()? == *call.chars(0)?)),
    method("endsWith", &[STRING], |call| boolean(call.this_text()?.ends_with(&**call.string(0)?))),
    method("equalsIgnoreCase", &[STRING], |call| {
        let own = call.this_text()?;
        boolean(call.object(0).as_str().is_some_and(|other| compare::same_ignoring_case(own, other)))
    }),
    variadic("formatted", &[OBJECTS], |call| format::format(call.evaluation, call.this_text()?, &call.array(0)?.items)),
    method("getBytes", &[], |call| bytes::encode(call.evaluation, call.this_text()?, "UTF-8")),
    method("getBytes", &[CHARSET], |call| bytes::encode(call.evaluation, call.this_text()?, call.string(0)?)),
    method("getBytes", &[STRING], |call| bytes::encode(call.evaluation, call.this_text()?, call.string(0)?)),
    method("getBytes", &[INT, INT, BYTES, INT], change::copy_out),
    method("getChars", &[INT, INT, CHARS, INT], change::copy_out),
    method("indent", &[INT], layout::indent),
    method("indexOf", &[STRING], search::index_of),
    method("indexOf", &[STRING, INT], search::index_of),
    method("indexOf", &[INT], search::index_of_code),
    method("indexOf", &[INT, INT], search::index_of_code),
    method("intern", &[], |call| Ok(call.this.clone())),
    method("isBlank", &[], |call| boolean(call.this_text()?.chars().all(character::is_whitespace))),
    method("isEmpty", &[], |call| boolean(call.this_text()?.is_empty())),
    method("lastIndexOf", &[STRING], search::last_index_of),
    method("lastIndexOf", &[STRING, INT], search::last_index_of),
    method("lastIndexOf", &[INT], search::last_index_of_code),
    method("lastIndexOf", &[INT, INT], search::last_index_of_code),
    method("length", &[], |call| int(units::length(call.this_text()?) as i32)),
    method("matches", &[STRING], pattern::matches),
    method("offsetByCodePoints", &[INT, INT], search::offset_by_code_points),
    method("regionMatches", &[INT, STRING, INT, INT], compare::region_matches),
    method("regionMatches", &[BOOLEAN, INT, STRING, INT, INT], compare::region_matches),
    method("repeat", &[INT], change::repeat),
    method("replace", &[CHAR, CHAR], change::replace_unit),
    method("replace", &[CHAR_SEQUENCE, CHAR_SEQUENCE], change::replace),
    method("replaceAll", &[STRING, STRING], pattern::replace_all),
    method("replaceFirst", &[STRING, STRING], pattern::replace_first),
    method("split", &[STRING], pattern::split),
    method("split", &[STRING, INT], pattern::split),
    method("startsWith", &[STRING], |call| boolean(call.this_text()?.starts_with(&**call.string(0)?))),
    method("startsWith", &[STRING, INT], search::starts_with_at),
    method("strip", &[], |call| change::trimmed(&call, |text| text.trim_matches(character::is_whitespace))),
    method("stripIndent", &[], layout::strip_indent),
    method("stripLeading", &[], |call| {
        change::trimmed(&call, |text| text.trim_start_matches(character::is_whitespace))
    }),
    method("stripTrailing", &[], |call| change::trimmed(&call, |text| text.trim_end_matches(character::is_whitespace))),
    method("substring", &[INT], change::substring),
    method("substring", &[INT, INT], change::substring),
    method("toCharArray", &[], |call| {
        let text = call.this_text()?;
        cost::elements(call.evaluation, text.len())?;
        Ok(bytes::array(Element::Primitive(crate::class::Primitive::Char), text.encode_utf16().map(Value::Character)))
    }),
    method("toLowerCase", &[], |call| case::lower(call, case::Language::Root)),
    method("toLowerCase", &[LOCALE], |call| {
        let language = case::language(call.string(0)?)?;
        case::lower(call, language)
    }),
    method("toUpperCase", &[], |call| case::upper(call, case::Language::Root)),
    method("toUpperCase", &[LOCALE], |call| {
        let language = case::language(call.string(0)?)?;
        case::upper(call, language)
    }),
    method("translateEscapes", &[], layout::translate_escapes),
    method("trim", &[], |call| change::trimmed(&call, |text| text.trim_matches(|letter| letter <= ' '))),
];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("copyValueOf", &[CHARS], bytes::of_chars),
    method("copyValueOf", &[CHARS, INT, INT], bytes::of_chars),
    // The language counts for nothing but digits, which are always these.
    variadic("format", &[LOCALE, STRING, OBJECTS], |call| {
        format::format(call.evaluation, call.string(1)?, &call.array(2)?.items)
    }),
    variadic("format", &[STRING, OBJECTS], |call| {
        format::format(call.evaluation, call.string(0)?, &call.array(1)?.items)
    }),
    variadic("join", &[CHAR_SEQUENCE, CHAR_SEQUENCES], |call| {
        let items = &call.array(1)?.items;
        join(call, items.iter().cloned())
    }),
    method("join", &[CHAR_SEQUENCE, ITERABLE], |call| {
        let items = call.collection(1)?;
        join(call, items.iter())
    }),
    method("valueOf", &[BOOLEAN], value_of),
    method("valueOf", &[CHAR], value_of),
    // Before Object: null is taken for an array.
    method("valueOf", &[CHARS], bytes::of_chars),
    method("valueOf", &[CHARS, INT, INT], bytes::of_chars),
    method("valueOf", &[DOUBLE], value_of),
    method("valueOf", &[FLOAT], value_of),
    method("valueOf", &[INT], value_of),
    method("valueOf", &[LONG], value_of),
    method("valueOf", &[OBJECT], value_of),
];

/// Constructors, in the order of the original's: of those that fit by conversion the last is called.
pub(super) const CONSTRUCTORS: &[Method] = &[
    constructor(&[BYTES, INT, INT, CHARSET], bytes::decoded_range),
    constructor(&[BYTES, STRING], bytes::decoded),
    constructor(&[BYTES, CHARSET], bytes::decoded),
    constructor(&[BYTES, INT, INT], bytes::decoded_range),
    constructor(&[BYTES], bytes::decoded),
    constructor(&[CHARS, INT, INT], bytes::of_chars),
    constructor(&[CHARS], bytes::of_chars),
    constructor(&[STRING], |call| call.string(0).cloned().map(Value::String)),
    constructor(&[], |_| Ok(Value::from(""))),
    constructor(&[BYTES, INT, INT, STRING], bytes::decoded_range),
    constructor(&[BYTES, INT], bytes::with_high_bytes),
    constructor(&[BYTES, INT, INT, INT], bytes::with_high_bytes),
    constructor(&[INTS, INT, INT], bytes::of_code_points),
];

fn int<'a>(value: i32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(value))
}

fn boolean<'a>(value: bool) -> Result<Value<'a>, Error> {
    Ok(Value::Boolean(value))
}

fn value_of<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    match call.object(0) {
        Value::String(text) => Ok(Value::String(text.clone())),
        value => {
            cost::writing(call.evaluation, value)?;
            Ok(Value::text(display(value)))
        }
    }
}

fn join<'a>(call: Call<'_, 'a>, items: impl Iterator<Item = Value<'a>>) -> Result<Value<'a>, Error> {
    let between = call.chars(0)?;
    let mut joined = String::new();
    for (index, item) in items.enumerate() {
        let text = match &item {
            Value::Null => "null",
            item => item
                .as_char_sequence()
                .ok_or_else(|| Error::thrown("only text can be joined; #toJson(...) makes text"))?,
        };
        call.evaluation.charge(between.len() + text.len() + 1)?;
        if index > 0 {
            joined.push_str(between);
        }
        joined.push_str(text);
    }
    Ok(Value::text(joined))
}

/// An array of strings.
fn texts<'a>(texts: impl Iterator<Item = Text<'a>>) -> Value<'a> {
    Value::Array(Rc::new(Array { element: Element::Class(Class::String), items: texts.map(Value::String).collect() }))
}
