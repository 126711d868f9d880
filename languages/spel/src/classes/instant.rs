//! `java.time.Instant`.

use jiff::Timestamp;

use super::{
    CHAR_SEQUENCE, INSTANT, LONG, TEMPORAL_ACCESSOR, TEMPORAL_UNIT, enums, iso, local_date::out_of_range, method,
};
use crate::{
    Error, Value,
    method::{Call, Method},
    value::Object,
};

pub(super) const METHODS: &[Method] = &[
    method("compareTo", &[INSTANT], |call| {
        let (own, other) = (this(&call)?, other(&call)?);
        let seconds =
            own.as_nanosecond().div_euclid(1_000_000_000).cmp(&other.as_nanosecond().div_euclid(1_000_000_000));
        // Seconds answer with a sign, nanoseconds with their difference.
        let nanos = |time: Timestamp| time.as_nanosecond().rem_euclid(1_000_000_000) as i32;
        Ok(Value::Integer(match seconds {
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Greater => 1,
            std::cmp::Ordering::Equal => nanos(own) - nanos(other),
        }))
    }),
    method("getEpochSecond", &[], |call| {
        Ok(Value::Long(this(&call)?.as_nanosecond().div_euclid(1_000_000_000) as i64))
    }),
    method("getNano", &[], |call| Ok(Value::Integer(this(&call)?.as_nanosecond().rem_euclid(1_000_000_000) as i32))),
    method("isAfter", &[INSTANT], |call| Ok(Value::Boolean(this(&call)? > other(&call)?))),
    method("isBefore", &[INSTANT], |call| Ok(Value::Boolean(this(&call)? < other(&call)?))),
    method("minus", &[LONG, TEMPORAL_UNIT], |call| plus_units(call, -1)),
    method("minusMillis", &[LONG], |call| plus(&call, "MILLIS", -1)),
    method("minusNanos", &[LONG], |call| plus(&call, "NANOS", -1)),
    method("minusSeconds", &[LONG], |call| plus(&call, "SECONDS", -1)),
    method("plus", &[LONG, TEMPORAL_UNIT], |call| plus_units(call, 1)),
    method("plusMillis", &[LONG], |call| plus(&call, "MILLIS", 1)),
    method("plusNanos", &[LONG], |call| plus(&call, "NANOS", 1)),
    method("plusSeconds", &[LONG], |call| plus(&call, "SECONDS", 1)),
    method("toEpochMilli", &[], |call| Ok(Value::Long(this(&call)?.as_nanosecond().div_euclid(1_000_000) as i64))),
    method("truncatedTo", &[TEMPORAL_UNIT], |call| {
        let unit = enums::unit(call.object(0))?;
        let each = enums::nanos(unit).ok_or_else(|| Error::thrown(format!("a moment cannot be cut to {unit}")))?;
        let nanos = this(&call)?.as_nanosecond();
        of_nanos(nanos - nanos.rem_euclid(each))
    }),
];

pub(super) const STATIC: &[Method] = &[
    method("from", &[TEMPORAL_ACCESSOR], |call| match call.object(0) {
        Value::Object(Object::Instant(time)) => Ok(value(*time)),
        _ => Err(Error::thrown("a moment cannot be made of this: it has no zone")),
    }),
    method("now", &[], |call| Ok(value(call.evaluation.host.now()))),
    method("ofEpochMilli", &[LONG], |call| of_nanos(i128::from(call.long(0)?) * 1_000_000)),
    method("ofEpochSecond", &[LONG], |call| of_nanos(i128::from(call.long(0)?) * 1_000_000_000)),
    method("ofEpochSecond", &[LONG, LONG], |call| {
        of_nanos(i128::from(call.long(0)?) * 1_000_000_000 + i128::from(call.long(1)?))
    }),
    method("parse", &[CHAR_SEQUENCE], |call| iso::instant(call.chars(0)?).map(value)),
];

fn value<'a>(time: Timestamp) -> Value<'a> {
    Value::Object(Object::Instant(time))
}

fn of_nanos<'a>(nanos: i128) -> Result<Value<'a>, Error> {
    Timestamp::from_nanosecond(nanos).map(value).map_err(|_| out_of_range())
}

fn this(call: &Call<'_, '_>) -> Result<Timestamp, Error> {
    match call.this {
        Value::Object(Object::Instant(time)) => Ok(*time),
        _ => Err(Error::thrown("this is no moment")),
    }
}

fn other(call: &Call<'_, '_>) -> Result<Timestamp, Error> {
    match call.object(0) {
        Value::Object(Object::Instant(time)) => Ok(*time),
        _ => Err(Error::thrown("a moment is needed, and this is null")),
    }
}

fn plus<'a>(call: &Call<'_, 'a>, unit: &str, sign: i128) -> Result<Value<'a>, Error> {
    moved(this(call)?, unit, sign * i128::from(call.long(0)?))
}

fn plus_units<'a>(call: Call<'_, 'a>, sign: i128) -> Result<Value<'a>, Error> {
    moved(this(&call)?, enums::unit(call.object(1))?, sign * i128::from(call.long(0)?))
}

fn moved<'a>(time: Timestamp, unit: &str, amount: i128) -> Result<Value<'a>, Error> {
    let each = enums::nanos(unit).ok_or_else(|| Error::thrown(format!("a moment has no {unit}: it has no zone")))?;
    of_nanos(time.as_nanosecond() + each * amount)
}
