//! Saves that run side by side: one wins, the other is told so.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use gennaker_base::SystemClock;
use gennaker_front50::{Deps, Front50, Options};
use gennaker_http::GuardOptions;
use gennaker_objects::{
    Condition, FolderObjects, FolderOptions, Key, Listing, Object, Objects, Result, Revision, Version,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Barrier;

use super::{Answer, Node, pipeline};

/// A store in which the next two readers of an object wait for each other, so that both have read before one writes.
struct Meeting {
    objects: FolderObjects,
    place: Arc<Place>,
}

/// Where readers meet.
struct Place {
    barrier: Barrier,
    /// How many are still to come.
    awaited: AtomicUsize,
}

#[async_trait]
impl Objects for Meeting {
    async fn list(&self, prefix: &Key) -> Result<Listing> {
        self.objects.list(prefix).await
    }

    async fn get(&self, key: &Key) -> Result<Option<Object>> {
        let object = self.objects.get(key).await;
        if key.as_str().ends_with("-metadata.json") {
            let come = |awaited: usize| awaited.checked_sub(1);
            if self.place.awaited.fetch_update(Ordering::SeqCst, Ordering::SeqCst, come).is_ok() {
                self.place.barrier.wait().await;
            }
        }
        object
    }

    async fn put(&self, key: &Key, bytes: Bytes, condition: Condition) -> Result<Version> {
        self.objects.put(key, bytes, condition).await
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

/// Two nodes on one folder in which readers meet.
async fn two_nodes(folder: &TempDir) -> ([Node; 2], Arc<Place>) {
    let place = Arc::new(Place { barrier: Barrier::new(2), awaited: AtomicUsize::new(0) });
    let node = async || {
        let clock = Arc::new(SystemClock);
        let objects = FolderObjects::open(folder.path().to_owned(), FolderOptions::default(), clock.clone());
        let objects = Meeting { objects: objects.expect("a folder"), place: place.clone() };
        let fences = Arc::new(crate::Memory::default());
        let deps = Deps { objects: Arc::new(objects), fences: fences.clone(), clock };
        let front50 = Front50::new(Options::default(), deps).await.expect("front50 starts");
        Node { router: front50.api().into_service((), GuardOptions::default()), front50, fences }
    };
    ([node().await, node().await], place)
}

/// Sends both at once; the winner's answer first.
async fn race(place: &Place, nodes: [&Node; 2], method: Method, path: &str, bodies: [Value; 2]) -> (Answer, Answer) {
    place.awaited.store(2, Ordering::SeqCst);
    let [one, other] = bodies;
    let (one, other) =
        tokio::join!(nodes[0].ask(method.clone(), path, Some(one)), nodes[1].ask(method, path, Some(other)));
    if one.status == StatusCode::OK { (one, other) } else { (other, one) }
}

fn counted(count: i64) -> Value {
    let mut body = pipeline("shop", "a", "1");
    body["count"] = count.into();
    body
}

#[tokio::test]
async fn of_two_saves_of_a_pipeline_one_wins() {
    for same_node in [true, false] {
        let folder = tempfile::tempdir().expect("a folder");
        let ([first, second], place) = two_nodes(&folder).await;
        let nodes = [&first, if same_node { &first } else { &second }];
        for round in [0, 10] {
            let bodies = [counted(round + 1), counted(round + 2)];
            let (won, lost) = race(&place, nodes, Method::POST, "/pipelines", bodies).await;
            assert_eq!((won.status, lost.status), (StatusCode::OK, StatusCode::CONFLICT), "{lost:?}");
            let message = lost.body["message"].as_str().expect("a message");
            assert!(message.contains("read it again and repeat the change"), "{message}");
            for node in nodes {
                assert_eq!(node.get("/pipelines/shop").await.body[0]["count"], won.body["count"]);
            }
        }
    }
}

#[tokio::test]
async fn of_two_new_pipelines_with_one_name_one_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let ([node, _], place) = two_nodes(&folder).await;
    let new = |name: &str| json!({"application": "shop", "name": name});
    let (won, lost) = race(&place, [&node, &node], Method::POST, "/pipelines", [new("a"), new("A")]).await;
    assert_eq!(won.status, StatusCode::OK);
    assert!([StatusCode::CONFLICT, StatusCode::BAD_REQUEST].contains(&lost.status), "{lost:?}");
    assert_eq!(node.get("/pipelines/shop").await.body.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn of_two_creations_and_updates_of_an_application_one_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let ([first, second], place) = two_nodes(&folder).await;
    let body = |description: &str| json!({"name": "shop", "email": "a@example.com", "description": description});
    for (method, path) in [(Method::POST, "/v2/applications"), (Method::PATCH, "/v2/applications/shop")] {
        let (won, lost) = race(&place, [&first, &second], method, path, [body("1"), body("2")]).await;
        assert_eq!((won.status, lost.status), (StatusCode::OK, StatusCode::CONFLICT), "{lost:?}");
        assert_eq!(second.get("/v2/applications").await.body[0]["description"], won.body["description"]);
    }
}

#[tokio::test]
async fn of_two_new_projects_or_templates_with_one_name_one_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let ([first, second], place) = two_nodes(&folder).await;
    let project = |name: &str| json!({"name": name});
    let (one, other) = tokio::join!(first.post("/v2/projects", project("a")), first.post("/v2/projects", project("A")));
    let won = [&one, &other].iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(won, 1, "{one:?} {other:?}");
    assert_eq!(first.get("/v2/projects").await.body.as_array().map(Vec::len), Some(1));
    let template = |text: &str| json!({"id": "t", "text": text, "metadata": {"scopes": ["global"]}});
    let bodies = [template("1"), template("2")];
    let (won, lost) = race(&place, [&first, &second], Method::POST, "/pipelineTemplates", bodies).await;
    assert_eq!((won.status, lost.status), (StatusCode::OK, StatusCode::CONFLICT), "{lost:?}");
    assert_eq!(second.get("/pipelineTemplates").await.body.as_array().map(Vec::len), Some(1));
}
