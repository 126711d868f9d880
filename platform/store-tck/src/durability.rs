//! Durability: what was answered is there after a restart, and at once for every other handle.

use gennaker_base::Kind;
use gennaker_store::{Commit, Created, Due, Epoch, Fence, NewExecution};

use crate::{
    Fixture,
    world::{TTL, claimed, ended, everything, execution, join, owned, part, refused, seconds, step},
};

/// Every row of an execution survives.
pub async fn executions_survive_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let due = Due::At(store.now().await.expect("it has a time").after(seconds(5)));
    let change = Commit { parts: vec![part("c", 9, "new")], due, ..step("e", &owner, 1) };
    store.commit(change).await.expect("the owner commits");
    store.signal("e", "go".to_owned()).await.expect("it is signalled");
    let before = everything(&*store, "e").await;
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!(everything(&*store, "e").await, before);
    store.commit(step("e", &owner, 2)).await.expect("a lease that lasts outlives a quick restart");
    let next = join(&*store, "a").await;
    assert_eq!(claimed(&*store, &next).await, ["e"]);
}

/// What was refused or answered before a restart is so afterwards.
pub async fn fences_and_requests_survive_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let asked = |id: &str, request: &str, epoch| NewExecution {
        request: Some(request.to_owned()),
        fence: Some(Fence { execution: "asking".to_owned(), epoch: Epoch(epoch) }),
        ..execution(id)
    };
    store.create(asked("e", "r1", 5)).await.expect("it is created");
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!(store.create(asked("f", "r1", 5)).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(refused(store.create(asked("g", "r2", 4)).await), Kind::Fenced);
}

/// What was deleted is not made again after a restart.
pub async fn tombstones_survive_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    let keep = store.now().await.expect("it has a time").after(seconds(60));
    store.delete("e", keep).await.expect("it has ended");
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!(store.create(execution("e")).await.expect("no error"), Created::Deleted);
}

/// The counter does not start over.
pub async fn epochs_go_on_after_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let lease = store.acquire("cron", &owner).await.expect("it may ask").expect("it is free");
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!(store.held().await.expect("leases are listed"), std::slice::from_ref(&lease));
    assert!(join(&*store, "b").await.epoch > lease.epoch.max(owner.epoch));
}

/// A lease that expired while nothing ran is dead.
pub async fn a_dead_lease_stays_dead_after_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    drop(store);
    fixture.stop().await;
    fixture.advance(TTL).await;
    let store = fixture.open().await;
    assert_eq!(refused(store.renew("a", owner.epoch, TTL).await), Kind::Fenced);
}

/// An answered write is seen by the next read through any handle.
pub async fn handles_see_each_others_writes_at_once<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    let owner = join(&*first, "a").await;
    first.create(owned("e", &owner)).await.expect("it is created");
    for after in 1..20 {
        let (writer, reader) = if after % 2 == 0 { (&first, &second) } else { (&second, &first) };
        writer.commit(step("e", &owner, after)).await.expect("the owner commits");
        assert_eq!(reader.load("e").await.expect("it is stored").sequence, after + 1);
    }
}
