//! A cron expression.

use std::{fmt, iter::FusedIterator, str::FromStr};

use jiff::{Timestamp, tz::TimeZone};

use crate::{Error, description, fuzzy, next, schedule::Schedule, wall::Wall};

/// A Quartz cron expression. Its text is upper case, and two are equal if their texts are.
///
/// As `org.quartz.CronExpression`, but that the time zone is an argument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Expression {
    text: Box<str>,
    schedule: Schedule,
}

impl Expression {
    /// How many bytes a text may have. The longest that says something new, every list written out, has about 700.
    pub const MAX_LENGTH: usize = 4096;

    /// How many years after the year of the time that it is asked for an expression may fire; for a time before 2026, after
    /// 2026. Quartz counts from the year in which it was started.
    pub const YEARS_AHEAD: i32 = 100;

    /// Reads an expression.
    ///
    /// The case does not matter; fields are separated by any number of blanks and tabs. The error says which field is
    /// wrong, where, and what to write. `H` is refused: see [`of_trigger`](Self::of_trigger).
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > Self::MAX_LENGTH {
            return Err(Error::TooLong { length: text.len() });
        }
        let text = text.to_uppercase();
        Ok(Expression { schedule: Schedule::parse(&text)?, text: text.into() })
    }

    /// Reads a trigger's expression, in which `H` stands for a value that its id decides: see [`fuzzy::settle`].
    ///
    /// Columns of an error are those of the text without `H`. As `TriggerConverter.toQuartzTrigger` of echo.
    pub fn of_trigger(text: &str, trigger_id: &str) -> Result<Self, Error> {
        if text.len() > Self::MAX_LENGTH {
            return Err(Error::TooLong { length: text.len() });
        }
        Expression::parse(&fuzzy::settle(text, trigger_id))
    }

    /// The first time after `after`, in whole seconds; `None` if there is none in the next
    /// [100 years](Self::YEARS_AHEAD).
    ///
    /// As `CronExpression.getNextValidTimeAfter`.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        next::after(&self.schedule, after, zone, None)
    }

    /// The times after `after`, each later than the one before. They end where the first of them would have to be at the
    /// latest, [100 years](Self::YEARS_AHEAD) after `after`.
    pub fn times_after<'a>(&'a self, after: Timestamp, zone: &'a TimeZone) -> Times<'a> {
        let last_year = next::last_year(zone.to_datetime(after).year().into());
        Times { expression: self, zone, after: Some(after), last_year }
    }

    /// Whether it fires in the second that `time` is in. In an hour that is repeated, both passes answer for the second.
    ///
    /// As `CronExpression.isSatisfiedBy`.
    pub fn is_satisfied_by(&self, time: Timestamp, zone: &TimeZone) -> bool {
        let asked = Wall::at(time, zone).instant();
        let before = asked.and_then(|asked| Timestamp::from_second(asked.as_second() - 1).ok());
        before.is_some_and(|before| self.next_after(before, zone) == asked)
    }

    /// What it means in English, such as `At 10:15 AM, Monday through Friday`.
    ///
    /// In the words of `net.redhogs.cronparser.CronExpressionDescriptor` with days of the week from 1, the library that
    /// echo's `ValidationController` asks. Where that fails (lower case names, several blanks, `L` alone), prints an item
    /// as it is written (`on day 15W`), or leaves out what decides (an hour 0, seconds beside minutes), this one says it.
    pub fn description(&self) -> String {
        description::of(&self.text, &self.schedule)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Expression {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Expression::parse(text)
    }
}

/// The times of an expression, from [`Expression::times_after`].
#[derive(Debug, Clone)]
pub struct Times<'a> {
    expression: &'a Expression,
    zone: &'a TimeZone,
    /// `None` once there is no more.
    after: Option<Timestamp>,
    last_year: i32,
}

impl Iterator for Times<'_> {
    type Item = Timestamp;

    fn next(&mut self) -> Option<Timestamp> {
        self.after = next::after(&self.expression.schedule, self.after?, self.zone, Some(self.last_year));
        self.after
    }
}

impl FusedIterator for Times<'_> {}

#[cfg(test)]
mod tests;
