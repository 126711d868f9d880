//! Dates and times as ISO 8601 text, as `java.time` reads them.

use jiff::{Timestamp, civil, tz::TimeZone};

use super::zone;
use crate::Error;

fn unreadable(text: &str, what: &str, example: &str) -> Error {
    Error::thrown(format!("'{text}' is not {what}; write it as {example}"))
}

fn digits(text: &str, from: usize, count: usize) -> Option<i32> {
    let piece = text.get(from..from + count)?;
    piece.bytes().all(|byte| byte.is_ascii_digit()).then(|| piece.parse().ok())?
}

/// `LocalDate.parse`.
pub(super) fn date(text: &str) -> Result<civil::Date, Error> {
    date_of(text).ok_or_else(|| unreadable(text, "a date", "2024-02-29"))
}

fn date_of(text: &str) -> Option<civil::Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(text, 0, 4)?, digits(text, 5, 2)?, digits(text, 8, 2)?);
    civil::Date::new(year as i16, month as i8, day as i8).ok()
}

/// `HH:mm`, `HH:mm:ss` or with up to nine digits after a point.
fn time_of(text: &str, needs_seconds: bool) -> Option<civil::Time> {
    let (hour, minute) = (digits(text, 0, 2)?, digits(text, 3, 2)?);
    if text.as_bytes()[2] != b':' {
        return None;
    }
    let (second, nanos) = match text.get(5..)? {
        "" if needs_seconds => return None,
        "" => (0, 0),
        rest => {
            let second = rest.starts_with(':').then(|| digits(text, 6, 2))??;
            match text.get(8..)? {
                "" => (second, 0),
                fraction => {
                    let fraction = fraction.strip_prefix('.').filter(|digits| digits.len() <= 9)?;
                    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                        return None;
                    }
                    (second, format!("{fraction:0<9}").parse().ok()?)
                }
            }
        }
    };
    civil::Time::new(hour as i8, minute as i8, second as i8, nanos).ok()
}

/// `LocalDateTime.parse`.
pub(super) fn date_time(text: &str) -> Result<civil::DateTime, Error> {
    let read = || {
        let (date, time) = text.split_once(['T', 't'])?;
        Some(date_of(date)?.to_datetime(time_of(time, false)?))
    };
    read().ok_or_else(|| unreadable(text, "a date and time", "2024-02-29T12:30:00"))
}

/// `Instant.parse`: with `Z` or a distance from UTC.
pub(super) fn instant(text: &str) -> Result<Timestamp, Error> {
    let read = || {
        let (date, rest) = text.split_once(['T', 't'])?;
        let end = rest.find(['Z', 'z', '+', '-'])?;
        let (time, offset) = rest.split_at(end);
        let offset = zone::offset(&offset.to_ascii_uppercase())?;
        let civil = date_of(date)?.to_datetime(time_of(time, true)?);
        civil.to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
    };
    read().ok_or_else(|| unreadable(text, "a moment", "2024-02-29T12:30:00Z"))
}
