//! Places under a limit: who holds one, who waits, and who is next.

use std::sync::Arc;

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_store::{
    Commit, Committed, Created, Due, Event, NewExecution, Owner, Standing,
    Standing::{Held, Waiting},
    Store,
};

use crate::{
    Fixture,
    world::{
        NEW, TTL, claim, claimed, end, everything, execution, join, owned, place, refused, release, seconds, step,
    },
};

/// What a creation answers that has to wait for a place.
const WAITS: Created = Created::New { waits: true };
/// What a commit answers that gave somebody else a place.
const GRANTED: Committed = Committed { waits: false, granted: true };

/// An execution of `owner` that needs one of `most` places under `limit`.
fn limited(id: &str, owner: &Owner, limit: &str, most: u32) -> NewExecution {
    NewExecution { place: Some(place(limit, most)), ..owned(id, owner) }
}

/// Stores executions under one limit, of which the first hold a place.
async fn stored(store: &dyn Store, owner: &Owner, ids: &[&str], most: u32) {
    for (number, id) in (0..).zip(ids) {
        let created = store.create(limited(id, owner, "deploy", most)).await.expect("it is created");
        assert_eq!(created, Created::New { waits: number >= most }, "{id}");
    }
}

async fn standing(store: &dyn Store, id: &str) -> Standing {
    store.load(id).await.expect("it is stored").place
}

/// As many as are allowed hold a place and are as any other execution; the next one waits without an owner.
pub async fn who_finds_no_place_waits<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    stored(&*store, &owner, &["e", "f", "g"], 2).await;
    for id in ["e", "f"] {
        let stored = store.load(id).await.expect("it is stored");
        assert_eq!((stored.owner, stored.place), (Some(owner.clone()), Held));
        store.commit(step(id, &owner, 1)).await.expect("the owner commits");
    }
    let waiting = store.load("g").await.expect("it is stored");
    assert_eq!((waiting.owner, waiting.place, waiting.due), (None, Waiting, None));
    assert_eq!((waiting.sequence, waiting.parts.len()), (1, 2));
    assert_eq!(refused(store.commit(step("g", &owner, 1)).await), Kind::Fenced);
    fixture.advance(TTL - seconds(1)).await;
    assert!(claimed(&*store, &owner).await.is_empty(), "no time makes it claimable");
    assert_eq!(store.next_due(&["pipeline".to_owned()]).await.expect("it is read"), None);
}

/// A place does not need an owner, and no place is needed where none is asked for.
pub async fn who_holds_a_place_and_has_no_owner_is_claimable<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let new = |id, place| NewExecution { place, ..execution(id) };
    assert_eq!(store.create(new("e", Some(place("deploy", 1)))).await.expect("it is created"), NEW);
    assert_eq!(store.create(new("f", Some(place("deploy", 1)))).await.expect("it waits"), WAITS);
    assert_eq!(store.create(new("g", None)).await.expect("it is created"), NEW);
    let found = claim(&*store, &owner).await;
    let found: Vec<_> = found.iter().map(|found| (found.head.id.as_str(), found.place)).collect();
    assert_eq!(found, [("e", Held), ("g", Standing::None)]);
}

/// Limits of other names do not count.
pub async fn limits_are_apart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    assert_eq!(store.create(limited("e", &owner, "deploy", 1)).await.expect("it is created"), NEW);
    assert_eq!(store.create(limited("f", &owner, "bake", 1)).await.expect("it is created"), NEW);
    assert_eq!(store.create(limited("g", &owner, "bake", 1)).await.expect("it waits"), WAITS);
    assert_eq!(store.commit(end("e", &owner, 1)).await.expect("it ends"), Committed::default());
    assert_eq!(standing(&*store, "g").await, Waiting);
}

/// A limit of no place at all would never let anybody begin.
pub async fn a_limit_of_zero_counts_as_one<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    assert_eq!(store.create(limited("e", &owner, "deploy", 0)).await.expect("it is created"), NEW);
    assert_eq!(store.create(limited("f", &owner, "deploy", 0)).await.expect("it waits"), WAITS);
    assert_eq!(store.commit(end("e", &owner, 1)).await.expect("it ends"), GRANTED);
}

