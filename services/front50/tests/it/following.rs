//! How a node follows what others change: by the journal in the mark, and by a listing only where that does not do.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::join_all;
use gennaker_base::SystemClock;
use gennaker_front50::Options;
use gennaker_objects::{
    Condition, Error, FolderObjects, FolderOptions, Key, Listing, Object, Objects, Result, Revision, Version,
};
use http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Node, pipeline};

/// A store that counts what is asked of it, and fails as it is told.
pub(crate) struct Watched {
    objects: Arc<dyn Objects>,
    pub(crate) lists: AtomicUsize,
    pub(crate) gets: AtomicUsize,
    writes: AtomicUsize,
    marks: AtomicUsize,
    fail_marks: AtomicBool,
    fail_next_object: AtomicBool,
    /// How often a mark was read; whether that fails after a while, or never comes to an end.
    mark_reads: AtomicUsize,
    fail_mark_reads: AtomicBool,
    hang_mark_reads: AtomicBool,
    /// The first mark waits until so many objects are written.
    marks_after: AtomicUsize,
    enough: Semaphore,
}

impl Watched {
    pub(crate) fn new(objects: Arc<dyn Objects>) -> Arc<Watched> {
        Arc::new(Watched {
            objects,
            lists: AtomicUsize::new(0),
            gets: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
            marks: AtomicUsize::new(0),
            fail_marks: AtomicBool::new(false),
            fail_next_object: AtomicBool::new(false),
            mark_reads: AtomicUsize::new(0),
            fail_mark_reads: AtomicBool::new(false),
            hang_mark_reads: AtomicBool::new(false),
            marks_after: AtomicUsize::new(0),
            enough: Semaphore::new(0),
        })
    }

    fn on(folder: &TempDir) -> Arc<Watched> {
        let clock = Arc::new(SystemClock);
        let objects = FolderObjects::open(folder.path().to_owned(), FolderOptions::default(), clock);
        Watched::new(Arc::new(objects.expect("a folder")))
    }
}

fn is_mark(key: &Key) -> bool {
    key.as_str().ends_with("last-modified.json")
}

fn failure() -> Error {
    Error::TooSlow { path: "the test's".into(), seconds: 0 }
}

#[async_trait]
impl Objects for Watched {
    async fn list(&self, prefix: &Key) -> Result<Listing> {
        self.lists.fetch_add(1, Ordering::SeqCst);
        self.objects.list(prefix).await
    }

    async fn get(&self, key: &Key) -> Result<Option<Object>> {
        if !is_mark(key) {
            self.gets.fetch_add(1, Ordering::SeqCst);
            if self.fail_next_object.swap(false, Ordering::SeqCst) {
                return Err(failure());
            }
            return self.objects.get(key).await;
        }
        self.mark_reads.fetch_add(1, Ordering::SeqCst);
        if self.hang_mark_reads.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.fail_mark_reads.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
            return Err(failure());
        }
        self.objects.get(key).await
    }

    async fn put(&self, key: &Key, bytes: Bytes, condition: Condition) -> Result<Version> {
        if is_mark(key) {
            self.marks.fetch_add(1, Ordering::SeqCst);
            if self.fail_marks.load(Ordering::SeqCst) {
                return Err(failure());
            }
            if self.marks_after.load(Ordering::SeqCst) > 0 {
                let _ = self.enough.acquire().await;
            }
            return self.objects.put(key, bytes, condition).await;
        }
        let version = self.objects.put(key, bytes, condition).await?;
        let writes = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        if writes == self.marks_after.load(Ordering::SeqCst) {
            self.enough.close();
        }
        Ok(version)
    }

    async fn delete(&self, key: &Key, condition: Condition) -> Result<bool> {
        self.objects.delete(key, condition).await
    }

    async fn history(&self, key: &Key, limit: usize) -> Result<Vec<Revision>> {
        self.objects.history(key, limit).await
    }

    async fn get_version(&self, key: &Key, revision: &str) -> Result<Option<Object>> {
        self.objects.get_version(key, revision).await
    }
}

/// Follows all the time, and lists only if it has to.
pub(crate) fn eager() -> Options {
    Options { poll_ms: 10, refresh_ms: 3_600_000, ..Options::default() }
}

