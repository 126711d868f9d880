//! `java.lang.Float`. What would give a `Float` itself, as `valueOf` does, is not allowed.

use crate::{
    Error, Value,
    class::{Class, Type},
    convert,
    method::{Call, Method},
    value::display,
};

use super::{FLOAT, INT, STRING, double::not_a_number, hash, hexadecimal, math, method, natural};

const BOXED: Type = Type::Class(Class::Float);

/// Methods of floats.
pub(super) const METHODS: &[Method] = &[
    method("compareTo", &[BOXED], |call| {
        let Value::Float(own) = call.this else { return Ok(Value::Null) };
        order(*own, call.float(0)?)
    }),
    method("isInfinite", &[], |call| Ok(Value::Boolean(matches!(call.this, Value::Float(own) if own.is_infinite())))),
    method("isNaN", &[], |call| Ok(Value::Boolean(matches!(call.this, Value::Float(own) if own.is_nan())))),
];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("compare", &[FLOAT, FLOAT], |call| order(call.float(0)?, call.float(1)?)),
    method("floatToIntBits", &[FLOAT], |call| Ok(Value::Integer(hash::float(call.float(0)?)))),
    method("floatToRawIntBits", &[FLOAT], |call| Ok(Value::Integer(hash::float(call.float(0)?)))),
    method("hashCode", &[FLOAT], |call| Ok(Value::Integer(hash::float(call.float(0)?)))),
    method("intBitsToFloat", &[INT], |call| Ok(Value::Float(f32::from_bits(call.int(0)? as u32)))),
    method("isFinite", &[FLOAT], |call| Ok(Value::Boolean(call.float(0)?.is_finite()))),
    method("isInfinite", &[FLOAT], |call| Ok(Value::Boolean(call.float(0)?.is_infinite()))),
    method("isNaN", &[FLOAT], |call| Ok(Value::Boolean(call.float(0)?.is_nan()))),
    // By doubles, which hold every float.
    method("max", &[FLOAT, FLOAT], |call| {
        Ok(Value::Float(math::larger(call.float(0)?.into(), call.float(1)?.into()) as f32))
    }),
    method("min", &[FLOAT, FLOAT], |call| {
        Ok(Value::Float(math::smaller(call.float(0)?.into(), call.float(1)?.into()) as f32))
    }),
    method("parseFloat", &[STRING], parse),
    method("sum", &[FLOAT, FLOAT], |call| Ok(Value::Float(call.float(0)? + call.float(1)?))),
    method("toHexString", &[FLOAT], |call| Ok(Value::text(hexadecimal::float(call.float(0)?)))),
    method("toString", &[FLOAT], |call| Ok(Value::text(display(&Value::Float(call.float(0)?))))),
];

fn order<'a>(left: f32, right: f32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(natural::sign(natural::double(left.into(), right.into()))))
}

fn parse<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.string(0)?;
    let value = convert::parse_float(text).or_else(|| hexadecimal::parse(text).map(|value| value as f32));
    value.map(Value::Float).ok_or_else(|| not_a_number(text))
}
