//! Lists: what matches, in order, page by page.

use gennaker_base::Timestamp;
use gennaker_store::{Head, NewExecution, Order, Query, Store};

use crate::{
    Fixture,
    world::{execution, ids},
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
