//! The feed over a real store: what is told, from where, and by whom it is read.

use std::{path::Path, sync::Arc};

use gennaker_base::ManualClock;
use gennaker_store::{
    Ahead, Commit, Due, Executions as _, Head, NewEvent, NewExecution, Next, Nodes as _, Owner, PlaceChange,
    Registration,
};
use gennaker_store_sql::SqlStore;
use tokio::time::timeout;

use super::*;

/// How long a test waits for what must happen.
const SOON: Duration = Duration::from_secs(20);

async fn open(folder: &Path, clock: &Arc<ManualClock>) -> Arc<SqlStore> {
    let store = SqlStore::open_sqlite(&folder.join("store.db"), clock.clone(), Default::default()).await;
    Arc::new(store.expect("it opens"))
}

struct World {
    folder: tempfile::TempDir,
    /// Each change has a time of its own.
    clock: Arc<ManualClock>,
    store: Arc<SqlStore>,
    owner: Owner,
    stop: CancellationToken,
    feed: Feed,
}

impl World {
    async fn new() -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000)));
        let store = open(folder.path(), &clock).await;
        let registration = Registration { node: "n".to_owned(), address: String::new(), format: 1 };
        let epoch = store.join(&registration, Duration::from_secs(600)).await.expect("it joins");
        let stop = CancellationToken::new();
        let feed = Feed::new(store.clone(), stop.clone());
        World { folder, clock, store, owner: Owner { node: "n".to_owned(), epoch }, stop, feed }
    }

    async fn create(&self, id: &str, kind: &str, group: &str) {
        self.clock.advance(Duration::from_millis(1));
        let at = Timestamp::ZERO;
        let head = Head {
            id: id.to_owned(),
            kind: kind.to_owned(),
            group: group.to_owned(),
            definition: None,
            name: None,
            status: "RUNNING".to_owned(),
            created: at,
            started: None,
            ended: None,
            format: 1,
            body: String::new(),
        };
        let event = NewEvent { kind: "k".to_owned(), at, body: String::new() };
        let (parts, owner) = (Vec::new(), Some(self.owner.clone()));
        let new =
            NewExecution { head, parts, event, owner, request: None, correlation: None, place: None, fence: None };
        self.store.create(new).await.expect("it is created");
    }

    async fn commit(&self, id: &str, after: u64) {
        self.clock.advance(Duration::from_millis(1));
        let commit = Commit {
            id: id.to_owned(),
            owner: self.owner.clone(),
            head: None,
            parts: Vec::new(),
            removed: Vec::new(),
            after,
            events: vec![NewEvent { kind: "k".to_owned(), at: Timestamp::ZERO, body: String::new() }],
            taken: Vec::new(),
            due: Due::Keep,
            ahead: Ahead::Keep,
            place: PlaceChange::Keep,
            next: Next::Oldest,
        };
        self.store.commit(commit).await.expect("it is committed");
    }

    async fn follow(&self, application: Option<&str>, last: Option<Cursor>) -> Result<Subscription, Error> {
        let filter = Filter::new(&[ExecutionKind::Pipeline], application.map(str::to_owned));
        self.feed.follow(filter, last, self.store.now().await.expect("it has a time")).await
    }
}

async fn next(subscription: &mut Subscription) -> (String, u64, Cursor) {
    let news = timeout(SOON, subscription.next()).await.expect("something changes").expect("it goes on");
    (news.change.id.clone(), news.change.sequence, Cursor::after(&news))
}

