//! An expression's fields as sets: what the search for the next time reads.

use crate::{
    Error, Field,
    days::{Days, DaysOfMonth},
    item::{Item, Wrong},
    part::Part,
    years::Years,
};

/// The sets of an expression. None is empty but perhaps the years, and the days of the month.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Schedule {
    /// Bit 0 is 0, as in all sets.
    pub(crate) seconds: u64,
    pub(crate) minutes: u64,
    pub(crate) hours: u64,
    pub(crate) months: u64,
    pub(crate) days: Days,
    pub(crate) years: Years,
}

impl Schedule {
    /// Reads an expression, which is upper case.
    pub(crate) fn parse(text: &str) -> Result<Schedule, Error> {
        let parts = Part::all(text)?;
        let mut sets = [0_u64; 7];
        let mut years = Years::default();
        let mut of_month = DaysOfMonth::default();
        let (mut no_day_of_month, mut no_day_of_week) = (false, false);
        let (mut nth, mut last_of_week) = (None, None);
        for (part, set) in parts.iter().zip(&mut sets) {
            if part.field == Field::DayOfWeek {
                check_days_of_week(text, *part)?;
            }
            for (offset, written, item) in part.items() {
                let item = item.map_err(|Wrong(wrong, instead)| Error::Item {
                    field: part.field,
                    column: part.column(text, offset),
                    item: written.to_owned(),
                    wrong,
                    instead,
                })?;
                match (part.field, item) {
                    (Field::Year, item) => years.add(item),
                    (Field::DayOfMonth, Item::Unspecified) => no_day_of_month = true,
                    (Field::DayOfWeek, Item::Unspecified) => no_day_of_week = true,
                    (_, Item::LastWeekday(day)) => last_of_week = Some(day),
                    // 98 is `?` for a day.
                    (_, Item::NthWeekday { day: 98, .. }) => no_day_of_week = true,
                    (_, Item::NthWeekday { day, nth: number }) => nth = Some((day, number)),
                    (field, item) => {
                        of_month.add(item);
                        *set |= values(field, item);
                    }
                }
            }
        }
        if parts.len() == 6 {
            years.add(Item::Every);
        }
        let [seconds, minutes, hours, days_of_month, months, days_of_week, _] = sets;
        of_month.add_exact(days_of_month);
        let days = match (no_day_of_month, no_day_of_week) {
            (false, false) => return Err(Error::BothDays),
            (true, true) => return Err(Error::NoDay),
            (false, true) if !of_month.occur_in(months) => Days::Never,
            (false, true) => Days::OfMonth(of_month),
            (true, false) => match (last_of_week, nth) {
                (Some(day), _) => Days::LastOfWeek(day),
                (_, Some((day, nth))) => nth_of_week(day, nth, days_of_week),
                _ => Days::OfWeek(days_of_week as u8),
            },
        };
        let empty = |part: &&Part<'_>| match part.field {
            Field::DayOfWeek => days == Days::OfWeek(0),
            Field::DayOfMonth | Field::Year => false,
            field => sets[field as usize] == 0,
        };
        match parts.iter().find(empty) {
            None => Ok(Schedule { seconds, minutes, hours, months, days, years }),
            Some(part) => Err(part.wrong(text, "the list has no value", format!("write {}", part.field.values()))),
        }
    }
}

/// What the two marks of a week's day ask of the whole list.
fn check_days_of_week(text: &str, part: Part<'_>) -> Result<(), Error> {
    if part.text.contains('L') && part.text.contains(',') {
        return Err(part.wrong(text, "`L` is in a list", "write one last day of the week alone, as in `6L`"));
    }
    if part.text.matches('#').count() > 1 {
        return Err(part.wrong(text, "there are two `#`", "write one nth day of the week, as in `FRI#2`"));
    }
    Ok(())
}

/// Of several days of the week, Quartz counts the smallest; 0 is Saturday, and what is over 7 never comes.
fn nth_of_week(day: i32, nth: i32, others: u64) -> Days {
    let smallest = match others {
        0 => day,
        _ => day.min(others.trailing_zeros() as i32),
    };
    match smallest {
        0 => Days::NthOfWeek { day: 7, nth },
        1..=7 => Days::NthOfWeek { day: smallest, nth },
        _ => Days::Never,
    }
}

/// The bits that an item stands for.
fn values(field: Field, item: Item) -> u64 {
    let (smallest, largest) = field.bounds();
    let (first, last, step) = match item {
        Item::Every => (smallest, largest, 1),
        Item::Value(value) => (value, value, 1),
        Item::Range { first, last, step } => (first, last, step),
        Item::From { first, step } => (first.unwrap_or(smallest), largest, step),
        _ => return 0,
    };
    // How many values there are before they start again, and the number of the one that 0 is there.
    let (round, zero) = if smallest == 0 { (largest + 1, 0) } else { (largest, largest) };
    let end = if last < first { last + round } else { last };
    let step = usize::try_from(step.max(1)).unwrap_or(1);
    (first..=end).step_by(step).fold(0, |set, value| {
        let value = match value % round {
            _ if last >= first => value,
            0 => zero,
            rest => rest,
        };
        set | 1 << value
    })
}
