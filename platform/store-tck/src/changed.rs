//! Changes: the feed of what was created or committed last, for whoever follows.

use std::{collections::HashMap, sync::Arc};

use futures::future::join_all;
use gennaker_base::Timestamp;
use gennaker_store::{Change, ChangeQuery, Commit, Head, NewExecution, Store};

use crate::{
    Fixture,
    world::{KIND, claimed, end, ended, execution, join, owned, released, seconds, step},
};

/// All that changed at or after a time.
async fn since(store: &dyn Store, from: Timestamp) -> Vec<Change> {
    let query = ChangeQuery { from, limit: 1_000, ..ChangeQuery::default() };
    store.changed(&query).await.expect("changes are read").changes
}

fn ids(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| change.id.as_str()).collect()
}

/// An execution stands there once, as it is after its last commit.
pub async fn an_execution_is_listed_at_its_last_change<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let created = store.now().await.expect("it has a time");
    store.create(owned("e", &owner)).await.expect("it is created");
    let first = since(&*store, Timestamp::ZERO).await;
    let expected = Change {
        id: "e".to_owned(),
        kind: KIND.to_owned(),
        group: "orders".to_owned(),
        definition: Some("deploy".to_owned()),
        name: Some("Deploy".to_owned()),
        status: "NOT_STARTED".to_owned(),
        sequence: 1,
        is_over: false,
        changed: created,
    };
    assert_eq!(first, std::slice::from_ref(&expected));
    fixture.advance(seconds(1)).await;
    let head = Head { status: "SUCCEEDED".to_owned(), ..execution("e").head };
    store.commit(Commit { head: Some(head), ..end("e", &owner, 1) }).await.expect("it ends");
    let changed = store.now().await.expect("it has a time");
    let last = Change { status: "SUCCEEDED".to_owned(), sequence: 2, is_over: true, changed, ..expected };
    assert_eq!(since(&*store, Timestamp::ZERO).await, [last]);
}

/// Whoever drives an execution or signals it has not changed it; nor has whoever was refused.
pub async fn claims_signals_and_refused_commits_are_no_changes<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(execution("e")).await.expect("it is created");
    let before = since(&*store, Timestamp::ZERO).await;
    fixture.advance(seconds(1)).await;
    assert_eq!(claimed(&*store, &owner).await, ["e"]);
    store.signal("e", "go".to_owned()).await.expect("it is signalled");
    store.create(execution("e")).await.expect("it is known");
    store.commit(step("e", &owner, 7)).await.expect_err("there is a gap");
    assert_eq!(since(&*store, Timestamp::ZERO).await, before);
}

/// The oldest change first, and of one time the lowest id; each page goes on where the last one ended.
pub async fn changes_are_listed_in_their_order_page_by_page<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for id in ["d", "b", "c", "a"] {
        store.create(owned(id, &owner)).await.expect("it is created");
    }
    fixture.advance(seconds(1)).await;
    let later = store.now().await.expect("it has a time");
    for id in ["c", "a"] {
        store.commit(step(id, &owner, 1)).await.expect("the owner commits");
    }
    assert_eq!(ids(&since(&*store, Timestamp::ZERO).await), ["b", "d", "a", "c"]);
    assert_eq!(ids(&since(&*store, later).await), ["a", "c"]);
    let mut query = ChangeQuery { limit: 1, ..ChangeQuery::default() };
    let mut pages = Vec::new();
    while let [change] = &store.changed(&query).await.expect("changes are read").changes[..] {
        pages.push(change.id.clone());
        (query.from, query.after) = (change.changed, Some(change.id.clone()));
        assert!(pages.len() < 10, "{pages:?}");
    }
    assert_eq!(pages, ["b", "d", "a", "c"]);
}

/// Kind and group filter.
pub async fn changes_are_filtered_by_kind_and_group<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    for (id, kind, group) in [("a", "pipeline", "orders"), ("b", "operation", "orders"), ("c", "pipeline", "shop")] {
        let head = Head { kind: kind.to_owned(), group: group.to_owned(), ..execution(id).head };
        store.create(NewExecution { head, ..execution(id) }).await.expect("it is created");
    }
    let some = |kinds: &[&str], group: Option<&str>| ChangeQuery {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        group: group.map(str::to_owned),
        limit: 10,
        ..ChangeQuery::default()
    };
    for (query, expected) in [
        (some(&[], None), vec!["a", "b", "c"]),
        (some(&["pipeline"], None), vec!["a", "c"]),
        (some(&["pipeline", "operation"], Some("orders")), vec!["a", "b"]),
        (some(&["operation"], Some("shop")), vec![]),
    ] {
        assert_eq!(ids(&store.changed(&query).await.expect("changes are read").changes), expected, "{query:?}");
    }
}

