//! Conversions between types, as Spring's `DefaultConversionService` has them: of arguments, conditions and templates.

use std::rc::Rc;

use crate::{
    Error, Value,
    class::{Class, Element, Primitive, Type},
    value::{Array, List, Object, display},
};

/// Whether values of one type can be converted to another, though one of them may still fail (`'x'` to an `int`).
pub(crate) fn can_convert(from: Type, to: Type) -> bool {
    if from.assignable_to(to) {
        return true;
    }
    let from = match from {
        Type::Primitive(primitive) => primitive.boxed(),
        Type::Class(class) => class,
        // Elements are converted one by one, or the first is taken.
        Type::Array(element) => {
            return match to {
                Type::Class(
                    Class::Collection
                    | Class::List
                    | Class::Set
                    | Class::ArrayList
                    | Class::LinkedHashSet
                    | Class::String,
                ) => true,
                Type::Class(_) | Type::Primitive(_) => can_convert(element_type(element), to),
                Type::Array(wanted) => can_convert(element_type(element), element_type(wanted)),
            };
        }
    };
    let to = match to {
        Type::Primitive(primitive) => primitive.boxed(),
        Type::Class(class) => class,
        Type::Array(_) => return true,
    };
    let collection = from.is_a(Class::Collection);
    match to {
        Class::String => {
            collection
                || from.is_a(Class::Number)
                || from.is_enum()
                || matches!(from, Class::Boolean | Class::Character | Class::Uuid | Class::Date)
        }
        Class::Byte
        | Class::Short
        | Class::Integer
        | Class::Long
        | Class::BigInteger
        | Class::Float
        | Class::Double
        | Class::Number => {
            collection || from.is_a(Class::Number) || matches!(from, Class::String | Class::Character) || from.is_enum()
        }
        Class::Boolean
        | Class::Uuid
        | Class::Date
        | Class::Locale
        | Class::Charset
        | Class::ZoneId
        | Class::ZoneOffset => collection || from == Class::String,
        Class::Character => collection || from == Class::String || from.is_a(Class::Number),
        Class::Collection | Class::List | Class::Set | Class::ArrayList | Class::LinkedHashSet => true,
        Class::Map | Class::LinkedHashMap => false,
        other => collection || (other.is_enum() && (from == Class::String || from == Class::Integer)),
    }
}

/// The value as that type.
///
/// # Errors
/// There is no conversion, or this value has none.
pub(crate) fn convert<'a>(value: &Value<'a>, to: Type) -> Result<Value<'a>, Error> {
    let Some(from) = value.kind() else {
        return match to {
            Type::Primitive(primitive) => Err(impossible("null", primitive.name())),
            _ => Ok(Value::Null),
        };
    };
    if from.assignable_to(to) {
        return Ok(value.clone());
    }
    let failed = || impossible(from.short_name(), to.short_name());
    if !can_convert(from, to) {
        return Err(failed());
    }
    let class = match to {
        Type::Array(element) => return to_array(value, element),
        Type::Primitive(primitive) => primitive.boxed(),
        Type::Class(class) => class,
    };
    match class {
        Class::Collection | Class::List | Class::Iterable | Class::ArrayList => return Ok(Value::List(to_list(value))),
        Class::Set | Class::LinkedHashSet => return Ok(Value::Set(distinct(&to_list(value)))),
        Class::String => return to_text(value).map(Value::from),
        _ => {}
    }
    // A collection where one value is wanted: its first element.
    if let Some(mut elements) = value.elements() {
        return match (elements.next(), to) {
            (Some(first), _) => convert(&first, to),
            (None, Type::Primitive(_)) => Err(failed()),
            (None, _) => Ok(Value::Null),
        };
    }
    let converted = match (class, value) {
        (Class::Boolean, Value::String(text)) => return to_boolean(text),
        (Class::Character, Value::String(text)) => {
            let units: Vec<u16> = text.encode_utf16().collect();
            match units[..] {
                [] => Some(Value::Null),
                [unit] => Some(Value::Character(unit)),
                _ => None,
            }
        }
        (Class::Character, number) => whole(number).map(|whole| Value::Character(whole as i32 as u16)),
        (Class::Uuid, Value::String(text)) => uuid(text).map(|bits| Value::Object(Object::Uuid(bits))),
        // A string or number where something else is wanted that the callee understands by its text.
        (Class::Locale | Class::Charset | Class::ZoneId | Class::ZoneOffset, Value::String(_)) => Some(value.clone()),
        (class, Value::String(text)) if class.is_enum() => {
            crate::classes::constant(class, text.trim()).map(|name| Value::Object(Object::Enum(class, name)))
        }
        (class, Value::Integer(ordinal)) if class.is_enum() => usize::try_from(*ordinal)
            .ok()
            .and_then(|ordinal| crate::classes::constants(class).get(ordinal))
            .map(|name| Value::Object(Object::Enum(class, name))),
        (class, Value::String(text)) => return to_number_of_text(text, class).ok_or_else(|| not_a_number(text, class)),
        (class, number) => to_number(number, class),
    };
    // A null becomes no primitive.
    match (converted, to) {
        (Some(Value::Null), Type::Primitive(_)) | (None, _) => Err(failed()),
        (Some(converted), _) => Ok(converted),
    }
}

