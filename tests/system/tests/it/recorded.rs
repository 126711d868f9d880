//! What the store has recorded of executions, read beside the programs that write it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use gennaker_base::SystemClock;
use gennaker_harness::Install;
use gennaker_store::{Event, Execution, Executions as _, Query};
use gennaker_store_sql::{Options, SqlStore};
use serde_json::Value;

/// How many rows are read at a time.
const PAGE: u32 = 500;

/// The event that ends a stage.
const CLOSED: &str = "composedAfter";

/// An execution with its events.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) execution: Execution,
    pub(crate) events: Vec<Event>,
}

impl Recorded {
    /// How often each task has ended, by stage and task.
    pub(crate) fn ends(&self) -> BTreeMap<(String, String), Vec<String>> {
        let mut ends: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.event.kind == "stepped") {
            let body: Value = serde_json::from_str(&event.event.body).expect("events are JSON");
            let text = |field: &str| body[field].as_str().expect("a text").to_owned();
            let status = body["result"]["Ok"]["status"].as_str().unwrap_or("an error");
            if status != "RUNNING" {
                ends.entry((text("stage"), text("task"))).or_default().push(status.to_owned());
            }
        }
        ends
    }

    /// How often each stage was asked what comes after its tasks, which is how it ends.
    fn closed(&self) -> BTreeMap<String, usize> {
        let mut closed = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.event.kind == CLOSED) {
            let body: Value = serde_json::from_str(&event.event.body).expect("events are JSON");
            *closed.entry(body["stage"].to_string()).or_default() += 1;
        }
        closed
    }

    /// How often another life of a node took it over.
    pub(crate) fn recoveries(&self) -> usize {
        self.events.iter().filter(|event| event.event.kind == "recovered").count()
    }

    /// Complaints about an execution that is to have succeeded: each task exactly once (`tasks` of them, if that is known),
    /// without a gap among its events, and without an owner that wrote after a later one.
    pub(crate) fn complaints(&self, tasks: Option<usize>) -> Vec<String> {
        let mut complaints = Vec::new();
        let head = &self.execution.head;
        let mut complain = |complaint: String| complaints.push(format!("{}: {complaint}", head.id));
        if head.status != "SUCCEEDED" || head.ended.is_none() {
            complain(format!("it has not succeeded but is {}", head.status));
        }
        let ends = self.ends();
        if tasks.is_some_and(|tasks| tasks != ends.len())
            || ends.values().any(|ends| ends[..] != ["SUCCEEDED".to_owned()])
        {
            complain(format!("its tasks have not succeeded once each: {ends:?}"));
        }
        if self.events.iter().zip(1..).any(|(event, number)| event.sequence != number) {
            complain("its events have a gap".to_owned());
        }
        let epochs: Vec<u64> = self.events.iter().filter_map(|event| event.epoch).map(|epoch| epoch.0).collect();
        if !epochs.is_sorted() {
            complain(format!("a former owner wrote after a later one: {epochs:?}"));
        }
        // The end of the last stage is that of the execution.
        let closed = self.closed();
        if closed.values().any(|times| *times != 1) {
            complain(format!("a stage has ended more than once: {closed:?}"));
        }
        if self.events.last().is_none_or(|event| event.event.kind != CLOSED) {
            complain("its last event is not the end of a stage".to_owned());
        }
        complaints
    }
}

/// Where the install's store is.
pub(crate) fn database(install: &Install) -> PathBuf {
    install.folder().join("data/gennaker.db")
}

/// Everything that the install's store has of one application.
pub(crate) async fn recorded(install: &Install, application: &str) -> Vec<Recorded> {
    let store =
        SqlStore::open_sqlite(&database(install), Arc::new(SystemClock), Options::default()).await.expect("a store");
    let mut found = Vec::new();
    loop {
        let offset = u32::try_from(found.len()).expect("not so many");
        let query = Query { group: Some(application.to_owned()), offset, limit: PAGE, ..Query::default() };
        let page = store.list(&query).await.expect("a list");
        let is_last = page.len() < PAGE as usize;
        for execution in page {
            let events = store.events(&execution.head.id, 0, PAGE).await.expect("events");
            found.push(Recorded { execution, events });
        }
        if is_last {
            break;
        }
    }
    store.close().await;
    found
}
