//! `java.time.LocalDateTime`.

use jiff::{
    Span, Timestamp,
    civil::{DateTime, Time},
    tz::TimeZone,
};

use super::{
    CHAR_SEQUENCE, CHRONO_LOCAL_DATE_TIME, INSTANT, INT, LONG, MONTH, TEMPORAL_ACCESSOR, TEMPORAL_UNIT, ZONE_ID,
    ZONE_OFFSET, enums, iso, local_date, local_date::out_of_range, method, zone,
};
use crate::{
    Error, Value,
    method::{Call, Method},
    value::Object,
};

pub(super) const METHODS: &[Method] = &[
    method("compareTo", &[CHRONO_LOCAL_DATE_TIME], compare),
    method("getDayOfMonth", &[], |call| Ok(Value::Integer(this(&call)?.day().into()))),
    method("getDayOfWeek", &[], |call| Ok(enums::day_of_week(this(&call)?.weekday()))),
    method("getDayOfYear", &[], |call| Ok(Value::Integer(this(&call)?.date().day_of_year().into()))),
    method("getHour", &[], |call| Ok(Value::Integer(this(&call)?.hour().into()))),
    method("getMinute", &[], |call| Ok(Value::Integer(this(&call)?.minute().into()))),
    method("getMonthValue", &[], |call| Ok(Value::Integer(this(&call)?.month().into()))),
    method("getNano", &[], |call| Ok(Value::Integer(this(&call)?.subsec_nanosecond()))),
    method("getSecond", &[], |call| Ok(Value::Integer(this(&call)?.second().into()))),
    method("getYear", &[], |call| Ok(Value::Integer(this(&call)?.year().into()))),
    method("isAfter", &[CHRONO_LOCAL_DATE_TIME], |call| Ok(Value::Boolean(this(&call)? > other(&call)?))),
    method("isBefore", &[CHRONO_LOCAL_DATE_TIME], |call| Ok(Value::Boolean(this(&call)? < other(&call)?))),
    method("isEqual", &[CHRONO_LOCAL_DATE_TIME], |call| Ok(Value::Boolean(this(&call)? == other(&call)?))),
    method("minus", &[LONG, TEMPORAL_UNIT], |call| plus_units(call, -1)),
    method("minusDays", &[LONG], |call| plus(call, "DAYS", -1)),
    method("minusHours", &[LONG], |call| plus(call, "HOURS", -1)),
    method("minusMinutes", &[LONG], |call| plus(call, "MINUTES", -1)),
    method("minusMonths", &[LONG], |call| plus(call, "MONTHS", -1)),
    method("minusNanos", &[LONG], |call| plus(call, "NANOS", -1)),
    method("minusSeconds", &[LONG], |call| plus(call, "SECONDS", -1)),
    method("minusWeeks", &[LONG], |call| plus(call, "WEEKS", -1)),
    method("minusYears", &[LONG], |call| plus(call, "YEARS", -1)),
    method("plus", &[LONG, TEMPORAL_UNIT], |call| plus_units(call, 1)),
    method("plusDays", &[LONG], |call| plus(call, "DAYS", 1)),
    method("plusHours", &[LONG], |call| plus(call, "HOURS", 1)),
    method("plusMinutes", &[LONG], |call| plus(call, "MINUTES", 1)),
    method("plusMonths", &[LONG], |call| plus(call, "MONTHS", 1)),
    method("plusNanos", &[LONG], |call| plus(call, "NANOS", 1)),
    method("plusSeconds", &[LONG], |call| plus(call, "SECONDS", 1)),
    method("plusWeeks", &[LONG], |call| plus(call, "WEEKS", 1)),
    method("plusYears", &[LONG], |call| plus(call, "YEARS", 1)),
    method("toEpochSecond", &[ZONE_OFFSET], |call| Ok(Value::Long(at(&call, 0)?.as_second()))),
    method("toInstant", &[ZONE_OFFSET], |call| at(&call, 0).map(|time| Value::Object(Object::Instant(time)))),
    method("toLocalDate", &[], |call| Ok(Value::Object(Object::LocalDate(this(&call)?.date())))),
    method("truncatedTo", &[TEMPORAL_UNIT], |call| {
        let unit = enums::unit(call.object(0))?;
        let each = enums::nanos(unit).ok_or_else(|| Error::thrown(format!("a time cannot be cut to {unit}")))?;
        let time = this(&call)?;
        let cut = nanos_of_day(time.time()) / each * each;
        Ok(value(time.date().to_datetime(of_nanos(cut))))
    }),
    method("withDayOfMonth", &[INT], |call| with_date(call, "withDayOfMonth")),
    method("withDayOfYear", &[INT], |call| with_date(call, "withDayOfYear")),
    method("withHour", &[INT], |call| with_time(&call, |time, n| [n, time[1], time[2], time[3]])),
    method("withMinute", &[INT], |call| with_time(&call, |time, n| [time[0], n, time[2], time[3]])),
    method("withMonth", &[INT], |call| with_date(call, "withMonth")),
    method("withNano", &[INT], |call| with_time(&call, |time, n| [time[0], time[1], time[2], n])),
    method("withSecond", &[INT], |call| with_time(&call, |time, n| [time[0], time[1], n, time[3]])),
    method("withYear", &[INT], |call| with_date(call, "withYear")),
];

