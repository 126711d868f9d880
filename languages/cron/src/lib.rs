//! When a cron trigger fires: Quartz cron expressions, in a time zone, with Spinnaker's `H`.
//!
//! An expression has six fields and perhaps a year: seconds, minutes, hours, day of the month, month, day of the week.
//! One of the two days is `?`. A day can be `L` (the last), `L-3`, `LW` (the last weekday), `15W` (the weekday nearest
//! the 15th), `6L` (the last Friday) or `FRI#2` (the second Friday); days of the week count from `1`, Sunday.
//!
//! ```
//! use gennaker_cron::{Expression, fuzzy};
//! use jiff::{Timestamp, tz::TimeZone};
//!
//! let expression = Expression::parse("0 15 10 ? * MON-FRI")?;
//! assert_eq!(expression.description(), "At 10:15 AM, Monday through Friday");
//!
//! let friday: Timestamp = "2026-01-16T12:00:00Z".parse()?;
//! let zone = TimeZone::get("Europe/Berlin")?;
//! let mut times = expression.times_after(friday, &zone);
//! assert_eq!(times.next(), Some("2026-01-19T09:15:00Z".parse()?));
//! assert_eq!(times.next(), Some("2026-01-20T09:15:00Z".parse()?));
//!
//! // `H` spreads triggers that would all fire at once: each gets its own second, minute or hour.
//! assert_eq!(fuzzy::settle("0 H 5 * * ?", "id"), "0 55 5 * * ?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//!
//! - The times are those of Quartz 2.5.2, to the second, oddities included; so is what is an expression and what is not.
//! - A time is later than the one it was asked for, and is looked for within a bounded number of steps: an expression that
//!   never fires again answers `None`.
//! - Nothing panics, whatever the text, the time and the zone.
//!
//! # Oddities of Quartz
//!
//! - It reads a wall clock. An hour that is skipped in spring is skipped by the expression; one that is repeated in autumn
//!   counts once, the second time, even when asked from within the first. Where a clock is set forward by more than an
//!   hour, or from 02:45 to 03:45, the rest of the hour that it is set to may be missed too.
//! - What follows a complete item is ignored: `MON-FRI/2` is `MON-FRI`, `5X` is `5`, `*5` is `*`. `99` is `*` in every
//!   field, and `98` is `?` where `?` may stand. `L` as day of the week is Saturday.
//! - From the day on which it is asked, `15W` keeps the time of day that it had come to: of several times a day the first
//!   ones of that day may be missed, and so may a nearest weekday that lies on the other side of its day, or the next of
//!   several.
//! - Nothing fires more than [100 years ahead](Expression::YEARS_AHEAD).
//!
//! # What it is not
//!
//! It is no scheduler and reads no clock. Other dialects (five fields, `@daily`, days of the week from `0`) are refused.
//!
//! # Deviations
//!
//! An expression that Quartz takes and then fails on whenever it is asked for a time is refused: a list without a value
//! (`,`) in another field than the day of the month and the year, `L` as month. Digits are ASCII. A text has at most
//! [`Expression::MAX_LENGTH`] bytes. A year with a step, `2150/2`, which Quartz refuses as long as that is over 100 years
//! ahead, does not fire until it is less; it is refused after 2199.
//!
//! Sources: `org.quartz.CronExpression` of Quartz 2.5.2, `CronExpressionFuzzer` and `ValidationController` of Spinnaker's
//! echo of August 2026, and `net.redhogs.cronparser` 2.8 for the words.

mod days;
mod description;
mod error;
mod expression;
mod field;
pub mod fuzzy;
mod item;
mod next;
mod part;
mod schedule;
mod wall;
mod years;

/// Where the times and zones come from that an expression is asked with.
pub use jiff;

pub use self::{
    error::Error,
    expression::{Expression, Times},
    field::Field,
};
