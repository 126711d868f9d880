//! Webhooks that operators have prepared.

use gennaker_base::Kind;
use gennaker_orca_stages::{Options, webhook::PreconfiguredWebhook};
use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    server::Server,
};

fn prepared(webhooks: Value) -> Options {
    let mut options = local();
    let webhooks: Vec<PreconfiguredWebhook> = serde_json::from_value(webhooks).expect("webhooks");
    options.webhook.preconfigured.0 = webhooks;
    options
}

fn stage(options: &Options, kind: &str, mut settings: Value) -> Driven {
    settings["alias"] = json!("preconfiguredWebhook");
    Driven::new(options, kind, settings)
}

#[tokio::test]
async fn what_operators_set_is_called_and_their_secrets_are_not_seen() {
    let server = Server::start().await;
    server.tell("/hook", 200, json!({"status": "DONE"}));
    server.tell("/cancel", 200, json!({}));
    let options = prepared(json!([{
        "type": "deployTool", "label": "Deploy tool", "url": server.url("/hook"), "method": "put", "payload": "{\"a\": 1}",
        "customHeaders": {"X-A": ["1", "2"], "Content-Type": ["application/json"]},
        "sensitiveHeaders": {"Authorization": ["Basic c2VjcmV0"]},
        "waitForCompletion": true, "statusUrlResolution": "getMethod", "statusJsonPath": "$.status",
        "successStatuses": "OK", "terminalStatuses": "DONE", "cancelEndpoint": server.url("/cancel"), "waitBeforeMonitor": 0,
    }]));
    let mut driven =
        stage(&options, "deployTool", json!({"url": "http://elsewhere.example/", "parameterValues": {"p": "q"}}));
    let tasks = driven.compose().await.expect("tasks");
    assert_eq!(tasks, ["createWebhook", "monitorWebhook"]);
    assert_eq!(driven.run("createWebhook").await, Status::Succeeded);
    assert_eq!(driven.run("monitorWebhook").await, Status::Terminal);
    assert!(driven.cancel_stage().await.expect("fields").is_empty());

    assert_eq!(server.what(), ["PUT /hook", "GET /hook", "POST /cancel"]);
    for asked in server.asked() {
        assert_eq!(asked.header("authorization"), Some("Basic c2VjcmV0"), "{}", asked.what);
        assert_eq!(asked.headers.get_all("x-a").iter().count(), 2);
    }
    assert_eq!(server.asked()[0].json(), json!({"a": 1}));
    let context = &driven.stage.context;
    assert!(!serde_json::to_string(context).expect("JSON").contains("c2VjcmV0"));
    assert_eq!((&context["url"], &context["method"]), (&json!(server.url("/hook")), &json!("PUT")));
    assert_eq!(context["parameterValues"], json!({"p": "q"}));
}

#[tokio::test]
async fn only_those_with_the_role_may_run_it() {
    let options = prepared(json!([
        {"type": "guarded", "url": "http://a.example.com/", "permissions": {"READ": ["dev"], "WRITE": ["ops"]}},
        {"type": "off", "enabled": false, "url": "http://a.example.com/"},
    ]));
    let refused = stage(&options, "guarded", json!({})).compose().await.expect_err("an error");
    assert_eq!(
        (refused.exception_type.as_str(), refused.kind),
        ("PreconfiguredWebhookUnauthorizedException", Kind::Denied)
    );
    assert_eq!(refused.message, "User 'ann' is not allowed to execute stage named 'guarded'");
    let mut allowed = stage(&options, "guarded", json!({}));
    allowed.caller.roles = vec!["ops".into()];
    assert_eq!(allowed.compose().await.expect("tasks"), ["createWebhook"]);

    for kind in ["off", "unknown"] {
        let missing = stage(&options, kind, json!({})).compose().await.expect_err("an error");
        assert_eq!(missing.exception_type, "PreconfiguredWebhookNotFoundException");
        assert_eq!(missing.message, format!("Could not find a stage named '{kind}'"));
    }
    let catalogue = gennaker_orca_stages::Catalogue::new(&options).expect("a catalogue");
    assert_eq!(catalogue.preconfigured_webhooks(None).len(), 1);
    assert_eq!(catalogue.preconfigured_webhooks(Some(&["ops".into()])).len(), 0);
    assert_eq!(catalogue.preconfigured_webhooks(Some(&["dev".into()]))[0]["type"], "guarded");
}

#[test]
fn an_alias_says_what_a_stage_is() {
    let driven = Driven::new(&local(), "someStage", json!({"alias": "wait"}));
    assert_eq!(driven.catalogue.definition_for(&driven.execution, &driven.stage).expect("a definition").kind(), "wait");
    let driven = Driven::new(&local(), "wait", json!({"alias": "noSuchStage"}));
    assert!(driven.catalogue.definition_for(&driven.execution, &driven.stage).is_none());
    let driven = Driven::new(&local(), "wait", json!({"alias": null}));
    assert_eq!(driven.catalogue.definition_for(&driven.execution, &driven.stage).expect("a definition").kind(), "wait");
}
