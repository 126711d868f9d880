//! Starting pipelines: what orca gets, and what is refused before.

use axum::body::Body;
use gennaker_gate::Options;
use serde_json::{Value, json};

use crate::world::{Answer, Got, Peer, Peers, Ways, World};

fn peers(config: &Value) -> Peers {
    let named = "/pipelines/shop/name/deploy%20it?refresh=true";
    let front50 = Peer::default().with(named, config).with("/pipelines/p-1/get", config);
    let orca = Peer::default().answering("POST", "/orchestrate", 200, &json!({ "ref": "/pipelines/01E" }));
    Peers { front50, orca, ..Peers::default() }
}

fn config() -> Value {
    json!({
        "id": "p-1", "application": "shop", "name": "deploy it", "stages": [], "notifications": [{"type": "email"}],
        "parameterConfig": [{"name": "version", "required": true}],
    })
}

async fn start(peers: &Peers, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    World::of(peers).ask("POST", path, headers, Body::from(body.to_owned())).await
}

fn started(peers: &Peers) -> Got {
    let got = peers.orca.got();
    assert_eq!(got.len(), 1, "one start");
    got.into_iter().next().expect("one")
}

#[tokio::test]
async fn both_shapes_of_a_body_start_the_same_execution() {
    let old = json!({"type": "manual", "parameters": {"version": "2"}, "notifications": [{"type": "slack"}]});
    for body in [old.clone(), json!({ "trigger": old })] {
        let peers = peers(&config());
        let answer = start(&peers, "/pipelines/shop/deploy%20it", &[], &body.to_string()).await;
        assert_eq!((answer.status, answer.json()), (202, json!({"ref": "/pipelines/01E"})));
        let mut sent = started(&peers).body;
        let event = sent["trigger"].as_object_mut().expect("a trigger").remove("eventId");
        assert!(event.is_some_and(|event| event.as_str().is_some_and(|event| event.len() == 26)));
        let mut expected = config();
        expected["notifications"] = json!([{"type": "email"}, {"type": "slack"}]);
        expected["trigger"] = old.clone();
        expected["trigger"]["user"] = "anonymous".into();
        assert_eq!(sent, expected);
    }
}

#[tokio::test]
async fn a_start_by_event_answers_with_the_event() {
    let peers = peers(&config());
    let body = r#"{"type": "manual", "parameters": {"version": 1}, "user": "[anonymous]"}"#;
    let answer = start(&peers, "/pipelines/v2/shop/p-1", &[], body).await;
    assert_eq!(answer.status, 202);
    let trigger = started(&peers).body["trigger"].clone();
    assert_eq!(answer.json(), json!({"eventId": trigger["eventId"], "ref": "/pipelines/01E"}));
    assert_eq!(trigger["user"], "[anonymous]");
}

#[tokio::test]
async fn the_caller_and_the_key_go_along_and_a_fence_does_not() {
    let headers = [("x-spinnaker-user", "ann"), ("idempotency-key", "k"), ("x-gennaker-fence", "01E/9")];
    let body = r#"{"parameters": {"version": 1}, "user": "boss"}"#;
    let mut events = Vec::new();
    for _ in 0..2 {
        let peers = peers(&config());
        assert_eq!(start(&peers, "/pipelines/shop/p-1", &headers, body).await.status, 202);
        let got = started(&peers);
        assert_eq!(got.headers["x-spinnaker-user"], "ann");
        assert_eq!(got.headers["idempotency-key"], "k");
        assert!(!got.headers.contains_key("x-gennaker-fence"));
        assert_eq!(got.body["trigger"]["user"], "ann");
        events.push(got.body["trigger"]["eventId"].clone());
        assert!(peers.front50.got().iter().all(|got| !got.headers.contains_key("idempotency-key")));
    }
    assert_eq!(events[0], events[1], "the same key is the same event");
}

#[tokio::test]
async fn echo_is_told_who_signed_in_and_not_whom_the_body_names() {
    for (headers, expected) in [(&[("x-spinnaker-user", "ann")][..], "ann"), (&[], "boss")] {
        let peers = with_echo();
        let body = r#"{"parameters": {"version": 1}, "user": "boss"}"#;
        assert_eq!(start(&peers, "/pipelines/v2/shop/p-1", headers, body).await.status, 202);
        assert_eq!(peers.echo.got()[0].body["content"]["trigger"]["user"], expected);
    }
}

#[tokio::test]
async fn an_empty_body_starts_what_needs_no_parameter() {
    let mut config = config();
    config["parameterConfig"][0]["default"] = "1".into();
    for body in ["", "null", "{}"] {
        let peers = peers(&config);
        assert_eq!(start(&peers, "/pipelines/shop/deploy%20it", &[], body).await.status, 202);
    }
}

#[tokio::test]
async fn what_cannot_start_says_why_and_asks_nothing_of_orca() {
    let prefix = "Unable to trigger pipeline (application: shop, pipelineNameOrId: p-1). Error: ";
    let mut disabled = config();
    disabled["disabled"] = true.into();
    let mut foreign = config();
    foreign["application"] = "other".into();
    for (config, status, message) in [
        (config(), 400, "Required parameter version is missing"),
        (disabled, 400, "Pipeline is disabled and cannot be started."),
        (foreign, 404, "Pipeline configuration not found (nameOrId: p-1 in application shop)"),
    ] {
        let peers = peers(&config);
        let answer = start(&peers, "/pipelines/shop/p-1", &[], "").await;
        assert_eq!((answer.status, answer.message()), (status, format!("{prefix}{message}")));
        let answer = start(&peers, "/pipelines/v2/shop/p-1", &[], "").await;
        assert_eq!((answer.status, answer.message()), (status, message.to_owned()));
        assert_eq!(peers.orca.got().len(), 0);
    }
}

