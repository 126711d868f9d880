//! Claims: whatever waits for an owner gets one, and only one.

use std::collections::HashSet;

use futures::future::join_all;
use gennaker_base::{Kind, Timestamp};
use gennaker_store::{Claim, Commit, Due, Head, NewExecution, Owner, Store};

use crate::{Fixture, world::*};

/// Who stores an execution without owner leaves it to the next claim.
pub async fn a_never_owned_execution_is_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(execution("e")).await.expect("it is created");
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
    assert_eq!(store.load("e").await.expect("it is stored").owner, Some(owner.clone()));
    store.commit(step("e", &owner, 1)).await.expect("the owner commits");
}

/// A living owner's execution is nobody else's, whatever waits for it.
pub async fn an_owned_execution_is_not_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (owner, other) = (join(&*store, "a").await, join(&*store, "b").await);
    store.create(owned("e", &owner)).await.expect("it is created");
    let due = Due::At(Timestamp::from_millis(1));
    store.commit(Commit { due, ..step("e", &owner, 1) }).await.expect("the owner commits");
    store.signal("e", "go".to_owned()).await.expect("it is signalled");
    assert!(claimed(&*store, &other).await.is_empty());
    assert!(claimed(&*store, &owner).await.is_empty());
    store.commit(step("e", &owner, 2)).await.expect("it still owns it");
}

/// A due time is when the store's clock shows it, not before.
pub async fn a_released_execution_is_claimable_when_it_is_due<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let due = in_seconds(&*store, 5).await;
    released(&*store, "e", &owner, due).await;
    assert_eq!(store.load("e").await.expect("it is stored").owner, None);
    fixture.advance(seconds(5) - std::time::Duration::from_millis(1)).await;
    assert!(claimed(&*store, &owner).await.is_empty());
    fixture.advance(std::time::Duration::from_millis(1)).await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
}

/// Without due time and signal it waits for ever.
pub async fn a_released_execution_without_due_time_waits<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    released(&*store, "e", &owner, Due::Never).await;
    fixture.advance(seconds(1_000_000)).await;
    let owner = join(&*store, "a").await;
    assert!(claimed(&*store, &owner).await.is_empty());
}

/// A due time set before the release, and one that a claim found, stand until another is set.
pub async fn a_kept_due_time_stands<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let due = in_seconds(&*store, 5).await;
    store.commit(Commit { due, ..step("e", &owner, 1) }).await.expect("the owner commits");
    store.commit(release("e", &owner, 2, Due::Keep)).await.expect("it is released");
    assert!(claimed(&*store, &owner).await.is_empty());
    fixture.advance(seconds(5)).await;
    let found = claim(&*store, &owner).await;
    let Due::At(due) = due else { unreachable!() };
    assert_eq!(found[0].due, Some(due));
    store.commit(release("e", &owner, 3, Due::Never)).await.expect("it is released");
    assert!(claimed(&*store, &owner).await.is_empty());
    assert_eq!(store.load("e").await.expect("it is stored").due, None);
}

/// Who releases an execution too late for its due time does not lose it.
pub async fn a_due_time_in_the_past_is_claimable_at_once<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    released(&*store, "e", &owner, Due::At(Timestamp::from_millis(1))).await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
}

/// A signal wakes an execution before its due time.
pub async fn a_signal_makes_a_released_execution_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let due = in_seconds(&*store, 5).await;
    released(&*store, "e", &owner, due).await;
    released(&*store, "f", &owner, Due::Never).await;
    for id in ["e", "f"] {
        store.signal(id, "go".to_owned()).await.expect("it is signalled");
    }
    let found = claim(&*store, &owner).await;
    assert_eq!(ids(&found).into_iter().collect::<HashSet<_>>(), ["e".to_owned(), "f".to_owned()].into());
    assert!(found.iter().all(|execution| execution.signals.len() == 1));
    // Taken and released again, they wait again.
    for execution in &found {
        let taken = vec![execution.signals[0].sequence];
        let again = Commit { taken, ..release(&execution.head.id, &owner, 2, Due::Never) };
        store.commit(again).await.expect("it is released");
    }
    assert!(claimed(&*store, &owner).await.is_empty());
}

