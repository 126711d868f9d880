//! On which days of a month an expression fires, as `org.quartz.CronExpression.getTimeAfter` has it.

use jiff::civil::{Date, Weekday};

use crate::item::Item;

/// The rule that an expression's two day fields make.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Days {
    /// Days of the month.
    OfMonth(DaysOfMonth),
    /// Days of the week: bit 1 is Sunday. There is at least one.
    OfWeek(u8),
    /// The last such day of the week in a month; 1 is Sunday.
    LastOfWeek(i32),
    /// The `nth` such day of the week in a month.
    NthOfWeek { day: i32, nth: i32 },
    /// Never.
    Never,
}

/// The days that are meant as they are, and those of which the nearest weekday is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct DaysOfMonth {
    pub(crate) exact: DaySet,
    pub(crate) nearest: DaySet,
}

/// Days of a month, from its start and from its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct DaySet {
    /// Bit 1 is the first.
    from_first: u32,
    /// Bit 0 is the last, bit 3 the third before it.
    before_last: u32,
}

impl DaysOfMonth {
    /// Adds what an item stands for, of those that are not a range.
    pub(crate) fn add(&mut self, item: Item) {
        match item {
            Item::Nearest(day) => self.nearest.from_first |= bit(day),
            Item::Last { before } => self.exact.before_last |= bit(before),
            Item::NearestLast { before } => self.nearest.before_last |= bit(before),
            _ => {}
        }
    }

    /// Whether one of those months ever has one of these days; bit 1 is January.
    pub(crate) fn occur_in(&self, months: u64) -> bool {
        let in_month = |month| {
            // A year with a 29th of February.
            let last = days_in_month(2000, month);
            self.exact.next(1, last).or(self.nearest.next(1, last)).is_some()
        };
        (1..=12).any(|month| months & 1 << month != 0 && in_month(month))
    }

    /// Adds plain days: bit 1 is the first.
    pub(crate) fn add_exact(&mut self, days: u64) {
        // Bits of days are below 32.
        self.exact.from_first |= days as u32;
    }
}

fn bit(number: i32) -> u32 {
    u32::try_from(number).ok().and_then(|number| 1_u32.checked_shl(number)).unwrap_or(0)
}

impl DaySet {
    /// The next of them in a month of `last` days, at `day` or after it.
    ///
    /// Quartz compares a day with one counted from the month's end as if every month had 31: `27,L-3` is the 27th in
    /// February, not the 25th and the 27th.
    pub(crate) fn next(&self, day: i32, last: i32) -> Option<i32> {
        let reachable = bit(last - day + 1).wrapping_sub(1);
        let before_last = match self.before_last & reachable {
            0 => None,
            days => Some(31 - days.leading_zeros() as i32),
        };
        let from_first = match self.from_first & !bit(day).wrapping_sub(1) {
            0 => None,
            days => Some(days.trailing_zeros() as i32).filter(|found| *found <= last),
        };
        match (from_first, before_last) {
            (Some(found), Some(before)) if found < 31 - before => Some(found),
            (_, Some(before)) => Some(last - before),
            (found, None) => found,
        }
    }
}

/// The number of days in a month.
pub(crate) fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day of the week, 1 for Sunday; `None` beyond the year 9999.
pub(crate) fn day_of_week(year: i32, month: i32, day: i32) -> Option<i32> {
    let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    Some(i32::from(date.weekday().since(Weekday::Sunday)) + 1)
}

/// The weekday nearest a day, of that day of the week, in a month of `last` days: within that month.
pub(crate) fn nearest_weekday(day: i32, day_of_week: i32, last: i32) -> i32 {
    match day_of_week {
        7 if day == 1 => day + 2,
        7 => day - 1,
        1 if day == last => day - 2,
        1 => day + 1,
        _ => day,
    }
}