#[tokio::test]
async fn orcas_refusal_keeps_its_status_and_words() {
    let refusal = json!({ "message": "limitConcurrent is not supported yet" });
    let mut peers = peers(&config());
    peers.orca = Peer::default().answering("POST", "/orchestrate", 501, &refusal);
    let body = r#"{"parameters": {"version": 1}}"#;
    let answer = start(&peers, "/pipelines/v2/shop/p-1", &[], body).await;
    assert_eq!((answer.status, answer.message().as_str()), (501, "limitConcurrent is not supported yet"));
}

/// Pipelines may be called as what is done with executions: `PUT /pipelines/{id}/cancel`.
#[tokio::test]
async fn a_pipeline_may_be_called_like_a_command() {
    for name in ["cancel", "pause", "resume", "diagnosis", "replay", "history"] {
        let config = json!({ "id": "p-9", "application": "shop", "name": name, "stages": [] });
        let front50 = Peer::default()
            .with(&format!("/pipelines/shop/name/{name}?refresh=true"), &config)
            .with("/pipelines/shop", &json!([config]))
            .answering("DELETE", &format!("/pipelines/shop/{name}"), 200, &Value::Null);
        let orca = Peer::default().answering("POST", "/orchestrate", 200, &json!({ "ref": "/pipelines/01E" }));
        let peers = Peers { front50, orca, ..Peers::default() };
        for path in [format!("/pipelines/shop/{name}"), format!("/pipelines/v2/shop/{name}")] {
            assert_eq!(start(&peers, &path, &[], "").await.status, 202, "{path}");
        }
        assert_eq!(peers.orca.got().len(), 2, "{name}");
        let answer = World::of(&peers).ask("DELETE", &format!("/pipelines/shop/{name}"), &[], Body::empty()).await;
        assert_eq!(answer.status, 200, "{name}");
        assert!(peers.front50.got().iter().any(|got| got.method == "DELETE"), "{name}");
    }
}

fn with_echo() -> Peers {
    let echo = Peer::default().answering("POST", "/", 200, &Value::Null);
    Peers { echo, ..peers(&config()) }
}

#[tokio::test]
async fn an_event_goes_to_echo_with_the_ids_that_are_answered() {
    let peers = with_echo();
    let headers = [("x-spinnaker-user", "ann"), ("x-ratelimit-app", "deck")];
    let body = r#"{"type": "manual", "parameters": {"version": 1}}"#;
    let answer = start(&peers, "/pipelines/v2/shop/deploy%20it", &headers, body).await;
    assert_eq!(answer.status, 202);
    let (answer, got) = (answer.json(), peers.echo.got());
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].headers["x-spinnaker-user-origin"], "deck");
    let execution = answer["ref"].as_str().and_then(|place| place.strip_prefix("/pipelines/")).expect("a reference");
    let event = &answer["eventId"];
    let trigger = json!({ "type": "manual", "parameters": {"version": 1}, "eventId": event, "executionId": execution });
    let content = json!({
        "application": "shop", "pipelineNameOrId": "deploy it", "trigger": trigger, "user": "ann",
    });
    assert_eq!(got[0].body, json!({ "content": content, "details": {"type": "manual"}, "eventId": event }));
    assert_eq!((peers.orca.got().len(), peers.front50.got().len()), (0, 0), "echo does the rest");
}

#[tokio::test]
async fn the_same_key_is_the_same_execution_whether_echo_takes_events_or_not() {
    let headers = [("idempotency-key", "k")];
    let body = r#"{"parameters": {"version": 1}}"#;
    let peers = with_echo();
    let first = start(&peers, "/pipelines/v2/shop/p-1", &headers, body).await.json();
    let again = start(&peers, "/pipelines/v2/shop/deploy%20it", &headers, body).await.json();
    assert_eq!(first, again, "by its id and by its name");
    assert!(peers.echo.got().iter().all(|got| got.headers["idempotency-key"] == "k"));

    let without = self::peers(&config());
    start(&without, "/pipelines/v2/shop/p-1", &headers, body).await;
    let sent = started(&without);
    assert_eq!(first["ref"], format!("/pipelines/{}", sent.body["executionId"].as_str().expect("an id")));
    assert_eq!(sent.body["trigger"]["eventId"], first["eventId"]);
    assert_eq!(sent.headers["idempotency-key"], "k");
}

#[tokio::test]
async fn what_echo_refuses_is_not_started_past_it() {
    let echo = Peer::default().answering("POST", "/", 400, &json!({ "message": "no such event" }));
    let peers = Peers { echo, ..peers(&config()) };
    let answer = start(&peers, "/pipelines/v2/shop/p-1", &[], r#"{"parameters": {"version": 1}}"#).await;
    assert_eq!((answer.status, answer.message().as_str()), (400, "no such event"));
    assert_eq!(peers.orca.got().len(), 0);
}

#[tokio::test]
async fn without_echo_a_start_goes_to_orca() {
    let peers = peers(&config());
    let world = World::over(Ways::of(&peers).without("echo"), Options::default());
    let answer = world.send("POST", "/pipelines/v2/shop/p-1", &json!({ "parameters": {"version": 1} })).await;
    assert_eq!((answer.status, answer.json()["ref"].clone()), (202, json!("/pipelines/01E")));
}
