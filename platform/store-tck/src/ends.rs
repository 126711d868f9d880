//! Ends of which somebody has to be told: claimable when they are due, until they were told.

use gennaker_base::{Kind, Timestamp};
use gennaker_store::{Commit, Due, Expiry, Owner, Store, Told};

use crate::{
    Fixture,
    world::{claimed, end, join, owned, refused, seconds},
};

/// An execution that ended, and is due in 2 s.
async fn ended(store: &dyn Store, id: &str, owner: &Owner) -> Timestamp {
    store.create(owned(id, owner)).await.expect("it is created");
    let due = store.now().await.expect("the time").after(seconds(2));
    store.commit(Commit { due: Due::At(due), ..end(id, owner, 1) }).await.expect("it ends");
    due
}

async fn told(store: &dyn Store, id: &str, sequence: u64) {
    store.told(vec![Told { id: id.to_owned(), sequence }]).await.expect("it is noted");
}

/// Not before, and by anybody.
pub async fn an_end_is_claimable_when_it_is_due<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (owner, other) = (join(&*store, "a").await, join(&*store, "b").await);
    let due = ended(&*store, "e", &owner).await;
    assert!(claimed(&*store, &other).await.is_empty());
    assert_eq!(store.next_due(&["pipeline".to_owned()]).await.expect("it is read"), Some(due));
    fixture.advance(seconds(2)).await;
    assert_eq!(claimed(&*store, &other).await, ["e"]);
    store.commit(end("e", &other, 2)).await.expect("it was told");
    fixture.advance(seconds(2)).await;
    assert!(claimed(&*store, &other).await.is_empty());
}

/// Once it was told, nobody claims it.
pub async fn a_told_end_is_not_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    told(&*store, "e", 2).await;
    told(&*store, "unknown", 2).await;
    assert_eq!(store.next_due(&["pipeline".to_owned()]).await.expect("it is read"), None);
    fixture.advance(seconds(2)).await;
    assert!(claimed(&*store, &owner).await.is_empty());
}

/// Another end, an owner or a command: they are not what was told.
pub async fn what_changed_meanwhile_stays_due<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "another", &owner).await;
    told(&*store, "another", 1).await;
    ended(&*store, "signalled", &owner).await;
    store.signal("signalled", "{}".to_owned()).await.expect("it is recorded");
    told(&*store, "signalled", 2).await;
    assert_eq!(claimed(&*store, &owner).await, ["signalled"]);
    told(&*store, "signalled", 2).await;
    assert!(store.load("signalled").await.expect("it is there").owner.is_some());
    fixture.advance(seconds(2)).await;
    assert_eq!(claimed(&*store, &owner).await, ["another"]);
}

/// A packed one too.
pub async fn a_packed_end_is_claimable_when_it_is_due<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    ended(&*store, "told", &owner).await;
    assert_eq!(store.compact(10).await.expect("they are packed"), 2);
    told(&*store, "told", 2).await;
    fixture.advance(seconds(2)).await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
}

/// Whoever waits for it would never hear of it.
pub async fn an_end_that_was_not_told_is_not_deleted<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    let before = Timestamp::from_millis(i64::MAX);
    let old = Expiry { kinds: vec!["pipeline".to_owned()], before, ..Expiry::default() };
    assert!(store.expired(&old).await.expect("it is read").is_empty());
    assert_eq!(refused(store.delete("e", Timestamp::ZERO).await), Kind::Conflict);
    fixture.advance(seconds(2)).await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
    store.commit(end("e", &owner, 2)).await.expect("it was told");
    assert_eq!(store.expired(&old).await.expect("it is read").len(), 1);
    store.delete("e", Timestamp::ZERO).await.expect("everybody knows of its end");
}

/// It is still to be told after everything was stopped.
pub async fn an_end_that_is_due_survives_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    fixture.advance(seconds(2)).await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
}
