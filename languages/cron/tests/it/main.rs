//! Quartz cron expressions, from outside: against a walk over every day and second of a wall clock, and with odd texts.

mod meaning;
mod random;

use gennaker_cron::{Expression, fuzzy};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use proptest::prelude::*;

use crate::meaning::Meaning;

/// How many days the walk goes; longer than from a leap day to the next.
const DAYS: usize = 1500;

fn agrees(text: &str, meaning: &Meaning, after: Timestamp, zone: &TimeZone) -> Result<(), TestCaseError> {
    let expression = Expression::parse(text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
    let found = expression.next_after(after, zone);
    match meaning.walk(after, zone, DAYS) {
        Some(walked) => prop_assert_eq!(found, Some(walked), "{} after {}", text, after),
        None => {
            prop_assert!(
                found.is_none_or(|found| found > after + (24 * (DAYS as i64 - 2)).hours()),
                "{text} after {after}"
            )
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_next_time_is_the_one_that_a_walk_finds(
        (text, meaning) in random::expression(),
        (after, zone) in random::moment(),
    ) {
        agrees(&text, &meaning, after, &zone)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Asked at a month's start and once a day, because of what Quartz makes of other cases: see the crate's page.
    #[test]
    fn the_nearest_weekday_is_the_one_that_a_walk_finds(
        (text, meaning) in random::nearest_weekday(),
        (year, month) in (1990..2090_i16, 1..=12_i8),
    ) {
        let start = jiff::civil::date(year, month, 1).in_tz("UTC").unwrap().timestamp();
        agrees(&text, &meaning, start - 1.second(), &TimeZone::UTC)?;
    }

    #[test]
    fn times_grow_and_are_satisfied((text, _) in random::expression(), (after, zone) in random::moment()) {
        let expression = Expression::parse(&text).unwrap();
        let mut before = after;
        for time in expression.times_after(after, &zone).take(20) {
            prop_assert!(time > before, "{text}: {time} follows {before}");
            prop_assert!(expression.is_satisfied_by(time, &zone), "{text} at {time}");
            before = time;
        }
    }

    #[test]
    fn what_is_one_has_a_description_and_reads_back((text, _) in random::expression()) {
        let expression = Expression::parse(&text).unwrap();
        prop_assert!(!expression.description().is_empty());
        prop_assert_eq!(expression.to_string().parse(), Ok(expression));
    }

    #[test]
    fn no_text_makes_anything_panic(text in random::odd_text(), id in any::<String>(), (after, zone) in random::moment()) {
        fuzzy::validate(&text).ok();
        for expression in [Expression::parse(&text), Expression::of_trigger(&text, &id)].into_iter().flatten() {
            prop_assert!(expression.times_after(after, &zone).take(3).all(|time| time > after));
            expression.is_satisfied_by(after, &zone);
            expression.description();
        }
    }
}
