//! `java.lang.Double`.

use crate::{
    Error, Value,
    class::{Class, Type},
    convert,
    method::{Call, Method},
    value::display,
};

use super::{DOUBLE, LONG, STRING, constructor, hash, hexadecimal, math, method, natural};

const BOXED: Type = Type::Class(Class::Double);

/// Methods of doubles.
pub(super) const METHODS: &[Method] = &[
    method("compareTo", &[BOXED], |call| {
        let Value::Double(own) = call.this else { return Ok(Value::Null) };
        Ok(Value::Integer(natural::sign(natural::double(*own, call.double(0)?))))
    }),
    method("isInfinite", &[], |call| Ok(Value::Boolean(matches!(call.this, Value::Double(own) if own.is_infinite())))),
    method("isNaN", &[], |call| Ok(Value::Boolean(matches!(call.this, Value::Double(own) if own.is_nan())))),
];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("compare", &[DOUBLE, DOUBLE], |call| {
        Ok(Value::Integer(natural::sign(natural::double(call.double(0)?, call.double(1)?))))
    }),
    method("doubleToLongBits", &[DOUBLE], bits),
    method("doubleToRawLongBits", &[DOUBLE], bits),
    method("hashCode", &[DOUBLE], |call| Ok(Value::Integer(hash::double(call.double(0)?)))),
    method("isFinite", &[DOUBLE], |call| Ok(Value::Boolean(call.double(0)?.is_finite()))),
    method("isInfinite", &[DOUBLE], |call| Ok(Value::Boolean(call.double(0)?.is_infinite()))),
    method("isNaN", &[DOUBLE], |call| Ok(Value::Boolean(call.double(0)?.is_nan()))),
    method("longBitsToDouble", &[LONG], |call| Ok(Value::Double(f64::from_bits(call.long(0)? as u64)))),
    method("max", &[DOUBLE, DOUBLE], |call| Ok(Value::Double(math::larger(call.double(0)?, call.double(1)?)))),
    method("min", &[DOUBLE, DOUBLE], |call| Ok(Value::Double(math::smaller(call.double(0)?, call.double(1)?)))),
    method("parseDouble", &[STRING], parse),
    method("sum", &[DOUBLE, DOUBLE], |call| Ok(Value::Double(call.double(0)? + call.double(1)?))),
    method("toHexString", &[DOUBLE], |call| Ok(Value::text(hexadecimal::double(call.double(0)?)))),
    method("toString", &[DOUBLE], |call| Ok(Value::text(display(&Value::Double(call.double(0)?))))),
    method("valueOf", &[STRING], parse),
    method("valueOf", &[DOUBLE], |call| call.double(0).map(Value::Double)),
];

/// Constructors, in the order of the original's: of those that fit by conversion the last is called.
pub(super) const CONSTRUCTORS: &[Method] =
    &[constructor(&[DOUBLE], |call| call.double(0).map(Value::Double)), constructor(&[STRING], parse)];

fn bits<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let value = call.double(0)?;
    Ok(Value::Long(if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() as i64 }))
}

fn parse<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.string(0)?;
    let value = convert::parse_floating(text).or_else(|| hexadecimal::parse(text));
    value.map(Value::Double).ok_or_else(|| not_a_number(text))
}

/// What parsing other text throws.
pub(super) fn not_a_number(text: &str) -> Error {
    Error::thrown(format!("'{text}' is not a number"))
}
