//! The folder: restarts, crashes, damage, and other nodes.

use std::{fs, path::PathBuf};

use gennaker_front50::Options;
use http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{Node, pipeline};

fn application(name: &str) -> Value {
    json!({ "name": name, "email": "a@example.com" })
}

fn file(folder: &TempDir, path: &str) -> PathBuf {
    folder.path().join("front50").join(path)
}

fn write(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, text).expect("a file");
}

#[tokio::test]
async fn a_restart_keeps_all_in_upstreams_layout() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    for name in ["Shop", "slash/y", "üñ"] {
        assert_eq!(node.post("/v2/applications", application(name)).await.status, StatusCode::OK);
    }
    let made = node.post("/pipelines", json!({"application": "shop", "name": "deploy"})).await.body;
    node.post("/pipelines", pipeline("shop", "b", "My-Id")).await;
    for path in [
        "applications/shop/application-metadata.json",
        "applications/slash/y/application-metadata.json",
        "applications/last-modified.json",
        "pipelines/my-id/pipeline-metadata.json",
        "pipelines/last-modified.json",
    ] {
        assert!(file(&folder, path).is_file(), "{path}");
    }
    let before = (node.get("/v2/applications").await, node.get("/pipelines/shop").await);
    drop(node);

    // Killed in the middle of a write.
    fs::write(folder.path().join(".tmp/torn"), r#"{"name":"sh"#).expect("a file");
    let node = Node::start(&folder).await;
    assert_eq!((node.get("/v2/applications").await, node.get("/pipelines/shop").await), before);
    let id = made["id"].as_str().expect("an id");
    assert_eq!(node.get(&format!("/pipelines/{id}/get")).await.body["name"], "deploy");
    assert_eq!(node.get("/v2/applications/slash%2Fy").await.body["name"], "SLASH/Y");

    assert_eq!(node.delete("/v2/applications/SHOP").await.status, StatusCode::NO_CONTENT);
    assert_eq!(node.get("/pipelines").await.body, json!([]), "its pipelines went with it");
}

#[tokio::test]
async fn a_damaged_object_harms_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    write(file(&folder, "pipelines/torn/pipeline-metadata.json"), r#"{"name": "a", "appl"#);
    write(file(&folder, "pipelines/empty/pipeline-metadata.json"), "");
    write(file(&folder, "pipelines/list/pipeline-metadata.json"), "[]");
    write(file(&folder, "pipelines/nameless/pipeline-metadata.json"), r#"{"application": "shop"}"#);
    write(file(&folder, "pipelines/good/pipeline-metadata.json"), r#"{"name": "a", "application": "shop"}"#);
    write(file(&folder, "pipelines/good/notes.txt"), "mine");
    write(file(&folder, "pipelines/last-modified.json"), "{");
    let node = Node::start(&folder).await;
    let listed = node.get("/pipelines/shop").await.body;
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["id"]), (Some(1), &json!("good")));

    let health = node.get("/health").await;
    assert_eq!((health.status, &health.body["status"]), (StatusCode::OK, &json!("UP")));
    let damaged = health.body["components"]["pipelines"]["details"]["damaged"].as_object().cloned().expect("details");
    assert_eq!(damaged.keys().collect::<Vec<_>>(), ["empty", "list", "nameless", "torn"]);

    let answer = node.get("/pipelines/torn/get").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let message = answer.body["message"].as_str().expect("a message");
    assert!(message.contains("front50/pipelines/torn/pipeline-metadata.json is damaged"), "{message}");

    assert_eq!(node.post("/pipelines", pipeline("shop", "torn", "torn")).await.status, StatusCode::OK, "saved anew");
    let history = node.get("/pipelines/torn/history").await;
    assert_eq!(history.body.as_array().map(Vec::len), Some(1));
    assert_eq!(node.get("/pipelines/shop").await.body.as_array().map(Vec::len), Some(2));
    let health = node.get("/health").await.body;
    let damaged = health["components"]["pipelines"]["details"]["damaged"].as_object().cloned().expect("details");
    assert_eq!(damaged.keys().collect::<Vec<_>>(), ["empty", "list", "nameless"]);
}

#[tokio::test]
async fn two_nodes_on_one_folder_see_each_others_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (Node::start(&folder).await, Node::start(&folder).await);
    assert_eq!(one.post("/pipelines", pipeline("shop", "a", "1")).await.status, StatusCode::OK);
    assert_eq!(other.get("/pipelines/shop").await.body[0]["name"], "a");
    let answer = other.post("/pipelines", pipeline("shop", "A", "2")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "the name is taken: {answer:?}");
    assert_eq!(other.put("/pipelines/1", pipeline("shop", "b", "1")).await.status, StatusCode::OK);
    assert_eq!(one.put("/pipelines/1", pipeline("shop", "c", "1")).await.status, StatusCode::OK, "one after the other");
    assert_eq!(other.get("/pipelines/1/get").await.body["name"], "c");
    assert_eq!(one.delete("/pipelines/shop/c").await.status, StatusCode::OK);
    assert_eq!(other.get("/pipelines").await.body, json!([]));
    assert_eq!(other.get("/pipelines/1/get").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_node_follows_without_being_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options { poll_ms: 10, refresh_ms: 10, ..Options::default() };
    let (one, other) = (Node::start(&folder).await, Node::start_with(&folder, options).await);
    let shutdown = CancellationToken::new();
    let task = tokio::spawn({
        let (front50, shutdown) = (other.front50.clone(), shutdown.clone());
        async move { front50.run(shutdown).await }
    });
    let until = async |count: usize| {
        while other.get("/pipelines?refresh=false").await.body.as_array().map(Vec::len) != Some(count) {
            tokio::task::yield_now().await;
        }
    };
    one.post("/pipelines", pipeline("shop", "a", "1")).await;
    until(1).await;
    // Put there and removed by hand: nothing marks it.
    let by_hand = file(&folder, "pipelines/2/pipeline-metadata.json");
    write(by_hand.clone(), r#"{"name": "by hand", "application": "shop"}"#);
    until(2).await;
    fs::remove_file(by_hand).expect("a file");
    until(1).await;

    fs::rename(folder.path().join(".locks"), folder.path().join("locks")).expect("a rename");
    while other.get("/health").await.status != StatusCode::SERVICE_UNAVAILABLE {
        tokio::task::yield_now().await;
    }
    assert_eq!(other.get("/pipelines").await.body.as_array().map(Vec::len), Some(1), "it is served from memory");
    fs::rename(folder.path().join("locks"), folder.path().join(".locks")).expect("a rename");
    while other.get("/health").await.status != StatusCode::OK {
        tokio::task::yield_now().await;
    }
    shutdown.cancel();
    task.await.expect("the task ends");
}
