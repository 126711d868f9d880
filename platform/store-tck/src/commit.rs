//! Commits: by the owner, after the last event, all or nothing.

use futures::future::join_all;
use gennaker_base::{Kind, Timestamp};
use gennaker_store::{Ahead, Commit, Committed, Due, Epoch, Error, Head, NewEvent, Owner, Store};

use crate::{
    Fixture,
    world::{claimed, ended, event, everything, execution, join, owned, part, refused, release, step},
};

/// A commit that changes everything that a commit can change.
async fn full(store: &dyn Store, id: &str, owner: &Owner, after: u64) -> Commit {
    let signal = store.signal(id, "go".to_owned()).await.expect("it is signalled");
    let head = Head {
        status: "RUNNING".to_owned(),
        started: Some(Timestamp::from_millis(2_000)),
        ended: Some(Timestamp::from_millis(3_000)),
        definition: None,
        name: None,
        body: "new".to_owned(),
        ..execution(id).head
    };
    Commit {
        head: Some(head),
        parts: vec![part("b", 5, "changed"), part("c", 2, "added"), part("d", 2, "added")],
        removed: vec!["a".to_owned()],
        events: vec![event("one"), event("two")],
        taken: vec![signal.sequence],
        due: Due::At(Timestamp::from_millis(9_000)),
        ..step(id, owner, after)
    }
}

/// Every field of a commit arrives.
pub async fn all_of_a_change_is_stored<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let change = full(&*store, "e", &owner, 1).await;
    let left = store.signal("e", "later".to_owned()).await.expect("it is signalled");
    store.commit(change.clone()).await.expect("the owner commits");
    let stored = store.load("e").await.expect("it is stored");
    assert_eq!(Some(stored.head), change.head);
    let order: Vec<_> = stored.parts.iter().map(|part| (part.id.as_str(), part.body.as_str())).collect();
    assert_eq!(order, [("c", "added"), ("d", "added"), ("b", "changed")]);
    assert_eq!((stored.owner, stored.sequence, stored.due), (Some(owner), 3, Some(Timestamp::from_millis(9_000))));
    assert_eq!(stored.signals, [left]);
    let events: Vec<NewEvent> =
        store.events("e", 1, 10).await.expect("events are read").into_iter().map(|event| event.event).collect();
    assert_eq!(events, [event("one"), event("two")]);
}

/// A commit of one event changes nothing else.
pub async fn what_a_commit_does_not_name_stays<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let change = full(&*store, "e", &owner, 1).await;
    store.commit(change).await.expect("the owner commits");
    let before = store.load("e").await.expect("it is stored");
    store.commit(step("e", &owner, 3)).await.expect("the owner commits");
    let after = store.load("e").await.expect("it is stored");
    assert_eq!((after.head, after.parts, after.due), (before.head, before.parts, before.due));
    assert_eq!((after.owner, after.sequence), (before.owner, 4));
}

/// Tries `change` as `owner`, expects `kind` and that the execution, and what can be claimed, is as before.
async fn leaves_nothing(store: &dyn Store, owner: &Owner, after: u64, kind: Kind) {
    let change = Commit { owner: owner.clone(), ..full(store, "e", owner, after).await };
    for ahead in [Ahead::Keep, Ahead::Wait, Ahead::Ended] {
        let before = everything(store, "e").await;
        let due = store.next_due(&["pipeline".to_owned()]).await.expect("it is read");
        assert_eq!(refused(store.commit(Commit { ahead, ..change.clone() }).await), kind);
        assert_eq!(everything(store, "e").await, before);
        assert_eq!(store.next_due(&["pipeline".to_owned()]).await.expect("it is read"), due);
        let other = join(store, "other").await;
        assert!(claimed(store, &other).await.is_empty());
    }
}

/// A former life of the owner cannot write.
pub async fn another_epoch_is_refused_and_leaves_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let former = join(&*store, "a").await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    leaves_nothing(&*store, &former, 1, Kind::Fenced).await;
    let later = Owner { epoch: Epoch(owner.epoch.0 + 100), ..owner };
    leaves_nothing(&*store, &later, 1, Kind::Fenced).await;
}

/// Another node cannot write, not even with the owner's epoch.
pub async fn another_node_is_refused_and_leaves_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let another = join(&*store, "b").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    leaves_nothing(&*store, &another, 1, Kind::Fenced).await;
    leaves_nothing(&*store, &Owner { epoch: owner.epoch, ..another }, 1, Kind::Fenced).await;
}

/// After a claim the former owner cannot write, and the new one can.
pub async fn a_claimed_away_execution_refuses_its_former_owner<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    let former = join(&*first, "a").await;
    first.create(owned("e", &former)).await.expect("it is created");
    first.leave("a", former.epoch).await.expect("it leaves");
    let owner = join(&*second, "b").await;
    assert_eq!(claimed(&*second, &owner).await, ["e"]);
    leaves_nothing(&*first, &former, 1, Kind::Fenced).await;
    second.commit(step("e", &owner, 1)).await.expect("the owner commits");
}