fn impossible(from: &str, to: &str) -> Error {
    Error::evaluation(format!("a value of type {from} cannot be converted to {to}"))
}

fn not_a_number(text: &str, class: Class) -> Error {
    Error::evaluation(format!("'{text}' is not a number that fits {}", class.simple_name()))
}

/// As a condition: of `&&`, `||`, `!` and `? :`.
///
/// # Errors
/// It is `null`, or neither a boolean nor text that means one.
pub(crate) fn condition(value: &Value<'_>) -> Result<bool, Error> {
    match convert(value, Type::Class(Class::Boolean))? {
        Value::Boolean(condition) => Ok(condition),
        _ => Err(Error::evaluation(
            "null is neither true nor false; compare it, as in 'x != null', or give a default: 'x ?: false'",
        )),
    }
}

/// As text in a template or of a `String` parameter: lists joined by commas.
///
/// # Errors
/// Maps and objects without a conversion: `#toJson(...)` writes those.
pub(crate) fn to_text(value: &Value<'_>) -> Result<String, Error> {
    if let Some(elements) = value.elements() {
        let mut texts = Vec::new();
        for element in elements {
            // A null among them is written as Java's StringJoiner writes it.
            texts.push(if element.is_null() { "null".into() } else { to_text(&element)? });
        }
        return Ok(texts.join(","));
    }
    match value {
        Value::Object(Object::Enum(_, name)) => Ok((*name).to_owned()),
        _ if value.kind().is_none_or(|kind| can_convert(kind, Type::Class(Class::String))) => Ok(display(value)),
        _ => Err(Error::evaluation(format!(
            "a value of type {} has no text of its own; write it with #toJson(...)",
            value.kind().map_or("null", Type::short_name)
        ))),
    }
}

/// `StringToBooleanConverter`.
fn to_boolean<'a>(text: &str) -> Result<Value<'a>, Error> {
    match text.trim().to_ascii_lowercase().as_str() {
        "" => Ok(Value::Null),
        "true" | "on" | "yes" | "1" => Ok(Value::Boolean(true)),
        "false" | "off" | "no" | "0" => Ok(Value::Boolean(false)),
        _ => Err(Error::evaluation(format!("'{text}' is neither true nor false"))),
    }
}

fn to_array<'a>(value: &Value<'a>, element: Element) -> Result<Value<'a>, Error> {
    let wanted = match element {
        Element::Class(class) => Type::Class(class),
        Element::Primitive(primitive) => Type::Primitive(primitive),
    };
    let items = to_list(value).iter().map(|item| convert(&item, wanted)).collect::<Result<_, _>>()?;
    Ok(Value::Array(Rc::new(Array { element, items })))
}

/// A text's parts between commas, the elements of a collection, or the value alone.
fn to_list<'a>(value: &Value<'a>) -> List<'a> {
    match value {
        Value::List(list) | Value::Set(list) => list.clone(),
        Value::Array(array) => List::of(array.items.clone()),
        Value::String(text) if text.is_empty() => List::of(Vec::new()),
        Value::String(text) => List::of(text.split(',').map(|part| Value::text(part.trim())).collect()),
        other => List::of(vec![other.clone()]),
    }
}

/// The list without its repetitions.
pub(crate) fn distinct<'a>(list: &List<'a>) -> List<'a> {
    let items: indexmap::IndexSet<Value<'a>> = list.iter().collect();
    List::of(items.into_iter().collect())
}

/// The value of a whole number or character.
pub(crate) fn whole(value: &Value<'_>) -> Option<i128> {
    Some(match value {
        Value::Byte(value) => i128::from(*value),
        Value::Short(value) => i128::from(*value),
        Value::Integer(value) => i128::from(*value),
        Value::Long(value) => i128::from(*value),
        Value::BigInteger(value) => **value,
        Value::Character(value) => i128::from(*value),
        // As Java's narrowing does: towards zero, held at the ends.
        Value::Float(value) => *value as i128,
        Value::Double(value) => *value as i128,
        _ => return None,
    })
}

