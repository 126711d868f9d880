//! `java.time.DayOfWeek` and `java.time.temporal.ChronoUnit`.

use jiff::{Span, SpanRound, civil::Weekday};

use super::{INT, LONG, OBJECT, STRING, TEMPORAL_ACCESSOR, constants, method};
use crate::{
    Error, Value,
    class::{Class, Element},
    method::{Call, Method},
    value::{Array, Object},
};

/// Those of every enum.
const NAMED: [Method; 3] = [
    method("name", &[], |call| match call.this {
        Value::Object(Object::Enum(_, name)) => Ok(Value::from(*name)),
        _ => Err(misplaced()),
    }),
    method("ordinal", &[], |call| Ok(Value::Integer(ordinal(call.this)? as i32))),
    method("compareTo", &[OBJECT], |call| {
        let (own, other) = (ordinal(call.this)?, ordinal(call.object(0))?);
        if call.this.kind() != call.object(0).kind() {
            return Err(Error::thrown("constants of two enums cannot be compared"));
        }
        Ok(Value::Integer(own as i32 - other as i32))
    }),
];

pub(super) const DAY_OF_WEEK: &[Method] = &[
    NAMED[0],
    NAMED[1],
    NAMED[2],
    method("getValue", &[], |call| Ok(Value::Integer(ordinal(call.this)? as i32 + 1))),
    method("minus", &[LONG], |call| shifted(&call, -1)),
    method("plus", &[LONG], |call| shifted(&call, 1)),
];

pub(super) const DAY_OF_WEEK_STATIC: &[Method] = &[
    method("from", &[TEMPORAL_ACCESSOR], |call| match call.object(0) {
        Value::Object(Object::LocalDate(date)) => Ok(day_of_week(date.weekday())),
        Value::Object(Object::LocalDateTime(time)) => Ok(day_of_week(time.date().weekday())),
        day @ Value::Object(Object::Enum(Class::DayOfWeek, _)) => Ok(day.clone()),
        _ => Err(Error::thrown("this has no day of the week")),
    }),
    method("of", &[INT], |call| {
        let number = call.int(0)?;
        let name = number
            .checked_sub(1)
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| constants(Class::DayOfWeek).get(index));
        let name =
            name.ok_or_else(|| Error::thrown(format!("a day of the week is a number from 1 to 7, not {number}")))?;
        Ok(Value::Object(Object::Enum(Class::DayOfWeek, name)))
    }),
    method("valueOf", &[STRING], |call| named(&call, Class::DayOfWeek)),
    method("values", &[], |_| Ok(all(Class::DayOfWeek))),
];

pub(super) const CHRONO_UNIT: &[Method] = &[
    NAMED[0],
    NAMED[1],
    NAMED[2],
    method("isDateBased", &[], |call| {
        let ordinal = ordinal(call.this)?;
        Ok(Value::Boolean((DAYS..FOREVER).contains(&ordinal)))
    }),
    method("isDurationEstimated", &[], |call| Ok(Value::Boolean(ordinal(call.this)? >= DAYS))),
    method("isTimeBased", &[], |call| Ok(Value::Boolean(ordinal(call.this)? < DAYS))),
    method("between", &[TEMPORAL_ACCESSOR, TEMPORAL_ACCESSOR], between),
];

pub(super) const CHRONO_UNIT_STATIC: &[Method] = &[
    method("valueOf", &[STRING], |call| named(&call, Class::ChronoUnit)),
    method("values", &[], |_| Ok(all(Class::ChronoUnit))),
];

const DAYS: usize = 7;
const FOREVER: usize = 15;

fn misplaced() -> Error {
    Error::thrown("a constant of an enum is needed, and this is null")
}

/// Where a constant stands among those of its enum.
pub(super) fn ordinal(value: &Value<'_>) -> Result<usize, Error> {
    match value {
        Value::Object(Object::Enum(class, name)) => {
            constants(*class).iter().position(|constant| constant == name).ok_or_else(misplaced)
        }
        _ => Err(misplaced()),
    }
}

/// The constant of a day.
pub(super) fn day_of_week<'a>(day: Weekday) -> Value<'a> {
    let name = constants(Class::DayOfWeek)[day.to_monday_zero_offset() as usize];
    Value::Object(Object::Enum(Class::DayOfWeek, name))
}