/// Who released or ended an execution does not own it any more.
pub async fn an_unowned_execution_refuses_commits<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("waiting", &owner)).await.expect("it is created");
    store.commit(release("waiting", &owner, 1, Due::Never)).await.expect("it is released");
    ended(&*store, "ended", &owner).await;
    store.create(execution("new")).await.expect("it is created");
    for (id, after) in [("waiting", 2), ("ended", 2), ("new", 1)] {
        assert_eq!(refused(store.commit(step(id, &owner, after)).await), Kind::Fenced, "{id}");
    }
}

/// Nobody owns what does not exist.
pub async fn a_missing_execution_refuses_commits<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    assert_eq!(refused(store.commit(step("e", &owner, 1)).await), Kind::Fenced);
    assert!(store.events("e", 0, 10).await.expect("events are read").is_empty());
}

/// The owner itself cannot leave a gap or write over what it does not know.
pub async fn a_gap_is_a_conflict_and_leaves_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    leaves_nothing(&*store, &owner, 2, Kind::Conflict).await;
    leaves_nothing(&*store, &owner, 0, Kind::Conflict).await;
}

/// A commit that was stored is not stored again.
pub async fn a_repeated_commit_is_a_conflict<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    store.commit(step("e", &owner, 1)).await.expect("the owner commits");
    assert_eq!(refused(store.commit(step("e", &owner, 1)).await), Kind::Conflict);
    assert_eq!(store.load("e").await.expect("it is stored").sequence, 2);
}

/// Each signal is taken once; one that does not wait refuses the whole commit.
pub async fn taking_a_signal_twice_is_a_conflict<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let (first, second) = (
        store.signal("e", "1".to_owned()).await.expect("it is signalled"),
        store.signal("e", "2".to_owned()).await.expect("it is signalled"),
    );
    let taking = |after, taken: &[u64]| Commit { taken: taken.to_vec(), ..step("e", &owner, after) };
    store.commit(taking(1, &[first.sequence])).await.expect("it waits");
    for taken in [&[first.sequence][..], &[second.sequence, first.sequence], &[second.sequence, 99]] {
        assert_eq!(refused(store.commit(taking(2, taken)).await), Kind::Conflict);
    }
    assert_eq!(store.signals("e").await.expect("signals are read"), [second]);
}

/// A commit writes its own execution only.
pub async fn a_head_of_another_id_is_a_conflict<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    store.create(owned("f", &owner)).await.expect("it is created");
    let before = everything(&*store, "f").await;
    let change = Commit { head: Some(Head { body: "no".to_owned(), ..execution("f").head }), ..step("e", &owner, 1) };
    assert_eq!(refused(store.commit(change).await), Kind::Conflict);
    assert_eq!(everything(&*store, "f").await, before);
}

/// Commits that are sent together succeed and fail each on its own.
pub async fn a_refused_commit_leaves_concurrent_ones_alone<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let former = join(&*store, "a").await;
    let owner = join(&*store, "a").await;
    for number in 0..32 {
        store.create(owned(&format!("e{number}"), &owner)).await.expect("it is created");
    }
    let commits = (0..32).map(|number| {
        let (store, id) = (store.clone(), format!("e{number}"));
        let change = match number % 4 {
            // Writes parts and events before the conflict shows, or none at all.
            0 => Commit { taken: vec![5], parts: vec![part("x", 0, "x")], ..step(&id, &owner, 1) },
            1 => step(&id, &former, 1),
            _ => Commit { parts: vec![part("x", 0, "x")], ..step(&id, &owner, 1) },
        };
        tokio::spawn(async move { (number, store.commit(change).await) })
    });
    for answer in join_all(commits).await {
        let (number, answer) = answer.expect("no panic");
        let stored = store.load(&format!("e{number}")).await.expect("it is stored");
        match number % 4 {
            0 => assert!(matches!(answer, Err(Error::Conflict { .. })), "{answer:?}"),
            1 => assert!(matches!(answer, Err(Error::Fenced { .. })), "{answer:?}"),
            _ => assert_eq!(answer.expect("it is stored"), Committed::default()),
        }
        let expected = if number % 4 < 2 { (1, 2) } else { (2, 3) };
        assert_eq!((stored.sequence, stored.parts.len()), expected, "e{number}");
    }
}

/// Of commits that follow the same event one is stored.
pub async fn of_racing_commits_after_one_event_one_succeeds<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let owner = join(&*stores[0], "a").await;
    stores[0].create(owned("e", &owner)).await.expect("it is created");
    let commits = (0..16).map(|number| {
        let (store, change) = (stores[number % 2].clone(), step("e", &owner, 1));
        tokio::spawn(async move { store.commit(change).await })
    });
    let answers: Vec<_> = join_all(commits).await.into_iter().map(|answer| answer.expect("no panic")).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let conflicts = answers.iter().filter(|answer| matches!(answer, Err(Error::Conflict { .. })));
    assert_eq!(conflicts.count(), 15);
    assert_eq!(stores[1].load("e").await.expect("it is stored").sequence, 2);
}
