//! `java.lang.Short`. What would give a `Short` itself, as `valueOf` does, is not allowed.

use crate::{
    Error, Value,
    class::{Class, Type},
    method::{Call, Method},
};

use super::{INT, SHORT, STRING, method, radix};

const BOXED: Type = Type::Class(Class::Short);
const LEAST: i128 = i16::MIN as i128;
const MOST: i128 = i16::MAX as i128;

/// Methods of shorts. A comparison answers the difference.
pub(super) const METHODS: &[Method] = &[method("compareTo", &[BOXED], |call| {
    let Value::Short(own) = call.this else { return Ok(Value::Null) };
    int(i32::from(*own) - i32::from(call.short(0)?))
})];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("compare", &[SHORT, SHORT], |call| int(i32::from(call.short(0)?) - i32::from(call.short(1)?))),
    method("compareUnsigned", &[SHORT, SHORT], |call| int(unsigned(&call, 0)? - unsigned(&call, 1)?)),
    method("hashCode", &[SHORT], |call| int(call.short(0)?.into())),
    method("parseShort", &[STRING], parse),
    method("parseShort", &[STRING, INT], parse),
    method("reverseBytes", &[SHORT], |call| Ok(Value::Short(call.short(0)?.swap_bytes()))),
    method("toString", &[SHORT], |call| Ok(radix::digits(call.short(0)?.into(), 10))),
    method("toUnsignedInt", &[SHORT], |call| int(unsigned(&call, 0)?)),
    method("toUnsignedLong", &[SHORT], |call| Ok(Value::Long(unsigned(&call, 0)?.into()))),
];

fn int<'a>(value: i32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(value))
}

fn unsigned(call: &Call<'_, '_>, index: usize) -> Result<i32, Error> {
    call.short(index).map(|value| i32::from(value as u16))
}

fn parse<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::Short(radix::parse_argument(&call, LEAST, MOST)? as i16))
}
