//! Deletion: of what has ended only, and it is not made again.

use gennaker_base::{Kind, Timestamp};
use gennaker_store::{Created, Due, NewExecution, Query, Store};

use crate::{
    Fixture,
    world::{NEW, claimed, end, ended, everything, execution, join, owned, refused, release, seconds},
};

async fn later(store: &dyn Store) -> Timestamp {
    store.now().await.expect("it has a time").after(seconds(60))
}

/// Nothing of it can be read afterwards; other executions keep all of theirs.
pub async fn an_ended_execution_is_deleted_with_all_its_rows<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    ended(&*store, "f", &owner).await;
    store.signal("e", "too late".to_owned()).await.expect("it is signalled");
    let other = everything(&*store, "f").await;
    store.delete("e", later(&*store).await).await.expect("it has ended");
    assert_eq!(refused(store.load("e").await), Kind::NotFound);
    assert!(store.events("e", 0, 10).await.expect("events are read").is_empty());
    assert!(store.signals("e").await.expect("signals are read").is_empty());
    assert_eq!(store.list(&Query::default()).await.expect("it is listed").len(), 1);
    assert_eq!(refused(store.signal("e", "go".to_owned()).await), Kind::NotFound);
    assert!(claimed(&*store, &owner).await.is_empty());
    assert_eq!(everything(&*store, "f").await, other);
}

/// What is owned or waits for its first owner stays.
pub async fn a_running_execution_is_not_deleted<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("owned", &owner)).await.expect("it is created");
    store.create(execution("new")).await.expect("it is created");
    for id in ["owned", "new"] {
        let before = everything(&*store, id).await;
        assert_eq!(refused(store.delete(id, later(&*store).await).await), Kind::Conflict);
        assert_eq!(everything(&*store, id).await, before);
        let again = store.create(execution(id)).await.expect("no error");
        assert_eq!(again, Created::Existing(id.to_owned()), "there is no tombstone");
    }
}

/// What only waits has not ended.
pub async fn a_waiting_execution_is_not_deleted<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    store.commit(release("e", &owner, 1, Due::Never)).await.expect("it is released");
    assert_eq!(refused(store.delete("e", later(&*store).await).await), Kind::Conflict);
}

/// What is being restarted is not deleted under its owner.
pub async fn an_execution_claimed_again_is_not_deleted<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    store.signal("e", "restart".to_owned()).await.expect("it is signalled");
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
    assert_eq!(refused(store.delete("e", later(&*store).await).await), Kind::Conflict);
    store.commit(end("e", &owner, 2)).await.expect("the owner commits");
    store.delete("e", later(&*store).await).await.expect("it has ended again");
}

/// Neither what never was nor what is deleted already.
pub async fn a_missing_execution_is_not_found<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    assert_eq!(refused(store.delete("e", later(&*store).await).await), Kind::NotFound);
    ended(&*store, "e", &owner).await;
    store.delete("e", later(&*store).await).await.expect("it has ended");
    assert_eq!(refused(store.delete("e", later(&*store).await).await), Kind::NotFound);
}

/// The event that made it does not make it again.
pub async fn a_tombstone_keeps_the_id_from_being_made_again<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    store.delete("e", later(&*store).await).await.expect("it has ended");
    assert_eq!(store.create(execution("e")).await.expect("no error"), Created::Deleted);
    assert_eq!(refused(store.load("e").await), Kind::NotFound);
}

/// Neither does the request that made it, under whatever id.
pub async fn a_tombstone_keeps_the_request_from_being_made_again<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let asked = |id: &str| NewExecution { request: Some("request-1".to_owned()), ..owned(id, &owner) };
    store.create(asked("e")).await.expect("it is created");
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    store.delete("e", later(&*store).await).await.expect("it has ended");
    assert_eq!(store.create(asked("f")).await.expect("no error"), Created::Deleted);
    assert_eq!(refused(store.load("f").await), Kind::NotFound);
}

/// After the given time id and request are free again, also before anybody tidied up.
pub async fn a_tombstone_ends<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let asked = |id: &str| NewExecution { request: Some("request-1".to_owned()), ..execution(id) };
    store.create(NewExecution { owner: Some(owner.clone()), ..asked("e") }).await.expect("it is created");
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    store.delete("e", later(&*store).await).await.expect("it has ended");
    fixture.advance(seconds(59)).await;
    assert_eq!(store.create(asked("e")).await.expect("no error"), Created::Deleted);
    fixture.advance(seconds(1)).await;
    assert_eq!(store.create(asked("e")).await.expect("it is created"), NEW);
    assert_eq!(store.create(asked("f")).await.expect("no error"), Created::Existing("e".to_owned()));
}
