//! `java.lang.Number`: a number as one of another type.

use crate::{Value, convert, method::Method};

use super::method;

/// Methods of all numbers.
pub(super) const METHODS: &[Method] = &[
    method("byteValue", &[], |call| Ok(Value::Byte(int(call.this) as i8))),
    method("doubleValue", &[], |call| Ok(Value::Double(convert::floating(call.this).unwrap_or(f64::NAN)))),
    method("floatValue", &[], |call| {
        Ok(Value::Float(match call.this {
            Value::Float(value) => *value,
            Value::Double(value) => *value as f32,
            whole => convert::whole(whole).unwrap_or(0) as f32,
        }))
    }),
    method("intValue", &[], |call| Ok(Value::Integer(int(call.this)))),
    method("longValue", &[], |call| {
        Ok(Value::Long(match call.this {
            Value::Float(value) => *value as i64,
            Value::Double(value) => *value as i64,
            whole => convert::whole(whole).unwrap_or(0) as i64,
        }))
    }),
    method("shortValue", &[], |call| Ok(Value::Short(int(call.this) as i16))),
];

/// As an `int`: the low bits of a whole number; of others the whole part, held at the ends.
fn int(value: &Value<'_>) -> i32 {
    match value {
        Value::Float(value) => *value as i32,
        Value::Double(value) => *value as i32,
        whole => convert::whole(whole).unwrap_or(0) as i32,
    }
}
