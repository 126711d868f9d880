//! The queue for a place: what may be done with an execution that waits, and how it is left.

use gennaker_base::Kind;
use gennaker_store::{
    Ahead, Commit, Committed, Created, Due, Execution, NewExecution, Next, Owner, PlaceChange,
    Standing::{self, Held, Waiting},
    Store,
};

use crate::{
    Fixture,
    world::{NEW, claim, claimed, end, ended, execution, ids, join, owned, place, refused, release, seconds, step},
};

/// Stores executions that share one place: the first one holds it and is owned, the others wait.
async fn queue(store: &dyn Store, owner: &Owner, ids: &[&str]) {
    for id in ids {
        let new = NewExecution { place: Some(place("deploy", 1)), ..owned(id, owner) };
        assert_eq!(store.create(new).await.expect("it is created"), Created::New { waits: *id != ids[0] });
    }
}

/// An end that gives its place to the newest.
fn end_for_newest(id: &str, owner: &Owner, after: u64) -> Commit {
    Commit { next: Next::Newest { superseded: "superseded".to_owned() }, ..end(id, owner, after) }
}

/// A commit that takes its signals and asks for a place.
fn restart(found: &Execution, owner: &Owner, limit: &str) -> Commit {
    let taken = found.signals.iter().map(|signal| signal.sequence).collect();
    let place = PlaceChange::Take(place(limit, 1));
    Commit { taken, place, ..step(&found.head.id, owner, found.sequence) }
}

/// The one execution that `owner` can claim.
async fn claim_one(store: &dyn Store, owner: &Owner) -> Execution {
    let mut found = claim(store, owner).await;
    assert_eq!(found.len(), 1, "{:?}", ids(&found));
    found.remove(0)
}

async fn standing(store: &dyn Store, id: &str) -> Standing {
    store.load(id).await.expect("it is stored").place
}

async fn signalled(store: &dyn Store, owner: &Owner, id: &str, body: &str) -> Execution {
    store.signal(id, body.to_owned()).await.expect("it is signalled");
    let found = claim_one(store, owner).await;
    assert_eq!((found.head.id.as_str(), found.place), (id, Waiting));
    assert_eq!(found.signals.last().map(|signal| signal.body.as_str()), Some(body));
    found
}

/// Whoever takes its signal and releases it leaves it where it was; no due time counts meanwhile.
pub async fn a_signalled_execution_keeps_its_position<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    queue(&*store, &owner, &["e", "f", "g"]).await;
    let found = signalled(&*store, &owner, "f", "note").await;
    let taken = vec![found.signals[0].sequence];
    store.commit(step("f", &owner, 1)).await.expect("its owner may write while it waits");
    let due = Due::At(store.now().await.expect("it has a time").after(seconds(1)));
    let back = Commit { taken, ..release("f", &owner, 2, due) };
    assert_eq!(store.commit(back).await.expect("it is released"), Committed { waits: true, granted: false });
    let stored = store.load("f").await.expect("it is stored");
    assert_eq!((stored.place, stored.owner, stored.due), (Waiting, None, None));
    fixture.advance(seconds(2)).await;
    assert!(claimed(&*store, &owner).await.is_empty());
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    assert_eq!(claim_one(&*store, &owner).await.head.id, "f");
}

/// A signal that its owner did not see makes it claimable again.
pub async fn a_waiting_execution_loses_no_signal<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    queue(&*store, &owner, &["e", "f"]).await;
    let found = signalled(&*store, &owner, "f", "1").await;
    store.signal("f", "2".to_owned()).await.expect("it is signalled");
    let back = Commit { taken: vec![found.signals[0].sequence], ..release("f", &owner, 1, Due::Never) };
    store.commit(back).await.expect("it is released");
    assert_eq!(claim_one(&*store, &owner).await.signals[0].body, "2");
}

/// The next owner goes on with it; it waits all the same.
pub async fn a_waiting_execution_survives_its_owners_death<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let first = join(&*store, "a").await;
    let holder = join(&*store, "holder").await;
    queue(&*store, &holder, &["e", "f"]).await;
    let found = signalled(&*store, &first, "f", "note").await;
    let taken = vec![found.signals[0].sequence];
    store.commit(Commit { taken, ..step("f", &first, 1) }).await.expect("its owner commits");
    store.leave("a", first.epoch).await.expect("it leaves");
    let second = join(&*store, "b").await;
    assert_eq!(claim_one(&*store, &second).await.place, Waiting);
    store.commit(release("f", &second, 2, Due::Never)).await.expect("it is released");
    assert!(claimed(&*store, &second).await.is_empty());
    store.commit(end("e", &holder, 1)).await.expect("it ends");
    assert_eq!(claim_one(&*store, &second).await.place, Held);
}

