//! One item of a field's list, as `org.quartz.CronExpression` reads it: `5`, `1-5`, `0/15`, `LW`, `FRI#2` ...
//!
//! What follows a complete item is ignored there, and so it is here.

use std::borrow::Cow;

use crate::Field;

/// Where `year/step` may start. Quartz lets it start at most 100 years after the year in which it runs.
const LAST_OPEN_YEAR: i32 = 2199;
/// What a number stands for that means `*`, in every field.
const EVERY: i32 = 99;
/// What a number stands for that means `?`, where that may stand.
const UNSPECIFIED: i32 = 98;
/// How far before a month's last day `L-30` may be.
const MOST_BEFORE_LAST: i32 = 30;

/// What an item means. Numbers are the field's own: Sunday is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// `*`.
    Every,
    /// `?`.
    Unspecified,
    /// `5`, `MON`.
    Value(i32),
    /// `first-last/step`; a range that ends before it starts goes on at the field's smallest value.
    Range { first: i32, last: i32, step: i32 },
    /// `first/step`, or `*/step`: up to the field's largest value.
    From { first: Option<i32>, step: i32 },
    /// `15W`: the weekday nearest that day of the month.
    Nearest(i32),
    /// `L`, `L-3`: so many days before the month's last.
    Last { before: i32 },
    /// `LW`, `L-3W`: the weekday nearest that day.
    NearestLast { before: i32 },
    /// `6L`: the last such day of the week in the month. The number is 1 to 7.
    LastWeekday(i32),
    /// `6#2`: the second such day of the week in the month. Quartz does not look at the day's number.
    NthWeekday { day: i32, nth: i32 },
    /// An item without a value.
    Nothing,
}

/// What is wrong with an item, and what to write instead.
#[derive(Debug)]
pub(crate) struct Wrong(pub(crate) Cow<'static, str>, pub(crate) Cow<'static, str>);

impl Wrong {
    fn new(wrong: impl Into<Cow<'static, str>>, instead: impl Into<Cow<'static, str>>) -> Self {
        Wrong(wrong.into(), instead.into())
    }

    fn write(field: Field, wrong: impl Into<Cow<'static, str>>) -> Self {
        Wrong::new(wrong, format!("write {}", field.values()))
    }
}

impl Item {
    /// Reads an item; `text` is upper case, not empty, and has no blank and no comma.
    pub(crate) fn parse(field: Field, text: &str) -> Result<Item, Wrong> {
        let first = text.chars().next().unwrap_or_default();
        match first {
            'A'..='Z' if is_last(text) => last(field, text),
            'A'..='Z' => named(field, text),
            '?' => question_mark(field, text),
            '*' | '/' => every(field, text),
            '0'..='9' => numbered(field, text),
            _ => Err(Wrong::write(field, format!("`{first}` does not belong here"))),
        }
    }
}

/// Whether it is `L`, `LW`, or `L-` with digits and `W`, either of which may be missing.
fn is_last(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('L') else { return false };
    let offset = rest.strip_prefix('-').map(|digits| digits.strip_suffix('W').unwrap_or(digits));
    rest.is_empty() || rest == "W" || offset.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
}

fn last(field: Field, text: &str) -> Result<Item, Wrong> {
    match field {
        Field::Seconds | Field::Minutes | Field::Hours => Err(Wrong::write(field, "`L` stands only for a day")),
        Field::DayOfMonth => last_of_month(text),
        Field::DayOfWeek => Ok(Item::Value(7)),
        Field::Month | Field::Year => Ok(Item::Nothing),
    }
}

fn last_of_month(text: &str) -> Result<Item, Wrong> {
    let rest = text.strip_prefix('L').unwrap_or(text);
    let (rest, before) = match rest.strip_prefix('-') {
        None => (rest, 0),
        Some("") => return Err(Wrong::new("`L-` has no number", "write how many days before the last, as in `L-3`")),
        Some(rest) => {
            let (digits, rest) = digits(rest);
            (rest, if digits.is_empty() { 0 } else { number(digits)? })
        }
    };
    if before > MOST_BEFORE_LAST {
        return Err(Wrong::new(
            format!("no month has a day {before} days before its last"),
            format!("write at most `L-{MOST_BEFORE_LAST}`"),
        ));
    }
    Ok(if rest.starts_with('W') { Item::NearestLast { before } } else { Item::Last { before } })
}