/// A signal that the owner had not seen when it released makes the execution claimable at once.
pub async fn a_signal_that_came_before_the_release_is_not_lost<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let seen = store.signal("e", "seen".to_owned()).await.expect("it is signalled");
    let unseen = store.signal("e", "unseen".to_owned()).await.expect("it is signalled");
    let due = in_seconds(&*store, 5).await;
    let change = Commit { taken: vec![seen.sequence], ..release("e", &owner, 1, due) };
    store.commit(change).await.expect("it is released");
    let found = claim(&*store, &owner).await;
    assert_eq!(ids(&found), ["e"]);
    assert_eq!(found[0].signals, [unseen]);
}

/// Whichever of a release and a signal comes first, the execution is claimable afterwards.
pub async fn a_signal_racing_the_release_is_not_lost<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let owner = join(&*stores[0], "a").await;
    for number in 0..16 {
        stores[0].create(owned(&format!("e{number}"), &owner)).await.expect("it is created");
    }
    let releases = (0..16).map(|number| {
        let (store, change) = (stores[0].clone(), release(&format!("e{number}"), &owner, 1, Due::Never));
        tokio::spawn(async move {
            store.commit(change).await.expect("the owner commits");
        })
    });
    let signals = (0..16).map(|number| {
        let store = stores[1].clone();
        tokio::spawn(async move {
            store.signal(&format!("e{number}"), "go".to_owned()).await.expect("it is signalled");
        })
    });
    let races: Vec<_> = releases.zip(signals).flat_map(|(release, signal)| [release, signal]).collect();
    for race in join_all(races).await {
        race.expect("no panic");
    }
    assert_eq!(claimed(&*stores[0], &owner).await.len(), 16);
}

/// A node that leaves hands over at once.
pub async fn what_a_node_that_left_owned_is_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (first, second) = (join(&*store, "a").await, join(&*store, "b").await);
    store.create(owned("e", &first)).await.expect("it is created");
    store.leave("a", first.epoch).await.expect("it leaves");
    assert_eq!(claimed(&*store, &second).await, ["e"]);
}

/// A node that died hands over when its lease expires, not before.
pub async fn what_a_node_owned_is_claimable_when_its_lease_expired<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    let dying = join(&*first, "a").await;
    first.create(owned("e", &dying)).await.expect("it is created");
    fixture.advance(seconds(6)).await;
    let owner = join(&*second, "b").await;
    assert!(claimed(&*second, &owner).await.is_empty());
    fixture.advance(seconds(4)).await;
    assert_eq!(claimed(&*second, &owner).await, ["e"]);
    assert_eq!(refused(first.commit(step("e", &dying, 1)).await), Kind::Fenced);
}

/// A restarted node finds what its former life owned.
pub async fn what_a_replaced_node_owned_is_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let former = join(&*store, "a").await;
    store.create(owned("e", &former)).await.expect("it is created");
    let owner = join(&*store, "a").await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
    assert_eq!(refused(store.commit(step("e", &former, 1)).await), Kind::Fenced);
    store.commit(step("e", &owner, 1)).await.expect("the new life owns it");
}

/// What is over stays over, also if it had a due time.
pub async fn an_ended_execution_is_not_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let due = in_seconds(&*store, 1).await;
    store.commit(Commit { due, ..step("e", &owner, 1) }).await.expect("it goes on");
    store.commit(Commit { due: Due::Keep, ..end("e", &owner, 2) }).await.expect("it ends");
    let stored = store.load("e").await.expect("it is stored");
    assert_eq!((stored.owner, stored.due), (None, None));
    fixture.advance(seconds(5)).await;
    assert!(claimed(&*store, &owner).await.is_empty());
    store.leave("a", owner.epoch).await.expect("it leaves");
    let owner = join(&*store, "b").await;
    assert!(claimed(&*store, &owner).await.is_empty());
}

/// A restart is a signal to an ended execution; its owner may go on with it.
pub async fn an_ended_execution_is_claimable_for_a_signal<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    let signal = store.signal("e", "restart".to_owned()).await.expect("it is signalled");
    let found = claim(&*store, &owner).await;
    assert_eq!(ids(&found), ["e"]);
    assert_eq!(found[0].signals, std::slice::from_ref(&signal));
    let change = Commit { taken: vec![signal.sequence], ..release("e", &owner, 2, in_seconds(&*store, 5).await) };
    store.commit(change).await.expect("it runs again");
    fixture.advance(seconds(5)).await;
    assert_eq!(claimed(&*store, &owner).await, ["e"], "it waits as any other");
}

