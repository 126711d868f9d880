//! `hashCode()`, as Java's classes define it. Objects that Java hashes by where they are have 0.

use crate::{
    Value,
    value::{List, Object},
};

/// `value.hashCode()`; of `null` it is 0 (`Objects.hashCode`).
pub(crate) fn hash_code(value: &Value<'_>) -> i32 {
    match value {
        Value::Null => 0,
        Value::Boolean(value) => boolean(*value),
        Value::Byte(value) => i32::from(*value),
        Value::Short(value) => i32::from(*value),
        Value::Integer(value) => *value,
        Value::Long(value) => long(*value),
        Value::BigInteger(value) => big(**value),
        Value::Float(value) => float(*value),
        Value::Double(value) => double(*value),
        Value::Character(unit) => i32::from(*unit),
        Value::String(text) => string(text),
        Value::List(items) => list(items),
        Value::Set(items) => items.iter().fold(0, |sum: i32, item| sum.wrapping_add(hash_code(&item))),
        Value::Map(map) => {
            map.entries().fold(0, |sum: i32, (key, value)| sum.wrapping_add(hash_code(&key) ^ hash_code(&value)))
        }
        Value::Array(_) | Value::Class(_) => 0,
        Value::Object(object) => of_object(object),
    }
}

pub(super) fn boolean(value: bool) -> i32 {
    if value { 1231 } else { 1237 }
}

pub(super) fn long(value: i64) -> i32 {
    (value ^ (value >> 32)) as i32
}

/// By `floatToIntBits`: every NaN is one.
pub(super) fn float(value: f32) -> i32 {
    if value.is_nan() { 0x7fc0_0000 } else { value.to_bits() as i32 }
}

pub(super) fn double(value: f64) -> i32 {
    long(if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() as i64 })
}

/// Over the UTF-16 units.
pub(super) fn string(text: &str) -> i32 {
    let step = |hash: i32, unit: u16| hash.wrapping_mul(31).wrapping_add(i32::from(unit));
    if text.is_ascii() {
        text.bytes().fold(0, |hash, byte| step(hash, u16::from(byte)))
    } else {
        text.encode_utf16().fold(0, step)
    }
}

fn list(items: &List<'_>) -> i32 {
    items.iter().fold(1, |hash: i32, item| hash.wrapping_mul(31).wrapping_add(hash_code(&item)))
}

/// Over the 32-bit pieces of the magnitude, from the highest that is not zero.
fn big(value: i128) -> i32 {
    let size = value.unsigned_abs();
    let hash = (0..4).rev().map(|piece| (size >> (32 * piece)) as u32 as i32).fold(0, |hash: i32, piece| {
        // Leading zeros add nothing.
        hash.wrapping_mul(31).wrapping_add(piece)
    });
    if value < 0 { hash.wrapping_neg() } else { hash }
}

fn of_object(object: &Object<'_>) -> i32 {
    match object {
        Object::Entry(entry) => hash_code(&entry.0) ^ hash_code(&entry.1),
        Object::Date(millis) => long(*millis),
        Object::LocalDate(day) => date(*day),
        Object::LocalDateTime(time) => {
            let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
            date(time.date()) ^ long(seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond()))
        }
        Object::Instant(time) => {
            // Java counts nanoseconds upwards from the second before.
            let nanos = time.as_nanosecond();
            let (seconds, rest) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
            long(seconds as i64).wrapping_add((rest as i32).wrapping_mul(51))
        }
        Object::Uuid(bits) => {
            let halves = (bits >> 64) as u64 ^ *bits as u64;
            (halves >> 32) as i32 ^ halves as i32
        }
        Object::DateFormat(pattern) => string(pattern),
        // Enums hash by where they are; their names at least tell them apart.
        Object::Enum(_, name) => string(name),
        Object::Random(_) | Object::Bean(_) | Object::NotEvaluable(_) => 0,
    }
}

fn date(date: jiff::civil::Date) -> i32 {
    let year = i32::from(date.year());
    let rest = (year << 11) + (i32::from(date.month()) << 6) + i32::from(date.day());
    (year & !0x7ff) ^ rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    #[test]
    fn hashes_are_javas() {
        let time = jiff::civil::datetime(2024, 2, 29, 13, 5, 7, 9);
        let cases = [
            (Value::from("abc"), 96354),
            (Value::from("\u{c4}\u{d6}\u{1f600}"), 7_817_589),
            (Value::Long(1 << 40), 256),
            (Value::Long(-5), 4),
            (Value::Double(1.5), 1_073_217_536),
            (Value::Double(-0.0), i32::MIN),
            (Value::Float(2.5), 1_075_838_976),
            (Value::BigInteger(Box::new(i128::from(u64::MAX))), -32),
            (Value::BigInteger(Box::new(-1)), -1),
            (Value::list(vec![Value::Integer(1), Value::from("a"), Value::Null]), 33759),
            (Value::Map(Map::of([(Value::from("k"), Value::Integer(2))])), 105),
            (Value::Object(Object::LocalDate(time.date())), 4_145_309),
            (Value::Object(Object::LocalDateTime(time)), -197_184_445),
            (Value::Object(Object::Date(1_700_000_000_000)), -807_048_821),
            (Value::Object(Object::Uuid(0x123e_4567_e89b_12d3_a456_4266_1417_4000)), 1_256_478_162),
        ];
        for (value, expected) in cases {
            assert_eq!(hash_code(&value), expected, "{value:?}");
        }
        let instants = [(1_700_000_000, 123_456_789, -593_638_353), (-1, 5, 255)];
        for (seconds, nanos, expected) in instants {
            // jiff takes both parts of one sign.
            let time = jiff::Timestamp::from_nanosecond(seconds * 1_000_000_000 + nanos).unwrap();
            assert_eq!(hash_code(&Value::Object(Object::Instant(time))), expected);
        }
    }
}