fn named(field: Field, text: &str) -> Result<Item, Wrong> {
    if !matches!(field, Field::Month | Field::DayOfWeek) {
        let wrong = format!("a {field} field has no names");
        return Err(match (field, text.contains('H')) {
            (Field::Seconds | Field::Minutes | Field::Hours, true) => Wrong::new(
                wrong,
                "write `H` upper case, with one blank between the fields, and settle it for a trigger",
            ),
            (Field::DayOfMonth, _) => Wrong::new(wrong, "write 1 to 31, `L`, `L-3`, `LW` or `15W`"),
            _ => Wrong::write(field, wrong),
        });
    }
    let value = |at: usize| {
        let name = text.get(at..at + 3).unwrap_or(text.get(at..).unwrap_or_default());
        field.named(name).ok_or_else(|| Wrong::write(field, format!("`{name}` is no {field}")))
    };
    let first = value(0)?;
    Ok(match (field, text.as_bytes().get(3)) {
        (_, Some(b'-')) => Item::Range { first, last: value(4)?, step: 1 },
        (Field::DayOfWeek, Some(b'#')) => Item::NthWeekday { day: first, nth: nth(text.get(4..).unwrap_or_default())? },
        (Field::DayOfWeek, Some(b'L')) => Item::LastWeekday(first),
        _ => Item::Value(first),
    })
}

fn question_mark(field: Field, text: &str) -> Result<Item, Wrong> {
    if !matches!(field, Field::DayOfMonth | Field::DayOfWeek) {
        return Err(Wrong::new("`?` stands only for a day", "write `*`"));
    }
    if text.encode_utf16().nth(2).is_some() {
        return Err(Wrong::new("something follows `?`", "write `?` alone"));
    }
    Ok(Item::Unspecified)
}

/// `*`, `*/step` and `/step`.
fn every(field: Field, text: &str) -> Result<Item, Wrong> {
    let Some(step) = text.strip_prefix('*').unwrap_or(text).strip_prefix('/') else { return Ok(Item::Every) };
    let step = step.parse().map_err(|_| no_step(field))?;
    checked_step(field, step)?;
    Ok(if step > 0 { Item::From { first: None, step } } else { Item::Every })
}

fn numbered(field: Field, text: &str) -> Result<Item, Wrong> {
    let (value, rest) = digits(text);
    let value = number(value)?;
    let mut following = rest.chars();
    match following.next() {
        Some('L') if field == Field::DayOfWeek => match value {
            1..=7 => Ok(Item::LastWeekday(value)),
            _ => Err(Wrong::write(field, format!("{value} is no {field}"))),
        },
        Some('L') => {
            Err(Wrong::new("a number before `L` is a day of the week", "write `L` alone, or `6L` in the sixth field"))
        }
        Some('W') if field != Field::DayOfMonth => {
            Err(Wrong::new("`W` stands only after a day of the month", format!("write {}", field.values())))
        }
        Some('W') if value > 31 => Err(Wrong::new(format!("no month has a day {value}"), "write `1W` to `31W`")),
        Some('W') => Ok(Item::Nearest(value)),
        Some('#') if field == Field::DayOfWeek => Ok(Item::NthWeekday { day: value, nth: nth(following.as_str())? }),
        Some('#') => Err(Wrong::new("`#` stands only after a day of the week", format!("write {}", field.values()))),
        Some('-') => range(field, value, following.as_str()),
        Some('/') => steps(field, value, following.as_str()),
        _ => single(field, value),
    }
}

