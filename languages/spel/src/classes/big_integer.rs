//! `java.math.BigInteger`: the methods whose results are not `BigInteger`s, which are not allowed;
//! `isProbablePrime` is not there.

use std::rc::Rc;

use crate::{
    Error, Value,
    class::{Class, Element, Primitive, Type},
    method::{Call, Method},
    value::Array,
};

use super::{INT, method, natural, radix};

const BOXED: Type = Type::Class(Class::BigInteger);

/// Methods of big integers.
pub(super) const METHODS: &[Method] = &[
    method("bitCount", &[], |call| {
        let own = own(&call)?;
        int(if own < 0 { own.count_zeros() } else { own.count_ones() })
    }),
    method("bitLength", &[], |call| int(bit_length(own(&call)?))),
    method("byteValueExact", &[], |call| i8::try_from(own(&call)?).map(Value::Byte).map_err(|_| too_big("byte"))),
    method("compareTo", &[BOXED], |call| Ok(Value::Integer(natural::sign(own(&call)?.cmp(&call.big(0)?))))),
    method("getLowestSetBit", &[], |call| {
        let own = own(&call)?;
        Ok(Value::Integer(if own == 0 { -1 } else { own.trailing_zeros() as i32 }))
    }),
    method("intValueExact", &[], |call| i32::try_from(own(&call)?).map(Value::Integer).map_err(|_| too_big("int"))),
    method("longValueExact", &[], |call| i64::try_from(own(&call)?).map(Value::Long).map_err(|_| too_big("long"))),
    method("shortValueExact", &[], |call| i16::try_from(own(&call)?).map(Value::Short).map_err(|_| too_big("short"))),
    method("signum", &[], |call| Ok(Value::Integer(own(&call)?.signum() as i32))),
    method("testBit", &[INT], |call| {
        let (own, bit) = (own(&call)?, call.int(0)?);
        let bit = u32::try_from(bit).map_err(|_| Error::thrown(format!("there is no bit {bit}")))?;
        // Above the highest bit there are copies of the sign.
        Ok(Value::Boolean(own >> bit.min(127) & 1 == 1))
    }),
    method("toByteArray", &[], |call| {
        let own = own(&call)?;
        let bytes = own.to_be_bytes();
        let length = bit_length(own) as usize / 8 + 1;
        let items = bytes[bytes.len() - length..].iter().map(|byte| Value::Byte(*byte as i8)).collect();
        Ok(Value::Array(Rc::new(Array { element: Element::Primitive(Primitive::Byte), items })))
    }),
    method("toString", &[INT], |call| Ok(radix::digits(own(&call)?, call.int(0)?))),
];

fn own(call: &Call<'_, '_>) -> Result<i128, Error> {
    match call.this {
        Value::BigInteger(value) => Ok(**value),
        _ => Err(Error::thrown("this is called on a BigInteger")),
    }
}

fn int<'a>(count: u32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(count as i32))
}

/// Bits of the smallest two's complement, without the sign's.
fn bit_length(value: i128) -> u32 {
    128 - (if value < 0 { value.leading_ones() } else { value.leading_zeros() })
}

fn too_big(name: &str) -> Error {
    Error::thrown(format!("the number does not fit a {name}"))
}
