//! What an expression's fields mean, and a walk over the days and seconds of a wall clock that goes by nothing else.

use std::{collections::BTreeSet, iter::successors};

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, time},
    tz::{AmbiguousOffset, TimeZone},
};

/// The values of each field, and the rule for days.
#[derive(Debug, Clone)]
pub(crate) struct Meaning {
    pub(crate) seconds: BTreeSet<i8>,
    pub(crate) minutes: BTreeSet<i8>,
    pub(crate) hours: BTreeSet<i8>,
    pub(crate) days: Days,
    pub(crate) months: BTreeSet<i8>,
    pub(crate) years: Option<BTreeSet<i16>>,
}

/// A rule for days. Days of the week count from 1, Sunday.
#[derive(Debug, Clone)]
pub(crate) enum Days {
    OfMonth(BTreeSet<i8>),
    BeforeLast(BTreeSet<i8>),
    Nearest(i8),
    NearestBeforeLast(i8),
    OfWeek(BTreeSet<i8>),
    LastOfWeek(i8),
    NthOfWeek(i8, i8),
}

impl Meaning {
    /// The first time after `after` within so many days, read off a wall clock: a time that the clock skips is none, and
    /// of one that it shows twice the later counts.
    pub(crate) fn walk(&self, after: Timestamp, zone: &TimeZone, days: usize) -> Option<Timestamp> {
        let start = zone.to_datetime(after + SignedDuration::from_secs(1));
        successors(Some(start.date()), |date| date.tomorrow().ok())
            .take(days)
            .filter(|date| self.has_day(*date))
            .find_map(|date| {
                let hours = (0..24).filter(|hour| self.hours.contains(hour));
                let minutes =
                    |hour| (0..60).filter(|minute| self.minutes.contains(minute)).map(move |minute| (hour, minute));
                hours.flat_map(minutes).find_map(|(hour, minute)| {
                    (0..60).filter(|second| self.seconds.contains(second)).find_map(|second| {
                        let shown = date.to_datetime(time(hour, minute, second, 0));
                        let offset = match zone.to_ambiguous_timestamp(shown).offset() {
                            AmbiguousOffset::Unambiguous { offset } => offset,
                            AmbiguousOffset::Gap { .. } => return None,
                            AmbiguousOffset::Fold { after, .. } => after,
                        };
                        (shown >= start).then(|| offset.to_timestamp(shown).expect("the walk stays in range"))
                    })
                })
            })
    }

    fn has_day(&self, date: Date) -> bool {
        self.years.as_ref().is_none_or(|years| years.contains(&date.year()))
            && self.months.contains(&date.month())
            && self.days.have(date)
    }
}

impl Days {
    fn have(&self, date: Date) -> bool {
        let (day, last) = (date.day(), date.days_in_month());
        match self {
            Days::OfMonth(days) => days.contains(&day),
            Days::BeforeLast(days) => days.contains(&(last - day)),
            Days::Nearest(wanted) => *wanted <= last && day == nearest_weekday(date, *wanted),
            Days::NearestBeforeLast(before) => *before < last && day == nearest_weekday(date, last - before),
            Days::OfWeek(days) => days.contains(&weekday(date)),
            Days::LastOfWeek(wanted) => weekday(date) == *wanted && day + 7 > last,
            Days::NthOfWeek(wanted, nth) => weekday(date) == *wanted && (day - 1) / 7 + 1 == *nth,
        }
    }
}

fn weekday(date: Date) -> i8 {
    date.weekday().to_sunday_one_offset()
}

/// The weekday with the fewest days between it and a day, of those of the same month.
fn nearest_weekday(month: Date, wanted: i8) -> i8 {
    let weekdays = (1..=month.days_in_month()).filter(|day| {
        let date = Date::new(month.year(), month.month(), *day).expect("the month has that day");
        !matches!(weekday(date), 1 | 7)
    });
    weekdays.min_by_key(|day| (day - wanted).abs()).expect("each month has weekdays")
}