/// The value of a number as a double.
pub(crate) fn floating(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Float(value) => Some(f64::from(*value)),
        Value::Double(value) => Some(*value),
        other => whole(other).map(|whole| whole as f64),
    }
}

/// `NumberUtils.convertNumberToTargetClass`: what does not fit a whole number's type is refused.
fn to_number<'a>(value: &Value<'a>, class: Class) -> Option<Value<'a>> {
    match class {
        Class::Float => floating(value).map(|value| Value::Float(value as f32)),
        Class::Double | Class::Number => floating(value).map(Value::Double),
        // `Number.longValue` holds a fraction at the ends of a long; smaller types are checked after that.
        _ => {
            let whole = whole(value)?;
            let fraction = matches!(value, Value::Float(_) | Value::Double(_));
            sized(if fraction { whole.clamp(i64::MIN.into(), i64::MAX.into()) } else { whole }, class)
        }
    }
}

fn sized<'a>(whole: i128, class: Class) -> Option<Value<'a>> {
    match class {
        Class::Byte => i8::try_from(whole).ok().map(Value::Byte),
        Class::Short => i16::try_from(whole).ok().map(Value::Short),
        Class::Integer => i32::try_from(whole).ok().map(Value::Integer),
        Class::Long => i64::try_from(whole).ok().map(Value::Long),
        Class::BigInteger => Some(Value::BigInteger(Box::new(whole))),
        _ => None,
    }
}

/// `NumberUtils.parseNumber`: spaces do not matter, `0x` and `#` begin hexadecimal digits.
fn to_number_of_text<'a>(text: &str, class: Class) -> Option<Value<'a>> {
    let trimmed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if trimmed.is_empty() {
        return Some(Value::Null);
    }
    match class {
        Class::Float => parse_float(&trimmed).map(Value::Float),
        Class::Double | Class::Number => parse_floating(&trimmed).map(Value::Double),
        _ => {
            let (sign, digits) = match trimmed.strip_prefix('-') {
                Some(digits) => (-1, digits),
                None => (1, trimmed.as_str()),
            };
            let hex = ["0x", "0X", "#"].into_iter().find_map(|prefix| digits.strip_prefix(prefix));
            let whole = match hex {
                Some(hex) if !hex.starts_with(['+', '-']) => sign * i128::from_str_radix(hex, 16).ok()?,
                Some(_) => return None,
                None => trimmed.parse().ok()?,
            };
            sized(whole, class)
        }
    }
}

/// `Double.parseDouble`, without hexadecimal floating-point text.
pub(crate) fn parse_floating(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(sign * f64::INFINITY),
        _ => {}
    }
    let digits = unsigned.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(unsigned);
    // Rust would take "inf" and "nan", too.
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    digits.parse::<f64>().ok().map(|value| sign * value)
}

/// `Float.parseFloat`: rounded once, not by way of a double.
pub(crate) fn parse_float(text: &str) -> Option<f32> {
    let double = parse_floating(text)?;
    let digits = text.trim_matches(|c: char| c <= ' ');
    let digits = digits.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(digits);
    Some(digits.parse().unwrap_or(double as f32))
}

/// `UUID.fromString`: five groups of hexadecimal digits, short ones too.
pub(crate) fn uuid(text: &str) -> Option<u128> {
    let groups: Vec<&str> = text.trim().split('-').collect();
    if groups.len() != 5 || text.len() > 36 {
        return None;
    }
    let group = |index: usize, bits: u32| -> Option<u128> {
        let value = u128::from_str_radix(groups[index], 16).ok()?;
        Some(value & ((1 << bits) - 1))
    };
    Some(group(0, 32)? << 96 | group(1, 16)? << 80 | group(2, 16)? << 64 | group(3, 16)? << 48 | group(4, 48)?)
}

/// A primitive's class, for arrays that are made by `new`.
pub(crate) fn element_type(element: Element) -> Type {
    match element {
        Element::Class(class) => Type::Class(class),
        Element::Primitive(primitive) => Type::Primitive(primitive),
    }
}

/// What a new array holds until it is filled.
pub(crate) fn initial<'a>(element: Element) -> Value<'a> {
    match element {
        Element::Class(_) => Value::Null,
        Element::Primitive(primitive) => match primitive {
            Primitive::Boolean => Value::Boolean(false),
            Primitive::Byte => Value::Byte(0),
            Primitive::Short => Value::Short(0),
            Primitive::Int => Value::Integer(0),
            Primitive::Long => Value::Long(0),
            Primitive::Float => Value::Float(0.0),
            Primitive::Double => Value::Double(0.0),
            Primitive::Char => Value::Character(0),
        },
    }
}
