//! Random expressions with what they mean, times near the edges of daylight saving time, and texts that may be anything.

use std::{collections::BTreeSet, ops::RangeInclusive};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::meaning::{Days, Meaning};

const MONTHS: [&str; 12] = ["JAN", "Feb", "mar", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "Mon", "tue", "WED", "THU", "FRI", "SAT"];

/// A list's text and its values.
type List = (String, BTreeSet<i8>);

/// From one value to another and on from the field's first if need be, so many apart.
fn range(first: i8, last: i8, step: usize, field: &RangeInclusive<i8>) -> BTreeSet<i8> {
    let around = field.clone().chain(field.clone()).skip_while(|value| *value != first);
    let count = around.clone().position(|value| value == last).expect("the end is one of the field's values") + 1;
    around.take(count).step_by(step).collect()
}

/// One item of a list of numbers, or of names if there are some.
fn item(field: RangeInclusive<i8>, names: &'static [&'static str]) -> BoxedStrategy<List> {
    let value = field.clone();
    let step = 1..=*field.end() as usize;
    let named = move |value: i8| names[(value - 1) as usize];
    let all = field.clone();
    let numbers = (value.clone(), value.clone(), step, 0..7).prop_map(move |(first, last, step, form)| match form {
        0 => ("*".to_owned(), all.clone().collect()),
        1 => (format!("*/{step}"), all.clone().step_by(step).collect()),
        2 => (format!("/{step}"), all.clone().step_by(step).collect()),
        3 => (format!("{first}/{step}"), (first..=*all.end()).step_by(step).collect()),
        4 => (format!("{first}-{last}"), range(first, last, 1, &all)),
        5 => (format!("{first:02}-{last}/{step}"), range(first, last, step, &all)),
        _ => (first.to_string(), [first].into()),
    });
    if names.is_empty() {
        return numbers.boxed();
    }
    let of_names = (value.clone(), value, any::<bool>()).prop_map(move |(first, last, single)| match single {
        true => (named(first).to_owned(), [first].into()),
        false => (format!("{}-{}", named(first), named(last)), range(first, last, 1, &field)),
    });
    prop_oneof![numbers, of_names].boxed()
}

fn list(field: RangeInclusive<i8>, names: &'static [&'static str]) -> impl Strategy<Value = List> {
    vec(item(field, names), 1..=3).prop_map(|items| {
        let texts: Vec<_> = items.iter().map(|(text, _)| text.as_str()).collect();
        (texts.join(","), items.iter().flat_map(|(_, values)| values).copied().collect())
    })
}

/// Both day fields and their rule.
fn days() -> impl Strategy<Value = (String, String, Days)> {
    let of_month = |(text, days)| (text, "?".to_owned(), Days::OfMonth(days));
    let of_week = |(text, days)| ("?".to_owned(), text, Days::OfWeek(days));
    let day_of_week = (1..=7_i8, any::<bool>())
        .prop_map(|(day, named)| (day, if named { WEEKDAYS[(day - 1) as usize].to_owned() } else { day.to_string() }));
    prop_oneof![
        1 => Just(("*".to_owned(), "?".to_owned(), Days::OfMonth((1..=31).collect()))),
        3 => list(1..=31, &[]).prop_map(of_month),
        3 => list(1..=7, &WEEKDAYS).prop_map(of_week),
        1 => Just(("?".to_owned(), "L".to_owned(), Days::OfWeek([7].into()))),
        1 => vec(0..=30_i8, 1..=3).prop_map(|before| {
            let text = |before: &i8| if *before == 0 { "L".to_owned() } else { format!("L-{before}") };
            let texts: Vec<_> = before.iter().map(text).collect();
            (texts.join(","), "?".to_owned(), Days::BeforeLast(before.into_iter().collect()))
        }),
        1 => day_of_week.clone().prop_map(|(day, text)| ("?".to_owned(), format!("{text}L"), Days::LastOfWeek(day))),
        2 => (day_of_week, 1..=5_i8)
            .prop_map(|((day, text), nth)| ("?".to_owned(), format!("{text}#{nth}"), Days::NthOfWeek(day, nth))),
    ]
}

fn years() -> impl Strategy<Value = Option<(String, BTreeSet<i16>)>> {
    option::of((2000..2099_i16, 0..20_i16, 1..5_usize, 0..4).prop_map(|(first, more, step, form)| {
        let last = first + more;
        match form {
            0 => (first.to_string(), [first].into()),
            1 => (format!("{first}-{last}"), (first..=last).collect()),
            2 => (format!("{first}-{last}/{step}"), (first..=last).step_by(step).collect()),
            _ => (format!("{first}/{step},{last}"), (first..2200).step_by(step).chain([last]).collect()),
        }
    }))
}

