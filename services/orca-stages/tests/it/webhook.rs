//! A webhook from its first call to its end.

use std::time::Duration;

use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    server::Server,
};

const ACCEPT: &str = "application/json, application/cbor, application/yaml, text/plain, application/*+json, */*";

async fn composed(kind: &str, settings: Value) -> Driven {
    let mut driven = Driven::new(&local(), kind, settings);
    driven.compose().await.expect("tasks");
    driven
}

#[tokio::test]
async fn a_call_is_made_as_the_stage_says_and_its_answer_kept() {
    let server = Server::start().await;
    server.tell("/hook", 200, json!({"x": 1}));
    let settings = json!({
        "url": server.url("/hook"), "method": "put", "payload": {"a": 2},
        "customHeaders": {"X-A": "b", "X-SPINNAKER-USER": "root"},
    });
    let mut driven = composed("webhook", settings).await;
    assert_eq!(driven.run("createWebhook").await, Status::Succeeded);
    let expected = json!({
        "statusCode": "OK", "statusCodeValue": 200, "body": {"x": 1},
        "headers": {"content-type": "application/json", "content-length": "7"},
    });
    let mut found = driven.webhook().clone();
    found["headers"].as_object_mut().expect("headers").remove("date");
    assert_eq!(found, expected);
    assert!(driven.stage.outputs.is_empty());

    let asked = server.asked().remove(0);
    assert_eq!((asked.what.as_str(), asked.json()), ("PUT /hook", json!({"a": 2})));
    assert_eq!(asked.header("accept"), Some(ACCEPT));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!((asked.header("x-a"), asked.header("x-spinnaker-user")), (Some("b"), None));
}

#[tokio::test]
async fn bodies_go_out_in_their_own_form() {
    for (payload, kind, body) in [
        (json!("{\"a\": 2}"), Some("text/plain;charset=ISO-8859-1"), "{\"a\": 2}"),
        (json!([1, {"b": "c"}]), Some("application/json"), "[1,{\"b\":\"c\"}]"),
        (json!(null), None, ""),
    ] {
        let server = Server::start().await;
        server.tell("/hook", 200, json!({"ok": 1}));
        let mut driven = composed("webhook", json!({"url": server.url("/hook"), "payload": payload})).await;
        assert_eq!(driven.run("createWebhook").await, Status::Succeeded);
        let asked = server.asked().remove(0);
        assert_eq!((asked.header("content-type"), &asked.body[..]), (kind, body.as_bytes()));
    }
}

#[tokio::test]
async fn answers_without_a_body_have_none() {
    let server = Server::start().await;
    server.tell("/hook", 200, json!({"x": 1}));
    server.tell_more("/empty", (204, Vec::new(), String::new()));
    for (method, path, name) in [("head", "/hook", "OK"), ("POST", "/empty", "NO_CONTENT")] {
        let mut driven = composed("webhook", json!({"url": server.url(path), "method": method})).await;
        assert_eq!(driven.run("createWebhook").await, Status::Succeeded);
        assert_eq!((&driven.webhook()["statusCode"], driven.webhook().get("body")), (&json!(name), None));
    }
    assert_eq!(server.what(), ["HEAD /hook", "POST /empty"]);
}

#[tokio::test]
async fn what_changes_something_carries_one_key_over_all_its_repetitions() {
    let server = Server::start().await;
    server.tell("/hook", 500, json!({"e": 1}));
    server.tell_more("/hook", (503, vec![("retry-after", "42".to_owned())], String::new()));
    server.tell("/hook", 200, json!({"ok": 1}));
    let mut driven = composed("webhook", json!({"url": server.url("/hook")})).await;
    let began = driven.now;
    assert_eq!(driven.run("createWebhook").await, Status::Succeeded);
    let waited = driven.now.since(began);
    assert_eq!(waited, Duration::from_secs(1 + 42), "the usual wait, then as long as the server asks for");
    // The node died before it recorded the last step: the next owner makes it again.
    driven.step("createWebhook").await.expect("a result");
    let keys: Vec<_> = server.asked().iter().map(|asked| asked.header("idempotency-key").map(str::to_owned)).collect();
    assert_eq!(keys, vec![Some("S-1-0".to_owned()); 4]);
    assert!(driven.webhook().get("error").is_none(), "what failed before is forgotten");

    let mut driven = composed("webhook", json!({"url": server.url("/hook"), "method": "GET"})).await;
    driven.run("createWebhook").await;
    let own = json!({"url": server.url("/hook"), "customHeaders": {"idempotency-KEY": "own"}});
    let mut driven = composed("webhook", own).await;
    driven.run("createWebhook").await;
    let keys: Vec<_> =
        server.asked().iter().skip(4).map(|asked| asked.header("idempotency-key").map(str::to_owned)).collect();
    assert_eq!(keys, [None, Some("own".to_owned())]);
}

