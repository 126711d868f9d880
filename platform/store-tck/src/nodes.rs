//! Node leases: epochs grow, and a dead lease stays dead.

use std::collections::HashSet;

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::{Epoch, Registration};

use crate::{
    Fixture,
    world::{TTL, join, refused, seconds},
};

/// Each join gets a higher epoch, whoever joins through whichever handle.
pub async fn epochs_grow_with_every_join<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    let mut last = Epoch(0);
    for node in ["a", "b", "a", "c"] {
        for store in [&first, &second] {
            let epoch = join(&**store, node).await.epoch;
            assert!(epoch > last, "{epoch:?} after {last:?}");
            last = epoch;
        }
    }
}

/// Nodes that join at the same time get different epochs.
pub async fn epochs_grow_under_concurrent_joins<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let joins = (0..32).map(|number| {
        let store = stores[number % 2].clone();
        async move { join(&*store, &format!("node-{number}")).await.epoch }
    });
    let epochs: HashSet<Epoch> = join_all(joins).await.into_iter().collect();
    assert_eq!(epochs.len(), 32);
}

/// Renewal counts from the present, not from the former end.
pub async fn a_renewed_lease_lives_on<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for _ in 0..3 {
        fixture.advance(seconds(8)).await;
        store.renew("a", owner.epoch, TTL).await.expect("it lives");
    }
    let expires = store.living().await.expect("nodes are listed")[0].expires;
    assert_eq!(expires, store.now().await.expect("it has a time").after(TTL));
}

/// An expired lease cannot be renewed, neither at once nor later.
pub async fn an_expired_lease_is_dead_for_good<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    fixture.advance(TTL + seconds(1)).await;
    assert_eq!(refused(store.renew("a", owner.epoch, TTL).await), Kind::Fenced);
    assert!(store.living().await.expect("nodes are listed").is_empty());
    // Somebody else's write has noticed it by now, or not: the answer is the same.
    join(&*store, "b").await;
    assert_eq!(refused(store.renew("a", owner.epoch, TTL).await), Kind::Fenced);
    let again = join(&*store, "a").await;
    assert!(again.epoch > owner.epoch);
    assert_eq!(refused(store.renew("a", owner.epoch, TTL).await), Kind::Fenced);
    store.renew("a", again.epoch, TTL).await.expect("the new lease lives");
}

/// A lease lives until its end and not at it.
pub async fn a_lease_ends_exactly_at_its_expiry<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    fixture.advance(TTL - std::time::Duration::from_millis(1)).await;
    assert_eq!(store.living().await.expect("nodes are listed").len(), 1);
    fixture.advance(std::time::Duration::from_millis(1)).await;
    assert!(store.living().await.expect("nodes are listed").is_empty());
    assert_eq!(refused(store.renew("a", owner.epoch, TTL).await), Kind::Fenced);
}

/// A second node of a name ends the first one's lease.
pub async fn joining_again_replaces_the_node_of_that_name<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    let old = join(&*first, "a").await;
    let new = join(&*second, "a").await;
    assert_eq!(refused(first.renew("a", old.epoch, TTL).await), Kind::Fenced);
    let living = first.living().await.expect("nodes are listed");
    assert_eq!(living.iter().map(|node| node.epoch).collect::<Vec<_>>(), [new.epoch]);
    // Neither does a late farewell of the first end the second.
    first.leave("a", old.epoch).await.expect("leaving a dead lease is no error");
    second.renew("a", new.epoch, TTL).await.expect("the second lives");
}

/// A node that left is dead.
pub async fn leaving_ends_the_lease_at_once<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.leave("a", owner.epoch).await.expect("it leaves");
    assert!(store.living().await.expect("nodes are listed").is_empty());
    assert_eq!(refused(store.renew("a", owner.epoch, TTL).await), Kind::Fenced);
}

/// Leaving twice, after expiry or without ever having joined is no error.
pub async fn leaving_a_dead_lease_is_no_error<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.leave("nobody", Epoch(77)).await.expect("no error");
    let owner = join(&*store, "a").await;
    fixture.advance(TTL + seconds(1)).await;
    store.leave("a", owner.epoch).await.expect("no error");
    store.leave("a", owner.epoch).await.expect("no error");
}

/// All of a registration is kept, and the dead are not listed.
pub async fn the_living_are_listed_by_name<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    join(&*store, "dead").await;
    fixture.advance(seconds(5)).await;
    let registrations = ["c", "a", "b"].map(|node| Registration {
        node: node.to_owned(),
        address: format!("http://{node}"),
        format: 9,
    });
    for registration in &registrations {
        store.join(registration, TTL).await.expect("it joins");
    }
    fixture.advance(seconds(5)).await;
    let living = store.living().await.expect("nodes are listed");
    let names: Vec<_> = living.iter().map(|node| node.registration.node.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(living[2].registration, registrations[0]);
}

/// `now` is the clock that leases are judged by.
pub async fn the_stores_time_moves_with_its_clock<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let before = store.now().await.expect("it has a time");
    fixture.advance(seconds(60)).await;
    assert_eq!(store.now().await.expect("it has a time"), before.after(seconds(60)));
}
