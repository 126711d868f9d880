//! Retention: what is old enough, and that nothing is left of it for ever.

use gennaker_base::{Kind, Timestamp};
use gennaker_store::{Commit, Created, Epoch, Expiry, Fence, Head, NewExecution, Owner, Store};

use crate::{
    Fixture,
    world::{NEW, claimed, end, ended, execution, join, owned, refused, seconds},
};

/// An execution that ended: id, times of creation and end, group, definition.
async fn past(store: &dyn Store, owner: &Owner, row: (&str, i64, Option<i64>, &str, Option<&str>)) {
    let (id, created, end_time, group, definition) = row;
    let head = Head {
        created: Timestamp::from_millis(created),
        group: group.to_owned(),
        definition: definition.map(str::to_owned),
        ..execution(id).head
    };
    store.create(NewExecution { head: head.clone(), ..owned(id, owner) }).await.expect("it is created");
    let head = Head { ended: end_time.map(Timestamp::from_millis), status: "SUCCEEDED".to_owned(), ..head };
    store.commit(Commit { head: Some(head), ..end(id, owner, 1) }).await.expect("it ends");
}

fn before(millis: i64) -> Expiry {
    Expiry { kinds: vec!["pipeline".to_owned()], before: Timestamp::from_millis(millis), ..Expiry::default() }
}

async fn expired(store: &dyn Store, expiry: Expiry) -> Vec<String> {
    store.expired(&expiry).await.expect("it is read").into_iter().map(|past| past.id).collect()
}

/// The end decides, the order is that of creation, and what it was is told.
pub async fn what_ended_before_a_time_has_expired<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for row in [
        ("long", 10, Some(90), "orders", Some("deploy")),
        ("late", 20, Some(30), "orders", Some("deploy")),
        ("early", 11, Some(12), "billing", None),
        ("no end", 15, None, "orders", Some("bake")),
    ] {
        past(&*store, &owner, row).await;
    }
    let running = Head { created: Timestamp::from_millis(1), ..execution("running").head };
    store.create(NewExecution { head: running, ..owned("running", &owner) }).await.expect("it is created");
    assert!(expired(&*store, before(12)).await.is_empty());
    assert_eq!(expired(&*store, before(30)).await, ["early", "no end"]);
    assert_eq!(expired(&*store, before(91)).await, ["long", "early", "no end", "late"]);
    assert_eq!(expired(&*store, Expiry { limit: 2, ..before(91) }).await, ["long", "early"]);
    let rest = Expiry { from: Some(Timestamp::from_millis(15)), ..before(91) };
    assert_eq!(expired(&*store, rest).await, ["no end", "late"]);
    let first = store.expired(&before(91)).await.expect("it is read").remove(0);
    let place = (first.kind.as_str(), first.group.as_str(), first.definition.as_deref());
    assert_eq!(place, ("pipeline", "orders", Some("deploy")));
    assert_eq!((first.name.as_deref(), first.status.as_str()), (Some("Deploy"), "SUCCEEDED"));
    assert_eq!((first.created.millis(), first.ended.map(Timestamp::millis)), (10, Some(90)));
}

/// The kinds that are asked for, one after the other.
pub async fn only_the_asked_kinds_expire<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for (id, kind) in [("e", "pipeline"), ("f", "orchestration"), ("g", "pipeline"), ("h", "operation")] {
        let head = Head { kind: kind.to_owned(), ..execution(id).head };
        store.create(NewExecution { head, ..owned(id, &owner) }).await.expect("it is created");
        store.commit(end(id, &owner, 1)).await.expect("it ends");
    }
    let of = |kinds: &[&str], limit| Expiry {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        limit,
        ..before(i64::MAX)
    };
    assert_eq!(expired(&*store, of(&["orchestration", "pipeline"], 0)).await, ["f", "e", "g"]);
    assert_eq!(expired(&*store, of(&["orchestration", "pipeline"], 2)).await, ["f", "e"]);
    assert!(expired(&*store, of(&[], 0)).await.is_empty());
}

