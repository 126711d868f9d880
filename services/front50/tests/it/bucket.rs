//! front50 on a bucket of a real S3 server: restarts, other nodes, damage, and a bucket that upstream wrote.

use std::{
    fs,
    sync::{Arc, atomic::Ordering},
};

use gennaker_base::{Redacted, SystemClock};
use gennaker_front50::Options;
use gennaker_harness::{S3Server, s3};
use gennaker_objects::{BucketObjects, BucketOptions, Key};
use http::StatusCode;
use serde_json::json;

use super::{
    Node,
    following::{Following, Watched, eager, until},
    pipeline,
};

const BUCKET: &str = "spinnaker";

async fn server() -> Option<S3Server> {
    let server = S3Server::start().await.expect("a server")?;
    server.make_bucket(BUCKET, true).await.expect("a bucket");
    Some(server)
}

async fn open(server: &S3Server) -> Arc<BucketObjects> {
    let scratch = Key::new("front50/gennaker/conditional-writes").expect("a key");
    let options = BucketOptions {
        endpoint: Some(server.endpoint().to_owned()),
        keys: Some((s3::KEY.to_owned(), Redacted::new(s3::SECRET.to_owned()))),
        ..BucketOptions::new(BUCKET, scratch)
    };
    Arc::new(BucketObjects::open(options, Arc::new(SystemClock)).await.expect("a bucket"))
}

fn write(server: &S3Server, path: &str, text: &str) {
    let file = server.file(BUCKET, &format!("front50/{path}"));
    fs::create_dir_all(file.parent().expect("a parent")).expect("folders");
    fs::write(file, text).expect("a file");
}

#[tokio::test]
async fn a_restart_keeps_all_in_upstreams_layout() {
    let Some(server) = server().await else { return };
    let node = Node::on(open(&server).await, Options::default()).await;
    let application = json!({ "name": "Shop", "email": "a@example.com" });
    assert_eq!(node.post("/v2/applications", application.clone()).await.status, StatusCode::OK);
    node.post("/pipelines", pipeline("shop", "ü +%", "My-Id")).await;
    node.put("/pipelines/My-Id", pipeline("shop", "b", "My-Id")).await;
    for path in [
        "applications/shop/application-metadata.json",
        "applications/last-modified.json",
        "pipelines/my-id/pipeline-metadata.json",
        "pipelines/last-modified.json",
    ] {
        assert!(server.file(BUCKET, &format!("front50/{path}")).is_file(), "{path}");
    }
    let before = (node.get("/v2/applications").await, node.get("/pipelines/shop").await);
    drop(node);
    let node = Node::on(open(&server).await, Options::default()).await;
    assert_eq!((node.get("/v2/applications").await, node.get("/pipelines/shop").await), before);
    let history = node.get("/pipelines/My-Id/history").await.body;
    let names: Vec<_> = history.as_array().expect("a list").iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["b", "ü +%"]);

    // An application that was deleted can be made again.
    assert_eq!(node.delete("/v2/applications/shop").await.status, StatusCode::NO_CONTENT);
    assert_eq!(node.get("/pipelines").await.body, json!([]));
    assert_eq!(node.post("/v2/applications", application).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_node_follows_without_a_listing() {
    let Some(server) = server().await else { return };
    let one = Node::on(open(&server).await, Options::default()).await;
    one.post("/pipelines", pipeline("shop", "first", "0")).await;
    let store = Watched::new(open(&server).await);
    let other = Node::on(store.clone(), eager()).await;
    let following = Following::start(&other);
    let lists = store.lists.load(Ordering::SeqCst);
    one.post("/pipelines", pipeline("shop", "a", "1")).await;
    until(&other, &["first", "a"]).await;
    one.delete("/pipelines/shop/first").await;
    until(&other, &["a"]).await;
    assert_eq!(store.lists.load(Ordering::SeqCst), lists, "nothing was listed");
    following.end().await;
}

#[tokio::test]
async fn damaged_and_foreign_objects_harm_no_other() {
    let Some(server) = server().await else { return };
    let node = Node::on(open(&server).await, Options::default()).await;
    for (name, id) in [("a", "whole"), ("b", "torn"), ("c", "empty")] {
        assert_eq!(node.post("/pipelines", pipeline("shop", name, id)).await.status, StatusCode::OK);
    }
    // Behind the server's back, so that its entity tags are those of before.
    let file = |id: &str| server.file(BUCKET, &format!("front50/pipelines/{id}/pipeline-metadata.json"));
    let torn = fs::read(file("torn")).expect("an object");
    fs::OpenOptions::new()
        .write(true)
        .open(file("torn"))
        .and_then(|file| file.set_len(torn.len() as u64 / 2))
        .expect("a cut");
    fs::OpenOptions::new().write(true).open(file("empty")).and_then(|file| file.set_len(0)).expect("a cut");
    write(&server, "pipelines/foreign/pipeline-metadata.json", "\u{7f}ELF");
    write(&server, "pipelines/by-hand/pipeline-metadata.json", &pipeline("shop", "d", "by-hand").to_string());
    write(&server, "pipelines/whole/notes.txt", "mine");
    write(&server, "pipelines/last-modified.json", "{");

    let node = Node::on(open(&server).await, Options::default()).await;
    let listed = node.get("/pipelines/shop").await.body;
    let names: Vec<_> = listed.as_array().expect("a list").iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["a", "d"], "what is whole is there");
    let health = node.get("/health").await;
    assert_eq!(health.status, StatusCode::OK, "{health:?}");
    let damaged = health.body["components"]["pipelines"]["details"]["damaged"].as_object().cloned().expect("details");
    assert_eq!(damaged.keys().collect::<Vec<_>>(), ["empty", "foreign", "torn"]);
    let answer = node.get("/pipelines/torn/get").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let message = answer.body["message"].as_str().expect("a message");
    assert!(message.contains("front50/pipelines/torn/pipeline-metadata.json is damaged"), "{message}");

    // All of them can be saved anew, and the mark too.
    for id in ["torn", "empty", "foreign", "by-hand"] {
        let answer = node.post("/pipelines", pipeline("shop", id, id)).await;
        assert_eq!(answer.status, StatusCode::OK, "{id}: {answer:?}");
    }
    let other = Node::on(open(&server).await, Options::default()).await;
    assert_eq!(other.get("/pipelines/shop").await.body.as_array().map(Vec::len), Some(5));
    let health = other.get("/health").await.body;
    assert_eq!(health["components"]["pipelines"]["details"].get("damaged"), None);
}
