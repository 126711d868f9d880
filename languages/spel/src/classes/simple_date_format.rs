//! `java.text.SimpleDateFormat`, in English and UTC.
//!
//! A pattern is letters that stand for fields (`yyyy-MM-dd'T'HH:mm:ss`), text in quotes, and other characters as they are.

mod parse;
mod pattern;

use jiff::{Timestamp, civil, tz::TimeZone};

use self::pattern::Piece;
use super::{DATE, LOCALE, OBJECT, STRING, constructor, local_date::out_of_range, method, week};
use crate::{
    Error, Value,
    method::{Call, Method},
    value::Object,
};

pub(super) const METHODS: &[Method] = &[
    method("format", &[DATE], format),
    method("format", &[OBJECT], format),
    method("isLenient", &[], |_| Ok(Value::Boolean(true))),
    method("parse", &[STRING], |call| {
        let now = call.evaluation.host.now();
        let pieces = pattern::pieces(this(&call)?)?;
        parse::parse(&pieces, call.string(0)?, now).map(|millis| Value::Object(Object::Date(millis)))
    }),
    method("toLocalizedPattern", &[], |call| this(&call).map(Value::text)),
    method("toPattern", &[], |call| this(&call).map(Value::text)),
];

pub(super) const CONSTRUCTORS: &[Method] = &[
    constructor(&[STRING, LOCALE], |call| {
        let locale = call.string(1)?.replace('-', "_");
        if !matches!(locale.split('_').next(), Some("en" | "")) {
            return Err(Error::thrown(format!("names of months and days are English here, not '{locale}'")));
        }
        of(call.string(0)?)
    }),
    constructor(&[STRING], |call| of(call.string(0)?)),
    // Java's default in English: short date and time.
    constructor(&[], |_| of("M/d/yy, h:mm a")),
];

fn of<'a>(pattern: &str) -> Result<Value<'a>, Error> {
    pattern::pieces(pattern)?;
    Ok(Value::Object(Object::DateFormat(pattern.into())))
}

fn this<'c>(call: &Call<'c, '_>) -> Result<&'c str, Error> {
    match call.this {
        Value::Object(Object::DateFormat(pattern)) => Ok(pattern),
        _ => Err(Error::thrown("this is no date format")),
    }
}

/// Of a date, or of milliseconds since 1970.
fn format<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let millis = match call.object(0) {
        Value::Object(Object::Date(millis)) => Some(*millis),
        number => crate::convert::whole(number).and_then(|millis| i64::try_from(millis).ok()),
    };
    let millis = millis.ok_or_else(|| Error::thrown("a date is formatted, or the milliseconds since 1970"))?;
    let time = Timestamp::from_millisecond(millis).map_err(|_| out_of_range())?.to_zoned(TimeZone::UTC).datetime();
    let mut text = String::new();
    for piece in pattern::pieces(this(&call)?)? {
        match piece {
            Piece::Text(piece) => text.push_str(&piece),
            Piece::Field(letter, count) => field(&mut text, letter, count, time),
        }
        call.evaluation.charge(16)?;
    }
    call.evaluation.charge(text.len())?;
    Ok(Value::from(text))
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn field(text: &mut String, letter: char, count: usize, time: civil::DateTime) {
    let mut number = |number: i64| text.push_str(&format!("{number:0count$}"));
    let year = i64::from(time.year());
    let hour = i64::from(time.hour());
    let weekday = time.weekday();
    match letter {
        'y' | 'Y' => {
            let year = if letter == 'Y' { week::year_and_week(time.date()).0 } else { year };
            // Two letters are the last two digits, others the whole year.
            if count == 2 { text.push_str(&format!("{:02}", year.rem_euclid(100))) } else { number(year) }
        }
        'M' | 'L' if count >= 4 => text.push_str(MONTHS[time.month() as usize - 1]),
        'M' | 'L' if count == 3 => text.push_str(&MONTHS[time.month() as usize - 1][..3]),
        'M' | 'L' => number(time.month().into()),
        'd' => number(time.day().into()),
        'H' => number(hour),
        'k' => number(if hour == 0 { 24 } else { hour }),
        'K' => number(hour % 12),
        'h' => number(if hour % 12 == 0 { 12 } else { hour % 12 }),
        'm' => number(time.minute().into()),
        's' => number(time.second().into()),
        'S' => number((time.subsec_nanosecond() / 1_000_000).into()),
        'D' => number(time.date().day_of_year().into()),
        'F' => number(i64::from(time.day() - 1) / 7 + 1),
        'w' => number(week::year_and_week(time.date()).1),
        'W' => number(week::week_of_month(time.date())),
        'u' => number(weekday.to_monday_one_offset().into()),
        'E' if count >= 4 => text.push_str(DAYS[weekday.to_sunday_zero_offset() as usize]),
        'E' => text.push_str(&DAYS[weekday.to_sunday_zero_offset() as usize][..3]),
        'a' => text.push_str(if hour < 12 { "AM" } else { "PM" }),
        'G' => text.push_str("AD"),
        'z' if count >= 4 => text.push_str("Coordinated Universal Time"),
        'z' => text.push_str("UTC"),
        'Z' => text.push_str("+0000"),
        'X' => text.push('Z'),
        // pattern::pieces lets no others through.
        _ => {}
    }
}
