//! The next time of a schedule, found as `org.quartz.CronExpression.getTimeAfter` finds it.
//!
//! It sets a wall clock field by field, from seconds to years, and starts over whenever a field moved: a time that is
//! skipped or repeated is dealt with where the clock comes by, which decides what happens at both edges of daylight saving
//! time. A day of which the nearest weekday is meant does not start over, so it keeps the time of day.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    Expression,
    days::{Days, DaysOfMonth, day_of_week, days_in_month, nearest_weekday},
    schedule::Schedule,
    wall::Wall,
};

/// The year from which the horizon is counted for an earlier time: Quartz counts it from the year in which it runs.
const YEAR_AT_LEAST: i32 = 2026;

/// The next day of a month that goes with the rule for days.
enum Day {
    /// From its start, unless it is the clock's.
    FromStart(i32),
    /// With the clock's time of day; it may be before the clock's day.
    KeepingTime(i32),
    /// None in this month any more.
    NoMore,
}

/// The last year in which something may fire, asked in that year.
pub(crate) fn last_year(asked_in: i32) -> i32 {
    asked_in.max(YEAR_AT_LEAST) + Expression::YEARS_AHEAD
}

/// The first time after `after`, up to a year: by default that of [`last_year`].
pub(crate) fn after(
    schedule: &Schedule,
    after: Timestamp,
    zone: &TimeZone,
    until_year: Option<i32>,
) -> Option<Timestamp> {
    let earliest = Timestamp::from_second(whole_second(after).checked_add(1)?).ok()?;
    let mut clock = Wall::at(earliest, zone);
    let last_year = until_year.unwrap_or_else(|| last_year(clock.year));
    if schedule.days == Days::Never || schedule.years.next(clock.year)? > last_year {
        return None;
    }
    loop {
        match next_of(schedule.seconds, clock.second) {
            Some(second) if second == clock.second => {}
            found => {
                clock.second = found.unwrap_or_else(|| first_of(schedule.seconds));
                clock.minute += i32::from(found.is_none());
                clock.settle()?;
            }
        }
        match next_of(schedule.minutes, clock.minute) {
            Some(minute) if minute == clock.minute => {}
            found => {
                clock.second = 0;
                clock.minute = found.unwrap_or_else(|| first_of(schedule.minutes));
                clock.set_hour(clock.hour + i32::from(found.is_none()))?;
                continue;
            }
        }
        match next_of(schedule.hours, clock.hour) {
            Some(hour) if hour == clock.hour => {}
            found => {
                clock.second = 0;
                clock.minute = 0;
                clock.day += i32::from(found.is_none());
                clock.set_hour(found.unwrap_or_else(|| first_of(schedule.hours)))?;
                continue;
            }
        }
        match next_day(&schedule.days, &clock, earliest)? {
            Day::KeepingTime(day) => {
                clock.day = day;
                clock.settle()?;
            }
            Day::FromStart(day) if day == clock.day => {}
            Day::FromStart(day) => {
                clock.set_day(clock.year, clock.month, day);
                clock.settle()?;
                continue;
            }
            Day::NoMore => {
                clock.set_day(clock.year, clock.month + 1, 1);
                clock.settle()?;
                continue;
            }
        }
        if clock.year > last_year {
            return None;
        }
        match next_of(schedule.months, clock.month) {
            Some(month) if month == clock.month => {}
            found => {
                let year = clock.year + i32::from(found.is_none());
                clock.set_day(year, found.unwrap_or_else(|| first_of(schedule.months)), 1);
                clock.settle()?;
                continue;
            }
        }
        match schedule.years.next(clock.year)? {
            year if year == clock.year => return clock.instant(),
            year => {
                clock.set_day(year, 1, 1);
                clock.settle()?;
            }
        }
    }
}

/// The second that an instant is in.
pub(crate) fn whole_second(instant: Timestamp) -> i64 {
    instant.as_second() - i64::from(instant.subsec_nanosecond() < 0)
}

fn next_day(days: &Days, clock: &Wall<'_>, earliest: Timestamp) -> Option<Day> {
    let (year, month, today) = (clock.year, clock.month, clock.day);
    let last = days_in_month(year, month);
    let weekday = |day| day_of_week(year, month, day);
    let next = match days {
        Days::OfMonth(days) => return next_of_month(days, clock, earliest, last),
        Days::OfWeek(days) => {
            let weekday = weekday(today)?;
            today - weekday + next_of((*days).into(), weekday).unwrap_or_else(|| first_of((*days).into()) + 7)
        }
        Days::LastOfWeek(wanted) => last - (weekday(last)? - wanted).rem_euclid(7),
        Days::NthOfWeek { day: wanted, nth } => 1 + (wanted - weekday(1)?).rem_euclid(7) + 7 * (nth - 1),
        Days::Never => return None,
    };
    Some(if (today..=last).contains(&next) { Day::FromStart(next) } else { Day::NoMore })
}

fn next_of_month(days: &DaysOfMonth, clock: &Wall<'_>, earliest: Timestamp, last: i32) -> Option<Day> {
    let nearest = match days.nearest.next(clock.day, last) {
        None => None,
        Some(day) => {
            let mut then = *clock;
            then.set_day(clock.year, clock.month, day);
            // A day that a zone skipped whole counts as the next.
            then.settle()?;
            let day = nearest_weekday(day, day_of_week(then.year, then.month, then.day)?, last);
            then = *clock;
            then.day = day;
            then.settle()?;
            (then.instant() >= Some(earliest)).then_some(day)
        }
    };
    Some(match (days.exact.next(clock.day, last), nearest) {
        (Some(exact), Some(nearest)) if nearest <= exact => Day::KeepingTime(nearest),
        (None, Some(nearest)) => Day::KeepingTime(nearest),
        (Some(exact), _) => Day::FromStart(exact),
        (None, None) => Day::NoMore,
    })
}

/// The smallest number in a set that is `from` or above.
fn next_of(set: u64, from: i32) -> Option<i32> {
    let from = u32::try_from(from).ok()?;
    let later = set & u64::MAX.checked_shl(from)?;
    (later != 0).then(|| later.trailing_zeros() as i32)
}

/// The smallest number of a set that is not empty.
fn first_of(set: u64) -> i32 {
    set.trailing_zeros() as i32
}
