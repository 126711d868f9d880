//! The seven fields of an expression: their names, and what may stand in them.

use std::fmt;

/// A field of an expression, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 0 to 59.
    Seconds,
    /// 0 to 59.
    Minutes,
    /// 0 to 23.
    Hours,
    /// 1 to 31, or `?`.
    DayOfMonth,
    /// 1 to 12, or `JAN` to `DEC`.
    Month,
    /// 1 (Sunday) to 7, or `SUN` to `SAT`, or `?`.
    DayOfWeek,
    /// May be left out.
    Year,
}

impl Field {
    /// All of them, in the order in which they are written.
    pub const ALL: [Field; 7] =
        [Field::Seconds, Field::Minutes, Field::Hours, Field::DayOfMonth, Field::Month, Field::DayOfWeek, Field::Year];

    /// The smallest and the largest value; those of a year are what `*` stands for.
    pub(crate) fn bounds(self) -> (i32, i32) {
        match self {
            Field::Seconds | Field::Minutes => (0, 59),
            Field::Hours => (0, 23),
            Field::DayOfMonth => (1, 31),
            Field::Month => (1, 12),
            Field::DayOfWeek => (1, 7),
            Field::Year => (1970, i32::MAX),
        }
    }

    /// What a step may be at most.
    pub(crate) fn largest_step(self) -> i32 {
        match self {
            Field::Year => i32::MAX,
            _ => self.bounds().1,
        }
    }

    /// The number that a name of three letters stands for.
    pub(crate) fn named(self, name: &str) -> Option<i32> {
        let names: &[&str] = match self {
            Field::Month => &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
            Field::DayOfWeek => &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
            _ => &[],
        };
        (1..).zip(names).find_map(|(number, known)| (*known == name).then_some(number))
    }

    /// What may be written, for an error's advice.
    pub(crate) fn values(self) -> &'static str {
        match self {
            Field::Seconds | Field::Minutes => "0 to 59",
            Field::Hours => "0 to 23",
            Field::DayOfMonth => "1 to 31",
            Field::Month => "1 to 12 or JAN to DEC",
            Field::DayOfWeek => "1 (Sunday) to 7 or SUN to SAT",
            Field::Year => "a year such as 2027",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Field::Seconds => "seconds",
            Field::Minutes => "minutes",
            Field::Hours => "hours",
            Field::DayOfMonth => "day of the month",
            Field::Month => "month",
            Field::DayOfWeek => "day of the week",
            Field::Year => "year",
        })
    }
}