/// The name of a unit of time.
pub(super) fn unit(value: &Value<'_>) -> Result<&'static str, Error> {
    match value {
        Value::Object(Object::Enum(Class::ChronoUnit, name)) => Ok(name),
        _ => Err(Error::thrown("a unit of time is needed, such as T(java.time.temporal.ChronoUnit).valueOf('DAYS')")),
    }
}

/// So many of a unit, as a span of dates; `None` if the unit is shorter than a day.
pub(super) fn date_span(unit: &str, amount: i64) -> Option<Result<Span, jiff::Error>> {
    let span = Span::new();
    // Years are the largest unit here; what does not fit is no date anyhow.
    let years = |each: i64| span.try_years(amount.saturating_mul(each));
    Some(match unit {
        "DAYS" => span.try_days(amount),
        "WEEKS" => span.try_weeks(amount),
        "MONTHS" => span.try_months(amount),
        "YEARS" => years(1),
        "DECADES" => years(10),
        "CENTURIES" => years(100),
        "MILLENNIA" => years(1000),
        _ => return None,
    })
}

/// How many nanoseconds a unit up to a day has.
pub(super) fn nanos(unit: &str) -> Option<i128> {
    Some(match unit {
        "NANOS" => 1,
        "MICROS" => 1_000,
        "MILLIS" => 1_000_000,
        "SECONDS" => 1_000_000_000,
        "MINUTES" => 60_000_000_000,
        "HOURS" => 3_600_000_000_000,
        "HALF_DAYS" => 43_200_000_000_000,
        "DAYS" => 86_400_000_000_000,
        _ => return None,
    })
}

fn named<'a>(call: &Call<'_, 'a>, class: Class) -> Result<Value<'a>, Error> {
    let name = call.string(0)?;
    let found = super::constant(class, name);
    found.map(|name| Value::Object(Object::Enum(class, name))).ok_or_else(|| {
        let hint = crate::suggest::hint("", name, constants(class).iter().copied());
        Error::thrown(format!("{} has no constant '{}'{hint}", class.simple_name(), &**name))
    })
}

fn all<'a>(class: Class) -> Value<'a> {
    let items = constants(class).iter().map(|name| Value::Object(Object::Enum(class, name))).collect();
    Value::Array(std::rc::Rc::new(Array { element: Element::Class(class), items }))
}

fn shifted<'a>(call: &Call<'_, 'a>, sign: i64) -> Result<Value<'a>, Error> {
    let index = (ordinal(call.this)? as i64 + sign * (call.long(0)? % 7)).rem_euclid(7);
    Ok(Value::Object(Object::Enum(Class::DayOfWeek, constants(Class::DayOfWeek)[index as usize])))
}

/// Whole units from the first to the second.
fn between<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let Value::Object(Object::Enum(_, unit)) = call.this else { return Err(misplaced()) };
    let unfit = || Error::thrown(format!("{unit} between these two cannot be counted"));
    let midnight = jiff::civil::Time::midnight();
    let (from, to) = match (call.object(0), call.object(1)) {
        (Value::Object(Object::LocalDate(from)), Value::Object(to)) => {
            let to = match to {
                Object::LocalDate(to) => *to,
                Object::LocalDateTime(to) => to.date(),
                _ => return Err(unfit()),
            };
            if nanos(unit).is_some() && *unit != "DAYS" {
                return Err(unfit());
            }
            (from.to_datetime(midnight), to.to_datetime(midnight))
        }
        (Value::Object(Object::LocalDateTime(from)), Value::Object(Object::LocalDateTime(to))) => (*from, *to),
        (Value::Object(Object::Instant(from)), Value::Object(Object::Instant(to))) => {
            let each = nanos(unit).ok_or_else(unfit)?;
            return whole((to.as_nanosecond() - from.as_nanosecond()) / each);
        }
        _ => return Err(unfit()),
    };
    if let Some(each) = nanos(unit) {
        let span = (to - from).round(SpanRound::new().largest(jiff::Unit::Nanosecond).days_are_24_hours());
        let nanoseconds = match span {
            Ok(span) => i128::from(span.get_nanoseconds()),
            // Further apart than nanoseconds can be counted in 64 bits.
            Err(_) => {
                let days = (to.date() - from.date()).get_days();
                i128::from(days) * 86_400_000_000_000
            }
        };
        return whole(nanoseconds / each);
    }
    let months = match from.until((jiff::Unit::Month, to)) {
        Ok(span) => i64::from(span.get_months()),
        Err(_) => return Err(unfit()),
    };
    match *unit {
        "WEEKS" => {
            let days = from.until((jiff::Unit::Day, to)).map_err(|_| unfit())?.get_days();
            Ok(Value::Long(i64::from(days) / 7))
        }
        "MONTHS" => Ok(Value::Long(months)),
        "YEARS" => Ok(Value::Long(months / 12)),
        "DECADES" => Ok(Value::Long(months / 120)),
        "CENTURIES" => Ok(Value::Long(months / 1200)),
        "MILLENNIA" => Ok(Value::Long(months / 12_000)),
        _ => Err(unfit()),
    }
}

fn whole<'a>(number: i128) -> Result<Value<'a>, Error> {
    i64::try_from(number).map(Value::Long).map_err(|_| Error::thrown("the number does not fit a long"))
}
