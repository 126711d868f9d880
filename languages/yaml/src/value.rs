//! What a document holds: the Java objects that SnakeYAML's `SafeConstructor` makes.

mod text;

#[cfg(test)]
mod tests;

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::{Engine, engine::general_purpose::STANDARD};
use indexmap::{Equivalent, IndexMap};
use jiff::Timestamp;

pub(crate) use self::text::key_text;

/// A mapping in the order of the text (`java.util.LinkedHashMap`). Keys are values of any type; `get("name")` finds
/// the key that is this string.
pub type Mapping = IndexMap<Value, Value>;

/// A value of YAML 1.1. Beside each variant stands what SnakeYAML's `SafeConstructor` makes of it.
///
/// Two values are equal if Java's objects were: `1` and `1.0` differ, NaN equals itself, `0.0` and `-0.0` differ, and
/// mappings and sets are equal in any order.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `Boolean`.
    Bool(bool),
    /// `Integer` if it is within 32 bits, otherwise `Long`.
    Integer(i64),
    /// `BigInteger`: beyond 64 bits. Decimal digits, with `-` if it is negative.
    BigInteger(String),
    /// `Double`.
    Float(f64),
    /// `String`.
    String(String),
    /// `byte[]`, of `!!binary`.
    Binary(Vec<u8>),
    /// `java.util.Date`, to the millisecond.
    Timestamp(Timestamp),
    /// `List`; of `!!pairs` a list of lists of two.
    Sequence(Vec<Value>),
    /// `Map`, also of `!!omap`.
    Mapping(Mapping),
    /// `Set`, of `!!set`: no element twice.
    Set(Vec<Value>),
}

impl Value {
    /// The text of a string; `None` for every other type.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// What a mapping has under the string `key`; `None` if this is no mapping.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Mapping(entries) => entries.get(key),
            _ => None,
        }
    }

    /// JSON as Jackson writes the Java objects: timestamps as milliseconds since 1970, bytes as base64, sets and pairs as
    /// lists, `NaN`, `Infinity` and `-Infinity` as strings, keys as text.
    ///
    /// Two keys that have the same text (`1` and `"1"`) become one, with the later value. The key null becomes the text
    /// `null` (Jackson refuses it). An integer beyond 64 bits becomes the nearest float.
    pub fn into_json(self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Integer(value) => value.into(),
            Value::BigInteger(digits) => big_integer_json(&digits),
            Value::Float(value) => float_json(value),
            Value::String(text) => Json::String(text),
            Value::Binary(bytes) => Json::String(STANDARD.encode(bytes)),
            Value::Timestamp(time) => time.as_millisecond().into(),
            Value::Sequence(items) | Value::Set(items) => items.into_iter().map(Value::into_json).collect(),
            Value::Mapping(entries) => {
                entries.into_iter().map(|(key, value)| (key_text(key), value.into_json())).collect()
            }
        }
    }
}

/// The integer as a number if 64 bits, with or without sign, hold it; otherwise the nearest float.
pub(crate) fn big_integer_json(digits: &str) -> serde_json::Value {
    match (digits.parse::<u64>(), digits.parse::<f64>()) {
        (Ok(value), _) => value.into(),
        (_, Ok(value)) => float_json(value),
        _ => serde_json::Value::Null,
    }
}

/// A finite number as such, the others by their names in Java.
pub(crate) fn float_json(value: f64) -> serde_json::Value {
    match serde_json::Number::from_f64(value) {
        Some(number) => number.into(),
        None => text::double(value).into(),
    }
}

/// The bits of Java's `Double.equals`: every NaN is the same.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Integer(a), Value::Integer(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => bits(*a) == bits(*b),
            (Value::String(a), Value::String(b)) | (Value::BigInteger(a), Value::BigInteger(b)) => a == b,
            (Value::Binary(a), Value::Binary(b)) => a == b,
            (Value::Timestamp(a), Value::Timestamp(b)) => a == b,
            (Value::Sequence(a), Value::Sequence(b)) => a == b,
            (Value::Mapping(a), Value::Mapping(b)) => a == b,
            (Value::Set(a), Value::Set(b)) => {
                let elements: std::collections::HashSet<&Value> = a.iter().collect();
                a.len() == b.len() && b.iter().all(|element| elements.contains(element))
            }
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    /// A string hashes as its `str` does, so that mappings can be asked for one.
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal in any order: what the order would change is summed up.
        fn sum<T: Hash>(items: impl Iterator<Item = T>) -> u64 {
            items.fold(0, |sum, item| {
                let mut hasher = DefaultHasher::new();
                item.hash(&mut hasher);
                sum.wrapping_add(hasher.finish())
            })
        }
        match self {
            Value::Null => 0_u8.hash(state),
            Value::Bool(value) => value.hash(state),
            Value::Integer(value) => value.hash(state),
            Value::Float(value) => bits(*value).hash(state),
            Value::String(text) | Value::BigInteger(text) => text.hash(state),
            Value::Binary(bytes) => bytes.hash(state),
            Value::Timestamp(time) => time.hash(state),
            Value::Sequence(items) => items.hash(state),
            Value::Mapping(entries) => sum(entries.iter()).hash(state),
            Value::Set(items) => sum(items.iter()).hash(state),
        }
    }
}

impl Equivalent<Value> for str {
    fn equivalent(&self, key: &Value) -> bool {
        key.as_str() == Some(self)
    }
}