pub(super) const STATIC: &[Method] = &[
    method("from", &[TEMPORAL_ACCESSOR], |call| match call.object(0) {
        Value::Object(Object::LocalDateTime(time)) => Ok(value(*time)),
        _ => Err(Error::thrown("a date and time cannot be made of this")),
    }),
    method("now", &[], |call| Ok(value(call.evaluation.host.now().to_zoned(TimeZone::UTC).datetime()))),
    method("now", &[ZONE_ID], |call| {
        Ok(value(call.evaluation.host.now().to_zoned(zone::zone(call.string(0)?)?).datetime()))
    }),
    method("of", &[INT, MONTH, INT, INT, INT], of),
    method("of", &[INT, MONTH, INT, INT, INT, INT], of),
    method("of", &[INT, MONTH, INT, INT, INT, INT, INT], of),
    method("of", &[INT, INT, INT, INT, INT], of),
    method("of", &[INT, INT, INT, INT, INT, INT], of),
    method("of", &[INT, INT, INT, INT, INT, INT, INT], of),
    method("ofEpochSecond", &[LONG, INT, ZONE_OFFSET], |call| {
        let offset = offset(&call, 2)?;
        let time = Timestamp::new(call.long(0)?, call.int(1)?).map_err(|_| out_of_range())?;
        Ok(value(time.to_zoned(TimeZone::fixed(offset)).datetime()))
    }),
    method("ofInstant", &[INSTANT, ZONE_ID], |call| match call.object(0) {
        Value::Object(Object::Instant(time)) => Ok(value(time.to_zoned(zone::zone(call.string(1)?)?).datetime())),
        _ => Err(Error::thrown("a date and time cannot be made of null")),
    }),
    method("parse", &[CHAR_SEQUENCE], |call| iso::date_time(call.chars(0)?).map(value)),
];

fn value<'a>(time: DateTime) -> Value<'a> {
    Value::Object(Object::LocalDateTime(time))
}

fn this(call: &Call<'_, '_>) -> Result<DateTime, Error> {
    match call.this {
        Value::Object(Object::LocalDateTime(time)) => Ok(*time),
        _ => Err(Error::thrown("this is no date and time")),
    }
}

fn other(call: &Call<'_, '_>) -> Result<DateTime, Error> {
    match call.object(0) {
        Value::Object(Object::LocalDateTime(time)) => Ok(*time),
        _ => Err(Error::thrown("a date and time is needed, and this is null")),
    }
}

fn offset(call: &Call<'_, '_>, index: usize) -> Result<jiff::tz::Offset, Error> {
    let text = call.string(index)?;
    zone::offset(text).ok_or_else(|| Error::thrown(format!("'{}' is no distance from UTC; write Z or +02:00", &**text)))
}

fn at(call: &Call<'_, '_>, index: usize) -> Result<Timestamp, Error> {
    let zoned = this(call)?.to_zoned(TimeZone::fixed(offset(call, index)?));
    zoned.map(|zoned| zoned.timestamp()).map_err(|_| out_of_range())
}

