//! What was seen of an application's executions and tasks, and in which order it became news.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use gennaker_base::Timestamp;
use gennaker_http::Result;
use gennaker_wire::{Execution, ExecutionChange, ExecutionKind};
use serde_json::Value;

/// By so much the clocks of gate and orca may differ, and so long a look may take.
const MARGIN: Duration = Duration::from_secs(60);
/// What is over and on no list is kept for so long: for whoever reads slowly.
const KEPT: Duration = Duration::from_secs(600);

/// An execution that a look found.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// What it is.
    pub(super) kind: ExecutionKind,
    /// As orca answered it.
    pub(super) answer: Value,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(in super::super) struct Board {
    looked: Option<Timestamp>,
    failing: Option<String>,
    entries: HashMap<String, Entry>,
    /// Ids by the number of their last change.
    order: BTreeMap<u64, String>,
    last: u64,
    /// The highest number of what was dropped.
    dropped: u64,
}

#[derive(Debug)]
struct Entry {
    digest: u64,
    number: u64,
    change: ExecutionChange,
    /// When it began or ended last, by orca's clock.
    touched: Timestamp,
    is_over: bool,
    /// When it was on a list last.
    listed: Timestamp,
}

impl Board {
    /// When the last look began that succeeded.
    pub(super) fn looked(&self) -> Option<Timestamp> {
        self.looked
    }

    /// Why it cannot be looked at.
    pub(super) fn failing(&self) -> Option<&str> {
        self.failing.as_deref()
    }

    /// The number of the last change.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Whether a change after that number was dropped.
    pub(super) fn lacks(&self, number: u64) -> bool {
        self.dropped > number
    }

    /// The changes after that number, in order.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &ExecutionChange> {
        self.order.range(number + 1..).filter_map(|(_, id)| self.entries.get(id)).map(|entry| &entry.change)
    }

    /// What may have changed since the look at that time.
    pub(super) fn since(&self, time: Timestamp) -> impl Iterator<Item = &ExecutionChange> {
        let entries = self.order.values().filter_map(|id| self.entries.get(id));
        let may = move |entry: &&Entry| !entry.is_over || entry.touched.after(MARGIN) >= time || entry.change.at > time;
        entries.filter(may).map(|entry| &entry.change)
    }

    /// What goes on, as far as it is known.
    pub(super) fn active(&self) -> Vec<(ExecutionKind, String)> {
        let active = self.entries.iter().filter(|(_, entry)| !entry.is_over);
        active.map(|(id, entry)| (entry.change.kind, id.clone())).collect()
    }

    /// Takes what the look at that time found; says whether there is news.
    pub(super) fn take(&mut self, seen: Result<Vec<Seen>>, at: Timestamp) -> bool {
        let seen = match seen {
            Ok(seen) => seen,
            Err(error) => return self.failing.replace(error.message().to_owned()).is_none(),
        };
        let before = self.last;
        for seen in seen {
            self.note(seen, at);
        }
        let first = self.looked.replace(at).is_none();
        let back = self.failing.take().is_some();
        // What goes on and was not found is gone.
        let gone = |entry: &Entry| {
            let age = at.since(entry.listed);
            if entry.is_over { age >= KEPT } else { !age.is_zero() }
        };
        let gone: Vec<(String, u64)> = self
            .entries
            .iter()
            .filter(|(_, entry)| gone(entry))
            .map(|(id, entry)| (id.clone(), entry.number))
            .collect();
        for (id, number) in gone {
            self.entries.remove(&id);
            self.order.remove(&number);
            self.dropped = self.dropped.max(number);
        }
        first || back || self.last > before
    }

    fn note(&mut self, Seen { kind, answer }: Seen, at: Timestamp) {
        let mut hasher = DefaultHasher::new();
        answer.to_string().hash(&mut hasher);
        let digest = hasher.finish();
        let Some(id) = answer.get("id").and_then(Value::as_str).map(str::to_owned) else { return };
        if let Some(entry) = self.entries.get_mut(&id)
            && entry.digest == digest
        {
            entry.listed = at;
            return;
        }
        let Some(execution) = read(kind, answer) else { return };
        let touched = execution.end_time.or(execution.start_time).or(execution.build_time).unwrap_or(at);
        let is_over = execution.status.is_complete();
        let change = ExecutionChange {
            id: id.clone(),
            kind,
            application: execution.application,
            pipeline_config_id: execution.pipeline_config_id,
            name: execution.name,
            status: execution.status,
            sequence: None,
            at,
        };
        self.last += 1;
        let number = self.last;
        self.order.insert(number, id.clone());
        let entry = Entry { digest, number, change, touched, is_over, listed: at };
        if let Some(former) = self.entries.insert(id, entry) {
            self.order.remove(&former.number);
        }
    }
}

