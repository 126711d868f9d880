//! Time zones by their names, where Java takes a `ZoneId` or `ZoneOffset`.

use jiff::tz::{Offset, TimeZone};

use crate::Error;

/// `ZoneId.of`: a region, `UTC`, `GMT`, `Z`, or a distance such as `+02:00`.
pub(super) fn zone(name: &str) -> Result<TimeZone, Error> {
    if matches!(name, "Z" | "UTC" | "GMT" | "UT") {
        return Ok(TimeZone::UTC);
    }
    let distance = ["UTC", "GMT", "UT"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    match offset(distance) {
        Some(offset) => Ok(TimeZone::fixed(offset)),
        None => TimeZone::get(name).map_err(|_| Error::thrown(format!("'{name}' is not a time zone"))),
    }
}

/// `ZoneOffset.of`: `Z`, `+h`, `+hh`, `+hh:mm`, `+hhmm`, `+hh:mm:ss`, `+hhmmss`, up to 18 hours.
pub(super) fn offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let rest = &text[1..];
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let colons = rest.chars().filter(|c| *c == ':').count();
    if digits.len() + colons != rest.len() || (colons > 0 && colons + 1 != digits.len() / 2) {
        return None;
    }
    let digits = if digits.len() == 1 { format!("0{digits}") } else { digits };
    let part = |index: usize| digits.get(index..index + 2).map_or(Some(0), |digits| digits.parse::<i32>().ok());
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    let total = hours * 3600 + minutes * 60 + seconds;
    let valid = matches!(digits.len(), 2 | 4 | 6) && minutes < 60 && seconds < 60 && total <= 18 * 3600;
    valid.then(|| Offset::from_seconds(sign * total).ok()).flatten()
}
