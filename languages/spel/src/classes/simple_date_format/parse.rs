//! Reading dates, leniently: the 31st of June is the 1st of July, and what follows the date does not matter.

use jiff::{Timestamp, tz::TimeZone};

use super::{super::date, DAYS, MONTHS, pattern::Piece};
use crate::Error;

/// What was read, with Java's defaults: 1970-01-01 00:00 UTC.
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    day_of_year: Option<i64>,
    hour: i64,
    half: Option<i64>,
    millis: i64,
    offset: i64,
}

/// Milliseconds since 1970.
///
/// # Errors
/// The text does not follow the pattern.
pub(super) fn parse(pieces: &[Piece], text: &str, now: Timestamp) -> Result<i64, Error> {
    let mut fields =
        Fields { year: 1970, month: 0, day: 1, day_of_year: None, hour: 0, half: None, millis: 0, offset: 0 };
    let mut rest = text;
    for (index, piece) in pieces.iter().enumerate() {
        let unreadable = || Error::thrown(format!("Unparseable date: \"{text}\""));
        match piece {
            Piece::Text(expected) => rest = after_text(rest, expected).ok_or_else(unreadable)?,
            Piece::Field(letter, count) => {
                // A number right before another one takes as many digits as it has letters.
                let abuts =
                    matches!(pieces.get(index + 1), Some(Piece::Field(next, count)) if is_number(*next, *count));
                let width = if abuts && is_number(*letter, *count) { *count } else { usize::MAX };
                rest = fields.read(rest, *letter, *count, width, now).ok_or_else(unreadable)?;
            }
        }
    }
    let mut hour = fields.hour;
    if let Some(half) = fields.half {
        hour += 12 * half;
    }
    let (month, day) = match fields.day_of_year {
        Some(day) => (0, day),
        None => (fields.month, fields.day),
    };
    date::lenient(fields.year, month, day, hour * 3_600_000 + fields.millis - fields.offset)
}

fn is_number(letter: char, count: usize) -> bool {
    match letter {
        'G' | 'E' | 'a' | 'z' | 'Z' | 'X' => false,
        'M' | 'L' => count < 3,
        _ => true,
    }
}

/// Spaces in a pattern stand for any number of spaces.
fn after_text<'t>(text: &'t str, expected: &str) -> Option<&'t str> {
    let mut rest = text;
    for letter in expected.chars() {
        match letter {
            ' ' => rest = rest.trim_start_matches([' ', '\t']),
            other => rest = rest.strip_prefix(other)?,
        }
    }
    Some(rest)
}

impl Fields {
    fn read<'t>(&mut self, text: &'t str, letter: char, count: usize, width: usize, now: Timestamp) -> Option<&'t str> {
        let text = text.trim_start_matches([' ', '\t']);
        if !is_number(letter, count) {
            return self.read_word(text, letter);
        }
        let (number, digits, rest) = number(text, width)?;
        if number.abs() >= 1_000_000_000 {
            return None;
        }
        match letter {
            'y' | 'Y' => {
                self.year = number;
                // Two digits are a year from 80 years ago on.
                if count <= 2 && digits == 2 && number >= 0 {
                    let start = i64::from(now.to_zoned(TimeZone::UTC).year()) - 80;
                    self.year = start - start.rem_euclid(100) + number;
                    if self.year < start {
                        self.year += 100;
                    }
                }
            }
            'M' | 'L' => self.month = number - 1,
            'd' => self.day = number,
            'D' => self.day_of_year = Some(number),
            'H' | 'K' => self.hour = number,
            'k' => self.hour = if number == 24 { 0 } else { number },
            'h' => self.hour = if number == 12 { 0 } else { number },
            'm' => self.millis += number.checked_mul(60_000)?,
            's' => self.millis += number.checked_mul(1000)?,
            'S' => self.millis += number,
            // Weeks and days of the week do not move the date: the fields of the month have been read, too.
            _ => {}
        }
        Some(rest)
    }

    fn read_word<'t>(&mut self, text: &'t str, letter: char) -> Option<&'t str> {
        match letter {
            'M' | 'L' => {
                let (index, rest) = name(text, &MONTHS)?;
                self.month = index;
                Some(rest)
            }
            'E' => name(text, &DAYS).map(|(_, rest)| rest),
            'a' => {
                let (half, rest) = name(text, &["AM", "PM"])?;
                self.half = Some(half);
                Some(rest)
            }
            'G' => name(text, &["BC", "AD"]).filter(|(era, _)| *era == 1).map(|(_, rest)| rest),
            _ => {
                let (offset, rest) = zone(text)?;
                self.offset = offset;
                Some(rest)
            }
        }
    }
}

/// A number of at most `width` digits: its value, how many digits it has, and what follows.
fn number(text: &str, width: usize) -> Option<(i64, usize, &str)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count().min(width);
    let value: i64 = digits.get(..count).filter(|digits| !digits.is_empty())?.parse().ok()?;
    Some((sign * value, count, &digits[count..]))
}

/// The first name that the text begins with, whole or its first three letters, in any letter case.
fn name<'t>(text: &'t str, names: &[&str]) -> Option<(i64, &'t str)> {
    let begins = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let whole = names.iter().position(|name| begins(name)).map(|index| (index, names[index].len()));
    let short = || names.iter().position(|name| name.len() > 3 && begins(&name[..3])).map(|index| (index, 3));
    let (index, length) = whole.or_else(short)?;
    Some((index as i64, &text[length..]))
}

/// `Z`, `UTC`, `GMT`, `GMT+2:00`, `+0200` or `+02:00`, in milliseconds.
fn zone(text: &str) -> Option<(i64, &str)> {
    let named = ["GMT", "UTC", "UT", "Z"].into_iter().find_map(|name| text.strip_prefix(name));
    let rest = named.unwrap_or(text);
    let sign = match rest.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return named.map(|rest| (0, rest)),
    };
    let end = rest[1..].find(|c: char| !c.is_ascii_digit() && c != ':').map_or(rest.len(), |end| end + 1);
    let digits = &rest[1..end];
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at(digits.len() - 2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| (sign * (hours * 60 + minutes) * 60_000, &rest[end..]))
}
