//! `java.util.UUID`.

use super::{LONG, OBJECT, STRING, constructor, method};
use crate::{
    Error, Value, convert,
    method::{Call, Method},
    value::Object,
};

pub(super) const METHODS: &[Method] = &[
    method("compareTo", &[OBJECT], |call| match call.object(0) {
        Value::Object(Object::Uuid(other)) => {
            let halves = |bits: u128| ((bits >> 64) as i64, bits as i64);
            Ok(Value::Integer(halves(this(&call)?).cmp(&halves(*other)) as i32))
        }
        _ => Err(Error::thrown("a UUID is needed")),
    }),
    method("getLeastSignificantBits", &[], |call| Ok(Value::Long(this(&call)? as i64))),
    method("getMostSignificantBits", &[], |call| Ok(Value::Long((this(&call)? >> 64) as i64))),
    method("variant", &[], |call| {
        let low = this(&call)? as u64;
        // Three bits say which, of which as many count as the first ones are set.
        let first = low.checked_shr((64 - (low >> 62)) as u32).unwrap_or(0);
        let variant = first & ((low as i64 >> 63) as u64);
        Ok(Value::Integer(variant as i32))
    }),
    method("version", &[], |call| Ok(Value::Integer((this(&call)? >> 76) as i32 & 0xf))),
];

pub(super) const STATIC: &[Method] = &[
    method("fromString", &[STRING], |call| {
        let text = call.string(0)?;
        let bits = convert::uuid(text).ok_or_else(|| Error::thrown(format!("'{}' is not a UUID", &**text)))?;
        Ok(Value::Object(Object::Uuid(bits)))
    }),
    method("randomUUID", &[], |call| {
        let bits = u128::from(call.evaluation.host.random()) << 64 | u128::from(call.evaluation.host.random());
        // Version 4, variant 2.
        let bits = bits & !(0xf << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62;
        Ok(Value::Object(Object::Uuid(bits)))
    }),
];

pub(super) const CONSTRUCTORS: &[Method] = &[constructor(&[LONG, LONG], |call| {
    let half = |index: usize| call.long(index).map(|half| u128::from(half as u64));
    Ok(Value::Object(Object::Uuid(half(0)? << 64 | half(1)?)))
})];

fn this(call: &Call<'_, '_>) -> Result<u128, Error> {
    match call.this {
        Value::Object(Object::Uuid(bits)) => Ok(*bits),
        _ => Err(Error::thrown("this is no UUID")),
    }
}