/// A node's task that follows; it ends with this.
pub(crate) struct Following {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Following {
    pub(crate) fn start(node: &Node) -> Following {
        let stop = CancellationToken::new();
        let (front50, token) = (node.front50.clone(), stop.clone());
        Following { stop, task: tokio::spawn(async move { front50.run(token).await }) }
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.task.await.expect("the task ends");
    }
}

/// What a node has in memory, in the order of the ids.
async fn names(node: &Node) -> Vec<Value> {
    let body = node.get("/pipelines?refresh=false").await.body;
    body.as_array().expect("a list").iter().map(|pipeline| pipeline["name"].clone()).collect()
}

/// Waits until a node has these names in memory.
pub(crate) async fn until(node: &Node, expected: &[&str]) {
    while names(node).await != expected {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn changes_and_deletions_are_followed_without_a_listing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let one = Node::start(&folder).await;
    one.post("/pipelines", pipeline("shop", "first", "0")).await;
    let other = Node::on(store.clone(), eager()).await;
    let following = Following::start(&other);
    let (lists, gets) = (store.lists.load(Ordering::SeqCst), store.gets.load(Ordering::SeqCst));
    one.post("/pipelines", pipeline("shop", "a", "1")).await;
    until(&other, &["first", "a"]).await;
    one.post("/pipelines", pipeline("shop", "b", "2")).await;
    one.put("/pipelines/1", pipeline("shop", "c", "1")).await;
    until(&other, &["first", "c", "b"]).await;
    assert_eq!(one.delete("/pipelines/shop/c").await.status, StatusCode::OK);
    until(&other, &["first", "b"]).await;
    assert_eq!(store.lists.load(Ordering::SeqCst), lists, "nothing was listed");
    assert!(store.gets.load(Ordering::SeqCst) - gets <= 5, "and only what changed was read");

    // Its own writes are nothing to follow.
    following.end().await;
    let gets = store.gets.load(Ordering::SeqCst);
    other.post("/pipelines", pipeline("shop", "d", "3")).await;
    other.get("/pipelines").await;
    until(&one, &["first", "b"]).await;
    assert_eq!(store.gets.load(Ordering::SeqCst) - gets, 1, "only what was there before the write was read");
}

#[tokio::test]
async fn a_mark_of_upstreams_is_followed_by_a_listing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let one = Node::start(&folder).await;
    one.post("/pipelines", pipeline("shop", "a", "1")).await;
    let other = Node::on(store.clone(), eager()).await;
    let following = Following::start(&other);
    let group = folder.path().join("front50/pipelines");
    for (id, name, theirs) in [("2", "b", 1), ("3", "c", 9_000_000_000_000_i64)] {
        // What upstream's front50 does: the object, then a mark with one field.
        fs::create_dir_all(group.join(id)).expect("a folder");
        fs::write(group.join(id).join("pipeline-metadata.json"), pipeline("shop", name, id).to_string())
            .expect("a file");
        fs::write(group.join("last-modified.json"), json!({ "lastModified": theirs }).to_string()).expect("a file");
        // And ours goes on from there, before anybody has looked.
        one.put("/pipelines/1", pipeline("shop", "a", "1")).await;
        until(&other, if id == "2" { &["a", "b"] } else { &["a", "b", "c"] }).await;
    }
    let mark = fs::read(group.join("last-modified.json")).expect("the mark");
    let mark: serde_json::Map<String, Value> = serde_json::from_slice(&mark).expect("JSON");
    assert!(mark["lastModified"].as_i64() > Some(9_000_000_000_000), "upstream sees that it changed: {mark:?}");
    assert!(mark.values().all(Value::is_i64), "upstream reads a map of numbers: {mark:?}");
    following.end().await;
}

#[tokio::test]
async fn many_writers_share_a_write_of_the_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let node = Node::on(store.clone(), Options::default()).await;
    store.marks_after.store(40, Ordering::SeqCst);
    let saves = (0..40).map(|number| {
        let (name, id) = (format!("n{number}"), format!("i{number}"));
        let node = &node;
        async move { node.post("/pipelines", pipeline("shop", &name, &id)).await.status }
    });
    assert!(join_all(saves).await.into_iter().all(|status| status == StatusCode::OK));
    assert!(store.marks.load(Ordering::SeqCst) <= 3, "{} writes of the mark", store.marks.load(Ordering::SeqCst));
    let other = Node::start(&folder).await;
    assert_eq!(names(&other).await.len(), 40);
}

