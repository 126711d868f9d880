//! orca's HTTP API, through its guard.

use axum::{body::Body, http::Request};
use gennaker_orca::{Options, Orca};
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::World;

/// Calls as the user of upstream's recordings.
pub(crate) async fn call(world: &World, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
    call_with(world, method, path, body, &Value::Null).await
}

/// The same, with further headers.
pub(crate) async fn call_with(
    world: &World,
    method: Method,
    path: &str,
    body: &str,
    headers: &Value,
) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let mut request = request.header("x-spinnaker-user", "tester@example.com");
    for (name, value) in headers.as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().expect("a header's value"));
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    let response = world.router().oneshot(request).await.expect("an answer");
    let status = response.status();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[test]
fn every_route_says_what_permission_it_needs() {
    let open: Vec<_> = Orca::endpoints().into_iter().filter(|endpoint| endpoint.permission.is_none()).collect();
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test]
async fn bad_starts_are_refused_and_nothing_is_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let refused = [
        ("{", 400),
        ("[]", 400),
        ("null", 400),
        (r#"{"application": "a", "stages": {}}"#, 400),
        (r#"{"application": "a", "stages": [1]}"#, 400),
        (r#"{"application": "a", "stages": [{"name": "x"}]}"#, 400),
        (r#"{"application": "a", "stages": [], "executionId": "a/b"}"#, 400),
        (r#"{"application": "a", "stages": [], "trigger": {"parameters": [1]}}"#, 400),
        (r#"{"application": "a", "stages": []}"#, 400),
    ];
    for (body, status) in refused {
        let (answered, answer) = call(&world, Method::POST, "/orchestrate", body).await;
        assert_eq!(answered.as_u16(), status, "{body}: {answer}");
        assert!(answer["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}: {answer}");
    }
    let (_, list) = call(&world, Method::GET, "/applications/a/pipelines", "").await;
    assert_eq!(list, json!([]));
}

#[tokio::test]
async fn unknown_executions_are_answered_as_upstream_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    for (method, path) in [
        (Method::GET, "/pipelines/nope"),
        (Method::PUT, "/pipelines/nope/cancel"),
        (Method::PUT, "/pipelines/nope/pause"),
        (Method::DELETE, "/pipelines/nope"),
    ] {
        let (status, answer) = call(&world, method, path, "").await;
        assert_eq!((status.as_u16(), &answer["message"]), (404, &json!("No pipeline found for nope")), "{path}");
    }
    let (status, answer) = call(&world, Method::GET, "/pipelines?pipelineConfigIds=a&executionIds=b", "").await;
    let message = "Only pipelineConfigIds OR executionIds can be specified";
    assert_eq!((status.as_u16(), &answer["message"]), (400, &json!(message)));
    let (status, _) = call(&world, Method::GET, "/pipelines?pipelineConfigIds=a&statuses=SLEEPING", "").await;
    assert_eq!(status.as_u16(), 400);
}

#[tokio::test]
async fn an_execution_is_steered_and_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world.begin(json!([{"refId": "1", "type": "manualJudgment", "name": "j"}])).await;
    let path = format!("/pipelines/{id}");
    let (status, _) = call(&world, Method::DELETE, &path, "").await;
    assert_eq!(status, StatusCode::CONFLICT, "it runs");
    assert_eq!(call(&world, Method::PUT, &format!("{path}/pause"), "").await.0, StatusCode::ACCEPTED);
    assert_eq!(call(&world, Method::GET, &path, "").await.1["status"], "PAUSED");
    assert_eq!(call(&world, Method::PUT, &format!("{path}/resume"), "").await.0, StatusCode::ACCEPTED);
    assert_eq!(call(&world, Method::GET, &path, "").await.1["status"], "RUNNING");
    let cancel = format!("{path}/cancel?reason=enough");
    assert_eq!(call(&world, Method::PUT, &cancel, "").await.0, StatusCode::ACCEPTED);
    let (_, execution) = call(&world, Method::GET, &path, "").await;
    assert_eq!((&execution["status"], &execution["cancellationReason"]), (&json!("CANCELED"), &json!("enough")));
    assert_eq!(
        call(&world, Method::PUT, &cancel, "").await.0,
        StatusCode::ACCEPTED,
        "as upstream, also when it is over"
    );
    assert_eq!(call(&world, Method::DELETE, &path, "").await.0, StatusCode::OK);
    assert_eq!(call(&world, Method::GET, &path, "").await.0, StatusCode::NOT_FOUND);
}