/// A signal is there for the next owner until an owner took it.
pub async fn an_untaken_signal_survives_its_owners_death<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let first = join(&*store, "a").await;
    ended(&*store, "e", &first).await;
    let signal = store.signal("e", "restart".to_owned()).await.expect("it is signalled");
    assert_eq!(claimed(&*store, &first).await, ["e"]);
    store.leave("a", first.epoch).await.expect("it leaves");
    let second = join(&*store, "b").await;
    let found = claim(&*store, &second).await;
    assert_eq!(ids(&found), ["e"]);
    assert_eq!(found[0].signals, [signal]);
}

async fn claims_are_exclusive(stores: [&dyn Store; 2], owners: &[Owner], total: usize) {
    let claims = owners.iter().enumerate().map(|(number, owner)| {
        let store = stores[number % 2];
        async move {
            let mut got = Vec::new();
            loop {
                let found =
                    store.claim(Claim { limit: 3, ..claim_of(owner) }).await.expect("a living node claims").executions;
                if found.is_empty() {
                    return got;
                }
                got.extend(ids(&found));
            }
        }
    });
    let got = join_all(claims).await;
    let all: Vec<_> = got.iter().flatten().collect();
    assert_eq!(all.len(), total, "nothing is claimed twice or left");
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), total);
    for (owner, ids) in owners.iter().zip(&got) {
        for id in ids {
            assert_eq!(stores[0].load(id).await.expect("it is stored").owner.as_ref(), Some(owner));
        }
    }
}

/// Nodes that claim at the same time share the work without overlap.
pub async fn concurrent_claims_are_exclusive<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let mut owners = Vec::new();
    for number in 0..8 {
        owners.push(join(&*stores[0], &format!("node-{number}")).await);
    }
    for number in 0..50 {
        stores[0].create(execution(&format!("e{number}"))).await.expect("it is created");
    }
    claims_are_exclusive([&*stores[0], &*stores[1]], &owners, 50).await;
}

/// The same for the work of a dead node.
pub async fn concurrent_claims_of_a_dead_nodes_work_are_exclusive<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let dead = join(&*stores[0], "dead").await;
    for number in 0..50 {
        stores[0].create(owned(&format!("e{number}"), &dead)).await.expect("it is created");
    }
    fixture.advance(TTL).await;
    let mut owners = Vec::new();
    for number in 0..8 {
        owners.push(join(&*stores[1], &format!("node-{number}")).await);
    }
    claims_are_exclusive([&*stores[0], &*stores[1]], &owners, 50).await;
}

/// A node leaves what it cannot read to one that can.
pub async fn only_readable_formats_are_claimed<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for (id, format) in [("old", FORMAT - 1), ("same", FORMAT), ("newer", FORMAT + 1)] {
        let head = Head { format, ..execution(id).head };
        store.create(NewExecution { head, ..execution(id) }).await.expect("it is created");
    }
    let got: HashSet<_> = claimed(&*store, &owner).await.into_iter().collect();
    assert_eq!(got, ["old".to_owned(), "same".to_owned()].into());
    let newer =
        store.claim(Claim { format: FORMAT + 1, ..claim_of(&owner) }).await.expect("a living node claims").executions;
    assert_eq!(ids(&newer), ["newer"]);
}

/// A node claims what it runs.
pub async fn only_the_asked_kinds_are_claimed<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for kind in ["pipeline", "orchestration", "operation"] {
        let head = Head { kind: kind.to_owned(), ..execution(kind).head };
        store.create(NewExecution { head, ..execution(kind) }).await.expect("it is created");
    }
    let kinds = vec!["operation".to_owned(), "unknown".to_owned()];
    let got = store.claim(Claim { kinds, ..claim_of(&owner) }).await.expect("a living node claims").executions;
    assert_eq!(ids(&got), ["operation"]);
    let none =
        store.claim(Claim { kinds: Vec::new(), ..claim_of(&owner) }).await.expect("a living node claims").executions;
    assert!(none.is_empty());
    assert_eq!(claimed(&*store, &owner).await, ["pipeline"]);
}

