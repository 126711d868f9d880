//! Correlations: of what has not ended, one of a kind.

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::{Created, Due, Head, NewExecution, Query};

use crate::{
    Fixture,
    world::{NEW, claimed, end, execution, ids, join, owned, place, refused, release, seconds},
};

fn correlated(id: &str, correlation: &str) -> NewExecution {
    NewExecution { correlation: Some(correlation.to_owned()), ..execution(id) }
}

/// Whoever asks for the same while it runs or waits gets what is there.
pub async fn a_second_creation_with_a_correlation_is_existing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let first = NewExecution { owner: Some(owner.clone()), ..correlated("e", "build-7") };
    assert_eq!(store.create(first).await.expect("it is created"), NEW);
    assert_eq!(store.create(correlated("f", "build-7")).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(store.create(correlated("g", "build-8")).await.expect("it is created"), NEW);
    store.commit(release("e", &owner, 1, Due::Never)).await.expect("it is released");
    assert_eq!(store.create(correlated("f", "build-7")).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(refused(store.load("f").await), Kind::NotFound);
}

/// The same correlation of another kind is another one.
pub async fn a_correlation_is_known_per_kind<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.create(correlated("e", "build-7")).await.expect("it is created");
    let head = Head { kind: "orchestration".to_owned(), ..execution("f").head };
    let other = NewExecution { head, ..correlated("f", "build-7") };
    assert_eq!(store.create(other).await.expect("it is created"), NEW);
}

/// After the end, and after deletion, the same may start anew.
pub async fn a_correlation_is_free_after_the_end<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    for id in ["e", "f"] {
        let new = NewExecution { owner: Some(owner.clone()), ..correlated(id, "build-7") };
        assert_eq!(store.create(new).await.expect("it is created"), NEW);
        store.commit(end(id, &owner, 1)).await.expect("it ends");
    }
    store.delete("e", store.now().await.expect("it has a time").after(seconds(60))).await.expect("it has ended");
    assert_eq!(store.create(correlated("g", "build-7")).await.expect("it is created"), NEW);
}

/// What waits for a place has its correlation too.
pub async fn a_waiting_execution_has_its_correlation<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let limited = |id, correlation| NewExecution { place: Some(place("deploy", 1)), ..correlated(id, correlation) };
    store.create(limited("e", "build-7")).await.expect("it is created");
    assert_eq!(store.create(limited("f", "build-8")).await.expect("it waits"), Created::New { waits: true });
    assert_eq!(store.create(limited("g", "build-8")).await.expect("no error"), Created::Existing("f".to_owned()));
}

/// A request that was answered by a correlation gets the same answer when that has ended.
pub async fn a_request_answered_by_a_correlation_is_remembered<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let asked = |id: &str, request: &str| NewExecution {
        request: Some(request.to_owned()),
        correlation: Some("build-7".to_owned()),
        ..owned(id, &owner)
    };
    assert_eq!(store.create(asked("e", "r1")).await.expect("it is created"), NEW);
    assert_eq!(store.create(asked("f", "r2")).await.expect("no error"), Created::Existing("e".to_owned()));
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    assert_eq!(store.create(asked("f", "r2")).await.expect("no error"), Created::Existing("e".to_owned()));
    assert_eq!(store.create(asked("f", "r3")).await.expect("it is created"), NEW);
}

/// Of 32 creators with one correlation, over two handles, one is new.
pub async fn of_racing_creators_of_a_correlation_one_is_new<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let races = (0..32).map(|number| {
        let store = stores[number % 2].clone();
        let new = correlated(&format!("e{number}"), "build-7");
        tokio::spawn(async move { (new.head.id.clone(), store.create(new).await.expect("no error")) })
    });
    let answers: Vec<_> = join_all(races).await.into_iter().map(|answer| answer.expect("no panic")).collect();
    let winners: Vec<_> = answers.iter().filter(|(_, answer)| *answer == NEW).collect();
    assert_eq!(winners.len(), 1);
    let existing = Created::Existing(winners[0].0.clone());
    assert_eq!(answers.iter().filter(|(_, answer)| *answer == existing).count(), 31);
}

/// A list by correlation has the ended ones too.
pub async fn a_correlation_is_listed_with_what_has_ended<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store
        .create(NewExecution { owner: Some(owner.clone()), ..correlated("e", "build-7") })
        .await
        .expect("it is created");
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    store.create(correlated("f", "build-7")).await.expect("it is created");
    store.create(correlated("g", "build-8")).await.expect("it is created");
    store.create(execution("h")).await.expect("it is created");
    let query = |correlation: &str| Query { correlation: Some(correlation.to_owned()), ..Query::default() };
    assert_eq!(ids(&store.list(&query("build-7")).await.expect("it is listed")), ["f", "e"]);
    assert!(store.list(&query("build-9")).await.expect("it is listed").is_empty());
    assert_eq!(claimed(&*store, &owner).await, ["f", "g", "h"]);
}
