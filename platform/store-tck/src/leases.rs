//! Named leases: held by one living node, and higher each time they change hands.

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::Owner;

use crate::{
    Fixture,
    world::{TTL, join, refused, seconds},
};

/// Of nodes that ask at the same time one gets the lease.
pub async fn one_of_many_acquires_a_lease<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let mut owners = Vec::new();
    for number in 0..16 {
        owners.push(join(&*stores[0], &format!("node-{number}")).await);
    }
    let asked = owners.iter().enumerate().map(|(number, owner)| {
        let store = stores[number % 2].clone();
        async move { store.acquire("cron", owner).await.expect("a living node may ask") }
    });
    let got: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
    assert_eq!(got.len(), 1);
    assert_eq!(stores[0].held().await.expect("leases are listed"), got);
}

/// The holder gets the lease with the same epoch again, also after renewing its own lease.
pub async fn acquiring_again_returns_the_same_lease<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let first = store.acquire("cron", &owner).await.expect("it may ask").expect("it is free");
    fixture.advance(seconds(8)).await;
    store.renew("a", owner.epoch, TTL).await.expect("it lives");
    fixture.advance(seconds(8)).await;
    assert_eq!(store.acquire("cron", &owner).await.expect("it may ask"), Some(first));
}

/// Another node gets the lease after the holder's death, not before, and with a higher epoch.
pub async fn a_lease_moves_only_when_its_holder_is_dead<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let first = join(&*store, "a").await;
    let held = store.acquire("cron", &first).await.expect("it may ask").expect("it is free");
    fixture.advance(seconds(6)).await;
    let second = join(&*store, "b").await;
    assert_eq!(store.acquire("cron", &second).await.expect("it may ask"), None);
    fixture.advance(seconds(4)).await;
    let moved = store.acquire("cron", &second).await.expect("it may ask").expect("the holder is dead");
    assert!(moved.epoch > held.epoch);
    assert_eq!(moved.holder, second);
    assert_eq!(refused(store.acquire("cron", &first).await), Kind::Fenced);
}

/// The same name in a new life is another holder.
pub async fn a_replaced_node_does_not_hold_its_former_lease<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let old = join(&*store, "a").await;
    let held = store.acquire("cron", &old).await.expect("it may ask").expect("it is free");
    let new = join(&*store, "a").await;
    assert!(store.held().await.expect("leases are listed").is_empty());
    let again = store.acquire("cron", &new).await.expect("it may ask").expect("nobody holds it");
    assert!(again.epoch > held.epoch);
    // A late release by the former life changes nothing.
    store.release("cron", &old).await.expect("no error");
    assert_eq!(store.held().await.expect("leases are listed"), [again]);
}

/// A lease given back is free, and higher for the next one.
pub async fn a_released_lease_is_free_at_once<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (first, second) = (join(&*store, "a").await, join(&*store, "b").await);
    let held = store.acquire("cron", &first).await.expect("it may ask").expect("it is free");
    store.release("cron", &first).await.expect("it gives it back");
    assert!(store.held().await.expect("leases are listed").is_empty());
    let next = store.acquire("cron", &second).await.expect("it may ask").expect("it is free");
    assert!(next.epoch > held.epoch);
}

/// Giving back what one does not hold is no error and changes nothing.
pub async fn only_the_holder_releases<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (first, second) = (join(&*store, "a").await, join(&*store, "b").await);
    let held = store.acquire("cron", &first).await.expect("it may ask").expect("it is free");
    store.release("cron", &second).await.expect("no error");
    store.release("never taken", &second).await.expect("no error");
    assert_eq!(store.held().await.expect("leases are listed"), [held]);
}

/// A node that is dead or never lived gets no lease.
pub async fn a_dead_node_acquires_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let stranger = Owner { node: "stranger".to_owned(), epoch: owner.epoch };
    assert_eq!(refused(store.acquire("cron", &stranger).await), Kind::Fenced);
    fixture.advance(TTL).await;
    assert_eq!(refused(store.acquire("cron", &owner).await), Kind::Fenced);
    assert!(store.held().await.expect("leases are listed").is_empty());
}

/// Leases of the dead are not listed.
pub async fn held_lists_leases_of_the_living_by_name<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (first, second) = (join(&*store, "a").await, join(&*store, "b").await);
    for (name, owner) in [("c", &first), ("a", &first), ("b", &second)] {
        store.acquire(name, owner).await.expect("it may ask").expect("it is free");
    }
    let held = store.held().await.expect("leases are listed");
    assert_eq!(held.iter().map(|lease| lease.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    store.leave("b", second.epoch).await.expect("it leaves");
    let held = store.held().await.expect("leases are listed");
    assert_eq!(held.iter().map(|lease| lease.name.as_str()).collect::<Vec<_>>(), ["a", "c"]);
}
