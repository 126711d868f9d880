//! Signals: in order, once each, and none lost.

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::Commit;

use crate::{
    Fixture,
    world::{execution, join, owned, refused, step},
};

/// The order is that in which they were answered, through whichever handle.
pub async fn signals_are_numbered_and_returned_in_order<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    stores[0].create(execution("e")).await.expect("it is created");
    stores[0].create(execution("f")).await.expect("it is created");
    let mut sent = Vec::new();
    for number in 0..12usize {
        fixture.advance(std::time::Duration::from_millis(1)).await;
        let store = &stores[number % 2];
        store.signal("f", "other".to_owned()).await.expect("it is signalled");
        sent.push(store.signal("e", format!("body {number}")).await.expect("it is signalled"));
        assert_eq!(sent[number].at, store.now().await.expect("it has a time"));
    }
    assert!(sent.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
    assert_eq!(stores[1].signals("e").await.expect("signals are read"), sent);
    assert_eq!(stores[1].load("e").await.expect("it is stored").signals, sent);
}

/// Signals that are sent at the same time are all there.
pub async fn concurrent_signals_have_distinct_numbers<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    stores[0].create(execution("e")).await.expect("it is created");
    let sent = (0..32).map(|number| {
        let store = stores[number % 2].clone();
        tokio::spawn(async move { store.signal("e", format!("{number}")).await.expect("it is signalled") })
    });
    let mut sent: Vec<_> = join_all(sent).await.into_iter().map(|signal| signal.expect("no panic")).collect();
    sent.sort_by_key(|signal| signal.sequence);
    assert!(sent.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
    assert_eq!(stores[0].signals("e").await.expect("signals are read"), sent);
}

/// A taken signal's number does not come back.
pub async fn a_number_is_not_used_again<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let first = store.signal("e", "1".to_owned()).await.expect("it is signalled");
    let change = Commit { taken: vec![first.sequence], ..step("e", &owner, 1) };
    store.commit(change).await.expect("the owner commits");
    let second = store.signal("e", "2".to_owned()).await.expect("it is signalled");
    assert!(second.sequence > first.sequence);
}

/// Taking is part of the commit: afterwards it waits no more, and the others still do.
pub async fn a_taken_signal_is_gone<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let mut signals = Vec::new();
    for body in ["1", "2", "3"] {
        signals.push(store.signal("e", body.to_owned()).await.expect("it is signalled"));
    }
    let taken = vec![signals[0].sequence, signals[2].sequence];
    store.commit(Commit { taken, ..step("e", &owner, 1) }).await.expect("the owner commits");
    assert_eq!(store.signals("e").await.expect("signals are read"), signals[1..2]);
}

/// The list is that owner's, and only as long as a signal waits.
pub async fn an_owner_sees_which_of_its_executions_are_signalled<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (first, second) = (join(&*store, "a").await, join(&*store, "b").await);
    for (id, owner) in [("quiet", &first), ("called", &first), ("other", &second)] {
        store.create(owned(id, owner)).await.expect("it is created");
    }
    assert!(store.signalled(&first).await.expect("it is read").is_empty());
    let one = store.signal("called", "1".to_owned()).await.expect("it is signalled");
    let two = store.signal("called", "2".to_owned()).await.expect("it is signalled");
    store.signal("other", "go".to_owned()).await.expect("it is signalled");
    assert_eq!(store.signalled(&first).await.expect("it is read"), ["called"]);
    assert_eq!(store.signalled(&second).await.expect("it is read"), ["other"]);
    let taking = |after, signal: u64| Commit { taken: vec![signal], ..step("called", &first, after) };
    store.commit(taking(1, one.sequence)).await.expect("the owner commits");
    assert_eq!(store.signalled(&first).await.expect("it is read"), ["called"]);
    store.commit(taking(2, two.sequence)).await.expect("the owner commits");
    assert!(store.signalled(&first).await.expect("it is read").is_empty());
}

/// There is nobody to take it.
pub async fn a_missing_execution_takes_no_signal<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    assert_eq!(refused(store.signal("nothing", "go".to_owned()).await), Kind::NotFound);
    assert!(store.signals("nothing").await.expect("signals are read").is_empty());
}
