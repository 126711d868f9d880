//! A former owner of an execution changes nothing any more.

use axum::body::Body;
use gennaker_store::{Fence, Fences as _};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::{Node, pipeline};

/// Saves a pipeline under a fence; the status and the error's code.
async fn save(node: &Node, id: &str, fence: &str) -> (StatusCode, Value) {
    let request = Request::builder().method(Method::POST).uri("/pipelines").header("X-Gennaker-Fence", fence);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let request = request.body(Body::from(pipeline("shop", id, id).to_string())).expect("a request");
    let response = node.router.clone().oneshot(request).await.expect("a router never fails");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    (status, body["code"].clone())
}

#[tokio::test]
async fn a_lower_epoch_changes_nothing() {
    let folder = TempDir::new().expect("a temporary folder");
    let node = Node::start(&folder).await;
    assert_eq!(save(&node, "first", "E/7").await.0, StatusCode::OK);
    assert_eq!(save(&node, "late", "E/6").await, (StatusCode::CONFLICT, json!("fenced")));
    assert_eq!(save(&node, "again", "E/7").await.0, StatusCode::OK);
    assert_eq!(save(&node, "next", "E/8").await.0, StatusCode::OK);
    assert_eq!(save(&node, "late", "E/7").await, (StatusCode::CONFLICT, json!("fenced")));
    assert_eq!(save(&node, "another", "F/1").await.0, StatusCode::OK);
    assert_eq!(save(&node, "wrong", "E").await.0, StatusCode::BAD_REQUEST);
    let saved = node.get("/pipelines/shop").await.body;
    let names: Vec<&str> = saved.as_array().into_iter().flatten().filter_map(|saved| saved["name"].as_str()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(!names.contains(&"late") && !names.contains(&"wrong"), "{names:?}");
}

#[tokio::test]
async fn a_fence_that_another_receiver_has_seen_counts_here_too() {
    let folder = TempDir::new().expect("a temporary folder");
    let node = Node::start(&folder).await;
    node.fences.admit(&Fence::read("E/9").expect("a fence")).await.expect("it is the first");
    assert_eq!(save(&node, "late", "E/8").await, (StatusCode::CONFLICT, json!("fenced")));
}
