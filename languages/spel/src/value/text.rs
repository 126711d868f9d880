//! Text: a string that is borrowed from the context or shared, and what `toString()` writes for every value.

use std::{fmt::Write as _, ops::Deref, rc::Rc};

use jiff::{Timestamp, tz::TimeZone};

use super::{Object, Value};

/// A `java.lang.String`.
#[derive(Debug, Clone)]
pub enum Text<'a> {
    /// A piece of what was given.
    Borrowed(&'a str),
    /// A string that came about, or a literal.
    Shared(Rc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Text::Borrowed(text) => text,
            Text::Shared(text) => text,
        }
    }
}

/// What Java's `String.valueOf(value)` gives.
pub(crate) fn display(value: &Value<'_>) -> String {
    let mut text = String::new();
    write_display(&mut text, value);
    text
}

fn write_display(out: &mut String, value: &Value<'_>) {
    // Writing to a string does not fail.
    let _ = match value {
        Value::Null => out.write_str("null"),
        Value::Boolean(value) => write!(out, "{value}"),
        Value::Byte(value) => write!(out, "{value}"),
        Value::Short(value) => write!(out, "{value}"),
        Value::Integer(value) => write!(out, "{value}"),
        Value::Long(value) => write!(out, "{value}"),
        Value::BigInteger(value) => write!(out, "{value}"),
        Value::Float(value) => out.write_str(&float(*value)),
        Value::Double(value) => out.write_str(&double(*value)),
        Value::Character(unit) => out.write_str(&String::from_utf16_lossy(&[*unit])),
        Value::String(text) => out.write_str(text),
        Value::List(list) | Value::Set(list) => {
            out.push('[');
            for (index, item) in list.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_display(out, &item);
            }
            out.write_char(']')
        }
        Value::Map(map) => {
            out.push('{');
            for (index, (key, value)) in map.entries().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_display(out, &key);
                out.push('=');
                write_display(out, &value);
            }
            out.write_char('}')
        }
        Value::Array(array) => {
            write!(out, "{}@0", Value::Array(Rc::clone(array)).kind().map_or("[", |kind| kind.name()))
        }
        Value::Class(class) => write!(out, "class {}", class.name()),
        Value::Object(object) => write_object(out, object),
    };
}

fn write_object(out: &mut String, object: &Object<'_>) -> std::fmt::Result {
    match object {
        Object::Entry(entry) => {
            write_display(out, &entry.0);
            out.push('=');
            write_display(out, &entry.1);
            Ok(())
        }
        Object::Date(millis) => match Timestamp::from_millisecond(*millis) {
            Ok(date) => write!(out, "{}", date.to_zoned(TimeZone::UTC).strftime("%a %b %d %H:%M:%S UTC %Y")),
            Err(_) => write!(out, "{millis}"),
        },
        Object::LocalDate(date) => write!(out, "{date}"),
        Object::LocalDateTime(time) => {
            write!(out, "{}T{:02}:{:02}", time.date(), time.hour(), time.minute())?;
            seconds(out, time.second() as u32, time.subsec_nanosecond() as u32, false)
        }
        Object::Instant(time) => {
            let civil = time.to_zoned(TimeZone::UTC).datetime();
            write!(out, "{}T{:02}:{:02}", civil.date(), civil.hour(), civil.minute())?;
            seconds(out, civil.second() as u32, civil.subsec_nanosecond() as u32, true)?;
            out.write_char('Z')
        }
        Object::Enum(class, name) => out.write_str(class.constant_text(name)),
        Object::Uuid(bits) => {
            let hex = format!("{bits:032x}");
            write!(out, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
        }
        Object::DateFormat(_) | Object::Random(_) | Object::NotEvaluable(_) => {
            write!(out, "{}@0", Value::Object(object.clone()).kind().map_or("", |kind| kind.name()))
        }
        Object::Bean(bean) => {
            write!(
                out,
                "{}({})",
                bean.class.simple_name(),
                bean.json.get("id").and_then(|id| id.as_str()).unwrap_or("")
            )
        }
    }
}

/// Seconds as `java.time` writes them: left out when zero (not in an instant), fractions in groups of three digits.
fn seconds(out: &mut String, seconds: u32, nanos: u32, always: bool) -> std::fmt::Result {
    if seconds > 0 || nanos > 0 || always {
        write!(out, ":{seconds:02}")?;
    }
    match nanos {
        0 => Ok(()),
        _ if nanos.is_multiple_of(1_000_000) => write!(out, ".{:03}", nanos / 1_000_000),
        _ if nanos.is_multiple_of(1_000) => write!(out, ".{:06}", nanos / 1_000),
        _ => write!(out, ".{nanos:09}"),
    }
}

/// `Double.toString`.
pub(crate) fn double(value: f64) -> String {
    floating(value, value.abs(), &format!("{:e}", value.abs()))
}

/// `Float.toString`.
pub(crate) fn float(value: f32) -> String {
    floating(f64::from(value), f64::from(value.abs()), &format!("{:e}", value.abs()))
}

/// From the shortest digits (`d.ddde±x`): decimal from 10^-3 up to 10^7, else with an exponent.
fn floating(value: f64, size: f64, shortest: &str) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}Infinity");
    }
    let (digits, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if size == 0.0 {
        return format!("{sign}0.0");
    }
    if !(1e-3..1e7).contains(&size) {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { "0" } else { rest };
        return format!("{sign}{first}.{rest}E{exponent}");
    }
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}.0", "0".repeat(whole - digits.len()));
    }
    let (whole, fraction) = digits.split_at(whole);
    format!("{sign}{whole}.{fraction}")
}
