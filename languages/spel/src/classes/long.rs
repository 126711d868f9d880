//! `java.lang.Long`.

use crate::{
    Error, Value,
    class::{Class, Type},
    method::{Call, Method},
};

use super::{CHAR_SEQUENCE, INT, LONG, STRING, constructor, hash, integer::by_zero, method, natural, radix};

const BOXED: Type = Type::Class(Class::Long);
const LEAST: i128 = i64::MIN as i128;
const MOST: i128 = i64::MAX as i128;
const MOST_UNSIGNED: i128 = u64::MAX as i128;

/// Methods of longs.
pub(super) const METHODS: &[Method] = &[method("compareTo", &[BOXED], |call| {
    let Value::Long(own) = call.this else { return Ok(Value::Null) };
    order(own.cmp(&call.long(0)?))
})];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("bitCount", &[LONG], |call| int(call.long(0)?.count_ones())),
    method("compare", &[LONG, LONG], |call| order(call.long(0)?.cmp(&call.long(1)?))),
    method("compareUnsigned", &[LONG, LONG], |call| order(unsigned(&call, 0)?.cmp(&unsigned(&call, 1)?))),
    method("decode", &[STRING], |call| long(radix::decode(call.string(0)?, LEAST, MOST)? as i64)),
    method("divideUnsigned", &[LONG, LONG], |call| {
        long(unsigned(&call, 0)?.checked_div(unsigned(&call, 1)?).ok_or_else(by_zero)? as i64)
    }),
    method("hashCode", &[LONG], |call| Ok(Value::Integer(hash::long(call.long(0)?)))),
    method("highestOneBit", &[LONG], |call| {
        let value = unsigned(&call, 0)?;
        long(value.checked_ilog2().map_or(0, |bit| 1_u64 << bit) as i64)
    }),
    method("lowestOneBit", &[LONG], |call| {
        let value = call.long(0)?;
        long(value & value.wrapping_neg())
    }),
    method("max", &[LONG, LONG], |call| long(call.long(0)?.max(call.long(1)?))),
    method("min", &[LONG, LONG], |call| long(call.long(0)?.min(call.long(1)?))),
    method("numberOfLeadingZeros", &[LONG], |call| int(call.long(0)?.leading_zeros())),
    method("numberOfTrailingZeros", &[LONG], |call| int(call.long(0)?.trailing_zeros())),
    method("parseLong", &[STRING], parse),
    method("parseLong", &[STRING, INT], parse),
    method("parseLong", &[CHAR_SEQUENCE, INT, INT, INT], |call| long(radix::parse_piece(&call, LEAST, MOST)? as i64)),
    method("parseUnsignedLong", &[STRING], parse_unsigned),
    method("parseUnsignedLong", &[STRING, INT], parse_unsigned),
    method("parseUnsignedLong", &[CHAR_SEQUENCE, INT, INT, INT], |call| {
        long(radix::parse_piece(&call, 0, MOST_UNSIGNED)? as i64)
    }),
    method("remainderUnsigned", &[LONG, LONG], |call| {
        long(unsigned(&call, 0)?.checked_rem(unsigned(&call, 1)?).ok_or_else(by_zero)? as i64)
    }),
    method("reverse", &[LONG], |call| long(call.long(0)?.reverse_bits())),
    method("reverseBytes", &[LONG], |call| long(call.long(0)?.swap_bytes())),
    // Distances count modulo 64, negative ones the other way.
    method("rotateLeft", &[LONG, INT], |call| long(call.long(0)?.rotate_left(call.int(1)?.rem_euclid(64) as u32))),
    method("rotateRight", &[LONG, INT], |call| long(call.long(0)?.rotate_right(call.int(1)?.rem_euclid(64) as u32))),
    method("signum", &[LONG], |call| Ok(Value::Integer(call.long(0)?.signum() as i32))),
    method("sum", &[LONG, LONG], |call| long(call.long(0)?.wrapping_add(call.long(1)?))),
    method("toBinaryString", &[LONG], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 2))),
    method("toHexString", &[LONG], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 16))),
    method("toOctalString", &[LONG], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 8))),
    method("toString", &[LONG], |call| Ok(radix::digits(call.long(0)?.into(), 10))),
    method("toString", &[LONG, INT], |call| Ok(radix::digits(call.long(0)?.into(), call.int(1)?))),
    method("toUnsignedString", &[LONG], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), 10))),
    method("toUnsignedString", &[LONG, INT], |call| Ok(radix::digits(unsigned(&call, 0)?.into(), call.int(1)?))),
    method("valueOf", &[STRING], parse),
    method("valueOf", &[STRING, INT], parse),
    method("valueOf", &[LONG], |call| long(call.long(0)?)),
];

/// Constructors.
pub(super) const CONSTRUCTORS: &[Method] =
    &[constructor(&[STRING], parse), constructor(&[LONG], |call| long(call.long(0)?))];

fn long<'a>(value: i64) -> Result<Value<'a>, Error> {
    Ok(Value::Long(value))
}

fn int<'a>(count: u32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(count as i32))
}

fn order<'a>(ordering: std::cmp::Ordering) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(natural::sign(ordering)))
}

fn unsigned(call: &Call<'_, '_>, index: usize) -> Result<u64, Error> {
    call.long(index).map(|value| value as u64)
}

fn parse<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    long(radix::parse_argument(&call, LEAST, MOST)? as i64)
}

fn parse_unsigned<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    long(radix::parse_argument(&call, 0, MOST_UNSIGNED)? as i64)
}
