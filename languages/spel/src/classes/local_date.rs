//! `java.time.LocalDate`.
//!
//! Years are those from -9999 to 9999; Java's reach further.

use jiff::{Span, civil::Date, tz::TimeZone};

use super::{
    CHAR_SEQUENCE, CHRONO_LOCAL_DATE, INSTANT, INT, LONG, MONTH, TEMPORAL_ACCESSOR, TEMPORAL_UNIT, ZONE_ID, enums, iso,
    method, zone,
};
use crate::{
    Error, Value,
    method::{Call, Method},
    value::Object,
};

pub(super) const METHODS: &[Method] = &[
    method("atStartOfDay", &[], |call| {
        Ok(Value::Object(Object::LocalDateTime(this(&call)?.to_datetime(jiff::civil::Time::midnight()))))
    }),
    method("atTime", &[INT, INT], at_time),
    method("atTime", &[INT, INT, INT], at_time),
    method("atTime", &[INT, INT, INT, INT], at_time),
    method("compareTo", &[CHRONO_LOCAL_DATE], compare),
    method("getDayOfMonth", &[], |call| Ok(Value::Integer(this(&call)?.day().into()))),
    method("getDayOfWeek", &[], |call| Ok(enums::day_of_week(this(&call)?.weekday()))),
    method("getDayOfYear", &[], |call| Ok(Value::Integer(this(&call)?.day_of_year().into()))),
    method("getMonthValue", &[], |call| Ok(Value::Integer(this(&call)?.month().into()))),
    method("getYear", &[], |call| Ok(Value::Integer(this(&call)?.year().into()))),
    method("isAfter", &[CHRONO_LOCAL_DATE], |call| Ok(Value::Boolean(this(&call)? > other(&call)?))),
    method("isBefore", &[CHRONO_LOCAL_DATE], |call| Ok(Value::Boolean(this(&call)? < other(&call)?))),
    method("isEqual", &[CHRONO_LOCAL_DATE], |call| Ok(Value::Boolean(this(&call)? == other(&call)?))),
    method("isLeapYear", &[], |call| Ok(Value::Boolean(this(&call)?.in_leap_year()))),
    method("lengthOfMonth", &[], |call| Ok(Value::Integer(this(&call)?.days_in_month().into()))),
    method("lengthOfYear", &[], |call| Ok(Value::Integer(this(&call)?.days_in_year().into()))),
    method("minus", &[LONG, TEMPORAL_UNIT], |call| plus_units(call, -1)),
    method("minusDays", &[LONG], |call| plus(call, |n| Span::new().try_days(-n))),
    method("minusMonths", &[LONG], |call| plus(call, |n| Span::new().try_months(-n))),
    method("minusWeeks", &[LONG], |call| plus(call, |n| Span::new().try_weeks(-n))),
    method("minusYears", &[LONG], |call| plus(call, |n| Span::new().try_years(-n))),
    method("plus", &[LONG, TEMPORAL_UNIT], |call| plus_units(call, 1)),
    method("plusDays", &[LONG], |call| plus(call, |n| Span::new().try_days(n))),
    method("plusMonths", &[LONG], |call| plus(call, |n| Span::new().try_months(n))),
    method("plusWeeks", &[LONG], |call| plus(call, |n| Span::new().try_weeks(n))),
    method("plusYears", &[LONG], |call| plus(call, |n| Span::new().try_years(n))),
    method("toEpochDay", &[], |call| Ok(Value::Long(epoch_day(this(&call)?)))),
    method("withDayOfMonth", &[INT], |call| with(call, |date, day| date.with().day(narrow(day)).build())),
    method("withDayOfYear", &[INT], |call| with(call, |date, day| date.with().day_of_year(day as i16).build())),
    method("withMonth", &[INT], |call| {
        with(call, |date, month| {
            let first = date.with().month(narrow(month)).day(1).build()?;
            first.with().day(date.day().min(first.days_in_month())).build()
        })
    }),
    method("withYear", &[INT], |call| {
        with(call, |date, year| {
            let first = date.with().year(year as i16).day(1).build()?;
            first.with().day(date.day().min(first.days_in_month())).build()
        })
    }),
];

