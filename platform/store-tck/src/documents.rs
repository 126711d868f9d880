//! Small documents: revisions, expectations, history.

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::{Expected, KEPT_REVISIONS, Store};

use crate::{
    Fixture,
    world::{refused, seconds},
};

const GROUP: &str = "accounts";

fn body(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Writes whatever is there; returns the revision.
async fn put(store: &dyn Store, name: &str, text: Option<&str>) -> u64 {
    let body = text.map(str::to_owned);
    store.put_document(GROUP, name, body, Expected::Any).await.expect("it is written").revision
}

async fn names(store: &dyn Store, group: &str) -> Vec<String> {
    store.documents(group).await.expect("a list").into_iter().map(|document| document.name).collect()
}

/// Each write is a revision with its time; the list has the newest, the history all.
pub async fn a_document_has_revisions_and_a_history<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    let one = first.put_document(GROUP, "a", body("1"), Expected::Absent).await.expect("it is the first");
    fixture.advance(seconds(5)).await;
    let two = second.put_document(GROUP, "a", body("2 ü 🚀"), Expected::Revision(1)).await.expect("it is the second");
    assert_eq!((one.revision, two.revision), (1, 2));
    assert!(two.at > one.at);
    assert_eq!(first.documents(GROUP).await.expect("a list"), std::slice::from_ref(&two));
    assert_eq!(first.document_history(GROUP, "a").await.expect("a history"), [two, one]);
    assert_eq!(first.document_history(GROUP, "b").await.expect("a history"), []);
}

/// Nothing is kept of a refused write.
pub async fn a_write_that_expects_something_else_is_refused<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    assert_eq!(refused(store.put_document(GROUP, "a", body("1"), Expected::Present).await), Kind::NotFound);
    assert_eq!(refused(store.put_document(GROUP, "a", body("1"), Expected::Revision(1)).await), Kind::Conflict);
    put(&*store, "a", Some("1")).await;
    assert_eq!(refused(store.put_document(GROUP, "a", body("2"), Expected::Absent).await), Kind::Conflict);
    assert_eq!(refused(store.put_document(GROUP, "a", body("2"), Expected::Revision(2)).await), Kind::Conflict);
    store.put_document(GROUP, "a", body("3"), Expected::Present).await.expect("it is there");
    assert_eq!(store.document_history(GROUP, "a").await.expect("a history").len(), 2);
}

/// Of writers that expect the same revision one writes the next.
pub async fn of_racing_writers_that_expect_the_same_one_wins<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    put(&*stores[0], "a", Some("0")).await;
    let writes = (0..16).map(|number: usize| {
        let store = stores[number % 2].clone();
        async move { store.put_document(GROUP, "a", body(&number.to_string()), Expected::Revision(1)).await }
    });
    let written = join_all(writes).await;
    assert_eq!(written.iter().filter(|written| written.is_ok()).count(), 1);
    let kinds = written.into_iter().filter_map(|written| written.err().map(|error| error.kind()));
    assert!(kinds.into_iter().all(|kind| kind == Kind::Conflict));
}

/// A removal is a revision; a document made anew has the next one.
pub async fn a_removed_document_goes_on_where_it_was<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    put(&*store, "a", Some("1")).await;
    assert_eq!(put(&*store, "a", None).await, 2);
    assert!(names(&*store, GROUP).await.is_empty());
    assert_eq!(refused(store.put_document(GROUP, "a", None, Expected::Present).await), Kind::NotFound);
    let again = store.put_document(GROUP, "a", body("3"), Expected::Absent).await.expect("it is gone");
    assert_eq!(again.revision, 3);
    let bodies = store.document_history(GROUP, "a").await.expect("a history").into_iter().map(|revision| revision.body);
    assert_eq!(bodies.collect::<Vec<_>>(), [body("3"), None, body("1")]);
}

/// Groups share no names.
pub async fn groups_are_apart_and_lists_are_by_name<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    for name in ["c", "a", "b"] {
        put(&*store, name, Some(name)).await;
    }
    let other = store.put_document("other", "a", body("x"), Expected::Absent).await.expect("it is the first there");
    assert_eq!(other.revision, 1);
    assert_eq!(names(&*store, GROUP).await, ["a", "b", "c"]);
    assert_eq!(names(&*store, "other").await, ["a"]);
    assert!(names(&*store, "none").await.is_empty());
}

/// A document that is written again and again does not grow without end.
pub async fn old_revisions_are_forgotten<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    for number in 0..KEPT_REVISIONS + 5 {
        put(&*store, "a", Some(&number.to_string())).await;
    }
    let kept = store.document_history(GROUP, "a").await.expect("a history");
    assert_eq!(kept.len() as u64, KEPT_REVISIONS);
    assert_eq!(kept.last().map(|revision| revision.revision), Some(6));
}

/// What was answered is there after a stop of everything.
pub async fn documents_survive_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    put(&*store, "a", Some("1")).await;
    put(&*store, "a", Some("2")).await;
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!(names(&*store, GROUP).await, ["a"]);
    assert_eq!(store.document_history(GROUP, "a").await.expect("a history").len(), 2);
}
