//! `java.util.Date`, in UTC: years count from 1900 and months from 0, as its methods have them.

use jiff::{Span, Timestamp, civil, tz::TimeZone};

use super::{DATE, INSTANT, INT, LONG, STRING, constructor, local_date::out_of_range, method};
use crate::{
    Error, Value,
    method::{Call, Method},
    value::Object,
};

pub(super) const METHODS: &[Method] = &[
    method("after", &[DATE], |call| Ok(Value::Boolean(this(&call)? > other(&call)?))),
    method("before", &[DATE], |call| Ok(Value::Boolean(this(&call)? < other(&call)?))),
    method("compareTo", &[DATE], |call| Ok(Value::Integer(this(&call)?.cmp(&other(&call)?) as i32))),
    method("getDate", &[], |call| Ok(Value::Integer(civil(&call)?.day().into()))),
    method("getDay", &[], |call| Ok(Value::Integer(civil(&call)?.weekday().to_sunday_zero_offset().into()))),
    method("getHours", &[], |call| Ok(Value::Integer(civil(&call)?.hour().into()))),
    method("getMinutes", &[], |call| Ok(Value::Integer(civil(&call)?.minute().into()))),
    method("getMonth", &[], |call| Ok(Value::Integer(i32::from(civil(&call)?.month()) - 1))),
    method("getSeconds", &[], |call| Ok(Value::Integer(civil(&call)?.second().into()))),
    method("getTime", &[], |call| Ok(Value::Long(this(&call)?))),
    method("getTimezoneOffset", &[], |call| this(&call).map(|_| Value::Integer(0))),
    method("getYear", &[], |call| Ok(Value::Integer(i32::from(civil(&call)?.year()) - 1900))),
    method("setTime", &[LONG], |call| {
        let millis = call.long(0)?;
        call.evaluation.change(value(millis));
        Ok(Value::Null)
    }),
    method("toGMTString", &[], |call| {
        let text = civil(&call)?.strftime("%-d %b %Y %H:%M:%S GMT").to_string();
        Ok(Value::from(text))
    }),
    method("toInstant", &[], |call| {
        let time = Timestamp::from_millisecond(this(&call)?).map_err(|_| out_of_range())?;
        Ok(Value::Object(Object::Instant(time)))
    }),
];

pub(super) const STATIC: &[Method] = &[
    method("UTC", &[INT, INT, INT, INT, INT, INT], |call| of_fields(&call).map(Value::Long)),
    method("from", &[INSTANT], |call| match call.object(0) {
        Value::Object(Object::Instant(time)) => Ok(value(time.as_nanosecond().div_euclid(1_000_000) as i64)),
        _ => Err(Error::thrown("a date cannot be made of null")),
    }),
];

pub(super) const CONSTRUCTORS: &[Method] = &[
    constructor(&[STRING], |_| {
        Err(Error::thrown(
            "a date is not made of text by itself; write new java.text.SimpleDateFormat('yyyy-MM-dd').parse(...)",
        ))
    }),
    constructor(&[INT, INT, INT, INT, INT, INT], |call| of_fields(&call).map(value)),
    constructor(&[INT, INT, INT, INT, INT], |call| of_fields(&call).map(value)),
    constructor(&[], |call| Ok(value(call.evaluation.host.now().as_millisecond()))),
    constructor(&[LONG], |call| call.long(0).map(value)),
    constructor(&[INT, INT, INT], |call| of_fields(&call).map(value)),
];

fn value<'a>(millis: i64) -> Value<'a> {
    Value::Object(Object::Date(millis))
}

fn this(call: &Call<'_, '_>) -> Result<i64, Error> {
    match call.this {
        Value::Object(Object::Date(millis)) => Ok(*millis),
        _ => Err(Error::thrown("this is no date")),
    }
}

fn other(call: &Call<'_, '_>) -> Result<i64, Error> {
    match call.object(0) {
        Value::Object(Object::Date(millis)) => Ok(*millis),
        _ => Err(Error::thrown("a date is needed, and this is null")),
    }
}

fn civil(call: &Call<'_, '_>) -> Result<civil::DateTime, Error> {
    let time = Timestamp::from_millisecond(this(call)?).map_err(|_| out_of_range())?;
    Ok(time.to_zoned(TimeZone::UTC).datetime())
}

/// Year since 1900, month from 0, day, and as much of the time as is given; what is too much runs over.
fn of_fields(call: &Call<'_, '_>) -> Result<i64, Error> {
    let part = |index: usize| if index < call.arguments.len() { call.int(index).map(i64::from) } else { Ok(0) };
    lenient(part(0)? + 1900, part(1)?, part(2)?, part(3)? * 3_600_000 + part(4)? * 60_000 + part(5)? * 1_000)
}

/// Milliseconds since 1970 of a year, a month from 0, a day from 1 and milliseconds of the day; each may be too large or too
/// small, and runs over into the next larger one.
pub(super) fn lenient(year: i64, month: i64, day: i64, millis: i64) -> Result<i64, Error> {
    let year = i16::try_from(year + month.div_euclid(12)).map_err(|_| out_of_range())?;
    let first = civil::Date::new(year, month.rem_euclid(12) as i8 + 1, 1).map_err(|_| out_of_range())?;
    let date = Span::new().try_days(day - 1).and_then(|days| first.checked_add(days)).map_err(|_| out_of_range())?;
    super::local_date::epoch_day(date)
        .checked_mul(86_400_000)
        .and_then(|day| day.checked_add(millis))
        .ok_or_else(out_of_range)
}
