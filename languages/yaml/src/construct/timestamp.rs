//! Timestamps as `ConstructYamlTimestamp` makes them: with a lenient `GregorianCalendar`, where the 31st of June is the
//! 1st of July, days before 15 October 1582 are of the Julian calendar, and a time zone that is none is UTC.

use jiff::Timestamp;

const DAY: i64 = 86_400_000;
/// 15 October 1582 in days since 1970.
const CUTOVER: i64 = -141_427;

/// `None` for a text that is no timestamp.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let mut rest = Rest(text);
    let year = rest.digits(4, 4)?;
    rest.char('-')?;
    let month = rest.digits(1, 2)?;
    rest.char('-')?;
    let day = rest.digits(1, 2)?;
    let midnight = days(year, month, day) * DAY;
    if rest.0.is_empty() {
        return Timestamp::from_millisecond(midnight).ok();
    }
    if rest.char('T').or_else(|| rest.char('t')).is_none() {
        rest.blanks()?;
    }
    let hour = rest.digits(1, 2)?;
    rest.char(':')?;
    let minute = rest.digits(2, 2)?;
    rest.char(':')?;
    let second = rest.digits(2, 2)?;
    let milliseconds = match rest.char('.') {
        None => 0,
        Some(()) => {
            let digits = rest.0.bytes().take_while(u8::is_ascii_digit).count();
            let seconds = format!("{second}.{}", rest.0.get(..digits)?).parse::<f64>().ok()?;
            rest.0 = rest.0.get(digits..)?;
            // As Java computes it: what is left of the seconds, rounded, which may be 1000.
            ((seconds - second as f64) * 1000.0 + 0.5).floor() as i64
        }
    };
    let mut offset = 0;
    let zone_follows = rest.blanks().is_some();
    if rest.char('Z').is_none() {
        let sign = match (rest.char('+'), rest.char('-')) {
            (Some(()), _) => 1,
            (None, Some(())) => -1,
            _ if zone_follows => return None,
            _ => 0,
        };
        if sign != 0 {
            let hours = rest.digits(1, 2)?;
            let minutes = match rest.char(':') {
                Some(()) if !rest.0.is_empty() => rest.digits(2, 2)?,
                _ => 0,
            };
            if hours < 24 && minutes < 60 {
                offset = sign * (hours * 60 + minutes) * 60_000;
            }
        }
    }
    if !rest.0.is_empty() {
        return None;
    }
    let time = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
    Timestamp::from_millisecond(midnight + time - offset).ok()
}

struct Rest<'t>(&'t str);

impl Rest<'_> {
    fn char(&mut self, expected: char) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count >= least)?;
        self.0 = rest;
        digits.parse().ok()
    }

    /// At least one.
    fn blanks(&mut self) -> Option<()> {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found.then_some(())
    }
}

/// Days since 1970. Months and days beyond their range count on (month 13 is January of the next year, day 0 the last
/// one of the month before).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12);
    // Years and months from March on, so that the leap day is a year's last.
    let (year_of_march, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let julian = year_of_march * 365 + year_of_march.div_euclid(4) + (153 * month + 2) / 5 + day - 1 - 719_470;
    let gregorian = julian + 2 - year_of_march.div_euclid(100) + year_of_march.div_euclid(400);
    let (gregorian_counts, julian_counts) = (gregorian >= CUTOVER, julian < CUTOVER);
    match year {
        1583.. if gregorian_counts => gregorian,
        ..=1581 if julian_counts => julian,
        // A day of the ten that were left out counts on from the Julian calendar.
        _ if gregorian_counts => gregorian,
        _ => julian,
    }
}
