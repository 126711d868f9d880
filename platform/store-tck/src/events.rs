//! Events: the record of an execution, numbered without gaps.

use gennaker_store::{Commit, NewEvent};

use crate::{
    Fixture,
    world::{claimed, event, join, owned, step},
};

/// Each commit goes on where the last one ended, however many events it has.
pub async fn events_are_numbered_from_one_without_gaps<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let mut last = 1;
    for count in [1, 3, 0, 2] {
        let events: Vec<NewEvent> = (0..count).map(|number| event(&format!("{last}-{number}"))).collect();
        store.commit(Commit { events, ..step("e", &owner, last) }).await.expect("the owner commits");
        last += count;
    }
    let events = store.events("e", 0, 100).await.expect("events are read");
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, (1..=7).collect::<Vec<_>>());
    let kinds: Vec<_> = events.iter().map(|event| event.event.kind.as_str()).collect();
    assert_eq!(kinds, ["created", "1-0", "2-0", "2-1", "2-2", "5-0", "5-1"]);
    assert_eq!(store.load("e").await.expect("it is stored").sequence, 7);
}

/// An event tells which life of which owner recorded it.
pub async fn events_carry_the_epoch_that_recorded_them<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let first = join(&*store, "a").await;
    store.create(owned("e", &first)).await.expect("it is created");
    store.commit(step("e", &first, 1)).await.expect("the owner commits");
    let second = join(&*store, "a").await;
    assert_eq!(claimed(&*store, &second).await, ["e"]);
    store.commit(step("e", &second, 2)).await.expect("the owner commits");
    let events = store.events("e", 0, 100).await.expect("events are read");
    let epochs: Vec<_> = events.iter().map(|event| event.epoch).collect();
    assert_eq!(epochs, [None, Some(first.epoch), Some(second.epoch)]);
}

/// Whoever follows reads on from the last number it knows.
pub async fn events_are_read_after_a_number_and_up_to_a_limit<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    store.create(owned("f", &owner)).await.expect("it is created");
    let events = vec![event("2"), event("3"), event("4")];
    store.commit(Commit { events, ..step("e", &owner, 1) }).await.expect("the owner commits");
    for (after, limit, expected) in
        [(0, 2, vec![1, 2]), (2, 2, vec![3, 4]), (3, 10, vec![4]), (4, 10, vec![]), (0, 0, vec![])]
    {
        let read = store.events("e", after, limit).await.expect("events are read");
        assert_eq!(read.iter().map(|event| event.sequence).collect::<Vec<_>>(), expected);
    }
}

/// There is nothing to read, and that is no error.
pub async fn an_unknown_execution_has_no_events<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    assert!(store.events("nothing", 0, 10).await.expect("no error").is_empty());
}