#[tokio::test]
async fn a_webhook_is_watched_to_its_end() {
    let server = Server::start().await;
    server.tell("/hook", 201, json!({"job": {"status": server.url("/jobs/7")}}));
    server.tell("/jobs/7", 500, json!({"e": 1}));
    server.tell("/jobs/7", 429, json!({"e": 1}));
    server.tell("/jobs/7", 200, json!({"status": "running", "progress": "half"}));
    server.tell("/jobs/7", 200, json!({"status": "Done", "progress": "all"}));
    let mut driven = Driven::new(
        &local(),
        "webhook",
        json!({
            "url": server.url("/hook"), "waitForCompletion": "true", "waitBeforeMonitor": "2",
            "statusUrlResolution": "webhookResponse", "statusUrlJsonPath": "$.job.status", "statusJsonPath": "$.status",
            "progressJsonPath": "$.progress", "successStatuses": "OK, DONE", "customHeaders": {"X-A": "b"},
        }),
    );
    let tasks = driven.compose().await.expect("tasks");
    assert_eq!(tasks, ["createWebhook", "waitBeforeMonitorWebhook", "monitorWebhook"]);
    assert_eq!(driven.stage.context["waitTime"], 2);
    for task in &tasks {
        assert_eq!(driven.run(task).await, Status::Succeeded, "{task}");
    }
    assert_eq!(driven.stage.context["statusEndpoint"], server.url("/jobs/7"));
    let webhook = driven.webhook();
    assert_eq!(
        (&webhook["statusCode"], &webhook["statusEndpoint"]),
        (&json!("CREATED"), &json!(server.url("/jobs/7")))
    );
    let monitor = &webhook["monitor"];
    assert_eq!((&monitor["body"]["status"], &monitor["progressMessage"]), (&json!("Done"), &json!("all")));
    assert_eq!(monitor["pastStatusCodes"], json!([500, 429]));
    let asked = server.asked();
    assert_eq!(server.what()[1..], vec!["GET /jobs/7"; 4]);
    assert!(
        asked[1..].iter().all(|asked| asked.header("x-a") == Some("b") && asked.header("idempotency-key").is_none())
    );
}

#[tokio::test]
async fn looks_are_far_between_after_a_minute() {
    let server = Server::start().await;
    server.tell("/status", 200, json!({"s": 5}));
    let settings = json!({
        "url": server.url("/status"), "waitForCompletion": true, "monitorOnly": true, "statusJsonPath": "$.s",
    });
    let mut driven = composed("webhook", settings).await;
    let began = driven.now;
    for (after, wait) in [(0, 1), (60, 1), (61, 15), (3000, 15)] {
        driven.now = began.after(Duration::from_secs(after));
        let result = driven.step("monitorWebhook").await.expect("a result");
        assert_eq!(result.status, Status::Running);
        let due = driven.now.after(Duration::from_secs(wait));
        assert_eq!(result.next, gennaker_orca_stages::Next::At(due), "after {after} s");
    }
}

#[tokio::test]
async fn a_failed_answer_ends_the_stage_with_what_was_answered() {
    let server = Server::start().await;
    server.tell("/hook", 422, json!({"error": "e422"}));
    let mut driven = composed("webhook", json!({"url": server.url("/hook")})).await;
    assert_eq!(driven.run("createWebhook").await, Status::Terminal);
    let webhook = driven.webhook();
    assert_eq!((&webhook["statusCode"], &webhook["body"]["error"]), (&json!("UNPROCESSABLE_ENTITY"), &json!("e422")));
    let url = server.url("/hook");
    assert_eq!(webhook["error"], format!("Error submitting webhook for pipeline E to {url} with status code 422."));
}