/// `LocalTime.of`.
pub(super) fn time(hour: i32, minute: i32, second: i32, nano: i32) -> Result<Time, Error> {
    let part = |number: i32| i8::try_from(number).unwrap_or(-1);
    Time::new(part(hour), part(minute), part(second), nano)
        .map_err(|_| Error::thrown("there is no such time: hours are 0 to 23, minutes and seconds 0 to 59"))
}

fn of<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let month = match call.object(1) {
        Value::Integer(month) => *month,
        month => enums::ordinal(month)? as i32 + 1,
    };
    let part = |index: usize| if index < call.arguments.len() { call.int(index) } else { Ok(0) };
    let date = local_date::date(call.int(0)?, month, call.int(2)?)?;
    Ok(value(date.to_datetime(time(part(3)?, part(4)?, part(5)?, part(6)?)?)))
}

fn compare<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let parts = |time: DateTime| [i32::from(time.year()), i32::from(time.month()), i32::from(time.day())];
    let (own, other) = (this(&call)?, other(&call)?);
    let dates =
        parts(own).into_iter().zip(parts(other)).map(|(own, other)| own - other).find(|difference| *difference != 0);
    // Dates answer with a difference, times with a sign.
    Ok(Value::Integer(dates.unwrap_or(match own.time().cmp(&other.time()) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    })))
}

fn plus<'a>(call: Call<'_, 'a>, unit: &str, sign: i64) -> Result<Value<'a>, Error> {
    let amount = call.long(0)?.checked_mul(sign).ok_or_else(out_of_range)?;
    moved(this(&call)?, unit, amount)
}

fn plus_units<'a>(call: Call<'_, 'a>, sign: i64) -> Result<Value<'a>, Error> {
    let amount = call.long(0)?.checked_mul(sign).ok_or_else(out_of_range)?;
    moved(this(&call)?, enums::unit(call.object(1))?, amount)
}

fn moved<'a>(time: DateTime, unit: &str, amount: i64) -> Result<Value<'a>, Error> {
    if let Some(span) = enums::date_span(unit, amount) {
        return span.and_then(|span| time.checked_add(span)).map(value).map_err(|_| out_of_range());
    }
    let each = enums::nanos(unit).ok_or_else(|| Error::thrown(format!("a time has no {unit}")))?;
    let total = nanos_of_day(time.time()) + each * i128::from(amount);
    let day = enums::nanos("DAYS").unwrap_or(1);
    let days = i64::try_from(total.div_euclid(day)).map_err(|_| out_of_range())?;
    let date = Span::new().try_days(days).and_then(|days| time.date().checked_add(days)).map_err(|_| out_of_range())?;
    Ok(value(date.to_datetime(of_nanos(total.rem_euclid(day)))))
}

fn nanos_of_day(time: Time) -> i128 {
    let seconds = i128::from(time.hour()) * 3600 + i128::from(time.minute()) * 60 + i128::from(time.second());
    seconds * 1_000_000_000 + i128::from(time.subsec_nanosecond())
}

fn of_nanos(nanos: i128) -> Time {
    let seconds = nanos / 1_000_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Time::constant(hour as i8, minute as i8, second as i8, (nanos % 1_000_000_000) as i32)
}

/// A change of the date, by the method of a date.
fn with_date<'a>(call: Call<'_, 'a>, name: &str) -> Result<Value<'a>, Error> {
    let time = this(&call)?;
    let date = Value::Object(Object::LocalDate(time.date()));
    let change = local_date::METHODS.iter().find(|method| method.name == name).ok_or_else(out_of_range)?;
    match (change.invoke)(Call { this: &date, arguments: call.arguments, evaluation: call.evaluation })? {
        Value::Object(Object::LocalDate(date)) => Ok(value(date.to_datetime(time.time()))),
        _ => Err(out_of_range()),
    }
}

fn with_time<'a>(call: &Call<'_, 'a>, change: fn([i32; 4], i32) -> [i32; 4]) -> Result<Value<'a>, Error> {
    let own = this(call)?;
    let parts = [own.hour().into(), own.minute().into(), own.second().into(), own.subsec_nanosecond()];
    let [hour, minute, second, nano] = change(parts, call.int(0)?);
    Ok(value(own.date().to_datetime(time(hour, minute, second, nano)?)))
}
