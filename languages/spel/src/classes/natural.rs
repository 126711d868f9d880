//! Java's natural order: `compareTo` of two objects of one class.

use std::cmp::Ordering;

use crate::{Value, value::Object};

/// The order of two values of one class; `None` if the class has none, or they differ in it.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    Some(match (left, right) {
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        (Value::Byte(left), Value::Byte(right)) => left.cmp(right),
        (Value::Short(left), Value::Short(right)) => left.cmp(right),
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Long(left), Value::Long(right)) => left.cmp(right),
        (Value::BigInteger(left), Value::BigInteger(right)) => left.cmp(right),
        (Value::Float(left), Value::Float(right)) => double(f64::from(*left), f64::from(*right)),
        (Value::Double(left), Value::Double(right)) => double(*left, *right),
        (Value::Character(left), Value::Character(right)) => left.cmp(right),
        (Value::String(left), Value::String(right)) => text(left, right),
        (Value::Object(left), Value::Object(right)) => match (left, right) {
            (Object::Date(left), Object::Date(right)) => left.cmp(right),
            (Object::LocalDate(left), Object::LocalDate(right)) => left.cmp(right),
            (Object::LocalDateTime(left), Object::LocalDateTime(right)) => left.cmp(right),
            (Object::Instant(left), Object::Instant(right)) => left.cmp(right),
            // Two signed halves.
            (Object::Uuid(left), Object::Uuid(right)) => {
                let halves = |bits: u128| ((bits >> 64) as i64, bits as i64);
                halves(*left).cmp(&halves(*right))
            }
            (Object::Enum(class, left), Object::Enum(other, right)) if class == other => {
                let ordinal = |name: &str| super::constants(*class).iter().position(|constant| *constant == name);
                ordinal(left).cmp(&ordinal(right))
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// `Double.compare`: -0.0 before 0.0, NaN after everything.
pub(super) fn double(left: f64, right: f64) -> Ordering {
    match (left.is_nan(), right.is_nan()) {
        (false, false) => left.total_cmp(&right),
        (left, right) => left.cmp(&right),
    }
}

/// `String.compareTo`'s order: by UTF-16 units, which is that of bytes unless surrogates meet what is above them.
pub(super) fn text(left: &str, right: &str) -> Ordering {
    if left.is_ascii() || right.is_ascii() {
        return left.cmp(right);
    }
    left.encode_utf16().cmp(right.encode_utf16())
}

/// An order as Java's `compare` methods answer it.
pub(super) fn sign(ordering: Ordering) -> i32 {
    ordering as i32
}