fn range(field: Field, first: i32, rest: &str) -> Result<Item, Wrong> {
    let (last, rest) = digits(rest);
    if last.is_empty() {
        let instead = match field {
            Field::Month | Field::DayOfWeek => "write two numbers or two names, as in `2-6` or `MON-FRI`",
            _ => "write two numbers, as in `5-10`",
        };
        return Err(Wrong::new("the range does not end with a number", instead));
    }
    let last = number(last)?;
    let step = match rest.strip_prefix('/').map(digits) {
        None => 1,
        Some(("", _)) => return Err(no_step(field)),
        Some((step, _)) => number(step)?,
    };
    in_bounds(field, first, Some(last))?;
    if step == 0 {
        return single(field, first);
    }
    let (smallest, largest) = field.bounds();
    let (first, last) = if first == EVERY { (smallest, last.min(largest)) } else { (first, last) };
    if first == UNSPECIFIED && may_be_unspecified(field) {
        return Ok(Item::Nothing);
    }
    if field == Field::Year && last < first {
        return Err(Wrong::new(format!("{first} is after {last}"), "write the earlier year first"));
    }
    Ok(Item::Range { first, last, step })
}

fn steps(field: Field, first: i32, rest: &str) -> Result<Item, Wrong> {
    let (step, rest) = digits(rest);
    if step.is_empty() {
        return Err(no_step(field));
    }
    // Quartz looks at what follows one digit only.
    if step.len() == 1 && !rest.is_empty() {
        return Err(Wrong::new(format!("`{rest}` follows the step"), "write nothing behind it"));
    }
    let step = number(step)?;
    checked_step(field, step)?;
    in_bounds(field, first, None)?;
    if field == Field::Year && first > LAST_OPEN_YEAR && step > 0 {
        return Err(Wrong::new(format!("{first} is too far ahead"), format!("write a year up to {LAST_OPEN_YEAR}")));
    }
    match first {
        _ if step == 0 => single(field, first),
        EVERY => Ok(Item::From { first: None, step }),
        UNSPECIFIED if may_be_unspecified(field) => Ok(Item::Nothing),
        _ => Ok(Item::From { first: Some(first), step }),
    }
}

fn single(field: Field, value: i32) -> Result<Item, Wrong> {
    in_bounds(field, value, None)?;
    Ok(match value {
        EVERY => Item::Every,
        UNSPECIFIED if may_be_unspecified(field) => Item::Unspecified,
        _ => Item::Value(value),
    })
}

fn may_be_unspecified(field: Field) -> bool {
    matches!(field, Field::DayOfMonth | Field::DayOfWeek)
}

/// The end of a range may be below the smallest value: `20-0` is `20-31` for days of the month.
fn in_bounds(field: Field, first: i32, last: Option<i32>) -> Result<(), Wrong> {
    let (smallest, largest) = field.bounds();
    if field == Field::Year || first == EVERY || first == UNSPECIFIED && may_be_unspecified(field) {
        return Ok(());
    }
    match last.filter(|last| *last > largest).or((!(smallest..=largest).contains(&first)).then_some(first)) {
        None => Ok(()),
        Some(outside) => Err(Wrong::write(field, format!("{outside} is out of range"))),
    }
}

fn checked_step(field: Field, step: i32) -> Result<(), Wrong> {
    let largest = field.largest_step();
    if step > largest {
        return Err(Wrong::new(format!("the step {step} is too large"), format!("write a step of at most {largest}")));
    }
    Ok(())
}

fn no_step(field: Field) -> Wrong {
    let example = if field == Field::Year { "`2026/2`" } else { "`*/5`" };
    Wrong::new("`/` is not followed by a number", format!("write a step, as in {example}"))
}

fn nth(text: &str) -> Result<i32, Wrong> {
    match text.parse() {
        Ok(nth @ 1..=5) => Ok(nth),
        _ => Err(Wrong::new(
            format!("`#` is followed by `{text}`"),
            "write 1 to 5 behind it and nothing else, as in `FRI#2`, the second Friday",
        )),
    }
}

/// The ASCII digits that it starts with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn number(digits: &str) -> Result<i32, Wrong> {
    digits.parse().map_err(|_| Wrong::new("the number is too large", "write a smaller number"))
}
