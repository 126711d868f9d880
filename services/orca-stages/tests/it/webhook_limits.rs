//! What a webhook may not do.

use axum::{Router, extract::Path, http::StatusCode, routing::get};
use gennaker_base::Kind;
use gennaker_orca_stages::{
    Options,
    webhook::{self, AllowedRequest, MatchStrategy},
};
use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    server::Server,
};

async fn composed(options: &Options, settings: Value) -> Driven {
    let mut driven = Driven::new(options, "webhook", settings);
    driven.compose().await.expect("tasks");
    driven
}

fn with(change: impl FnOnce(&mut webhook::Options)) -> Options {
    let mut options = local();
    change(&mut options.webhook);
    options
}

#[tokio::test]
async fn by_default_this_machine_may_not_be_called() {
    let server = Server::start().await;
    server.tell("/hook", 200, json!({}));
    let port = server.address.port();
    for url in [server.url("/hook"), format!("http://localhost:{port}/hook"), "ftp://127.0.0.1/x".to_owned()] {
        let mut driven = composed(&Options::default(), json!({"url": url, "waitForCompletion": true})).await;
        let refused = driven.step("createWebhook").await.expect_err("an error");
        assert_eq!((refused.exception_type.as_str(), refused.kind), ("IllegalArgumentException", Kind::Denied));

        driven.stage.context.insert("statusEndpoint".into(), url.clone().into());
        assert_eq!(driven.run("monitorWebhook").await, Status::Terminal);
        let error = driven.webhook()["monitor"]["error"].as_str().expect("an error");
        assert!(error.starts_with(&format!("an exception occurred in webhook monitor to {url}: ")), "{error}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn redirects_are_followed_only_where_one_may_go() {
    let server = Server::start().await;
    server.tell_more("/hook", (302, vec![("location", "http://169.254.169.254/latest".to_owned())], String::new()));
    server.tell_more("/inside", (302, vec![("location", "/there".to_owned())], String::new()));
    server.tell("/there", 200, json!({"ok": 1}));

    let mut driven = composed(&local(), json!({"url": server.url("/hook")})).await;
    assert_eq!(driven.run("createWebhook").await, Status::Terminal);
    let error = driven.webhook()["error"].as_str().expect("an error");
    assert!(error.contains("rejectLinkLocal"), "{error}");

    let mut driven = composed(&local(), json!({"url": server.url("/inside")})).await;
    assert_eq!(driven.run("createWebhook").await, Status::Succeeded);
    let off = with(|webhook| webhook.follow_redirects = false);
    let mut driven = composed(&off, json!({"url": server.url("/inside")})).await;
    assert_eq!(driven.run("createWebhook").await, Status::Terminal);
    let error = driven.webhook()["error"].as_str().expect("an error");
    assert!(error.contains("redirects are disabled"), "{error}");
}

#[tokio::test]
async fn only_allowed_requests_are_made_where_a_list_says_so() {
    let server = Server::start().await;
    server.tell("/a/hook", 200, json!({}));
    server.tell("/jobs/7", 200, json!({}));
    let prefix = AllowedRequest {
        http_methods: vec!["POST".into(), "PUT".into()],
        url_prefix: Some(server.url("/a/")),
        ..AllowedRequest::default()
    };
    let pattern = AllowedRequest {
        http_methods: vec!["GET".into()],
        match_strategy: MatchStrategy::PatternMatches,
        url_pattern: Some(format!("http://127\\.0\\.0\\.1:{}/jobs/\\d+", server.address.port())),
        ..AllowedRequest::default()
    };
    let options = with(|webhook| {
        webhook.allowed_requests_enabled = true;
        webhook.allowed_requests = vec![prefix.clone(), pattern];
    });
    for (method, path, allowed) in
        [("POST", "/a/hook", true), ("GET", "/jobs/7", true), ("GET", "/a/hook", false), ("GET", "/jobs/7/x", false)]
    {
        let driven = composed(&options, json!({"url": server.url(path), "method": method})).await;
        let result = driven.step("createWebhook").await;
        assert_eq!(result.is_ok(), allowed, "{method} {path}");
        if let Err(error) = result {
            let expected = format!("http method '{method}', uri: '{}' not allowed", server.url(path));
            assert_eq!((error.exception_type, error.message), ("IllegalArgumentException".into(), expected));
        }
    }
    assert_eq!(server.asked().len(), 2);
    let none = with(|webhook| webhook.allowed_requests_enabled = true);
    let driven = composed(&none, json!({"url": server.url("/a/hook")})).await;
    assert!(driven.step("createWebhook").await.is_err());

    let without = AllowedRequest { url_prefix: None, ..prefix };
    let options = with(|webhook| {
        webhook.allowed_requests_enabled = true;
        webhook.allowed_requests = vec![without];
    });
    let error = gennaker_orca_stages::Catalogue::new(&options).err().expect("an error").to_string();
    assert_eq!(error, "webhook.allowedRequests[0] has no urlPrefix, which its matchStrategy needs: add it");
}

#[tokio::test]
async fn sizes_are_limited() {
    let server = Server::start().await;
    server.tell("/hook", 200, json!({"long": "x".repeat(2000)}));
    let options = with(|webhook| webhook.max_response_bytes = 1000);
    let mut driven = composed(&options, json!({"url": server.url("/hook")})).await;
    assert_eq!(driven.run("createWebhook").await, Status::Terminal);
    assert!(driven.webhook()["error"].as_str().expect("an error").contains("more bytes than the limit of 1000"));

    let options = with(|webhook| webhook.max_request_bytes = 1000);
    let payload = json!({"long": "x".repeat(2000)});
    let mut driven = composed(&options, json!({"url": server.url("/hook"), "payload": payload})).await;
    assert_eq!(driven.run("createWebhook").await, Status::Terminal);
    assert_eq!(server.asked().len(), 1, "the large request was not sent");
}

#[tokio::test]
async fn a_late_answer_is_asked_for_again_only_where_that_is_safe() {
    // Takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let url = format!("http://{}/hook", silent.local_addr().expect("an address"));
    let options = |safe_to_retry: bool| {
        let request = AllowedRequest {
            http_methods: vec!["GET".into(), "POST".into()],
            url_prefix: Some("http://".into()),
            safe_to_retry,
            ..AllowedRequest::default()
        };
        with(|webhook| {
            webhook.read_timeout_ms = 50;
            webhook.allowed_requests_enabled = true;
            webhook.allowed_requests = vec![request];
        })
    };
    for (method, safe, expected) in
        [("GET", false, Status::Running), ("POST", false, Status::Terminal), ("POST", true, Status::Running)]
    {
        let driven = composed(&options(safe), json!({"url": url, "method": method})).await;
        let result = driven.step("createWebhook").await.expect("a result");
        assert_eq!(result.status, expected, "{method} {safe}");
    }
    let settings = json!({"url": url, "monitorOnly": true, "waitForCompletion": true});
    let driven = composed(&options(false), settings).await;
    assert_eq!(driven.step("monitorWebhook").await.expect("a result").status, Status::Running);
}

#[tokio::test]
async fn accounts_are_required_and_checked_as_configured() {
    let server = Server::start().await;
    server.tell("/hook", 200, json!({}));
    let required = with(|webhook| webhook.require_account = true);
    let mut driven = Driven::new(&required, "webhook", json!({"url": server.url("/hook"), "account": " "}));
    assert_eq!(driven.compose().await.expect_err("an error").message, "account is required");

    let checked = with(|webhook| webhook.validate_account = true);
    let authorized = get(|Path(account): Path<String>| async move {
        if account == "mine" { (StatusCode::OK, "{}") } else { (StatusCode::FORBIDDEN, "{\"message\": \"not yours\"}") }
    });
    for (account, allowed) in [("mine", true), ("other", false), ("", true)] {
        let mut driven = composed(&checked, json!({"url": server.url("/hook"), "account": account})).await;
        driven.clouddriver = Router::new().route("/credentials/{account}/authorized", authorized.clone());
        let result = driven.step("createWebhook").await;
        assert_eq!(result.is_ok(), allowed, "{account}");
        assert!(result.err().is_none_or(|error| error.message == "not yours"));
    }
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn webhooks_can_be_switched_off() {
    let off = with(|webhook| webhook.stage.enabled = false);
    let catalogue = gennaker_orca_stages::Catalogue::new(&off).expect("a catalogue");
    assert!(catalogue.stage("webhook").is_none() && catalogue.stage("wait").is_some());
}
