//! Fences: who asks with an epoch lower than one that was seen is refused.

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
