//! The mark of a group, `last-modified.json`: when something changed last, and what changed lately.
//!
//! ```json
//! {"lastModified": 1700000000500, "journal": 4711, "journal.after": 1700000000100,
//!  "changed/a": 1700000000300, "changed/b": 1700000000500}
//! ```
//!
//! `lastModified` is upstream's, whose front50 reads the mark as a map of names to numbers: so the journal is numbers too,
//! the time of the write of the mark that told of each id. Times grow with each write of the mark, whatever the clock
//! does. Whoever has seen the mark of a time not before `journal.after`, in the same journal, reads the ids with later
//! times and has seen everything; all others have to list. Upstream writes a mark without a journal: then the next journal
//! has another number.
//!
//! It holds the ids of two minutes, since every node lists once a minute anyway, and [`LIMIT`] at most: a versioned bucket
//! keeps every mark. It does no I/O.

use std::collections::BTreeMap;

use gennaker_base::Timestamp;
use serde_json::{Map, Value};

/// How many ids a journal holds at most: with ids of 36 bytes the mark has 16 KB then.
const LIMIT: usize = 256;
/// How long it holds an id, in milliseconds.
const AGE: i64 = 120_000;
const LAST_MODIFIED: &str = "lastModified";
const JOURNAL: &str = "journal";
const AFTER: &str = "journal.after";
const CHANGED: &str = "changed/";

/// What the mark of a group says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    last_modified: i64,
    journal: Option<Journal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Journal {
    number: i64,
    after: i64,
    changed: BTreeMap<String, i64>,
}

/// How far somebody has read a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    journal: i64,
    at: i64,
}

impl Mark {
    /// Reads a mark; what is none says nothing, as before the first write.
    pub(crate) fn read(bytes: &[u8]) -> Mark {
        let fields: Map<String, Value> = serde_json::from_slice(bytes).unwrap_or_default();
        let number = |name: &str| fields.get(name).and_then(Value::as_i64);
        let journal = number(JOURNAL).zip(number(AFTER)).map(|(number, after)| {
            let changed = fields.iter().filter_map(|(name, at)| {
                let id = name.strip_prefix(CHANGED)?;
                Some((id.to_owned(), at.as_i64()?))
            });
            Journal { number, after, changed: changed.collect() }
        });
        Mark { last_modified: number(LAST_MODIFIED).unwrap_or(0), journal }
    }

    /// The mark after the change of `ids`. `number` is that of the journal if there is none yet, and never the same twice.
    pub(crate) fn after(&self, ids: impl IntoIterator<Item = String>, now: Timestamp, number: i64) -> Mark {
        let last_modified = now.millis().max(self.last_modified.saturating_add(1));
        let new = || Journal { number, after: self.last_modified, changed: BTreeMap::new() };
        let mut journal = self.journal.clone().unwrap_or_else(new);
        journal.changed.extend(ids.into_iter().map(|id| (id, last_modified)));
        journal.forget(last_modified);
        Mark { last_modified, journal: Some(journal) }
    }

    /// The mark's content.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut fields = Map::from_iter([(LAST_MODIFIED.to_owned(), self.last_modified.into())]);
        if let Some(journal) = &self.journal {
            fields.insert(JOURNAL.to_owned(), journal.number.into());
            fields.insert(AFTER.to_owned(), journal.after.into());
            fields.extend(journal.changed.iter().map(|(id, at)| (format!("{CHANGED}{id}"), (*at).into())));
        }
        Value::Object(fields).to_string().into_bytes()
    }

    /// The place of whoever has seen everything that this mark tells of; none without a journal.
    pub(crate) fn place(&self) -> Option<Place> {
        self.journal.as_ref().map(|journal| Place { journal: journal.number, at: self.last_modified })
    }

    /// The ids that changed since a place, or `None` if the journal does not know.
    pub(crate) fn since(&self, place: Place) -> Option<Vec<String>> {
        let journal = self.journal.as_ref().filter(|journal| journal.number == place.journal)?;
        // A place after the mark is that of a mark which was put back to what it was.
        if place.at < journal.after || place.at > self.last_modified {
            return None;
        }
        Some(journal.changed.iter().filter(|(_, at)| **at > place.at).map(|(id, _)| id.clone()).collect())
    }
}

