//! Events start pipelines: the right ones, once, in the right name.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
    response::IntoResponse as _,
};
use gennaker_echo::{Options, OrcaOptions, QuietPeriod};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{USER, World, options, pipeline, post};

const PROCESSED: &str = "eventProcessed";

fn webhook(source: &str, fields: Value) -> Value {
    let mut trigger = json!({"type": "webhook", "source": source, "enabled": true});
    trigger.as_object_mut().expect("an object").extend(fields.as_object().cloned().expect("an object"));
    json!({"triggers": [trigger]})
}

#[tokio::test]
async fn a_webhook_with_a_key_starts_each_pipeline_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", webhook("s", json!({})))).await;
    world.save(pipeline("b", webhook("s", json!({"payloadConstraints": {"branch": "^main$"}})))).await;
    world.save(pipeline("other", webhook("t", json!({})))).await;
    let payload = json!({"branch": "main", "parameters": {"p": "q"}});
    let key = [("Idempotency-Key", "delivery-1")];
    let sent = || post(&world.echo, "/webhooks/webhook/s", &key, &payload);
    let (first, second, third) = tokio::join!(sent(), sent(), sent());
    for (status, body) in [first, second, third] {
        assert_eq!((status, &body[PROCESSED]), (StatusCode::OK, &json!(true)));
    }
    let started = world.ended("a", 1).await;
    assert_eq!(started[0]["trigger"]["parameters"], json!({"p": "q"}));
    assert_eq!(started[0]["trigger"]["payload"], payload);
    assert_eq!((&started[0]["authentication"]["user"], &started[0]["origin"]), (&json!("anonymous"), &json!("api")));
    world.ended("b", 1).await;
    assert!(world.executions("other").await.is_empty());

    let (status, _) = post(&world.echo, "/webhooks/webhook/s", &[("Idempotency-Key", "delivery-2")], &payload).await;
    assert_eq!(status, StatusCode::OK);
    world.ended("a", 2).await;
    world.stop().await;
}

#[tokio::test]
async fn a_webhook_without_a_key_starts_each_time_and_one_that_two_triggers_match_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    let two = json!({"triggers": [
        {"type": "webhook", "source": "s", "enabled": true}, {"type": "webhook", "source": "s", "enabled": true},
        {"type": "webhook", "source": "t", "enabled": false},
    ]});
    world.save(pipeline("a", two)).await;
    for _ in 0..2 {
        assert_eq!(post(&world.echo, "/webhooks/webhook/s", &[], &json!({})).await.0, StatusCode::OK);
    }
    world.ended("a", 2).await;
    assert_eq!(post(&world.echo, "/webhooks/webhook/t", &[], &json!({})).await.0, StatusCode::OK);
    world.ended("a", 2).await;
    world.stop().await;
}

#[tokio::test]
async fn what_an_event_says_of_itself_is_its_identity() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world
        .save(pipeline("a", json!({"triggers": [{"type": "jenkins", "master": "ci", "job": "j", "enabled": true}]})))
        .await;
    let build = |number: u32, timestamp: Value, id: Value| {
        let last = json!({"number": number, "building": false, "result": "SUCCESS", "timestamp": timestamp});
        json!({"details": {"type": "build"}, "eventId": id, "content": {"master": "ci", "project": {"name": "j", "lastBuild": last}}})
    };
    for _ in 0..2 {
        for event in [
            build(7, json!("1700000000000"), Value::Null),
            build(8, json!("1700000001000"), Value::Null),
            build(9, Value::Null, json!("event-9")),
        ] {
            assert_eq!(post(&world.echo, "/", &[], &event).await, (StatusCode::OK, Value::Null));
        }
    }
    let started = world.ended("a", 3).await;
    let numbers: Vec<_> = started.iter().map(|execution| execution["trigger"]["buildNumber"].clone()).collect();
    assert!([7, 8, 9].iter().all(|number| numbers.contains(&json!(number))), "{numbers:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_trigger_that_expects_an_artifact_fires_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    let mut config = pipeline("a", webhook("s", json!({"expectedArtifactIds": ["e"]})));
    config["expectedArtifacts"] = json!([{"id": "e", "matchArtifact": {"type": "docker/image", "name": "shop/.*"}}]);
    world.save(config).await;
    let image = |name: &str| json!({"artifacts": [{"type": "docker/image", "name": name, "version": "2", "reference": format!("{name}:2")}]});
    assert_eq!(post(&world.echo, "/webhooks/webhook/s", &[], &image("other/web")).await.0, StatusCode::OK);
    assert_eq!(post(&world.echo, "/webhooks/webhook/s", &[], &image("shop/web")).await.0, StatusCode::OK);
    let started = world.ended("a", 1).await;
    assert_eq!(started[0]["trigger"]["resolvedExpectedArtifacts"][0]["boundArtifact"]["reference"], "shop/web:2");
    world.stop().await;
}