#[tokio::test]
async fn who_follows_is_told_what_changes_from_then_on() {
    let world = World::new().await;
    world.create("old", "pipeline", "shop").await;
    let mut all = world.follow(None, None).await.expect("it follows");
    let mut shop = world.follow(Some("shop"), None).await.expect("it follows");
    world.create("other", "pipeline", "orders").await;
    world.create("operation", "operation", "shop").await;
    world.create("task", "orchestration", "shop").await;
    world.create("new", "pipeline", "shop").await;
    assert_eq!(next(&mut all).await.0, "other");
    assert_eq!(next(&mut all).await.0, "new");
    let (id, sequence, _) = next(&mut shop).await;
    assert_eq!((id.as_str(), sequence), ("new", 1));
    world.commit("old", 1).await;
    assert_eq!(next(&mut shop).await.0, "old");
    world.stop.cancel();
    assert!(timeout(SOON, shop.next()).await.expect("it ends").is_none());
    timeout(SOON, world.feed.ended()).await.expect("its task ends");
    assert!(matches!(world.follow(None, None).await, Err(Error::NotNow)));
}

#[tokio::test]
async fn who_comes_back_is_told_what_it_missed_and_the_rest_once() {
    let world = World::new().await;
    let mut first = world.follow(None, None).await.expect("it follows");
    let begin = first.begin().clone();
    for id in ["a", "b", "c"] {
        world.create(id, "pipeline", "shop").await;
    }
    let (_, _, after_a) = next(&mut first).await;
    let (_, _, after_b) = next(&mut first).await;
    drop(first);
    world.commit("a", 1).await;

    // Another node on the same store: it kept nothing.
    let other = Feed::new(open(world.folder.path(), &world.clock).await, world.stop.clone());
    let filter = Filter::new(&[ExecutionKind::Pipeline], None);
    let now = world.store.now().await.expect("it has a time");
    for (cursor, expected) in [(begin, vec!["b", "c", "a"]), (after_a, vec!["b", "c", "a"]), (after_b, vec!["c", "a"])]
    {
        let text = cursor.to_string();
        let mut again = other.follow(filter.clone(), text.parse().ok(), now).await.expect("it follows");
        let mut told = Vec::new();
        while told.len() < expected.len() {
            told.push(next(&mut again).await.0);
        }
        assert_eq!(told, expected, "{text}");
    }
    let mut again = other.follow(filter, Some(Cursor::at(Timestamp::ZERO)), now).await.expect("it follows");
    world.create("d", "pipeline", "shop").await;
    let mut told = Vec::new();
    while told.len() < 4 {
        told.push(next(&mut again).await.0);
    }
    assert_eq!(told, ["b", "c", "a", "d"], "what is found in the store is not told again when it is heard");
    world.create("e", "pipeline", "shop").await;
    assert_eq!(next(&mut again).await.0, "e");
}

#[tokio::test]
async fn a_cursor_of_the_future_is_refused() {
    let world = World::new().await;
    let cursor = Cursor::at(world.store.now().await.expect("a time").after(Duration::from_secs(3600)));
    let Err(error) = world.follow(None, Some(cursor.clone())).await else { panic!("it is refused") };
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.to_string().contains(&cursor.to_string()), "{error}");
}

#[tokio::test]
async fn who_falls_behind_reads_on_from_the_store() {
    let world = World::new().await;
    let mut slow = world.follow(None, None).await.expect("it follows");
    let mut quick = world.follow(None, None).await.expect("it follows");
    let many = BUFFER + 300;
    for number in 0..many {
        world.create(&format!("e{number:05}"), "pipeline", "shop").await;
    }
    for number in 0..many {
        assert_eq!(next(&mut quick).await.0, format!("e{number:05}"));
    }
    for number in 0..many {
        assert_eq!(next(&mut slow).await.0, format!("e{number:05}"), "in order, each once");
    }
}

#[tokio::test]
async fn nothing_is_read_while_nobody_listens() {
    let world = World::new().await;
    assert_eq!(world.feed.inner.tracker.len(), 0);
    let subscription = world.follow(None, None).await.expect("it follows");
    let other = world.follow(None, None).await.expect("it follows");
    assert_eq!(world.feed.inner.tracker.len(), 1, "one task for all");
    drop((subscription, other));
    let idle = async {
        while !world.feed.inner.tracker.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, idle).await.expect("its task ends");
    let mut again = world.follow(None, None).await.expect("another task begins");
    world.create("e", "pipeline", "shop").await;
    assert_eq!(next(&mut again).await.0, "e");
}