/// A place that was given while somebody looked at the execution is not forgotten.
pub async fn a_place_given_to_an_owned_execution_is_told_at_its_release<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let (owner, other) = (join(&*store, "a").await, join(&*store, "b").await);
    queue(&*store, &owner, &["e", "f"]).await;
    let found = signalled(&*store, &other, "f", "note").await;
    assert_eq!(store.commit(end("e", &owner, 1)).await.expect("it ends"), Committed { waits: false, granted: true });
    assert!(claimed(&*store, &owner).await.is_empty(), "it has an owner");
    let due = Due::At(store.now().await.expect("it has a time").after(seconds(100)));
    let back = Commit { taken: vec![found.signals[0].sequence], ..release("f", &other, 1, due) };
    assert_eq!(store.commit(back).await.expect("it is released"), Committed::default());
    let found = claim_one(&*store, &owner).await;
    assert_eq!((found.head.id.as_str(), found.place), ("f", Held));
    // It is told once.
    store.commit(release("f", &owner, 2, Due::Never)).await.expect("it is released");
    assert!(claimed(&*store, &owner).await.is_empty());
}

/// A cancelled one leaves; those behind it move up, and the holder keeps its place.
pub async fn a_waiting_execution_that_ends_leaves_the_queue<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    queue(&*store, &owner, &["e", "f", "g", "h"]).await;
    let found = signalled(&*store, &owner, "f", "cancel").await;
    let cancel = Commit { taken: vec![found.signals[0].sequence], ..end_for_newest("f", &owner, 1) };
    assert_eq!(store.commit(cancel).await.expect("it ends"), Committed::default());
    assert_eq!(standing(&*store, "f").await, Standing::None);
    for id in ["g", "h"] {
        assert_eq!(standing(&*store, id).await, Waiting);
        assert!(store.signals(id).await.expect("signals are read").is_empty(), "nobody is superseded by it");
    }
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    assert_eq!(claim_one(&*store, &owner).await.head.id, "g");
}

/// The newest gets the place, the others a signal.
pub async fn the_newest_supersedes_the_others<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    queue(&*store, &owner, &["e", "f", "g", "h"]).await;
    let earlier = store.signal("f", "earlier".to_owned()).await.expect("it is signalled");
    let answer = store.commit(end_for_newest("e", &owner, 1)).await.expect("it ends");
    assert_eq!(answer, Committed { waits: false, granted: true });
    fixture.advance(seconds(1)).await;
    let found = claim(&*store, &owner).await;
    let told: Vec<_> = found
        .iter()
        .map(|found| {
            let signals: Vec<_> = found.signals.iter().map(|signal| signal.body.as_str()).collect();
            (found.head.id.as_str(), found.place, signals)
        })
        .collect();
    assert_eq!(
        told,
        [("f", Waiting, vec!["earlier", "superseded"]), ("g", Waiting, vec!["superseded"]), ("h", Held, vec![])]
    );
    assert!(found[0].signals[1].sequence > earlier.sequence);
    assert_eq!(found[1].signals, store.signals("g").await.expect("signals are read"));
    // Their ends are nobody's gain, and a new one waits for the holder.
    for superseded in &found[..2] {
        let taken = superseded.signals.iter().map(|signal| signal.sequence).collect();
        let cancel = Commit { taken, ..end_for_newest(&superseded.head.id, &owner, 1) };
        assert_eq!(store.commit(cancel).await.expect("it ends"), Committed::default());
    }
    queue_behind(&*store, &owner, "i").await;
    assert_eq!(
        store.commit(end_for_newest("h", &owner, 1)).await.expect("it ends"),
        Committed { waits: false, granted: true }
    );
    assert_eq!(claim_one(&*store, &owner).await.head.id, "i");
}

async fn queue_behind(store: &dyn Store, owner: &Owner, id: &str) {
    let new = NewExecution { place: Some(place("deploy", 1)), ..owned(id, owner) };
    assert_eq!(store.create(new).await.expect("it waits"), Created::New { waits: true });
}

/// Before it was cancelled, a superseded one neither gets a place nor stands in the way.
pub async fn a_superseded_execution_gets_no_place_any_more<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    queue(&*store, &owner, &["e", "f", "g"]).await;
    store.commit(end_for_newest("e", &owner, 1)).await.expect("it ends");
    let mut found = claim(&*store, &owner).await;
    found.sort_by(|one, other| one.head.id.cmp(&other.head.id));
    assert_eq!(ids(&found), ["f", "g"]);
    assert_eq!(store.commit(end("g", &owner, 1)).await.expect("it ends"), Committed::default());
    assert_eq!(standing(&*store, "f").await, Waiting);
    let new = NewExecution { place: Some(place("deploy", 1)), ..owned("h", &owner) };
    assert_eq!(store.create(new).await.expect("it is created"), NEW, "nobody waits for the place");
    let back = release("f", &owner, 1, Due::Never);
    assert_eq!(store.commit(back).await.expect("it is released"), Committed { waits: true, granted: false });
    assert_eq!(claim_one(&*store, &owner).await.signals[0].body, "superseded", "its signal still waits");
    // Unless it asks again.
    assert_eq!(
        store.commit(restart(&found[0], &owner, "deploy")).await.map_err(|error| error.kind()),
        Err(Kind::Conflict)
    );
    let again = store.load("f").await.expect("it is stored");
    let answer = store.commit(restart(&again, &owner, "deploy")).await.expect("it asks");
    assert_eq!(answer, Committed { waits: true, granted: false });
    store.commit(end("h", &owner, 1)).await.expect("it ends");
    assert_eq!(claim_one(&*store, &owner).await.place, Held);
}