pub(super) const STATIC: &[Method] = &[
    method("from", &[TEMPORAL_ACCESSOR], |call| match call.object(0) {
        Value::Object(Object::LocalDate(date)) => Ok(value(*date)),
        Value::Object(Object::LocalDateTime(time)) => Ok(value(time.date())),
        _ => Err(Error::thrown("a date cannot be made of this")),
    }),
    method("now", &[], |call| Ok(value(call.evaluation.host.now().to_zoned(TimeZone::UTC).date()))),
    method("now", &[ZONE_ID], |call| {
        Ok(value(call.evaluation.host.now().to_zoned(zone::zone(call.string(0)?)?).date()))
    }),
    method("of", &[INT, MONTH, INT], |call| {
        let month = enums::ordinal(call.object(1))? as i32 + 1;
        date(call.int(0)?, month, call.int(2)?).map(value)
    }),
    method("of", &[INT, INT, INT], |call| date(call.int(0)?, call.int(1)?, call.int(2)?).map(value)),
    method("ofEpochDay", &[LONG], |call| {
        let days = Span::new().try_days(call.long(0)?).and_then(|days| Date::constant(1970, 1, 1).checked_add(days));
        days.map(value).map_err(|_| out_of_range())
    }),
    method("ofInstant", &[INSTANT, ZONE_ID], |call| match call.object(0) {
        Value::Object(Object::Instant(time)) => Ok(value(time.to_zoned(zone::zone(call.string(1)?)?).date())),
        _ => Err(Error::thrown("a date cannot be made of null")),
    }),
    method("ofYearDay", &[INT, INT], |call| {
        let first = date(call.int(0)?, 1, 1)?;
        let day = i16::try_from(call.int(1)?).map_err(|_| out_of_range())?;
        first.with().day_of_year(day).build().map(value).map_err(|_| out_of_range())
    }),
    method("parse", &[CHAR_SEQUENCE], |call| iso::date(call.chars(0)?).map(value)),
];

fn value<'a>(date: Date) -> Value<'a> {
    Value::Object(Object::LocalDate(date))
}

pub(super) fn out_of_range() -> Error {
    Error::thrown("there is no such date, or it is outside of the years -9999 to 9999")
}

fn this(call: &Call<'_, '_>) -> Result<Date, Error> {
    match call.this {
        Value::Object(Object::LocalDate(date)) => Ok(*date),
        _ => Err(Error::thrown("this is no date")),
    }
}

fn other(call: &Call<'_, '_>) -> Result<Date, Error> {
    match call.object(0) {
        Value::Object(Object::LocalDate(date)) => Ok(*date),
        _ => Err(Error::thrown("a date is needed, and this is null")),
    }
}

/// `LocalDate.of`.
pub(super) fn date(year: i32, month: i32, day: i32) -> Result<Date, Error> {
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    match parts {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| out_of_range()),
        _ => Err(out_of_range()),
    }
}

/// Java answers with the difference of the first field that differs.
fn compare<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (own, other) = (this(&call)?, other(&call)?);
    let years = i32::from(own.year()) - i32::from(other.year());
    let months = i32::from(own.month()) - i32::from(other.month());
    let days = i32::from(own.day()) - i32::from(other.day());
    Ok(Value::Integer([years, months, days].into_iter().find(|difference| *difference != 0).unwrap_or(0)))
}

fn at_time<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let part = |index: usize| if index < call.arguments.len() { call.int(index) } else { Ok(0) };
    let time = super::local_date_time::time(part(0)?, part(1)?, part(2)?, part(3)?)?;
    Ok(Value::Object(Object::LocalDateTime(this(&call)?.to_datetime(time))))
}

fn plus<'a>(call: Call<'_, 'a>, span: fn(i64) -> Result<Span, jiff::Error>) -> Result<Value<'a>, Error> {
    let amount = call.long(0)?;
    if amount == i64::MIN {
        return Err(out_of_range());
    }
    let date = this(&call)?;
    span(amount).and_then(|span| date.checked_add(span)).map(value).map_err(|_| out_of_range())
}

fn plus_units<'a>(call: Call<'_, 'a>, sign: i64) -> Result<Value<'a>, Error> {
    let amount = call.long(0)?.checked_mul(sign).ok_or_else(out_of_range)?;
    let unit = enums::unit(call.object(1))?;
    let date = this(&call)?;
    let span = enums::date_span(unit, amount).ok_or_else(|| Error::thrown(format!("a date has no {unit}")))?;
    span.and_then(|span| date.checked_add(span)).map(value).map_err(|_| out_of_range())
}

fn with<'a>(call: Call<'_, 'a>, change: fn(Date, i32) -> Result<Date, jiff::Error>) -> Result<Value<'a>, Error> {
    let number = i16::try_from(call.int(0)?).map_err(|_| out_of_range())?.into();
    change(this(&call)?, number).map(value).map_err(|_| out_of_range())
}

/// A day or month; what does not fit is none that there is.
fn narrow(number: i32) -> i8 {
    i8::try_from(number).unwrap_or(0)
}

/// Days since 1970-01-01.
pub(super) fn epoch_day(date: Date) -> i64 {
    let span = date - Date::constant(1970, 1, 1);
    span.get_days().into()
}
