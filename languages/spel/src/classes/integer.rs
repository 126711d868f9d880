//! `java.lang.Integer`.

use crate::{
    Error, Value,
    class::{Class, Type},
    method::{Call, Method},
};

use super::{CHAR_SEQUENCE, INT, STRING, constructor, method, natural, radix};

const BOXED: Type = Type::Class(Class::Integer);
const LEAST: i128 = i32::MIN as i128;
const MOST: i128 = i32::MAX as i128;
const MOST_UNSIGNED: i128 = u32::MAX as i128;

/// Methods of ints.
pub(super) const METHODS: &[Method] = &[method("compareTo", &[BOXED], |call| {
    let Value::Integer(own) = call.this else { return Ok(Value::Null) };
    order(own.cmp(&call.int(0)?))
})];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("bitCount", &[INT], |call| int(call.int(0)?.count_ones() as i32)),
    method("compare", &[INT, INT], |call| order(call.int(0)?.cmp(&call.int(1)?))),
    method("compareUnsigned", &[INT, INT], |call| order(unsigned(&call, 0)?.cmp(&unsigned(&call, 1)?))),
    method("decode", &[STRING], |call| int(radix::decode(call.string(0)?, LEAST, MOST)? as i32)),
    method("divideUnsigned", &[INT, INT], |call| {
        int(unsigned(&call, 0)?.checked_div(unsigned(&call, 1)?).ok_or_else(by_zero)? as i32)
    }),
    method("hashCode", &[INT], |call| int(call.int(0)?)),
    method("highestOneBit", &[INT], |call| {
        let value = unsigned(&call, 0)?;
        int(value.checked_ilog2().map_or(0, |bit| 1_u32 << bit) as i32)
    }),
    method("lowestOneBit", &[INT], |call| {
        let value = call.int(0)?;
        int(value & value.wrapping_neg())
    }),
    method("max", &[INT, INT], |call| int(call.int(0)?.max(call.int(1)?))),
    method("min", &[INT, INT], |call| int(call.int(0)?.min(call.int(1)?))),
    method("numberOfLeadingZeros", &[INT], |call| int(call.int(0)?.leading_zeros() as i32)),
    method("numberOfTrailingZeros", &[INT], |call| int(call.int(0)?.trailing_zeros() as i32)),
    method("parseInt", &[STRING], parse),
    method("parseInt", &[STRING, INT], parse),
    method("parseInt", &[CHAR_SEQUENCE, INT, INT, INT], |call| int(radix::parse_piece(&call, LEAST, MOST)? as i32)),
    method("parseUnsignedInt", &[STRING], parse_unsigned),
    method("parseUnsignedInt", &[STRING, INT], parse_unsigned),
    method("parseUnsignedInt", &[CHAR_SEQUENCE, INT, INT, INT], |call| {
        int(radix::parse_piece(&call, 0, MOST_UNSIGNED)? as i32)
    }),
    method("remainderUnsigned", &[INT, INT], |call| {
        int(unsigned(&call, 0)?.checked_rem(unsigned(&call, 1)?).ok_or_else(by_zero)? as i32)
    }),
    method("reverse", &[INT], |call| int(call.int(0)?.reverse_bits())),
    method("reverseBytes", &[INT], |call| int(call.int(0)?.swap_bytes())),
    // Distances count modulo 32, negative ones the other way.
    method("rotateLeft", &[INT, INT], |call| int(call.int(0)?.rotate_left(call.int(1)?.rem_euclid(32) as u32))),
    method("rotateRight", &[INT, INT], |call| int(call.int(0)?.rotate_right(call.int(1)?.rem_euclid(32) as u32))),
    method("signum", &[INT], |call| int(call.int(0)?.signum())),
    method("sum", &[INT, INT], |call| int(call.int(0)?.wrapping_add(call.int(1)?))),
    method("toBinaryString", &[INT], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 2))),
    method("toHexString", &[INT], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 16))),
    method("toOctalString", &[INT], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 8))),
    method("toString", &[INT], |call| Ok(radix::digits(call.int(0)?.into(), 10))),
    method("toString", &[INT, INT], |call| Ok(radix::digits(call.int(0)?.into(), call.int(1)?))),
    method("toUnsignedLong", &[INT], |call| Ok(Value::Long(unsigned(&call, 0)?.into()))),
    method("toUnsignedString", &[INT], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 10))),
    method("toUnsignedString", &[INT, INT], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), call.int(1)?))),
    method("valueOf", &[STRING], parse),
    method("valueOf", &[STRING, INT], parse),
    method("valueOf", &[INT], |call| int(call.int(0)?)),
];

/// Constructors.
pub(super) const CONSTRUCTORS: &[Method] =
    &[constructor(&[STRING], parse), constructor(&[INT], |call| int(call.int(0)?))];

fn int<'a>(value: i32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(value))
}

fn order<'a>(ordering: std::cmp::Ordering) -> Result<Value<'a>, Error> {
    int(natural::sign(ordering))
}

fn unsigned(call: &Call<'_, '_>, index: usize) -> Result<u32, Error> {
    call.int(index).map(|value| value as u32)
}

/// What dividing by zero throws.
pub(super) fn by_zero() -> Error {
    Error::thrown("a whole number cannot be divided by zero")
}

fn parse<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    int(radix::parse_argument(&call, LEAST, MOST)? as i32)
}

fn parse_unsigned<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    int(radix::parse_argument(&call, 0, MOST_UNSIGNED)? as i32)
}
