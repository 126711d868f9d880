//! What is no event is refused, and says why.

use http::StatusCode;
use serde_json::{Value, json};

use crate::world::{World, get, post};

#[tokio::test]
async fn what_is_no_event_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    for (path, headers, body) in [
        ("/", &[][..], json!([])),
        ("/", &[], json!({})),
        ("/", &[], json!({"details": {"type": "manual"}})),
        (
            "/",
            &[],
            json!({"details": {"type": "manual"}, "content": {"application": "a", "pipelineNameOrId": "p", "trigger": 5}}),
        ),
        ("/", &[], json!({"details": {"type": "build"}, "content": {}})),
        ("/", &[("X-Gennaker-Event-Time", "yesterday")], json!({"details": {"type": "x"}})),
        ("/webhooks/webhook/s", &[], json!("text")),
        ("/webhooks/webhook/s", &[], json!({"artifacts": "none"})),
        ("/webhooks/webhook/s", &[], json!({"parameters": ["p"]})),
        ("/webhooks/git/pigeon", &[], json!({})),
        ("/webhooks/git/stash", &[], json!({})),
        ("/webhooks/webhook", &[], json!([1])),
        ("/webhooks/cdevents/s", &[], json!({})),
        ("/webhooks/cdevents/s", &[("Ce-Data", "{}")], json!({})),
    ] {
        let (status, answer) = post(&world.echo, path, headers, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path} {body}: {answer}");
        assert!(answer["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer}");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_nobody_waits_for_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    crate::world::eventually(async || get(&world.echo, "/health").await.0 == StatusCode::OK).await;
    let complete =
        json!({"details": {"type": "orca:pipeline:complete", "source": "orca"}, "content": {"executionId": "01E"}});
    assert_eq!(post(&world.echo, "/", &[], &complete).await, (StatusCode::OK, Value::Null));
    let ping = json!({"hook_id": 1, "repository": {"full_name": "p/r"}});
    let unprocessed = json!({"eventProcessed": false});
    assert_eq!(post(&world.echo, "/webhooks/git/github", &[], &ping).await, (StatusCode::OK, unprocessed));
    let event = json!({"context": {"id": "1"}, "subject": {"id": "2"}, "customData": {"a": 1}}).to_string();
    let (status, body) = post(&world.echo, "/webhooks/cdevents/s", &[("Ce-Data", &event)], &json!({})).await;
    assert_eq!((status, body), (StatusCode::OK, Value::Null));
    world.stop().await;
}
