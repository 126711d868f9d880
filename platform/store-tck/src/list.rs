//! Lists: what matches, in order, page by page.

use gennaker_base::Timestamp;
use gennaker_store::{Epoch, Execution, Head, NewExecution, Order, Owner, Query, Store};

use crate::{
    Fixture,
    world::{end, execution, ids, join, owned},
};

/// Stores one execution: id, time, group, definition, kind, status.
async fn stored(store: &dyn Store, row: (&str, i64, &str, Option<&str>, &str, &str)) {
    let (id, created, group, definition, kind, status) = row;
    let head = Head {
        created: Timestamp::from_millis(created),
        group: group.to_owned(),
        definition: definition.map(str::to_owned),
        kind: kind.to_owned(),
        status: status.to_owned(),
        ..execution(id).head
    };
    store.create(NewExecution { head, ..execution(id) }).await.expect("it is created");
}

async fn some(store: &dyn Store) {
    for row in [
        ("e1", 10, "orders", Some("deploy"), "pipeline", "SUCCEEDED"),
        ("e2", 20, "orders", Some("deploy"), "pipeline", "RUNNING"),
        ("e3", 30, "orders", Some("rollback"), "pipeline", "RUNNING"),
        ("e4", 40, "billing", Some("bake"), "pipeline", "TERMINAL"),
        ("e5", 50, "orders", None, "orchestration", "RUNNING"),
        ("e6", 60, "orders", Some("deploy"), "pipeline", "TERMINAL"),
    ] {
        stored(store, row).await;
    }
}

async fn found(store: &dyn Store, query: Query) -> Vec<String> {
    ids(&store.list(&query).await.expect("it is listed"))
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// An empty query finds everything.
pub async fn newest_first_is_the_default<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    assert!(found(&*store, Query::default()).await.is_empty());
    some(&*store).await;
    assert_eq!(found(&*store, Query::default()).await, ["e6", "e5", "e4", "e3", "e2", "e1"]);
    let oldest = Query { order: Order::OldestFirst, ..Query::default() };
    assert_eq!(found(&*store, oldest).await, ["e1", "e2", "e3", "e4", "e5", "e6"]);
}

/// Of equal times the id decides, and one order is the other one reversed.
pub async fn equal_times_have_a_stable_order<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    for id in ["b", "c", "a"] {
        stored(&*store, (id, 10, "orders", None, "pipeline", "RUNNING")).await;
    }
    assert_eq!(found(&*store, Query::default()).await, ["c", "b", "a"]);
    let oldest = Query { order: Order::OldestFirst, ..Query::default() };
    assert_eq!(found(&*store, oldest).await, ["a", "b", "c"]);
}

/// Each field on its own.
pub async fn each_filter_filters<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    some(&*store).await;
    let all = Query::default;
    for (query, expected) in [
        (Query { kinds: texts(&["orchestration"]), ..all() }, vec!["e5"]),
        (Query { ids: texts(&["e4", "e1", "none"]), ..all() }, vec!["e4", "e1"]),
        (Query { group: Some("billing".to_owned()), ..all() }, vec!["e4"]),
        (Query { definitions: texts(&["bake", "rollback"]), ..all() }, vec!["e4", "e3"]),
        (Query { statuses: texts(&["TERMINAL", "SUCCEEDED"]), ..all() }, vec!["e6", "e4", "e1"]),
        (Query { names: texts(&["Deploy", "none"]), limit: 1, ..all() }, vec!["e6"]),
        (Query { names: texts(&["none"]), ..all() }, vec![]),
        (Query { group: Some("none".to_owned()), ..all() }, vec![]),
    ] {
        let asked = format!("{query:?}");
        assert_eq!(found(&*store, query).await, expected, "{asked}");
    }
}

/// All fields at once.
pub async fn filters_are_combined<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    some(&*store).await;
    let query = Query {
        kinds: texts(&["pipeline", "orchestration"]),
        group: Some("orders".to_owned()),
        definitions: texts(&["deploy", "bake"]),
        statuses: texts(&["RUNNING", "TERMINAL"]),
        until: Some(Timestamp::from_millis(60)),
        ids: texts(&["e1", "e2", "e3", "e6"]),
        ..Query::default()
    };
    assert_eq!(found(&*store, query).await, ["e2"]);
}

