//! JSON in and out, as Jackson reads and writes the Java objects.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map as JsonMap, Number, Value as Json, json};

use super::{List, Map, Object, Text, Value, display};
use crate::{
    Error, beans,
    class::{Element, Primitive},
};

/// Borrowed: whole numbers are `Integer`, `Long` or `BigInteger` by their size, others `Double`.
impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Boolean(*value),
            Json::Number(number) => of_number(number),
            Json::String(text) => Value::String(Text::Borrowed(text)),
            Json::Array(items) => Value::List(List::Json(items)),
            Json::Object(map) => Value::Map(Map::Json(map)),
        }
    }
}

/// Its own: nothing is borrowed.
impl From<Json> for Value<'_> {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Boolean(value),
            Json::Number(number) => of_number(&number),
            Json::String(text) => Value::text(text),
            Json::Array(items) => Value::list(items.into_iter().map(Value::from).collect()),
            Json::Object(map) => {
                Value::Map(Map::of(map.into_iter().map(|(key, value)| (Value::text(key), Value::from(value)))))
            }
        }
    }
}

fn of_number<'a>(number: &Number) -> Value<'a> {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => integer(i128::from(whole)),
        (_, Some(whole)) => integer(i128::from(whole)),
        _ => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
    }
}

/// A whole number, in the smallest of `Integer`, `Long` and `BigInteger` that holds it.
pub(crate) fn integer<'a>(whole: i128) -> Value<'a> {
    match (i32::try_from(whole), i64::try_from(whole)) {
        (Ok(small), _) => Value::Integer(small),
        (_, Ok(long)) => Value::Long(long),
        _ => Value::BigInteger(Box::new(whole)),
    }
}

impl Value<'_> {
    /// As Jackson writes the object: dates as milliseconds since 1970, NaN and infinities as text, keys by `toString()`.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Boolean(value) => Json::Bool(*value),
            Value::Byte(value) => (*value).into(),
            Value::Short(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Long(value) => (*value).into(),
            Value::BigInteger(value) => match (u64::try_from(**value), i64::try_from(**value)) {
                (Ok(value), _) => value.into(),
                (_, Ok(value)) => value.into(),
                _ => Number::from_f64(**value as f64).map_or(Json::Null, Json::Number),
            },
            // By its own digits: 0.1f is 0.1, not 0.10000000149.
            Value::Float(_) => match Number::from_f64(display(self).parse().unwrap_or(f64::NAN)) {
                Some(number) => Json::Number(number),
                None => Json::String(display(self)),
            },
            Value::Double(value) => Number::from_f64(*value).map_or_else(|| Json::String(display(self)), Json::Number),
            Value::Character(_) => Json::String(display(self)),
            Value::String(text) => Json::String(text.to_string()),
            Value::List(List::Json(items)) | Value::Set(List::Json(items)) => Json::Array(items.to_vec()),
            Value::List(list) | Value::Set(list) => list.iter().map(|item| item.to_json()).collect(),
            Value::Array(array) => array.items.iter().map(Value::to_json).collect(),
            Value::Map(Map::Json(map)) => Json::Object((*map).clone()),
            Value::Map(map) => {
                Json::Object(map.entries().map(|(key, value)| (display(&key), value.to_json())).collect())
            }
            Value::Class(class) => Json::String(class.name().to_owned()),
            Value::Object(object) => object.to_json(),
        }
    }
}

impl Value<'_> {
    /// As [`Value::to_json`], as text without spaces, in Java's spelling: numbers as `1.0E7`, control characters as `\u001F`.
    ///
    /// # Errors
    /// A map has a key that is `null`, or a date is none of `java.util.Date`: the original's writer knows neither.
    pub(crate) fn to_json_text(&self) -> Result<String, Error> {
        let mut out = String::new();
        write_value(&mut out, self)?;
        Ok(out)
    }
}

fn write_value(out: &mut String, value: &Value<'_>) -> Result<(), Error> {
    match value {
        Value::List(list) | Value::Set(list) => write_items(out, list.iter())?,
        Value::Array(array) => match array.element {
            Element::Primitive(Primitive::Byte | Primitive::Char) => write_text(out, &packed(array)),
            _ => write_items(out, array.items.iter().cloned())?,
        },
        Value::Map(map) => {
            out.push('{');
            for (index, (key, value)) in map.entries().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                if key.is_null() {
                    return Err(Error::thrown("JSON has no null as a key"));
                }
                write_text(out, &display(&key));
                out.push(':');
                write_value(out, &value)?;
            }
            out.push('}');
        }
        Value::Object(Object::LocalDate(_) | Object::LocalDateTime(_) | Object::Instant(_)) => {
            return Err(Error::thrown("dates of java.time have no JSON; write them with toString()"));
        }
        Value::String(text) => write_text(out, text),
        Value::BigInteger(_) => out.push_str(&display(value)),
        Value::Float(number) if number.is_finite() => out.push_str(&display(value)),
        Value::Double(number) if number.is_finite() => out.push_str(&display(value)),
        Value::Object(Object::NotEvaluable(inner)) => {
            out.push_str("{\"expression\":");
            write_value(out, inner)?;
            out.push('}');
        }
        other => match other.to_json() {
            Json::String(text) => write_text(out, &text),
            json => out.push_str(&json.to_string()),
        },
    }
    Ok(())
}

fn write_items<'a>(out: &mut String, items: impl Iterator<Item = Value<'a>>) -> Result<(), Error> {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_value(out, &item)?;
    }
    out.push(']');
    Ok(())
}

/// An array of bytes as base64, one of characters as text.
fn packed(array: &super::Array<'_>) -> String {
    let bytes =
        array.items.iter().filter_map(|item| if let Value::Byte(byte) = item { Some(*byte as u8) } else { None });
    let units =
        array.items.iter().filter_map(|item| if let Value::Character(unit) = item { Some(*unit) } else { None });
    match array.element {
        Element::Primitive(Primitive::Byte) => STANDARD.encode(bytes.collect::<Vec<_>>()),
        _ => String::from_utf16_lossy(&units.collect::<Vec<_>>()),
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => out.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

impl Object<'_> {
    fn to_json(&self) -> Json {
        match self {
            Object::Entry(entry) => Json::Object(JsonMap::from_iter([(display(&entry.0), entry.1.to_json())])),
            Object::Date(millis) => (*millis).into(),
            Object::Bean(bean) => beans::to_json(bean),
            Object::NotEvaluable(value) if value.is_null() => Json::Object(JsonMap::new()),
            Object::NotEvaluable(value) => {
                Json::Object(JsonMap::from_iter([("expression".to_owned(), value.to_json())]))
            }
            Object::Enum(_, name) => Json::String((*name).to_owned()),
            Object::DateFormat(pattern) => Json::String(pattern.to_string()),
            Object::Random(_) => Json::Object(JsonMap::new()),
            Object::LocalDate(date) => json!([date.year(), date.month(), date.day()]),
            Object::LocalDateTime(time) => {
                let (second, nano) = (time.second(), time.subsec_nanosecond());
                let mut parts = vec![json!(time.year()), time.month().into(), time.day().into()];
                parts.extend([json!(time.hour()), time.minute().into()]);
                // Seconds and their fraction only if there are any.
                if second > 0 || nano > 0 {
                    parts.push(second.into());
                }
                if nano > 0 {
                    parts.push((nano / 1_000_000).into());
                }
                Json::Array(parts)
            }
            Object::Instant(time) => (time.as_nanosecond().div_euclid(1_000_000) as i64).into(),
            Object::Uuid(_) => Json::String(display(&Value::Object(self.clone()))),
        }
    }
}
