//! `equals` and `hashCode`, as Java's collections use them: an `Integer` never equals a `Long`.

use std::{
    collections::HashSet,
    hash::{Hash, Hasher},
};

use super::{List, Map, Object, Value};
use crate::classes::hash::hash_code;

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Boolean(a), Value::Boolean(b)) => a == b,
            (Value::Byte(a), Value::Byte(b)) => a == b,
            (Value::Short(a), Value::Short(b)) => a == b,
            (Value::Integer(a), Value::Integer(b)) => a == b,
            (Value::Long(a), Value::Long(b)) => a == b,
            (Value::BigInteger(a), Value::BigInteger(b)) => a == b,
            // By their bits: NaN equals itself, 0.0 and -0.0 differ.
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
            (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
            (Value::Character(a), Value::Character(b)) => a == b,
            (Value::String(a), Value::String(b)) => **a == **b,
            (Value::List(a), Value::List(b)) => same_list(a, b),
            (Value::Set(a), Value::Set(b)) => a.len() == b.len() && same_members(a, b),
            (Value::Map(a), Value::Map(b)) => same_map(a, b),
            (Value::Array(a), Value::Array(b)) => std::rc::Rc::ptr_eq(a, b),
            (Value::Class(a), Value::Class(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => same_object(a, b),
            _ => false,
        }
    }
}

impl Eq for Value<'_> {}

impl Hash for Value<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Value::Boolean(value) => value.hash(state),
            Value::Byte(value) => value.hash(state),
            Value::Short(value) => value.hash(state),
            Value::Integer(value) => value.hash(state),
            Value::Long(value) => value.hash(state),
            Value::BigInteger(value) => value.hash(state),
            Value::Float(value) if !value.is_nan() => value.to_bits().hash(state),
            Value::Double(value) if !value.is_nan() => value.to_bits().hash(state),
            Value::Character(value) => value.hash(state),
            Value::String(text) => (**text).hash(state),
            Value::List(list) => list.iter().for_each(|item| item.hash(state)),
            // In whatever order their elements come.
            Value::Set(_) | Value::Map(_) | Value::Object(_) => hash_code(self).hash(state),
            Value::Null | Value::Float(_) | Value::Double(_) | Value::Array(_) | Value::Class(_) => 0_u8.hash(state),
        }
    }
}

fn same_list<'a>(a: &List<'a>, b: &List<'a>) -> bool {
    a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a == b)
}

#[expect(clippy::mutable_key_type, reason = "of what can change, a Random, the state is no part of its hash")]
fn same_members<'a>(a: &List<'a>, b: &List<'a>) -> bool {
    let members: HashSet<Value<'a>> = b.iter().collect();
    a.iter().all(|item| members.contains(&item))
}

fn same_map<'a>(a: &Map<'a>, b: &Map<'a>) -> bool {
    a.len() == b.len() && a.entries().all(|(key, value)| b.get(&key).is_some_and(|other| other == value))
}

fn same_object(a: &Object<'_>, b: &Object<'_>) -> bool {
    match (a, b) {
        (Object::Entry(a), Object::Entry(b)) => a == b,
        (Object::Date(a), Object::Date(b)) => a == b,
        (Object::LocalDate(a), Object::LocalDate(b)) => a == b,
        (Object::LocalDateTime(a), Object::LocalDateTime(b)) => a == b,
        (Object::Instant(a), Object::Instant(b)) => a == b,
        (Object::Enum(class, a), Object::Enum(other, b)) => class == other && a == b,
        (Object::Uuid(a), Object::Uuid(b)) => a == b,
        (Object::DateFormat(a), Object::DateFormat(b)) => a == b,
        (Object::Bean(a), Object::Bean(b)) => std::ptr::eq(a.json, b.json),
        _ => false,
    }
}