/// What is over the limit is left for the next claim.
pub async fn a_claim_takes_at_most_its_limit<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for number in 0..5 {
        store.create(execution(&format!("e{number}"))).await.expect("it is created");
    }
    for expected in [2, 2, 1, 0] {
        let got = store.claim(Claim { limit: 2, ..claim_of(&owner) }).await.expect("a living node claims").executions;
        assert_eq!(got.len(), expected);
    }
}

/// The order is that of waiting: since creation, due time, signal, or the end of the owner's lease.
pub async fn the_longest_waiting_is_claimed_first<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (owner, dying) = (join(&*store, "a").await, join(&*store, "dying").await);
    store.create(owned("a orphaned", &dying)).await.expect("it is created");
    released(&*store, "b signalled", &owner, Due::Never).await;
    let due = in_seconds(&*store, 2).await;
    released(&*store, "c due", &owner, due).await;
    fixture.advance(seconds(1)).await;
    store.create(execution("d new")).await.expect("it is created");
    fixture.advance(seconds(2)).await;
    store.signal("b signalled", "go".to_owned()).await.expect("it is signalled");
    store.renew("a", owner.epoch, TTL).await.expect("it lives");
    fixture.advance(seconds(8)).await;
    assert_eq!(claimed(&*store, &owner).await, ["d new", "c due", "b signalled", "a orphaned"]);
}

/// A node that is dead or never lived claims nothing.
pub async fn a_dead_node_claims_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.create(execution("e")).await.expect("it is created");
    let owner = join(&*store, "a").await;
    let stranger = Owner { node: "stranger".to_owned(), epoch: owner.epoch };
    assert_eq!(refused(store.claim(claim_of(&stranger)).await), Kind::Fenced);
    fixture.advance(TTL).await;
    assert_eq!(refused(store.claim(claim_of(&owner)).await), Kind::Fenced);
    let again = join(&*store, "a").await;
    assert_eq!(refused(store.claim(claim_of(&owner)).await), Kind::Fenced);
    assert_eq!(claimed(&*store, &again).await, ["e"]);
}

/// The new owner gets all that it needs to go on.
pub async fn a_claim_returns_what_is_stored<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let former = join(&*store, "a").await;
    store.create(owned("e", &former)).await.expect("it is created");
    let change = Commit { parts: vec![part("c", 0, "new")], ..step("e", &former, 1) };
    store.commit(change).await.expect("the owner commits");
    store.signal("e", "go".to_owned()).await.expect("it is signalled");
    let owner = join(&*store, "a").await;
    let found = claim(&*store, &owner).await;
    let stored = store.load("e").await.expect("it is stored");
    assert_eq!(format!("{:?}", found[0]), format!("{stored:?}"));
    assert_eq!(found[0].owner, Some(owner));
    assert_eq!((found[0].parts.len(), found[0].signals.len(), found[0].sequence), (3, 1, 2));
}

/// Who polls knows until when it may sleep.
pub async fn the_next_due_time_is_that_of_ownerless_executions<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let kinds = ["pipeline".to_owned()];
    assert_eq!(store.next_due(&kinds).await.expect("it is read"), None);
    let now = store.now().await.expect("it has a time");
    store.create(owned("owned", &owner)).await.expect("it is created");
    let due = Due::At(now.after(seconds(1)));
    store.commit(Commit { due, ..step("owned", &owner, 1) }).await.expect("the owner commits");
    ended(&*store, "ended", &owner).await;
    released(&*store, "never", &owner, Due::Never).await;
    assert_eq!(store.next_due(&kinds).await.expect("it is read"), None);
    released(&*store, "later", &owner, Due::At(now.after(seconds(9)))).await;
    released(&*store, "sooner", &owner, Due::At(now.after(seconds(5)))).await;
    assert_eq!(store.next_due(&kinds).await.expect("it is read"), Some(now.after(seconds(5))));
    assert_eq!(store.next_due(&["other".to_owned()]).await.expect("it is read"), None);
    assert_eq!(store.next_due(&[]).await.expect("it is read"), None);
    fixture.advance(seconds(6)).await;
    assert_eq!(store.next_due(&kinds).await.expect("it is read"), Some(now.after(seconds(5))), "it has come");
    assert_eq!(claimed(&*store, &owner).await, ["sooner"]);
    assert_eq!(store.next_due(&kinds).await.expect("it is read"), Some(now.after(seconds(9))));
}