/// Who looks for its own work finds that.
pub async fn an_owner_lists_what_it_owns<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (first, second) = (join(&*store, "a").await, join(&*store, "b").await);
    for (id, owner) in [("e1", &first), ("e2", &second), ("e3", &first)] {
        store.create(owned(id, owner)).await.expect("it is created");
    }
    store.create(execution("e4")).await.expect("it is created");
    store.commit(end("e3", &first, 1)).await.expect("it ends");
    let of = |owner: Owner| Query { owner: Some(owner), ..Query::default() };
    assert_eq!(found(&*store, of(first.clone())).await, ["e1"]);
    assert_eq!(found(&*store, of(second)).await, ["e2"]);
    assert!(found(&*store, of(Owner { epoch: Epoch(99), ..first })).await.is_empty());
}

/// `from` is included, `until` is not.
pub async fn a_time_range_includes_its_start_only<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    some(&*store).await;
    let (from, until) = (Some(Timestamp::from_millis(20)), Some(Timestamp::from_millis(40)));
    assert_eq!(found(&*store, Query { from, until, ..Query::default() }).await, ["e3", "e2"]);
    assert_eq!(found(&*store, Query { from: until, ..Query::default() }).await, ["e6", "e5", "e4"]);
    assert_eq!(found(&*store, Query { until: from, ..Query::default() }).await, ["e1"]);
}

/// Pages follow each other, and the last one is short.
pub async fn pages_have_no_gap_and_no_repetition<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    some(&*store).await;
    let page = |offset| Query { offset, limit: 4, ..Query::default() };
    assert_eq!(found(&*store, page(0)).await, ["e6", "e5", "e4", "e3"]);
    assert_eq!(found(&*store, page(4)).await, ["e2", "e1"]);
    assert!(found(&*store, page(8)).await.is_empty());
}

/// The newest ones of each definition; what has none counts as one definition.
pub async fn so_many_of_each_definition<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    some(&*store).await;
    stored(&*store, ("e7", 5, "orders", None, "orchestration", "RUNNING")).await;
    let query = |limit| Query { limit_per_definition: Some(limit), ..Query::default() };
    assert_eq!(found(&*store, query(1)).await, ["e6", "e5", "e4", "e3"]);
    assert_eq!(found(&*store, query(2)).await, ["e6", "e5", "e4", "e3", "e2", "e7"]);
    let oldest = Query { order: Order::OldestFirst, ..query(1) };
    assert_eq!(found(&*store, oldest).await, ["e3", "e4", "e5", "e6"], "still the newest ones of each");
}

/// What the filters leave out is not counted; pages are cut afterwards.
pub async fn the_limit_per_definition_counts_after_filters_and_before_pages<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    some(&*store).await;
    let query = Query { limit_per_definition: Some(1), statuses: texts(&["RUNNING"]), ..Query::default() };
    assert_eq!(found(&*store, query.clone()).await, ["e5", "e3", "e2"]);
    assert_eq!(found(&*store, Query { offset: 1, limit: 1, ..query }).await, ["e3"]);
}

/// A listed execution is whole, and no execution gets another one's rows.
pub async fn lists_carry_parts_and_signals<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    some(&*store).await;
    store.signal("e2", "first".to_owned()).await.expect("it is signalled");
    store.signal("e2", "second".to_owned()).await.expect("it is signalled");
    for listed in store.list(&Query::default()).await.expect("it is listed") {
        let loaded = store.load(&listed.head.id).await.expect("it is stored");
        assert_eq!(format!("{listed:?}"), format!("{loaded:?}"));
        assert_eq!(listed.parts.len(), 2);
        assert_eq!(listed.signals.len(), if listed.head.id == "e2" { 2 } else { 0 });
    }
}