/// A packed execution is listed as it was, a deleted one is not.
pub async fn packing_changes_nothing_and_deletion_leaves_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    ended(&*store, "f", &owner).await;
    let before = since(&*store, Timestamp::ZERO).await;
    fixture.advance(seconds(1)).await;
    assert_eq!(store.compact(10).await.expect("they are packed"), 2);
    assert_eq!(since(&*store, Timestamp::ZERO).await, before);
    store.delete("e", Timestamp::ZERO).await.expect("it has ended");
    assert_eq!(since(&*store, Timestamp::ZERO).await, before[1..]);
}

/// What changes after an answer is found from the time that the answer says, also if no time passes in between.
pub async fn what_is_not_seen_yet_changes_later<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let settled = ChangeQuery::default();
    for id in ["c", "b", "a"] {
        let before = store.changed(&settled).await.expect("it is read");
        assert!(before.changes.is_empty(), "a limit of 0 lists nothing");
        released(&*store, id, &owner, gennaker_store::Due::Never).await;
        assert!(ids(&since(&*store, before.settled).await).contains(&id), "{before:?}");
    }
}

/// Followers read while others write, and end with the last state of everything.
pub async fn who_follows_misses_no_last_state<F: Fixture>(fixture: F) {
    const EXECUTIONS: usize = 12;
    const STEPS: u64 = 8;
    let handles = [fixture.open().await, fixture.open().await];
    let mut owners = Vec::new();
    for (handle, node) in handles.iter().zip(["a", "b"]) {
        owners.push(join(&**handle, node).await);
    }
    let writers = (0..EXECUTIONS).map(|number| {
        let (store, owner, id) = (handles[number % 2].clone(), owners[number % 2].clone(), format!("e{number}"));
        tokio::spawn(async move {
            store.create(owned(&id, &owner)).await.expect("it is created");
            for after in 1..STEPS {
                store.commit(step(&id, &owner, after)).await.expect("the owner commits");
            }
            store.commit(end(&id, &owner, STEPS)).await.expect("it ends");
        })
    });
    let writers: Vec<_> = writers.collect();
    let followers = handles.iter().map(|handle| follow(handle.clone(), EXECUTIONS));
    let followed = join_all(followers).await;
    for writer in writers {
        writer.await.expect("it writes");
    }
    for known in followed {
        assert!(known.values().all(|change| change.sequence == STEPS + 1 && change.is_over), "{known:?}");
    }
}

/// Follows as the trait says, by pages that are too small, until so many have ended.
async fn follow(store: Arc<dyn Store>, many: usize) -> HashMap<String, Change> {
    let mut known: HashMap<String, Change> = HashMap::new();
    let mut from = Timestamp::ZERO;
    while known.values().filter(|change| change.is_over).count() < many {
        let mut query = ChangeQuery { from, limit: 3, ..ChangeQuery::default() };
        let mut settled = None;
        loop {
            let page = store.changed(&query).await.expect("changes are read");
            settled.get_or_insert(page.settled);
            let Some(last) = page.changes.last() else { break };
            (query.from, query.after) = (last.changed, Some(last.id.clone()));
            let whole = page.changes.len() == 3;
            known.extend(page.changes.into_iter().map(|change| (change.id.clone(), change)));
            if !whole {
                break;
            }
        }
        from = settled.unwrap_or(from);
        tokio::task::yield_now().await;
    }
    known
}

/// After a stop of the whole system the feed goes on where it was.
pub async fn changes_survive_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.create(execution("e")).await.expect("it is created");
    let before = since(&*store, Timestamp::ZERO).await;
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!(since(&*store, Timestamp::ZERO).await, before);
    store.create(execution("f")).await.expect("it is created");
    assert_eq!(ids(&since(&*store, before[0].changed).await), ["e", "f"]);
}
