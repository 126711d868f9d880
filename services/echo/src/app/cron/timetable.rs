//! When which trigger fires next: pure.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc, time::Duration};

use gennaker_base::Timestamp;
use gennaker_cron::Expression;
use gennaker_wire::{Object, ObjectExt};
use jiff::tz::TimeZone;

use super::CRON;
use crate::app::{
    known::{Known, Pipeline},
    own_id,
};

/// A trigger that fires.
pub(super) struct Entry {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) trigger: Object,
    /// The trigger's id.
    pub(super) id: String,
    expression: Expression,
}

/// A time that came due.
#[derive(Clone)]
pub(super) struct Tick {
    pub(super) entry: Arc<Entry>,
    pub(super) time: Timestamp,
    /// Whether it is made up for.
    pub(super) is_late: bool,
}

/// What a time is called wherever it fires: its time, and its name for orca.
pub(super) type Key = (Timestamp, String);

impl Tick {
    pub(super) fn key(&self) -> Key {
        let pipeline = self.entry.pipeline.id().unwrap_or_default();
        (self.time, format!("cron/{pipeline}/{}/{}", self.entry.id, self.time.millis()))
    }
}

/// The triggers by the time at which each fires next.
pub(super) struct Timetable {
    zone: TimeZone,
    entries: Vec<Arc<Entry>>,
    next: BinaryHeap<Reverse<(Timestamp, usize)>>,
}

impl Default for Timetable {
    fn default() -> Self {
        Timetable { zone: TimeZone::UTC, entries: Vec::new(), next: BinaryHeap::new() }
    }
}

impl Timetable {
    /// Of all cron triggers that fire after `after`, and why some never do.
    pub(super) fn of(known: &Known, zone: &TimeZone, after: Timestamp) -> (Timetable, Vec<String>) {
        let mut table = Timetable { zone: zone.clone(), ..Timetable::default() };
        let mut problems = Vec::new();
        for (pipeline, trigger) in known.triggers(CRON) {
            let id = trigger.text("id").filter(|id| !id.is_empty()).unwrap_or_else(|| own_id(pipeline.id(), trigger));
            let text = trigger.text("cronExpression").unwrap_or_default();
            let expression = match Expression::of_trigger(&text, &id) {
                Ok(expression) => expression,
                Err(error) => {
                    problems.push(format!("`{text}` of {}: {error}", pipeline.title()));
                    continue;
                }
            };
            let Some(first) = next_after(&expression, after, zone) else { continue };
            table.next.push(Reverse((first, table.entries.len())));
            let entry = Entry { pipeline: pipeline.clone(), trigger: trigger.clone(), id, expression };
            table.entries.push(Arc::new(entry));
        }
        (table, problems)
    }

    /// When the next of them fires.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.next.peek().map(|Reverse((time, _))| *time)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All that will fire, the next first.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Entry, Timestamp)> {
        let mut next: Vec<(Timestamp, usize)> = self.next.iter().map(|Reverse(next)| *next).collect();
        next.sort_unstable();
        next.into_iter().filter_map(|(time, number)| Some((&**self.entries.get(number)?, time)))
    }

    /// Takes what is due at `now`, the oldest first, and counts what is not made up for.
    ///
    /// Of the times of a trigger that are later than `late` the last counts, if none came due since and it is not older than
    /// `window`.
    pub(super) fn take(&mut self, now: Timestamp, late: Duration, window: Duration) -> (Vec<Tick>, u64) {
        let (mut ticks, mut missed) = (Vec::new(), 0);
        while self.next().is_some_and(|next| next <= now) {
            let Some(Reverse((first, number))) = self.next.pop() else { break };
            let Some(entry) = self.entries.get(number).cloned() else { continue };
            let (mut last_late, mut on_time) = (None, Vec::new());
            let mut time = Some(first);
            while let Some(due) = time.filter(|due| *due <= now) {
                if now.since(due) > late {
                    missed += u64::from(last_late.replace(due).is_some());
                } else {
                    on_time.push(due);
                }
                time = next_after(&entry.expression, due, &self.zone);
            }
            if let Some(due) = last_late {
                if on_time.is_empty() && now.since(due) <= window {
                    ticks.push(Tick { entry: entry.clone(), time: due, is_late: true });
                } else {
                    missed += 1;
                }
            }
            let on_time = on_time.into_iter();
            ticks.extend(on_time.map(|time| Tick { entry: entry.clone(), time, is_late: false }));
            if let Some(time) = time {
                self.next.push(Reverse((time, number)));
            }
        }
        ticks.sort_by_key(|tick| tick.time);
        (ticks, missed)
    }
}

