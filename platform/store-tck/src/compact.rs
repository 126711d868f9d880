//! Packing: it changes nothing that anybody sees.

use gennaker_base::Kind;
use gennaker_store::{Commit, Due, NewExecution, Owner, Query, SharedStore, Store};

use crate::{
    Fixture,
    world::{
        NEW, claim, claimed, end, ended, event, everything, execution, ids, join, owned, part, refused, release, step,
    },
};

/// Creates an execution that has ended after some events.
async fn told(store: &dyn Store, id: &str, owner: &Owner) {
    store.create(owned(id, owner)).await.expect("it is created");
    let change = Commit {
        parts: vec![part("c", 7, "ü 🚀"), part("b", 5, &"long ".repeat(1_000))],
        removed: vec!["a".to_owned()],
        events: vec![event("2"), event("3"), event("4")],
        ..step(id, owner, 1)
    };
    store.commit(change).await.expect("the owner commits");
    store.commit(Commit { head: Some(execution(id).head), ..end(id, owner, 4) }).await.expect("it ends");
}

/// All of it, its pages of events too, is as before.
pub async fn a_packed_execution_is_as_it_was<F: Fixture>(fixture: F) {
    let (store, other) = (fixture.open().await, fixture.open().await);
    let owner = join(&*store, "a").await;
    told(&*store, "e", &owner).await;
    ended(&*store, "f", &owner).await;
    let before = (everything(&*store, "e").await, everything(&*store, "f").await);
    assert_eq!(store.compact(10).await.expect("it is packed"), 2);
    assert_eq!(store.compact(10).await.expect("there is no more"), 0);
    assert_eq!((everything(&*store, "e").await, everything(&*other, "f").await), before);
    for (after, limit, expected) in
        [(0, 2, vec![1, 2]), (2, 2, vec![3, 4]), (3, 10, vec![4, 5]), (5, 10, vec![]), (0, 0, vec![])]
    {
        let read = store.events("e", after, limit).await.expect("events are read");
        assert_eq!(read.iter().map(|event| event.sequence).collect::<Vec<_>>(), expected);
    }
    assert_eq!(
        store.create(execution("e")).await.expect("no error"),
        gennaker_store::Created::Existing("e".to_owned())
    );
}

/// Lists hold packed executions whole, among others.
pub async fn lists_hold_packed_executions<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for id in ["e", "f", "g"] {
        told(&*store, id, &owner).await;
    }
    store.create(owned("h", &owner)).await.expect("it is created");
    let queries = [
        Query::default(),
        Query { kinds: vec!["pipeline".to_owned()], group: Some("orders".to_owned()), limit: 2, ..Query::default() },
        Query { statuses: vec!["NOT_STARTED".to_owned(), "none".to_owned()], ..Query::default() },
        Query { definitions: vec!["deploy".to_owned()], limit_per_definition: Some(3), ..Query::default() },
        Query { ids: vec!["g".to_owned(), "e".to_owned()], ..Query::default() },
    ];
    let mut before = Vec::new();
    for query in &queries {
        before.push(format!("{:?}", store.list(query).await.expect("it is listed")));
    }
    assert_eq!(store.compact(2).await.expect("they are packed"), 2);
    for (query, before) in queries.iter().zip(before) {
        assert_eq!(format!("{:?}", store.list(query).await.expect("it is listed")), before);
    }
}

/// What is owned, waits or has a signal is not packed.
pub async fn only_what_has_ended_is_packed<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(execution("new")).await.expect("it is created");
    store.create(owned("owned", &owner)).await.expect("it is created");
    store.create(owned("waiting", &owner)).await.expect("it is created");
    store.commit(release("waiting", &owner, 1, Due::Never)).await.expect("it is released");
    ended(&*store, "signalled", &owner).await;
    store.signal("signalled", "restart".to_owned()).await.expect("it is signalled");
    assert_eq!(store.compact(10).await.expect("there is none"), 0);
    assert_eq!(claimed(&*store, &owner).await, ["new", "signalled"]);
    assert_eq!(store.compact(10).await.expect("there is none"), 0);
    store.commit(step("owned", &owner, 1)).await.expect("the owner commits");
    store.commit(step("signalled", &owner, 2)).await.expect("the owner commits");
}

/// So many at a time.
pub async fn as_many_are_packed_as_are_asked_for<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for number in 0..45 {
        ended(&*store, &format!("e{number}"), &owner).await;
    }
    for expected in [0, 5, 33, 7, 0] {
        let limit = if expected == 7 { 33 } else { expected };
        assert_eq!(store.compact(limit).await.expect("they are packed"), expected);
    }
}

