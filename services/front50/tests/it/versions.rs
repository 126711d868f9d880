//! Lists that say which version they are: who asks again gets nothing until something changed.

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Node, pipeline};

/// The status, the version and the body's length of a list that is known as `known`.
async fn ask(node: &Node, path: &str, known: Option<&str>) -> (StatusCode, String, usize) {
    let mut request = Request::get(path);
    if let Some(known) = known {
        request = request.header(header::IF_NONE_MATCH, known);
    }
    let response = node.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
    let response = response.expect("a router never fails");
    let version = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, version, bytes.len())
}

#[tokio::test]
async fn an_unchanged_list_is_not_sent_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, other) = (Node::start(&folder).await, Node::start(&folder).await);
    let changes: [(&str, &str, Value); 5] = [
        ("/pipelines", "/pipelines", pipeline("shop", "a", "1")),
        ("/strategies", "/strategies", pipeline("shop", "a", "1")),
        ("/v2/applications", "/v2/applications", json!({"name": "shop", "email": "a@example.com"})),
        ("/v2/applications", "/permissions/applications", json!({"name": "shop", "permissions": {"READ": ["a"]}})),
        ("/notifications", "/notifications/application/shop", json!({"application": "shop"})),
    ];
    for (list, change, body) in changes {
        let (status, first, _) = ask(&node, list, None).await;
        assert_eq!((status, first.starts_with("W/\"")), (StatusCode::OK, true), "{list}");
        let again = ask(&node, list, Some(&format!("\"x\", {first}"))).await;
        assert_eq!(again, (StatusCode::NOT_MODIFIED, first.clone(), 0), "{list}");
        // What another node changes is seen too.
        assert_eq!(other.post(change, body.clone()).await.status, StatusCode::OK, "{change}");
        let (status, second, _) = ask(&node, list, Some(&first)).await;
        assert_eq!((status, second == first), (StatusCode::OK, false), "{list}");
        assert_eq!(ask(&node, list, Some(&second)).await.0, StatusCode::NOT_MODIFIED, "{list}");
        assert!(!node.post(change, body).await.status.is_server_error());
    }
    let (_, version, _) = ask(&node, "/pipelines", None).await;
    assert_eq!(node.delete("/pipelines/shop/a").await.status, StatusCode::OK);
    assert_eq!(ask(&node, "/pipelines", Some(&version)).await.0, StatusCode::OK, "a deletion is a change");
}