fn next_after(expression: &Expression, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let after = jiff::Timestamp::from_millisecond(after.millis()).ok()?;
    let next = expression.next_after(after, zone)?;
    Some(Timestamp::from_millis(next.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json, value::to_raw_value};

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn table(expressions: &[&str], after: i64) -> (Timetable, Vec<String>) {
        let trigger =
            |text: &&str| json!({"type": "cron", "id": format!("t{text}"), "enabled": true, "cronExpression": text});
        let triggers: Vec<Value> = expressions.iter().map(trigger).collect();
        let pipeline = json!({"id": "p", "name": "nightly", "application": "shop", "triggers": triggers});
        let known = Known::of([to_raw_value(&pipeline).expect("JSON")]);
        Timetable::of(&known, &TimeZone::UTC, at(after))
    }

    /// So many seconds after the epoch.
    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn taken(table: &mut Timetable, now: i64, window: Duration) -> (Vec<(i64, bool)>, u64) {
        let (ticks, missed) = table.take(at(now), MINUTE, window);
        (ticks.iter().map(|tick| (tick.time.millis() / 1000, tick.is_late)).collect(), missed)
    }

    #[test]
    fn each_time_is_taken_once() {
        let (mut table, problems) = table(&["0 * * * * ?", "30 * * * * ?"], 0);
        assert!(problems.is_empty());
        assert_eq!((table.next(), table.len()), (Some(at(30)), 2));
        assert_eq!(taken(&mut table, 29, MINUTE), (vec![], 0));
        assert_eq!(taken(&mut table, 60, MINUTE), (vec![(30, false), (60, false)], 0));
        assert_eq!(taken(&mut table, 60, MINUTE), (vec![], 0));
        assert_eq!(table.next(), Some(at(90)));
    }

    #[test]
    fn what_was_missed_is_made_up_for_once() {
        let ten_minutes = 10 * MINUTE;
        let hourly = |after| table(&["0 0 * * * ?"], after).0;
        // At 01:00 nobody was there, until 01:05, or for too long.
        assert_eq!(taken(&mut hourly(0), 3900, ten_minutes), (vec![(3600, true)], 0));
        assert_eq!(taken(&mut hourly(0), 3600 + 601, ten_minutes), (vec![], 1));
        // Of several only the last; none if the trigger fires now by itself.
        assert_eq!(taken(&mut hourly(0), 4 * 3600 + 300, ten_minutes), (vec![(4 * 3600, true)], 3));
        assert_eq!(taken(&mut table(&["0 * * * * ?"], 0).0, 300, ten_minutes), (vec![(240, false), (300, false)], 3));
    }

    #[test]
    fn what_is_no_expression_is_named_and_the_past_never_fires() {
        let (ahead, problems) = table(&["every day", "0 0 0 1 1 ? 1999"], 0);
        assert_eq!(ahead.len(), 1, "1999 is ahead of 1970");
        assert!(problems.len() == 1 && problems[0].contains("`every day` of shop/nightly"), "{problems:?}");
        assert_eq!(table(&["0 0 0 1 1 ? 1999"], 1_700_000_000).0.len(), 0);
    }
}
