//! What the checks are written in: small builders, and everything that a store tells of an execution.

use std::time::Duration;

use gennaker_base::{Kind, Timestamp};
use gennaker_store::{
    Ahead, Claim, Commit, Created, Due, Error, Event, Execution, Head, NewEvent, NewExecution, Next, Owner, Part,
    Place, PlaceChange, Registration, Signal, Standing, Store,
};

/// The time to live of the checks' nodes.
pub(crate) const TTL: Duration = Duration::from_secs(10);
/// The kind of the checks' executions.
pub(crate) const KIND: &str = "pipeline";
/// The format of the checks' executions.
pub(crate) const FORMAT: u32 = 3;

/// Lets `node` join.
pub(crate) async fn join(store: &dyn Store, node: &str) -> Owner {
    let registration =
        Registration { node: node.to_owned(), address: format!("http://{node}.example:7000"), format: FORMAT };
    let epoch = store.join(&registration, TTL).await.expect("a node joins");
    Owner { node: node.to_owned(), epoch }
}

/// A new execution that nobody owns.
pub(crate) fn execution(id: &str) -> NewExecution {
    let head = Head {
        id: id.to_owned(),
        kind: KIND.to_owned(),
        group: "orders".to_owned(),
        definition: Some("deploy".to_owned()),
        name: Some("Deploy".to_owned()),
        status: "NOT_STARTED".to_owned(),
        created: Timestamp::from_millis(1_000),
        started: None,
        ended: None,
        format: FORMAT,
        body: format!(r#"{{"id":"{id}","text":"ü 🚀"}}"#),
    };
    NewExecution {
        head,
        parts: vec![part("a", 0, "1"), part("b", 1, "2")],
        event: event("created"),
        owner: None,
        request: None,
        correlation: None,
        place: None,
        fence: None,
    }
}

/// A new execution with an owner.
pub(crate) fn owned(id: &str, owner: &Owner) -> NewExecution {
    NewExecution { owner: Some(owner.clone()), ..execution(id) }
}

/// What a creation answers that has not to wait for a place.
pub(crate) const NEW: Created = Created::New { waits: false };

/// A place of at most `most` under `limit`.
pub(crate) fn place(limit: &str, most: u32) -> Place {
    Place { limit: limit.to_owned(), most }
}

/// A part.
pub(crate) fn part(id: &str, position: u32, body: &str) -> Part {
    Part { id: id.to_owned(), position, body: body.to_owned() }
}

/// An event.
pub(crate) fn event(kind: &str) -> NewEvent {
    NewEvent { kind: kind.to_owned(), at: Timestamp::from_millis(7), body: format!(r#"{{"of":"{kind}"}}"#) }
}

/// A commit of one event that keeps all else.
pub(crate) fn step(id: &str, owner: &Owner, after: u64) -> Commit {
    Commit {
        id: id.to_owned(),
        owner: owner.clone(),
        head: None,
        parts: Vec::new(),
        removed: Vec::new(),
        after,
        events: vec![event("step")],
        taken: Vec::new(),
        due: Due::Keep,
        ahead: Ahead::Keep,
        place: PlaceChange::Keep,
        next: Next::Oldest,
    }
}

/// A commit that releases the execution.
pub(crate) fn release(id: &str, owner: &Owner, after: u64, due: Due) -> Commit {
    Commit { due, ahead: Ahead::Wait, ..step(id, owner, after) }
}

/// A commit that ends the execution.
pub(crate) fn end(id: &str, owner: &Owner, after: u64) -> Commit {
    Commit { ahead: Ahead::Ended, ..step(id, owner, after) }
}

/// Creates an execution of `owner` and releases it.
pub(crate) async fn released(store: &dyn Store, id: &str, owner: &Owner, due: Due) {
    store.create(owned(id, owner)).await.expect("it is created");
    store.commit(release(id, owner, 1, due)).await.expect("it is released");
}

/// The due time in a number of seconds.
pub(crate) async fn in_seconds(store: &dyn Store, number: u64) -> Due {
    Due::At(store.now().await.expect("it has a time").after(seconds(number)))
}

/// Creates an execution that has ended.
pub(crate) async fn ended(store: &dyn Store, id: &str, owner: &Owner) {
    store.create(owned(id, owner)).await.expect("it is created");
    store.commit(end(id, owner, 1)).await.expect("it ends");
}

/// What `owner` gets when it claims.
pub(crate) async fn claim(store: &dyn Store, owner: &Owner) -> Vec<Execution> {
    let claimed = store.claim(claim_of(owner)).await.expect("a living node claims");
    assert!(claimed.unreadable.is_empty(), "{claimed:?}");
    claimed.executions
}

/// A claim of all that the checks make.
pub(crate) fn claim_of(owner: &Owner) -> Claim {
    Claim { owner: owner.clone(), kinds: vec![KIND.to_owned()], format: FORMAT, limit: 100 }
}

/// The ids that `owner` gets when it claims.
pub(crate) async fn claimed(store: &dyn Store, owner: &Owner) -> Vec<String> {
    ids(&claim(store, owner).await)
}

/// Ids in the order of the executions.
pub(crate) fn ids(executions: &[Execution]) -> Vec<String> {
    executions.iter().map(|execution| execution.head.id.clone()).collect()
}

/// All that a store tells of an execution.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Everything {
    head: Head,
    parts: Vec<Part>,
    owner: Option<Owner>,
    sequence: u64,
    due: Option<Timestamp>,
    signals: Vec<Signal>,
    place: Standing,
    events: Vec<Event>,
}

/// Reads all that the store tells of an execution.
pub(crate) async fn everything(store: &dyn Store, id: &str) -> Everything {
    let execution = store.load(id).await.expect("it is stored");
    let events = store.events(id, 0, 1_000).await.expect("events are read");
    let signals = store.signals(id).await.expect("signals are read");
    assert_eq!(execution.signals, signals, "both ways to read signals agree");
    let Execution { head, parts, owner, sequence, due, signals, place } = execution;
    Everything { head, parts, owner, sequence, due, signals, place, events }
}

/// The kind of a failure.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Kind {
    result.expect_err("it is refused").kind()
}

/// A number of seconds.
pub(crate) fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}
