//! `%t`: dates and times, in English and in UTC.

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::{Error, Value, value::Object};

use super::Specifier;

/// The letters behind `%t`.
pub(super) const CONVERSIONS: &str = "HIklMSLNpzZsQBbhAaCYyjmdeRTrDFc";

/// What a value tells of the time.
#[derive(Clone, Copy)]
struct Moment {
    date: Option<civil::Date>,
    time: Option<civil::Time>,
    /// If it is a moment, in UTC, and no reading of a clock on some wall.
    stamp: Option<Timestamp>,
}

/// A date's text.
///
/// # Errors
/// The value is no date, or has not what the conversion asks for.
pub(super) fn text(specifier: &Specifier<'_>, value: &Value<'_>) -> Result<String, Error> {
    let missing = || super::unfit(specifier, value);
    let moment = match value {
        Value::Long(millis) => of_stamp(Timestamp::from_millisecond(*millis).map_err(|_| missing())?),
        Value::Object(Object::Date(millis)) => of_stamp(Timestamp::from_millisecond(*millis).map_err(|_| missing())?),
        Value::Object(Object::LocalDate(date)) => Moment { date: Some(*date), time: None, stamp: None },
        Value::Object(Object::LocalDateTime(time)) => {
            Moment { date: Some(time.date()), time: Some(time.time()), stamp: None }
        }
        // Java asks an instant for its fields, of which it has these only.
        Value::Object(Object::Instant(stamp)) if matches!(specifier.conversion, 'L' | 'N' | 's' | 'Q') => {
            of_stamp(*stamp)
        }
        _ => return Err(missing()),
    };
    write(moment, specifier.conversion).ok_or_else(missing)
}

fn of_stamp(stamp: Timestamp) -> Moment {
    let civil = stamp.to_zoned(TimeZone::UTC).datetime();
    Moment { date: Some(civil.date()), time: Some(civil.time()), stamp: Some(stamp) }
}

/// `None` if the moment has no such field.
fn write(moment: Moment, conversion: char) -> Option<String> {
    let several = |conversions: &[char], between: &str| -> Option<String> {
        let parts: Option<Vec<String>> = conversions.iter().map(|part| write(moment, *part)).collect();
        Some(parts?.join(between))
    };
    let hour = |time: civil::Time| (time.hour() + 11) % 12 + 1;
    let (date, time) = (moment.date, moment.time);
    Some(match conversion {
        'H' => format!("{:02}", time?.hour()),
        'k' => time?.hour().to_string(),
        'I' => format!("{:02}", hour(time?)),
        'l' => hour(time?).to_string(),
        'M' => format!("{:02}", time?.minute()),
        'S' => format!("{:02}", time?.second()),
        'L' => format!("{:03}", time?.subsec_nanosecond() / 1_000_000),
        'N' => format!("{:09}", time?.subsec_nanosecond()),
        'p' => if time?.hour() < 12 { "am" } else { "pm" }.to_owned(),
        'z' => moment.stamp.map(|_| "+0000".to_owned())?,
        'Z' => moment.stamp.map(|_| "UTC".to_owned())?,
        's' => moment.stamp?.as_millisecond().div_euclid(1000).to_string(),
        'Q' => moment.stamp?.as_millisecond().to_string(),
        'B' => date?.strftime("%B").to_string(),
        'b' | 'h' => date?.strftime("%b").to_string(),
        'A' => date?.strftime("%A").to_string(),
        'a' => date?.strftime("%a").to_string(),
        'C' => format!("{:02}", date?.year() / 100),
        'Y' => format!("{:04}", date?.year()),
        'y' => format!("{:02}", date?.year() % 100),
        'j' => format!("{:03}", date?.day_of_year()),
        'm' => format!("{:02}", date?.month()),
        'd' => format!("{:02}", date?.day()),
        'e' => date?.day().to_string(),
        'R' => several(&['H', 'M'], ":")?,
        'T' => several(&['H', 'M', 'S'], ":")?,
        // Whatever the case of `%t`, this half of the day is in capitals.
        'r' => format!("{} {}", several(&['I', 'M', 'S'], ":")?, write(moment, 'p')?.to_uppercase()),
        'D' => several(&['m', 'd', 'y'], "/")?,
        'F' => several(&['Y', 'm', 'd'], "-")?,
        'c' => several(&['a', 'b', 'd', 'T', 'Z', 'Y'], " ")?,
        _ => return None,
    })
}