#[tokio::test]
async fn many_pipelines_of_one_request_share_a_write_of_the_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let node = Node::on(store.clone(), Options::default()).await;
    let bodies = (0..40).map(|number| pipeline("shop", &format!("n{number}"), &format!("i{number}")));
    let answer = node.post("/pipelines/batchUpdate", Value::from_iter(bodies)).await;
    assert_eq!((answer.status, &answer.body["successful_pipelines_count"]), (StatusCode::OK, &json!(40)));
    assert_eq!(store.marks.load(Ordering::SeqCst), 1);

    // It is as if they were saved one after the other: a name is free once its owner gave it back.
    let bodies = [("free", "i0"), ("n0", "i1"), ("n3", "i2"), ("given", "i3"), ("n4", "i5"), ("n4", "new")];
    let bodies = bodies.into_iter().map(|(name, id)| pipeline("shop", name, id));
    let answer = node.post("/pipelines/batchUpdate", Value::from_iter(bodies)).await.body;
    assert_eq!(answer["successful_pipelines"], json!(["free", "n0", "given"]));
    let failed: Vec<_> = answer["failed_pipelines"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
    assert_eq!(failed, ["i2", "i5", "new"]);
}

#[tokio::test]
async fn a_store_that_hangs_keeps_nobody_from_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let node = Node::on(store.clone(), Options::default()).await;
    node.post("/pipelines", pipeline("shop", "a", "1")).await;
    store.hang_mark_reads.store(true, Ordering::SeqCst);
    tokio::time::pause();
    for answer in join_all((0..40).map(|_| node.get("/pipelines"))).await {
        assert_eq!((answer.status, &answer.body[0]["name"]), (StatusCode::OK, &json!("a")));
    }
}

#[tokio::test]
async fn those_who_wait_for_a_store_that_fails_share_the_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let node = Node::on(store.clone(), Options::default()).await;
    node.post("/pipelines", pipeline("shop", "a", "1")).await;
    store.fail_mark_reads.store(true, Ordering::SeqCst);
    let before = store.mark_reads.load(Ordering::SeqCst);
    for answer in join_all((0..40).map(|_| node.get("/pipelines"))).await {
        assert_eq!((answer.status, &answer.body[0]["name"]), (StatusCode::OK, &json!("a")));
    }
    let reads = store.mark_reads.load(Ordering::SeqCst) - before;
    assert!(reads <= 3, "{reads} reads for 40 who waited at the same time");
    assert_eq!(node.get("/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_change_that_nobody_was_told_of_is_found_by_listing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let one = Node::on(store.clone(), eager()).await;
    let other = Node::start_with(&folder, Options { poll_ms: 10, refresh_ms: 10, ..Options::default() }).await;
    store.fail_marks.store(true, Ordering::SeqCst);
    let answer = one.post("/pipelines", pipeline("shop", "a", "1")).await;
    assert_eq!(answer.status, StatusCode::OK, "it is in the store");
    // As after a crash in this place: the node that wrote is gone.
    let following = Following::start(&other);
    until(&other, &["a"]).await;
    following.end().await;

    // If it is not gone, it makes up for the mark.
    let third = Node::start_with(&folder, eager()).await;
    let (following, making_up) = (Following::start(&third), Following::start(&one));
    one.post("/pipelines", pipeline("shop", "b", "2")).await;
    store.fail_marks.store(false, Ordering::SeqCst);
    until(&third, &["a", "b"]).await;
    following.end().await;
    making_up.end().await;
}

#[tokio::test]
async fn what_cannot_be_read_at_once_is_read_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Watched::on(&folder);
    let one = Node::start(&folder).await;
    one.post("/pipelines", pipeline("shop", "a", "1")).await;
    let other = Node::on(store.clone(), eager()).await;
    store.fail_next_object.store(true, Ordering::SeqCst);
    one.post("/pipelines", pipeline("shop", "b", "2")).await;
    assert_eq!(names(&other).await, ["a"]);
    other.get("/pipelines").await;
    assert_eq!(other.get("/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let lists = store.lists.load(Ordering::SeqCst);
    let following = Following::start(&other);
    until(&other, &["a", "b"]).await;
    while other.get("/health").await.status != StatusCode::OK {
        tokio::task::yield_now().await;
    }
    assert_eq!(store.lists.load(Ordering::SeqCst), lists);
    following.end().await;
}