/// A restart finds all of it, goes on with it, and its end is packed again.
pub async fn a_packed_execution_is_restarted<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    told(&*store, "e", &owner).await;
    assert_eq!(store.compact(10).await.expect("it is packed"), 1);
    let signal = store.signal("e", "restart".to_owned()).await.expect("it is signalled");
    let before = everything(&*store, "e").await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
    let events = store.events("e", 0, 10).await.expect("events are read");
    assert_eq!(events.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(events[0].epoch, None);
    assert_eq!(events[4].epoch, Some(owner.epoch));
    let stored = store.load("e").await.expect("it is stored");
    assert_eq!(stored.owner, Some(owner.clone()));
    assert_eq!(stored.signals, std::slice::from_ref(&signal));
    let change = Commit { taken: vec![signal.sequence], parts: vec![part("c", 7, "again")], ..step("e", &owner, 5) };
    store.commit(change).await.expect("the owner commits");
    let stored = store.load("e").await.expect("it is stored");
    assert_eq!(stored.parts.iter().map(|part| part.body.len()).collect::<Vec<_>>(), [5_000, 5]);
    store.commit(end("e", &owner, 6)).await.expect("it ends");
    let ended = everything(&*store, "e").await;
    assert_ne!(ended, before);
    assert_eq!(store.compact(10).await.expect("it is packed"), 1);
    assert_eq!(everything(&*store, "e").await, ended);
}

/// The claimer gets the whole execution, though its rows were packed.
pub async fn a_claim_returns_what_was_packed<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    told(&*store, "e", &owner).await;
    store.compact(10).await.expect("it is packed");
    store.signal("e", "restart".to_owned()).await.expect("it is signalled");
    let found = claim(&*store, &owner).await;
    assert_eq!(format!("{:?}", found[0]), format!("{:?}", store.load("e").await.expect("it is stored")));
    assert_eq!(found[0].parts.len(), 2);
}

/// Whichever comes first, a restart or the packing, nothing is lost.
pub async fn packing_races_restarts<F: Fixture>(fixture: F) {
    const NUMBER: usize = 40;
    let stores = [fixture.open().await, fixture.open().await];
    let owner = join(&*stores[0], "a").await;
    for number in 0..NUMBER {
        told(&*stores[0], &format!("e{number}"), &owner).await;
    }
    let pack = |store: SharedStore| {
        tokio::spawn(async move {
            for _ in 0..NUMBER {
                store.compact(3).await.expect("they are packed");
            }
        })
    };
    let restart = |store: SharedStore, owner: Owner| {
        tokio::spawn(async move {
            for number in 0..NUMBER {
                store.signal(&format!("e{number}"), "restart".to_owned()).await.expect("it is signalled");
                for found in claim(&*store, &owner).await {
                    assert_eq!((found.sequence, found.parts.len()), (5, 2));
                    let taken = found.signals.iter().map(|signal| signal.sequence).collect();
                    let parts = vec![part("c", 7, "again")];
                    let change = Commit { taken, parts, ..end(&found.head.id, &owner, 5) };
                    store.commit(change).await.expect("it ends again");
                }
            }
        })
    };
    let tasks = [pack(stores[0].clone()), restart(stores[1].clone(), owner.clone()), pack(stores[1].clone())];
    for task in tasks {
        task.await.expect("no panic");
    }
    stores[0].compact(1_000).await.expect("they are packed");
    for number in 0..NUMBER {
        let id = format!("e{number}");
        let stored = stores[0].load(&id).await.expect("it is stored");
        let bodies: Vec<_> = stored.parts.iter().map(|part| part.body.len()).collect();
        assert_eq!((stored.sequence, bodies), (6, vec![5_000, 5]), "{id}");
        let events = stores[1].events(&id, 0, 100).await.expect("events are read");
        assert_eq!(events.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    }
}

/// Nothing of a packed execution is left after its deletion.
pub async fn a_packed_execution_is_deleted<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    told(&*store, "e", &owner).await;
    store.compact(10).await.expect("it is packed");
    let now = store.now().await.expect("it has a time");
    store.delete("e", now).await.expect("it has ended");
    assert_eq!(refused(store.load("e").await), Kind::NotFound);
    assert!(store.events("e", 0, 10).await.expect("events are read").is_empty());
    fixture.advance(std::time::Duration::from_millis(1)).await;
    let again = NewExecution { parts: vec![part("x", 0, "new")], ..execution("e") };
    assert_eq!(store.create(again).await.expect("it is created"), NEW);
    assert_eq!(store.events("e", 0, 10).await.expect("events are read").len(), 1);
    assert_eq!(ids(&store.list(&Query::default()).await.expect("it is listed")), ["e"]);
}

/// What is packed is on disk.
pub async fn packed_executions_survive_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    told(&*store, "e", &owner).await;
    let before = everything(&*store, "e").await;
    store.compact(10).await.expect("it is packed");
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!(everything(&*store, "e").await, before);
}
