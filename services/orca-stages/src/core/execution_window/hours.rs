//! The hours and days of `restrictedExecutionWindow`, and when they next let a stage through.
//!
//! ```json
//! {"days": [2, 3], "whitelist": [{"startHour": 22, "startMin": 0, "endHour": 5, "endMin": 30}]}
//! ```
//! `days` are 1 (Sunday) to 7; none are all of them. A window counts its last minute whole: until 05:30:59.999 here. It wraps around
//! midnight if it starts at a later *hour* than it ends; the two parts belong to the day that each of them is on. Without
//! windows the whole of those days is open. Upstream: `SuspendExecutionDuringTimeWindowTask.getTimeInWindow`.
//!
//! # What differs from upstream
//! Upstream works out a time, looks again every 30 s, and goes on once the time that it works out *then* is not in the future: the
//! time itself, which nobody sees, may be a day late or on a day that is closed. Here it is the first moment at which upstream's
//! look would let the stage through, so that one timer does. Where clocks are put forward a window that lies in the missing hour is left
//! out that day, and one that reaches beyond it opens with the clock; where they are put back it is open both times.

use std::iter::successors;

use gennaker_wire::{Object, ObjectExt};
use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::Value;

/// So far an opening is looked for: a window of one day a week that the clock skips opens two weeks later.
const HORIZON_DAYS: usize = 15;

/// When stages may run.
#[derive(Debug, PartialEq)]
pub(super) struct Hours {
    windows: Vec<Window>,
    /// By upstream's numbers; one that no day has is never met.
    days: Vec<i64>,
}

/// From a minute of the day to another, both counted.
#[derive(Debug, PartialEq)]
struct Window {
    start: u16,
    end: u16,
}

impl Window {
    fn holds(&self, minute: u16) -> bool {
        if self.start / 60 > self.end / 60 {
            minute >= self.start || minute <= self.end
        } else {
            (self.start..=self.end).contains(&minute)
        }
    }
}

impl Hours {
    /// Reads the value of `restrictedExecutionWindow`; the error says what its author has to change.
    pub(super) fn read(settings: Option<&Value>) -> Result<Hours, String> {
        let Some(Value::Object(settings)) = settings else {
            return Err("restrictedExecutionWindow is missing: name days or hours there".to_owned());
        };
        let windows = list(settings, "whitelist")?.iter().map(window).collect::<Result<Vec<_>, _>>()?;
        let days = list(settings, "days")?.iter().map(|day| {
            whole(day).ok_or_else(|| format!("days are numbers from 1 (Sunday) to 7 (Saturday), not {day}"))
        });
        let hours = Hours { windows, days: days.collect::<Result<_, _>>()? };
        if hours.windows.is_empty() && hours.days.is_empty() {
            return Err("restrictedExecutionWindow names neither hours (whitelist) nor days: name one".to_owned());
        }
        Ok(hours)
    }

    /// The first moment from `now` on that is within these hours; `None` if there is none, as when a day has no such number.
    pub(super) fn opening(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.is_open(now, zone) {
            return Some(now);
        }
        // Between those it stays closed: the starts of windows and days, and where the clock jumps.
        let today = now.to_zoned(zone.clone()).date();
        let days = successors(Some(today), |day| day.tomorrow().ok()).take(HORIZON_DAYS);
        let starts = || [0].into_iter().chain(self.windows.iter().map(|window| window.start));
        let starts = days.flat_map(|day| starts().filter_map(move |minute| wall_time(day, minute)));
        let mut moments: Vec<Timestamp> = starts.flat_map(|time| instants(time, zone)).collect();
        let last = moments.iter().max().copied().unwrap_or(now);
        let jumps = zone.following(now).map(|jump| jump.timestamp());
        moments.extend(jumps.take_while(|moment| *moment <= last));
        moments.into_iter().filter(|moment| *moment > now && self.is_open(*moment, zone)).min()
    }

    fn is_open(&self, moment: Timestamp, zone: &TimeZone) -> bool {
        let time = moment.to_zoned(zone.clone());
        let day = i64::from(time.weekday().to_sunday_one_offset());
        let minute = u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        (self.days.is_empty() || self.days.contains(&day))
            && (self.windows.is_empty() || self.windows.iter().any(|window| window.holds(minute)))
    }
}

fn wall_time(day: civil::Date, minute: u16) -> Option<civil::DateTime> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    Some(day.at(hour, minute, 0, 0))
}

/// When a clock in that zone shows this time: twice on the day that clocks are put back.
fn instants(time: civil::DateTime, zone: &TimeZone) -> impl Iterator<Item = Timestamp> {
    let both = || zone.to_ambiguous_timestamp(time);
    [both().earlier(), both().later()].into_iter().filter_map(Result::ok)
}

fn list<'s>(settings: &'s Object, name: &str) -> Result<&'s [Value], String> {
    match settings.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(other) => Err(format!("{name} of restrictedExecutionWindow is a list, not {other}")),
    }
}

fn window(value: &Value) -> Result<Window, String> {
    let Some(fields) = value.as_object() else {
        return Err(format!("a window of the whitelist is an object with startHour and endHour, not {value}"));
    };
    let minute = |hour: &str, minute: &str| Ok::<u16, String>(part(fields, hour, 23)? * 60 + part(fields, minute, 59)?);
    Ok(Window { start: minute("startHour", "startMin")?, end: minute("endHour", "endMin")? })
}

/// A part of a time, 0 if it is not given.
fn part(window: &Object, name: &str, most: u16) -> Result<u16, String> {
    let value = match window.get(name) {
        None | Some(Value::Null) => return Ok(0),
        Some(value) => value,
    };
    let number = whole(value).and_then(|number| u16::try_from(number).ok()).filter(|number| *number <= most);
    number.ok_or_else(|| format!("{name} of a window is a number from 0 to {most}, not {value}"))
}

/// A number, or a text that is one, without its fraction.
fn whole(value: &Value) -> Option<i64> {
    let own = Object::from_iter([(String::new(), value.clone())]);
    own.integer("").or_else(|| {
        let number = own.number("")?.trunc();
        // Exact below 2^53.
        (number.abs() < 9e15).then_some(number as i64)
    })
}

#[cfg(test)]
mod tests;