/// An ended execution that is to run again takes a free place and goes on with its owner.
pub async fn a_restart_takes_a_free_place<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "e", &owner).await;
    store.signal("e", "restart".to_owned()).await.expect("it is signalled");
    let found = claim_one(&*store, &owner).await;
    assert_eq!(found.place, Standing::None);
    assert_eq!(store.commit(restart(&found, &owner, "deploy")).await.expect("it runs again"), Committed::default());
    let stored = store.load("e").await.expect("it is stored");
    assert_eq!((stored.place, stored.owner), (Held, Some(owner.clone())));
    queue_behind(&*store, &owner, "f").await;
    store.commit(end("e", &owner, 3)).await.expect("it ends");
    assert_eq!(claim_one(&*store, &owner).await.head.id, "f");
}

/// If there is no place, the commit that asks for it also releases.
pub async fn a_restart_waits_where_others_hold_the_place<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    ended(&*store, "again", &owner).await;
    queue(&*store, &owner, &["e", "f"]).await;
    store.signal("again", "restart".to_owned()).await.expect("it is signalled");
    let found = claim_one(&*store, &owner).await;
    let due = Due::At(store.now().await.expect("it has a time").after(seconds(1)));
    let change = Commit { due, ..restart(&found, &owner, "deploy") };
    assert_eq!(store.commit(change).await.expect("it waits"), Committed { waits: true, granted: false });
    let stored = store.load("again").await.expect("it is stored");
    assert_eq!((stored.place, stored.owner, stored.due, stored.sequence), (Waiting, None, None, 3));
    assert_eq!(refused(store.commit(step("again", &owner, 3)).await), Kind::Fenced);
    assert_eq!(
        refused(store.delete("again", gennaker_base::Timestamp::ZERO).await),
        Kind::Conflict,
        "it has not ended"
    );
    fixture.advance(seconds(2)).await;
    assert!(claimed(&*store, &owner).await.is_empty());
    store.commit(end("e", &owner, 1)).await.expect("it ends");
    assert_eq!(claim_one(&*store, &owner).await.head.id, "f", "it waits behind who came before");
    store.commit(end("f", &owner, 1)).await.expect("it ends");
    let found = claim_one(&*store, &owner).await;
    assert_eq!((found.head.id.as_str(), found.place), ("again", Held));
    store.commit(step("again", &owner, 3)).await.expect("it runs");
}

/// Who has a place, or waits for it, has it also after asking again.
pub async fn asking_again_for_the_same_place_changes_nothing<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    queue(&*store, &owner, &["e", "f", "g"]).await;
    let holder = store.load("e").await.expect("it is stored");
    assert_eq!(store.commit(restart(&holder, &owner, "deploy")).await.expect("it goes on"), Committed::default());
    let found = signalled(&*store, &owner, "f", "note").await;
    let answer = store.commit(restart(&found, &owner, "deploy")).await.expect("it waits on");
    assert_eq!(answer, Committed { waits: true, granted: false });
    assert_eq!(store.load("f").await.expect("it is stored").owner, None);
    store.commit(end("e", &owner, 2)).await.expect("it ends");
    assert_eq!(claim_one(&*store, &owner).await.head.id, "f", "its position is the old one");
}

/// Whoever takes a place under another limit gives back the one it has.
pub async fn asking_under_another_limit_gives_the_former_place_back<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    queue(&*store, &owner, &["e", "f"]).await;
    let holder = store.load("e").await.expect("it is stored");
    let answer = store.commit(restart(&holder, &owner, "bake")).await.expect("it goes on");
    assert_eq!(answer, Committed { waits: false, granted: true });
    assert_eq!(claim_one(&*store, &owner).await.head.id, "f");
    let other = NewExecution { place: Some(place("bake", 1)), ..execution("g") };
    assert_eq!(store.create(other).await.expect("it waits"), Created::New { waits: true });
    assert_eq!(store.commit(end("e", &owner, 2)).await.expect("it ends"), Committed { waits: false, granted: true });
    assert_eq!(claim_one(&*store, &owner).await.head.id, "g");
}

/// A commit that ends the execution and asks for a place ends it.
pub async fn an_end_asks_for_no_place<F: Fixture>(fixture: F) {
    let store = fixture.open().await;
    let owner = join(&*store, "a").await;
    store.create(owned("e", &owner)).await.expect("it is created");
    let change = Commit { place: PlaceChange::Take(place("deploy", 1)), ahead: Ahead::Ended, ..step("e", &owner, 1) };
    assert_eq!(store.commit(change).await.expect("it ends"), Committed::default());
    assert_eq!(standing(&*store, "e").await, Standing::None);
    let new = NewExecution { place: Some(place("deploy", 1)), ..execution("f") };
    assert_eq!(store.create(new).await.expect("it is created"), NEW);
}
