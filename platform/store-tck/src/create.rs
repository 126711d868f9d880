//! Creation: once per id and per request, whoever asks how often.

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::{Created, Head, NewExecution, Owner};

use crate::{
    Fixture,
    world::{NEW, TTL, claimed, event, everything, execution, join, owned, refused},
};

/// All that was given is stored.
pub async fn what_is_created_can_be_loaded<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let new = owned("e", &owner);
    assert_eq!(store.create(new.clone()).await.expect("it is created"), NEW);
    let stored = store.load("e").await.expect("it is stored");
    assert_eq!(stored.head, new.head);
    assert_eq!(stored.parts, new.parts);
    assert_eq!(stored.owner, Some(owner));
    assert_eq!((stored.sequence, stored.due, stored.signals.len()), (1, None, 0));
    let events = store.events("e", 0, 10).await.expect("events are read");
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].sequence, events[0].epoch, &events[0].event), (1, None, &event("created")));
    assert_eq!(refused(store.load("other").await), Kind::NotFound);
}

/// A second creation of an id changes nothing, whatever it holds.
pub async fn a_second_creation_of_an_id_is_existing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(execution("e")).await.expect("it is created");
    let before = everything(&*store, "e").await;
    let head = Head { body: "other".to_owned(), kind: "other".to_owned(), ..execution("e").head };
    let second = NewExecution { head, parts: Vec::new(), event: event("other"), ..owned("e", &owner) };
    assert_eq!(store.create(second).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(everything(&*store, "e").await, before);
}

/// A second request gets the first one's execution, under whatever id it asks.
pub async fn a_second_request_is_existing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let asked = |id: &str| NewExecution { request: Some("request-1".to_owned()), ..execution(id) };
    assert_eq!(store.create(asked("e")).await.expect("it is created"), NEW);
    assert_eq!(store.create(asked("f")).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(store.create(asked("e")).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(refused(store.load("f").await), Kind::NotFound);
}

/// The same request id of another kind is another request.
pub async fn a_request_is_known_per_kind<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let asked = |id: &str, kind: &str| {
        let head = Head { kind: kind.to_owned(), ..execution(id).head };
        NewExecution { head, request: Some("request-1".to_owned()), ..execution(id) }
    };
    assert_eq!(store.create(asked("e", "pipeline")).await.expect("it is created"), NEW);
    assert_eq!(store.create(asked("f", "orchestration")).await.expect("it is created"), NEW);
    assert_eq!(store.create(asked("g", "orchestration")).await.expect("no error"), Created::Existing("f".to_owned()));
}

/// A request that was answered with an existing id is answered so again.
pub async fn a_request_answered_by_an_existing_id_is_remembered<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.create(execution("e")).await.expect("it is created");
    let asked = |id: &str| NewExecution { request: Some("request-1".to_owned()), ..execution(id) };
    assert_eq!(store.create(asked("e")).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(store.create(asked("f")).await.expect("no error"), Created::Existing("e".to_owned()));
}

/// Of 32 creators of one id, over two handles, one is told that it is new.
pub async fn of_racing_creators_of_an_id_one_is_new<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let races = (0..32).map(|number| {
        let store = stores[number % 2].clone();
        tokio::spawn(async move { store.create(execution("e")).await.expect("no error") })
    });
    let answers: Vec<_> = join_all(races).await.into_iter().map(|answer| answer.expect("no panic")).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == NEW).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Created::Existing("e".to_owned())).count(), 31);
}

/// Of 32 creators with one request and as many ids one is new, and all others are told its id.
pub async fn of_racing_creators_of_a_request_one_is_new<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let races = (0..32).map(|number| {
        let store = stores[number % 2].clone();
        let new = NewExecution { request: Some("request-1".to_owned()), ..execution(&format!("e{number}")) };
        tokio::spawn(async move { (new.head.id.clone(), store.create(new).await.expect("no error")) })
    });
    let answers: Vec<_> = join_all(races).await.into_iter().map(|answer| answer.expect("no panic")).collect();
    let winners: Vec<_> = answers.iter().filter(|(_, answer)| *answer == NEW).collect();
    assert_eq!(winners.len(), 1);
    let winner = winners[0].0.clone();
    let others = answers.iter().filter(|(_, answer)| *answer == Created::Existing(winner.clone()));
    assert_eq!(others.count(), 31);
}

/// Only a living node is an owner.
pub async fn an_owner_that_does_not_live_is_fenced<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let stranger = Owner { node: "stranger".to_owned(), epoch: owner.epoch };
    assert_eq!(refused(store.create(owned("e", &stranger)).await), Kind::Fenced);
    let again = join(&*store, "a").await;
    assert_eq!(refused(store.create(owned("e", &owner)).await), Kind::Fenced);
    fixture.advance(TTL).await;
    assert_eq!(refused(store.create(owned("e", &again)).await), Kind::Fenced);
}

/// A refused creation leaves no rows, no request and no work.
pub async fn a_refused_creation_leaves_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let stranger = Owner { node: "stranger".to_owned(), epoch: gennaker_store::Epoch(1) };
    let asked = NewExecution { request: Some("request-1".to_owned()), ..owned("e", &stranger) };
    assert_eq!(refused(store.create(asked.clone()).await), Kind::Fenced);
    assert_eq!(refused(store.load("e").await), Kind::NotFound);
    assert!(store.events("e", 0, 10).await.expect("events are read").is_empty());
    let owner = join(&*store, "a").await;
    assert!(claimed(&*store, &owner).await.is_empty());
    let asked = NewExecution { owner: Some(owner), ..asked };
    assert_eq!(store.create(asked).await.expect("it is created"), NEW);
}