/// The default limit is a thousand.
pub async fn an_empty_limit_means_a_thousand<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let creations = (0..1_010).map(|number| {
        let store = store.clone();
        async move { store.create(execution(&format!("e{number:04}"))).await.expect("it is created") }
    });
    futures::future::join_all(creations).await;
    let listed = store.list(&Query::default()).await.expect("it is listed");
    assert_eq!(listed.len(), 1_000);
    assert!(listed.iter().all(|execution| execution.parts.len() == 2));
    assert_eq!(found(&*store, Query { limit: 2_000, ..Query::default() }).await.len(), 1_010);
}

/// What `query` finds among `all`, which are the newest first: looked at one by one.
fn looked_up(all: &[Execution], query: &Query) -> Vec<String> {
    let among =
        |texts: &[String], text: Option<&String>| texts.is_empty() || text.is_some_and(|text| texts.contains(text));
    let mut counts = std::collections::HashMap::new();
    let mut found: Vec<_> = all
        .iter()
        .filter(|Execution { head, .. }| {
            among(&query.kinds, Some(&head.kind))
                && query.group.as_ref().is_none_or(|group| *group == head.group)
                && among(&query.definitions, head.definition.as_ref())
                && among(&query.names, head.name.as_ref())
                && among(&query.statuses, Some(&head.status))
                && query.from.is_none_or(|from| head.created >= from)
                && query.until.is_none_or(|until| head.created < until)
        })
        .filter(|Execution { head, .. }| {
            let count = counts.entry(head.definition.clone()).or_insert(0);
            *count += 1;
            query.limit_per_definition.is_none_or(|most| *count <= most)
        })
        .map(|execution| execution.head.id.clone())
        .collect();
    if query.order == Order::OldestFirst {
        found.reverse();
    }
    found.into_iter().skip(query.offset as usize).take(query.limit as usize).collect()
}

/// However a list is found, it holds what a look at each execution finds.
pub async fn each_combination_of_filters_finds_the_same_as_a_look_at_each<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    for number in 0..90i64 {
        let pick = |of: &[&'static str], by: i64| of[usize::try_from(number / by).expect("a place") % of.len()];
        let definition = Some(pick(&["deploy", "bake", "none", "rollback", ""], 2)).filter(|name| *name != "none");
        let (kind, group) = (pick(&["pipeline", "orchestration", "pipeline"], 1), pick(&["orders", "billing"], 3));
        let status = pick(&["RUNNING", "SUCCEEDED", "TERMINAL", "SUCCEEDED"], 5);
        // Some have the same time.
        stored(&*store, (&format!("e{:02}", number * 37 % 90), number / 2, group, definition, kind, status)).await;
    }
    let all = store.list(&Query::default()).await.expect("it is listed");
    assert_eq!(all.len(), 90);
    let kinds = [vec![], texts(&["pipeline"]), texts(&["orchestration", "pipeline", "pipeline"])];
    let groups = [None, Some("orders".to_owned())];
    let statuses = [vec![], texts(&["RUNNING"]), texts(&["TERMINAL", "none", "SUCCEEDED", "TERMINAL"])];
    let definitions = [vec![], texts(&["bake"]), texts(&["deploy", "rollback", "", "deploy"])];
    let others = [
        Query { limit: 100, ..Query::default() },
        Query { limit: 7, offset: 5, order: Order::OldestFirst, ..Query::default() },
        Query { limit: 7, names: texts(&["Deploy"]), from: Some(Timestamp::from_millis(9)), ..Query::default() },
        Query { limit: 100, limit_per_definition: Some(2), ..Query::default() },
        Query { limit: 4, offset: 2, limit_per_definition: Some(3), order: Order::OldestFirst, ..Query::default() },
        Query { limit: 9, limit_per_definition: Some(1), until: Some(Timestamp::from_millis(30)), ..Query::default() },
    ];
    for kinds in &kinds {
        for group in &groups {
            for statuses in &statuses {
                for definitions in &definitions {
                    for other in &others {
                        let query = Query {
                            kinds: kinds.clone(),
                            group: group.clone(),
                            statuses: statuses.clone(),
                            definitions: definitions.clone(),
                            ..other.clone()
                        };
                        let expected = looked_up(&all, &query);
                        assert_eq!(found(&*store, query.clone()).await, expected, "{query:?}");
                    }
                }
            }
        }
    }
}