/// Neither a repeated nor a refused creation takes a place.
pub async fn only_what_is_created_takes_a_place<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    let asked = |id| NewExecution { request: Some("request-1".to_owned()), ..limited(id, &owner, "deploy", 2) };
    store.create(asked("e")).await.expect("it is created");
    for id in ["e", "other"] {
        assert_eq!(store.create(asked(id)).await.expect("no error"), Created::Existing("e".to_owned()));
    }
    let stranger = Owner { node: "stranger".to_owned(), epoch: owner.epoch };
    assert_eq!(refused(store.create(limited("f", &stranger, "deploy", 2)).await), Kind::Fenced);
    assert_eq!(store.create(limited("g", &owner, "deploy", 2)).await.expect("there is a place"), NEW);
}

/// A place is held until the end, however the execution is driven.
pub async fn a_released_execution_holds_its_place<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    stored(&*store, &owner, &["e", "f"], 1).await;
    let released = store.commit(release("e", &owner, 1, Due::Never)).await.expect("it is released");
    assert_eq!(released, Committed::default());
    let signal = store.signal("e", "go".to_owned()).await.expect("it is signalled");
    assert_eq!(claim(&*store, &owner).await[0].place, Held);
    store.leave("a", owner.epoch).await.expect("it leaves");
    let next = join(&*store, "b").await;
    assert_eq!(claimed(&*store, &next).await, ["e"]);
    assert_eq!(store.create(limited("g", &next, "deploy", 1)).await.expect("it waits"), WAITS);
    let last = Commit { taken: vec![signal.sequence], ..end("e", &next, 2) };
    assert_eq!(store.commit(last).await.expect("it ends"), GRANTED);
    assert_eq!(claimed(&*store, &next).await, ["f"]);
}

/// With the end of an execution the longest waiting one holds its place, and is claimable at once.
pub async fn an_end_gives_its_place_to_the_longest_waiting<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    // Neither ids nor times of creation decide.
    stored(&*store, &owner, &["e", "z", "y", "x"], 1).await;
    for (ending, next) in [("e", "z"), ("z", "y"), ("y", "x")] {
        assert_eq!(store.commit(end(ending, &owner, 1)).await.expect("it ends"), GRANTED);
        assert_eq!(standing(&*store, ending).await, Standing::None);
        let found = claim(&*store, &owner).await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].head.id.as_str(), found[0].place), (next, Held));
    }
    assert_eq!(store.commit(end("x", &owner, 1)).await.expect("it ends"), Committed::default());
    assert_eq!(store.create(limited("f", &owner, "deploy", 1)).await.expect("it is free"), NEW);
}

/// A refused end gives nothing back.
pub async fn a_refused_end_gives_no_place<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    stored(&*store, &owner, &["e", "f"], 1).await;
    let before = (everything(&*store, "e").await, everything(&*store, "f").await);
    assert_eq!(refused(store.commit(end("e", &owner, 7)).await), Kind::Conflict);
    assert_eq!(refused(store.commit(Commit { taken: vec![9], ..end("e", &owner, 1) }).await), Kind::Conflict);
    assert_eq!((everything(&*store, "e").await, everything(&*store, "f").await), before);
    assert!(claimed(&*store, &owner).await.is_empty());
}

/// Who comes while others wait does not overtake them, whatever limit it names.
pub async fn nobody_overtakes<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    stored(&*store, &owner, &["e", "f"], 1).await;
    assert_eq!(store.create(limited("g", &owner, "deploy", 9)).await.expect("it waits"), WAITS);
    assert_eq!(store.commit(end("e", &owner, 1)).await.expect("it ends"), GRANTED);
    assert_eq!(claimed(&*store, &owner).await, ["f", "g"], "both fit now: one alone, the other among nine");
}