/// What is told of an execution, without what it consists of.
fn read(kind: ExecutionKind, mut answer: Value) -> Option<Execution> {
    const READ: [&str; 8] =
        ["id", "application", "pipelineConfigId", "name", "status", "buildTime", "startTime", "endTime"];
    if let Value::Object(fields) = &mut answer {
        fields.retain(|name, _| READ.contains(&name.as_str()));
    }
    let read = serde_json::from_value::<Execution>(answer);
    read.inspect_err(|error| tracing::debug!(?kind, %error, "an execution of orca's cannot be read: it is not told"))
        .ok()
}

#[cfg(test)]
mod tests {
    use gennaker_base::Kind;
    use gennaker_http::Error;
    use serde_json::json;

    use super::*;

    fn seen(id: &str, status: &str, ended: Option<i64>) -> Seen {
        let answer = json!({"id": id, "application": "shop", "status": status, "startTime": 1_000, "endTime": ended});
        Seen { kind: ExecutionKind::Pipeline, answer }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn ids<'a>(changes: impl Iterator<Item = &'a ExecutionChange>) -> Vec<&'a str> {
        changes.map(|change| change.id.as_str()).collect()
    }

    #[test]
    fn what_differs_is_news_and_what_is_dropped_is_known_to_lack() {
        let mut board = Board::default();
        assert!(board.take(Ok(vec![seen("a", "RUNNING", None), seen("b", "SUCCEEDED", Some(900_000))]), at(1_000)));
        assert_eq!(board.last(), 2);
        assert_eq!(board.active(), [(ExecutionKind::Pipeline, "a".to_owned())]);
        assert!(!board.take(Ok(vec![seen("a", "RUNNING", None)]), at(1_005)), "b is only listed no more");
        assert!(board.take(Ok(vec![seen("a", "SUCCEEDED", Some(1_006_000))]), at(1_010)));
        assert_eq!(ids(board.after(2)), ["a"]);
        assert_eq!(ids(board.since(at(1_005))), ["a"]);
        assert_eq!(ids(board.since(at(950))), ["b", "a"]);
        // Who lags behind that may have missed something.
        board.take(Ok(Vec::new()), at(2_000));
        assert!(board.lacks(2) && !board.lacks(3));
        assert!(ids(board.after(0)).is_empty());
    }

    #[test]
    fn what_goes_on_and_is_deleted_is_dropped() {
        let mut board = Board::default();
        board.take(Ok(vec![seen("a", "RUNNING", None)]), at(1));
        assert!(!board.take(Ok(Vec::new()), at(6)));
        assert!(board.active().is_empty());
    }

    #[test]
    fn a_failure_is_news_once_and_so_is_its_end() {
        let mut board = Board::default();
        let down = || Err(Error::new(Kind::Unavailable, "down"));
        assert!(board.take(down(), at(1)));
        assert!(!board.take(down(), at(2)));
        assert_eq!((board.failing(), board.looked()), (Some("down"), None));
        assert!(board.take(Ok(Vec::new()), at(3)));
        assert_eq!((board.failing(), board.looked()), (None, Some(at(3))));
    }
}