impl Journal {
    /// Forgets what is too old and the oldest over the limit, all of one time together.
    fn forget(&mut self, now: i64) {
        let mut times: Vec<i64> = self.changed.values().copied().collect();
        times.sort_unstable_by(|one, other| other.cmp(one));
        let young = times.partition_point(|at| *at >= now.saturating_sub(AGE));
        if let Some(newest_to_go) = times.get(young.min(LIMIT)) {
            self.after = self.after.max(*newest_to_go);
            self.changed.retain(|_, at| *at > self.after);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn ids(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn whoever_saw_a_mark_reads_what_changed_since() {
        let first = Mark::read(b"").after(ids(&["a"]), at(1000), 7);
        let place = first.place().expect("a journal");
        assert_eq!(first.since(place), Some(ids(&[])));
        // The clock went back, and an id may be anything.
        let second = first.after(ids(&["b", "changed/ü \""]), at(500), 8);
        let third = second.after(ids(&["a"]), at(2000), 9);
        assert_eq!(second.since(place), Some(ids(&["b", "changed/ü \""])));
        assert_eq!(third.since(place), Some(ids(&["a", "b", "changed/ü \""])));
        assert_eq!(third.since(second.place().expect("a journal")), Some(ids(&["a"])));
        assert_eq!(Mark::read(&third.write()), third);
        assert_eq!(first.since(third.place().expect("a journal")), None, "the mark was put back");
    }

    #[test]
    fn a_quiet_group_has_a_small_mark_without_a_gap() {
        let first = Mark::read(b"").after(ids(&["a", "b"]), at(1000), 7);
        let place = first.place().expect("a journal");
        let second = first.after(ids(&["c"]), at(1000 + AGE), 8);
        assert_eq!(second.journal.as_ref().map(|journal| journal.changed.len()), Some(3));
        let third = second.after(ids(&["d"]), at(1001 + AGE), 8);
        assert_eq!(third.journal.as_ref().map(|journal| journal.changed.len()), Some(2));
        assert_eq!(third.since(place), Some(ids(&["c", "d"])), "whoever saw what is forgotten missed nothing");
    }

    #[test]
    fn the_mark_is_a_map_of_numbers_as_upstream_reads_it() {
        let mark = Mark::read(br#"{"lastModified":1700000000000}"#).after(ids(&["a"]), at(1), 7);
        let fields: Map<String, Value> = serde_json::from_slice(&mark.write()).expect("JSON");
        assert_eq!(fields["lastModified"], 1_700_000_000_001_i64);
        assert!(fields.values().all(Value::is_i64), "{fields:?}");
    }

    #[test]
    fn a_mark_of_upstreams_ends_the_journal() {
        let ours = Mark::read(b"").after(ids(&["a"]), at(1000), 7);
        let place = ours.place().expect("a journal");
        // Its clock may be behind ours.
        for theirs in [900, 1000, 1100] {
            let theirs = Mark::read(format!(r#"{{"lastModified":{theirs}}}"#).as_bytes());
            assert_eq!((theirs.since(place), theirs.place()), (None, None));
            let ours = theirs.after(ids(&["b"]), at(2000), 8);
            assert_eq!(ours.since(place), None, "what upstream changed is in no journal");
        }
        for damaged in ["", "{", "[]", r#"{"lastModified":"x"}"#, r#"{"journal":7}"#] {
            assert_eq!(Mark::read(damaged.as_bytes()).since(place), None, "{damaged}");
        }
    }

    #[test]
    fn a_journal_forgets_and_says_so() {
        let mut mark = Mark::read(b"").after(ids(&["first"]), at(1), 7);
        let place = mark.place().expect("a journal");
        for number in 0..LIMIT - 1 {
            mark = mark.after([format!("{number}")], at(2), 8);
        }
        let early = mark.place().expect("a journal");
        assert_eq!(mark.since(place).map(|ids| ids.len()), Some(LIMIT - 1));
        mark = mark.after(ids(&["last"]), at(3), 8);
        assert_eq!(mark.since(place).map(|ids| ids.len()), Some(LIMIT), "what is forgotten was seen before");
        mark = mark.after(ids(&["really last"]), at(3), 8);
        assert_eq!(mark.since(place), None, "a gap");
        assert_eq!(mark.since(early), Some(ids(&["last", "really last"])));
        // More at once than a journal holds.
        let mark = mark.after((0..=LIMIT).map(|number| format!("x{number}")), at(4), 8);
        assert_eq!(mark.since(early), None);
        assert_eq!(mark.since(mark.place().expect("a journal")), Some(ids(&[])));
    }
}