/// However old, so many of each definition stay; of equal times the highest ids.
pub async fn the_newest_of_each_definition_are_kept<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for row in [
        ("a1", 10, Some(11), "orders", Some("deploy")),
        ("a2", 20, Some(21), "orders", Some("deploy")),
        ("a3", 20, Some(21), "orders", Some("deploy")),
        ("b1", 5, Some(6), "orders", Some("bake")),
        ("c1", 6, Some(7), "orders", None),
        ("c2", 7, Some(8), "orders", None),
        ("d1", 8, Some(9), "billing", Some("deploy")),
        ("d2", 9, Some(10), "billing", None),
    ] {
        past(&*store, &owner, row).await;
    }
    let keep = |keep| Expiry { keep, ..before(100) };
    assert_eq!(expired(&*store, keep(1)).await, ["c1", "a1", "a2"]);
    assert_eq!(expired(&*store, keep(2)).await, ["a1"]);
    assert!(expired(&*store, keep(3)).await.is_empty());
    assert_eq!(expired(&*store, keep(0)).await.len(), 8);
    // What runs is the newest too.
    let running = Head { created: Timestamp::from_millis(30), ..execution("a4").head };
    store.create(NewExecution { head: running, ..owned("a4", &owner) }).await.expect("it is created");
    assert_eq!(expired(&*store, keep(1)).await, ["c1", "a1", "a2", "a3"]);
}

/// What is to run again has not expired; what is packed has.
pub async fn all_that_expired_can_be_deleted<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for id in ["signalled", "claimed", "packed", "ended"] {
        ended(&*store, id, &owner).await;
    }
    store.signal("claimed", "restart".to_owned()).await.expect("it is signalled");
    assert_eq!(claimed(&*store, &owner).await, ["claimed"]);
    store.signal("signalled", "restart".to_owned()).await.expect("it is signalled");
    store.compact(1).await.expect("it is packed");
    let found = expired(&*store, before(i64::MAX)).await;
    assert_eq!(found, ["ended", "packed"]);
    for id in found {
        store.delete(&id, Timestamp::ZERO).await.expect("it has ended");
    }
    assert!(expired(&*store, before(i64::MAX)).await.is_empty());
}

/// Who deletes what is long over needs no tombstone: id and request are free at once.
pub async fn a_tombstone_whose_time_is_over_is_not_left<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let asked = |id: &str| NewExecution { request: Some("request-1".to_owned()), ..owned(id, &owner) };
    store.create(asked("e")).await.expect("it is created");
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    store.delete("e", store.now().await.expect("it has a time")).await.expect("it has ended");
    assert_eq!(store.tidy(Timestamp::ZERO, 10).await.expect("it is tidied"), 0);
    assert_eq!(store.create(asked("f")).await.expect("it is created"), NEW);
    assert_eq!(store.create(execution("e")).await.expect("it is created"), NEW);
}

/// Tombstones and fences are forgotten when their time is over, and not before.
pub async fn what_no_longer_matters_is_forgotten<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let fenced = |id: &str, epoch| NewExecution {
        fence: Some(Fence { execution: "asking".to_owned(), epoch: Epoch(epoch) }),
        ..execution(id)
    };
    store.create(fenced("f1", 5)).await.expect("it is created");
    for id in ["e1", "e2", "e3"] {
        ended(&*store, id, &owner).await;
    }
    let now = store.now().await.expect("it has a time");
    for (id, keep) in [("e1", 10), ("e2", 10), ("e3", 8_000)] {
        store.delete(id, now.after(seconds(keep))).await.expect("it has ended");
    }
    assert_eq!(store.tidy(now, 10).await.expect("it is tidied"), 0);
    fixture.advance(seconds(7_200)).await;
    let now = store.now().await.expect("it has a time");
    // Whoever asks on keeps the fence in mind.
    store.create(fenced("f2", 5)).await.expect("it is created");
    assert_eq!(store.tidy(now, 1).await.expect("it is tidied"), 1);
    assert_eq!(store.tidy(now, 10).await.expect("it is tidied"), 1);
    assert_eq!(store.tidy(now, 10).await.expect("it is tidied"), 0);
    assert_eq!(store.create(execution("e3")).await.expect("no error"), Created::Deleted);
    assert_eq!(refused(store.create(fenced("f3", 4)).await), Kind::Fenced);
    fixture.advance(seconds(7_200)).await;
    let now = store.now().await.expect("it has a time");
    assert_eq!(store.tidy(now, 10).await.expect("it is tidied"), 1);
    assert_eq!(store.create(fenced("f3", 4)).await.expect("nobody knows the higher one any more"), NEW);
    assert_eq!(store.create(execution("e3")).await.expect("it is created"), NEW);
}
