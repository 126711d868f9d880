//! `java.lang.Byte`.

use crate::{
    Error, Value,
    class::{Class, Type},
    method::{Call, Method},
};

use super::{BYTE, INT, STRING, constructor, method, radix};

const BOXED: Type = Type::Class(Class::Byte);
const LEAST: i128 = i8::MIN as i128;
const MOST: i128 = i8::MAX as i128;

/// Methods of bytes. A comparison answers the difference.
pub(super) const METHODS: &[Method] = &[method("compareTo", &[BOXED], |call| {
    let Value::Byte(own) = call.this else { return Ok(Value::Null) };
    int(i32::from(*own) - i32::from(call.byte(0)?))
})];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("compare", &[BYTE, BYTE], |call| int(i32::from(call.byte(0)?) - i32::from(call.byte(1)?))),
    method("compareUnsigned", &[BYTE, BYTE], |call| int(unsigned(&call, 0)? - unsigned(&call, 1)?)),
    method("decode", &[STRING], |call| Ok(Value::Byte(radix::decode(call.string(0)?, LEAST, MOST)? as i8))),
    method("hashCode", &[BYTE], |call| int(call.byte(0)?.into())),
    method("parseByte", &[STRING], parse),
    method("parseByte", &[STRING, INT], parse),
    method("toString", &[BYTE], |call| Ok(radix::digits(call.byte(0)?.into(), 10))),
    method("toUnsignedInt", &[BYTE], |call| int(unsigned(&call, 0)?)),
    method("toUnsignedLong", &[BYTE], |call| Ok(Value::Long(unsigned(&call, 0)?.into()))),
    method("valueOf", &[STRING], parse),
    method("valueOf", &[STRING, INT], parse),
    method("valueOf", &[BYTE], |call| call.byte(0).map(Value::Byte)),
];

/// Constructors, in the order of the original's: of those that fit by conversion the last is called.
pub(super) const CONSTRUCTORS: &[Method] =
    &[constructor(&[BYTE], |call| call.byte(0).map(Value::Byte)), constructor(&[STRING], parse)];

fn int<'a>(value: i32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(value))
}

fn unsigned(call: &Call<'_, '_>, index: usize) -> Result<i32, Error> {
    call.byte(index).map(|value| i32::from(value as u8))
}

fn parse<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::Byte(radix::parse_argument(&call, LEAST, MOST)? as i8))
}