#[tokio::test]
async fn a_pipeline_started_by_hand_is_its_starters() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    let notifications = json!({"notifications": [{"type": "email", "address": "a@example.com"}]});
    world.save(pipeline("a", notifications)).await;
    world.save(pipeline("off", json!({"disabled": true}))).await;
    let manual = |named: &str, trigger: Value| json!({"details": {"type": "manual"}, "content": {"application": "shop", "pipelineNameOrId": named, "trigger": trigger}});
    let trigger = json!({
        "type": "manual", "executionId": "01HZ0000000000000000000001", "parameters": {"p": 1},
        "notifications": [{"type": "slack", "address": "#b"}],
    });
    for _ in 0..2 {
        let (status, _) =
            post(&world.echo, "/", &[("X-SPINNAKER-USER-ORIGIN", "deck")], &manual("pipe a", trigger.clone())).await;
        assert_eq!(status, StatusCode::OK);
    }
    let started = world.ended("a", 1).await;
    assert_eq!((&started[0]["id"], &started[0]["origin"]), (&trigger["executionId"], &json!("deck")));
    assert_eq!((&started[0]["authentication"]["user"], &started[0]["trigger"]["user"]), (&json!(USER), &json!(USER)));
    let notified: Vec<_> =
        started[0]["notifications"].as_array().expect("a list").iter().map(|one| &one["type"]).collect();
    assert_eq!(notified, ["email", "slack"]);
    for nothing in [manual("off", json!({})), manual("unknown", json!({}))] {
        assert_eq!(post(&world.echo, "/", &[], &nothing).await.0, StatusCode::OK);
    }
    assert!(world.executions("off").await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn while_it_is_quiet_those_who_respect_it_are_not_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let quiet_period = QuietPeriod {
        start_iso: "2000-01-01T00:00:00Z".to_owned(),
        end_iso: "2100-01-01T00:00:00Z".to_owned(),
        suppressed_trigger_types: vec!["webhook".to_owned()],
        ..QuietPeriod::default()
    };
    let world = World::start_with(folder.path(), "one", Options { quiet_period, ..options() }).await;
    let mut respects = pipeline("respects", webhook("s", json!({})));
    respects["respectQuietPeriod"] = json!(true);
    world.save(respects).await;
    world.save(pipeline("does-not", webhook("s", json!({})))).await;
    assert_eq!(post(&world.echo, "/webhooks/webhook/s", &[], &json!({})).await.0, StatusCode::OK);
    world.ended("does-not", 1).await;
    assert!(world.executions("respects").await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn nothing_that_was_answered_is_lost_while_orca_is_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", webhook("s", json!({})))).await;
    let nothing = json!({});
    let sent = || post(&world.echo, "/webhooks/webhook/s", &[("Idempotency-Key", "k")], &nothing);
    world.before_orca.set_down(true);
    let (status, body) = sent().await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let message = body["message"].as_str().expect("a message");
    assert!(
        message.starts_with("1 of 1 pipelines could not be started") && message.ends_with("send it again"),
        "{message}"
    );
    assert!(world.before_orca.writes() > 1, "it was tried again");
    world.before_orca.set_down(false);
    // The circuit of the client is closed again after a moment.
    crate::world::eventually(async || sent().await.0 == StatusCode::OK).await;
    assert_eq!(sent().await.0, StatusCode::OK);
    world.ended("a", 1).await;
    world.stop().await;
}

#[tokio::test]
async fn a_start_at_which_orca_fails_once_is_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", webhook("s", json!({})))).await;
    let has_failed = Arc::new(AtomicBool::new(false));
    world.before_orca.is(world.orca.clone().layer(from_fn(move |request: Request, next: Next| {
        let fails = request.method() == Method::POST && !has_failed.swap(true, Ordering::SeqCst);
        async move {
            match fails {
                true => (StatusCode::INTERNAL_SERVER_ERROR, "{}").into_response(),
                false => next.run(request).await,
            }
        }
    })));
    assert_eq!(post(&world.echo, "/webhooks/webhook/s", &[], &json!({})).await.0, StatusCode::OK);
    world.ended("a", 1).await;
    world.stop().await;
}

#[tokio::test]
async fn a_webhook_is_no_other_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", json!({}))).await;
    let by_hand = json!({"application": "shop", "pipelineNameOrId": "a"});
    for path in ["/webhooks/manual/s", "/webhooks/Manual", "/webhooks/build/s"] {
        let (status, body) = post(&world.echo, path, &[], &by_hand).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {body}");
        assert!(body["message"].as_str().is_some_and(|message| message.contains("webhooks.types")), "{body}");
    }
    assert!(world.executions("a").await.is_empty());
    world.stop().await;
    let allowed = Options { webhook_types: vec!["manual".to_owned()], ..options() };
    let world = World::start_with(folder.path(), "two", allowed).await;
    assert_eq!(post(&world.echo, "/webhooks/manual/s", &[], &by_hand).await.0, StatusCode::OK);
    world.ended("a", 1).await;
    world.stop().await;
}

#[tokio::test]
async fn what_an_event_is_called_may_be_any_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    let trigger = json!({"type": "jenkins", "master": "ci", "job": "Größe", "enabled": true});
    world.save(pipeline("a", json!({"triggers": [trigger]}))).await;
    let last = json!({"number": 7, "building": false, "result": "SUCCESS", "timestamp": "1700000000000"});
    let build = json!({
        "details": {"type": "build"}, "content": {"master": "ci", "project": {"name": "Größe", "lastBuild": last}},
    });
    for _ in 0..2 {
        assert_eq!(post(&world.echo, "/", &[], &build).await.0, StatusCode::OK);
    }
    world.ended("a", 1).await;
    world.stop().await;
}

#[tokio::test]
async fn with_orca_switched_off_nothing_is_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let orca = OrcaOptions { enabled: false, ..options().orca };
    let world = World::start_with(folder.path(), "one", Options { orca, ..options() }).await;
    world.save(pipeline("a", webhook("s", json!({})))).await;
    assert_eq!(post(&world.echo, "/webhooks/webhook/s", &[], &json!({})).await.0, StatusCode::OK);
    assert!(world.executions("a").await.is_empty());
    world.stop().await;
}