/// Each waiting execution is judged by the number that came with it.
pub async fn a_place_is_given_as_far_as_the_next_one_allows<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    stored(&*store, &owner, &["e", "f"], 2).await;
    assert_eq!(store.create(limited("alone", &owner, "deploy", 1)).await.expect("it waits"), WAITS);
    assert_eq!(store.create(limited("g", &owner, "deploy", 3)).await.expect("it waits"), WAITS);
    assert_eq!(store.commit(end("e", &owner, 1)).await.expect("it ends"), Committed::default());
    assert_eq!((standing(&*store, "alone").await, standing(&*store, "g").await), (Waiting, Waiting));
    // When the one in front gives up, the one behind it is looked at.
    let signal = store.signal("alone", "cancel".to_owned()).await.expect("it is signalled");
    assert_eq!(claimed(&*store, &owner).await, ["alone"]);
    let cancel = Commit { taken: vec![signal.sequence], ..end("alone", &owner, 1) };
    assert_eq!(store.commit(cancel).await.expect("it ends"), GRANTED);
    assert_eq!(claimed(&*store, &owner).await, ["g"]);
}

/// What ended holds nothing, and its deletion frees nothing a second time.
pub async fn deletion_leaves_places_as_they_are<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    stored(&*store, &owner, &["e", "f", "g"], 1).await;
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    store.delete("e", store.now().await.expect("it has a time")).await.expect("it has ended");
    assert_eq!((standing(&*store, "f").await, standing(&*store, "g").await), (Held, Waiting));
    assert_eq!(refused(store.delete("g", store.now().await.expect("it has a time")).await), Kind::Conflict);
}

/// Of many that are created at the same time as many hold a place as there are.
pub async fn racing_creators_share_the_places<F: Fixture>(fixture: F) {
    let stores = [fixture.open().await, fixture.open().await];
    let owner = join(&*stores[0], "a").await;
    let races = (0..24).map(|number| {
        let store = stores[number % 2].clone();
        let new = limited(&format!("e{number}"), &owner, "deploy", 5);
        tokio::spawn(async move { store.create(new).await.expect("it is created") })
    });
    let answers: Vec<_> = join_all(races).await.into_iter().map(|answer| answer.expect("no panic")).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == NEW).count(), 5);
    assert_eq!(answers.iter().filter(|answer| **answer == WAITS).count(), 19);
}

/// Executions that come and end at the same time all get their turn, and never more at a time than are allowed.
pub async fn no_place_is_lost_or_given_twice<F: Fixture>(fixture: F) {
    const MOST: u32 = 3;
    const ALL: usize = 40;
    let stores = [fixture.open().await, fixture.open().await];
    let owner = join(&*stores[0], "a").await;
    let under_way = Arc::new(tokio::sync::Semaphore::new(MOST as usize));
    let ended = Arc::new(tokio::sync::Semaphore::new(0));
    let creators = (0..ALL).map(|number| {
        let (store, under_way, ended) = (stores[number % 2].clone(), under_way.clone(), ended.clone());
        let new = NewExecution { owner: None, ..limited(&format!("e{number}"), &owner, "deploy", MOST) };
        let owner = owner.clone();
        tokio::spawn(async move {
            store.create(new).await.expect("it is created");
            // Whoever claims drives what it got, not only its own.
            while ended.available_permits() < ALL {
                for found in claim(&*store, &owner).await {
                    assert_eq!(found.place, Held);
                    let running = under_way.try_acquire().expect("a place is free, or one was given twice");
                    tokio::task::yield_now().await;
                    // Before the commit: afterwards another one may begin already.
                    drop(running);
                    store.commit(end(&found.head.id, &owner, found.sequence)).await.expect("it ends");
                    ended.add_permits(1);
                }
                tokio::task::yield_now().await;
            }
        })
    });
    let creators: Vec<_> = creators.collect();
    for creator in join_all(creators).await {
        creator.expect("no panic");
    }
    assert_eq!(ended.available_permits(), ALL);
}

/// Who holds and who waits is stored.
pub async fn places_survive_a_restart<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    stored(&*store, &owner, &["e", "f", "g"], 1).await;
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    drop(store);
    fixture.stop().await;
    let store = fixture.open().await;
    assert_eq!((standing(&*store, "f").await, standing(&*store, "g").await), (Held, Waiting));
    assert_eq!(claimed(&*store, &owner).await, ["f"]);
    let last: Option<Event> = store.events("f", 0, 10).await.expect("events are read").pop();
    assert_eq!(last.map(|event| event.sequence), Some(1), "a place is no event of its execution");
    store.commit(end("f", &owner, 1)).await.expect("it ends");
    assert_eq!(claimed(&*store, &owner).await, ["g"]);
}