#[tokio::test]
async fn cancelling_asks_the_server_to_stop() {
    let server = Server::start().await;
    server.tell("/status", 200, json!({"status": "RUNNING"}));
    server.tell("/cancel", 200, json!({"ok": 1}));
    let settings = json!({
        "url": server.url("/status"), "waitForCompletion": true, "statusUrlResolution": "getMethod",
        "statusJsonPath": "$.status", "successStatuses": "DONE", "terminalStatuses": "FAILED", "signalCancellation": true,
        "cancelEndpoint": server.url("/cancel"), "cancelMethod": "delete", "cancelPayload": {"c": 1},
    });
    let mut driven = composed("webhook", settings).await;
    driven.run("createWebhook").await;
    let result = driven.step("monitorWebhook").await.expect("a result");
    driven.record("monitorWebhook", result);

    let result = driven.cancel_task("monitorWebhook").await;
    assert_eq!((result.status, result.context.len()), (Status::Canceled, 0));
    driven.record("monitorWebhook", result);
    // The task has seen to it; the stage does not ask again.
    assert!(driven.cancel_stage().await.expect("fields").is_empty());
    assert_eq!(server.what(), ["POST /status", "GET /status", "DELETE /cancel"]);
    let asked = server.asked().remove(2);
    assert_eq!((asked.json(), asked.header("idempotency-key")), (json!({"c": 1}), Some("S-2-0")));
}

#[tokio::test]
async fn a_failed_stage_asks_the_server_to_stop_too() {
    let server = Server::start().await;
    server.tell("/status", 200, json!({"status": "FAILED"}));
    server.tell("/cancel", 500, json!({"no": 1}));
    let settings = |endpoint: &str| {
        json!({
            "url": server.url("/status"), "waitForCompletion": true, "statusUrlResolution": "getMethod",
            "statusJsonPath": "$.status", "successStatuses": "DONE", "terminalStatuses": "FAILED",
            "cancelEndpoint": endpoint,
        })
    };
    for endpoint in [server.url("/cancel"), String::new(), "ftp://nowhere/".to_owned()] {
        let mut driven = composed("webhook", settings(&endpoint)).await;
        driven.run("createWebhook").await;
        assert_eq!(driven.run("monitorWebhook").await, Status::Terminal);
        assert!(driven.cancel_stage().await.expect("fields").is_empty());
    }
    let cancels = server.asked().into_iter().filter(|asked| asked.what == "POST /cancel").collect::<Vec<_>>();
    assert_eq!(cancels.len(), 1);
    assert_eq!(cancels[0].header("idempotency-key"), Some("S-cancel-0"));
}

#[tokio::test]
async fn what_can_never_work_is_refused_before_anything_is_called() {
    let error = |settings: Value| async move {
        Driven::new(&local(), "webhook", settings).compose().await.expect_err("an error")
    };
    let both = error(json!({"monitorOnly": true})).await;
    assert_eq!(both.exception_type, "UserException");
    let shape = error(json!({"failFastStatusCodes": 503})).await;
    assert_eq!(shape.exception_type, "IllegalArgumentException");

    let mut driven = composed("webhook", json!({"waitForCompletion": true})).await;
    let nowhere = driven.step("createWebhook").await.expect_err("an error");
    assert_eq!(nowhere.exception_type, "IllegalArgumentException");
    let nothing = driven.step("monitorWebhook").await.expect_err("an error");
    assert_eq!(
        (nothing.exception_type.as_str(), nothing.message.as_str()),
        ("IllegalStateException", "Missing required parameter: statusEndpoint = null")
    );
    driven.stage.context.insert("method".into(), "GET".into());
    driven.stage.context.insert("payload".into(), json!({}));
    driven.stage.context.insert("url".into(), "http://127.0.0.1/".into());
    assert_eq!(driven.run("createWebhook").await, Status::Terminal);
    let error = driven.webhook()["error"].as_str().expect("an error");
    assert!(error.ends_with("remove the payload, or choose another method"), "{error}");
}
