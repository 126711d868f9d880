//! Fences: who asks with an epoch lower than one that was seen is refused.

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::{Created, Epoch, Fence, NewExecution, Owner};

use crate::{
    Fixture,
    world::{NEW, execution, refused},
};

fn fenced(id: &str, request: &str, asking: &str, epoch: u64) -> NewExecution {
    let fence = Fence { execution: asking.to_owned(), epoch: Epoch(epoch) };
    NewExecution { request: Some(request.to_owned()), fence: Some(fence), ..execution(id) }
}

/// A lower epoch is refused for a new request and for a repeated one.
pub async fn a_lower_epoch_is_refused<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    assert_eq!(store.create(fenced("e1", "r1", "asking", 5)).await.expect("it passes"), NEW);
    assert_eq!(refused(store.create(fenced("e2", "r2", "asking", 4)).await), Kind::Fenced);
    assert_eq!(refused(store.load("e2").await), Kind::NotFound);
    assert_eq!(refused(store.create(fenced("e1", "r1", "asking", 4)).await), Kind::Fenced);
}

/// The same owner goes on, and so does the next one.
pub async fn an_equal_and_a_higher_epoch_pass<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    for (number, epoch) in [(1, 5), (2, 5), (3, 9), (4, 9)] {
        let new = fenced(&format!("e{number}"), &format!("r{number}"), "asking", epoch);
        assert_eq!(store.create(new).await.expect("it passes"), NEW);
    }
    assert_eq!(refused(store.create(fenced("e5", "r5", "asking", 5)).await), Kind::Fenced);
}

/// Whoever sees the execution also sees the fence: they are one write.
pub async fn a_fence_is_remembered_with_the_request<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    first.create(fenced("e1", "r1", "asking", 5)).await.expect("it passes");
    assert_eq!(refused(second.create(fenced("e2", "r2", "asking", 4)).await), Kind::Fenced);
    let repeated = second.create(fenced("e9", "r1", "asking", 5)).await.expect("it passes");
    assert_eq!(repeated, Created::Existing("e1".to_owned()));
}

/// A new owner that settles the call of its predecessor shuts it out, though nothing new is created.
pub async fn a_repeated_request_raises_the_fence<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.create(fenced("e1", "r1", "asking", 5)).await.expect("it passes");
    let settled = store.create(fenced("e1", "r1", "asking", 6)).await.expect("it passes");
    assert_eq!(settled, Created::Existing("e1".to_owned()));
    assert_eq!(refused(store.create(fenced("e2", "r2", "asking", 5)).await), Kind::Fenced);
}

/// A fence counts for its execution only.
pub async fn fences_of_executions_are_apart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.create(fenced("e1", "r1", "asking", 5)).await.expect("it passes");
    let other = store.create(fenced("e2", "r2", "another", 1)).await.expect("it passes");
    assert_eq!(other, NEW);
    store.create(execution("e3")).await.expect("without a fence nothing is compared");
}

/// A creation that is refused for its owner leaves the fence as it was.
pub async fn a_refused_creation_does_not_raise_the_fence<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let stranger = Owner { node: "stranger".to_owned(), epoch: Epoch(1) };
    let new = NewExecution { owner: Some(stranger), ..fenced("e1", "r1", "asking", 9) };
    assert_eq!(refused(store.create(new).await), Kind::Fenced);
    assert_eq!(store.create(fenced("e2", "r2", "asking", 5)).await.expect("it passes"), NEW);
}

/// A receiver whose side effects are not executions asks for the fence alone.
pub async fn a_fence_alone_is_admitted_unless_it_is_lower<F: Fixture>(fixture: F) {
    let (first, second) = (fixture.open().await, fixture.open().await);
    let fence = |execution: &str, epoch| Fence { execution: execution.to_owned(), epoch: Epoch(epoch) };
    first.admit(&fence("asking", 5)).await.expect("it is the first");
    second.admit(&fence("asking", 5)).await.expect("the same owner goes on");
    assert_eq!(refused(second.admit(&fence("asking", 4)).await), Kind::Fenced);
    second.admit(&fence("asking", 6)).await.expect("the next owner");
    assert_eq!(refused(first.admit(&fence("asking", 5)).await), Kind::Fenced);
    first.admit(&fence("another", 1)).await.expect("another execution has its own epochs");
}

/// Of racing owners none passes any more once a higher one has.
pub async fn of_racing_fences_the_highest_stays<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let fence = |epoch| Fence { execution: "asking".to_owned(), epoch: Epoch(epoch) };
    let asked = join_all((1..=16).map(|epoch| {
        let (store, fence) = (store.clone(), fence(epoch));
        async move { store.admit(&fence).await }
    }));
    asked.await.pop().expect("sixteen").expect("nothing is higher than the last");
    assert_eq!(refused(store.admit(&fence(15)).await), Kind::Fenced);
    store.admit(&fence(16)).await.expect("it stays");
}

/// Creations and receivers that ask for the fence alone see one another's.
pub async fn fences_alone_and_of_creations_are_the_same<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    store.create(fenced("e1", "r1", "asking", 5)).await.expect("it passes");
    let fence = |epoch| Fence { execution: "asking".to_owned(), epoch: Epoch(epoch) };
    assert_eq!(refused(store.admit(&fence(4)).await), Kind::Fenced);
    store.admit(&fence(7)).await.expect("the next owner");
    assert_eq!(refused(store.create(fenced("e2", "r2", "asking", 6)).await), Kind::Fenced);
}