/// A month field, often `*`.
fn months() -> impl Strategy<Value = List> {
    prop_oneof![2 => Just(("*".to_owned(), (1..=12).collect())), 1 => list(1..=12, &MONTHS)]
}

/// An expression and what it means; without the nearest weekdays.
pub(crate) fn expression() -> impl Strategy<Value = (String, Meaning)> {
    let fields = (list(0..=59, &[]), list(0..=59, &[]), list(0..=23, &[]), days(), months(), years());
    let blank = select(vec![" ", "  ", "\t"]);
    (fields, blank).prop_map(|((seconds, minutes, hours, days, months, years), blank)| {
        let mut texts = vec![seconds.0, minutes.0, hours.0, days.0, months.0, days.1];
        texts.extend(years.as_ref().map(|years| years.0.clone()));
        let years = years.map(|years| years.1);
        let (seconds, minutes, hours, months) = (seconds.1, minutes.1, hours.1, months.1);
        (texts.join(blank), Meaning { seconds, minutes, hours, days: days.2, months, years })
    })
}

/// An expression for one nearest weekday of each month, once a day.
pub(crate) fn nearest_weekday() -> impl Strategy<Value = (String, Meaning)> {
    let day = prop_oneof![
        (1..=31_i8).prop_map(|day| (format!("{day}W"), Days::Nearest(day))),
        Just(("LW".to_owned(), Days::NearestBeforeLast(0))),
        (0..=30_i8).prop_map(|before| (format!("L-{before}W"), Days::NearestBeforeLast(before))),
    ];
    (0..60_i8, 0..60_i8, 0..24_i8, day, months()).prop_map(|(second, minute, hour, (day, days), months)| {
        let text = format!("{second} {minute} {hour} {day} {} ?", months.0);
        let (seconds, minutes, hours) = ([second].into(), [minute].into(), [hour].into());
        (text, Meaning { seconds, minutes, hours, days, months: months.1, years: None })
    })
}

/// A zone, and a time in it: near where its clock is set, near a leap day, or any of this century.
///
/// No zone whose clock is set forward by over an hour, or from within an hour into another: there Quartz misses times.
pub(crate) fn moment() -> impl Strategy<Value = (Timestamp, TimeZone)> {
    let zones = [
        "UTC",
        "America/Los_Angeles",
        "America/Sao_Paulo",
        "America/Santiago",
        "America/New_York",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Europe/Berlin",
        "Europe/Dublin",
    ];
    let zones: Vec<_> = zones.into_iter().map(|zone| TimeZone::get(zone).expect("the zone is known")).collect();
    let second = 946_684_800..3_786_912_000_i64;
    let near = -100_000..100_000_i64;
    (select(zones), second, near, 0..4).prop_map(|(zone, second, near, form)| {
        let any = Timestamp::from_second(second).expect("it is of this century");
        let near = SignedDuration::from_secs(near);
        let time = match form {
            0 | 1 => zone.following(any).next().map(|change| change.timestamp() + near),
            2 => {
                let year = zone.to_datetime(any).year() / 4 * 4;
                let leap_day = jiff::civil::date(year, 2, 29).to_zoned(zone.clone()).expect("it is of this century");
                Some(leap_day.timestamp() + near)
            }
            _ => None,
        };
        (time.unwrap_or(any), zone)
    })
}

/// Mostly what may stand in an expression, in any order.
pub(crate) fn odd_text() -> impl Strategy<Value = String> {
    let words = select(vec![
        "0",
        "5",
        "12",
        "31",
        "98",
        "99",
        "2027",
        "*",
        "?",
        "L",
        "W",
        "LW",
        "#",
        "-",
        "/",
        ",",
        "H",
        "MON",
        "fri",
        "JAN",
        " ",
        " ",
        " ",
        "\t",
        "\n",
        "+",
        "é",
        "ß",
        "\u{660}",
        "2147483647",
        "99999999999",
    ]);
    let text = vec(words, 0..24).prop_map(|words| words.concat());
    let field = vec(select(vec!["0", "1", "5", "9", "*", "/", "-", ",", "L", "W", "#", "?"]), 1..5);
    let fields = vec(field.prop_map(|parts| parts.concat()), 6..=7).prop_map(|fields| fields.join(" "));
    prop_oneof![text, fields, any::<String>()]
}
