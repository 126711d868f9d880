//! Bad requests get JSON errors, and nothing is stored.

use std::sync::atomic::Ordering;

use gennaker_http::{GuardOptions, ServeLimits};
use serde_json::json;

use crate::app::{Running, start};

async fn running() -> Running {
    start(GuardOptions::default(), ServeLimits::default()).await
}

#[tokio::test]
async fn bad_requests_are_explained() {
    let service = running().await;
    let long = format!("/things/{}", "x".repeat(40_000));
    let deep = "[".repeat(10_000);
    // Method, path, body, status, a part of the message.
    for (method, path, body, status, message) in [
        ("POST", "/things", "{\"name\": ", 400, "EOF while parsing"),
        ("POST", "/things", "", 400, "the body is not the JSON that is expected"),
        ("POST", "/things", r#"{"name": "a", "size": "big"}"#, 400, "the body is wrong at size"),
        ("POST", "/things", r#"{"name": "a"}"#, 400, "missing field `size`"),
        ("POST", "/things", r#"{"name": "a", "size": 1} x"#, 400, "the body goes on after its JSON"),
        ("POST", "/things", deep.as_str(), 400, "the body"),
        ("POST", "/flaky/many", "", 400, "the path is wrong"),
        ("GET", "/things/%ff", "", 400, "its bytes are not UTF-8"),
        ("GET", "/things/%2", "", 400, "two hexadecimal digits"),
        ("GET", "/unknown%zz", "", 400, "two hexadecimal digits"),
        ("GET", "/things/a%00b", "", 400, "NUL"),
        ("GET", "/unknown", "", 404, "example has no path /unknown"),
        ("GET", "/things/none", "", 404, "there is no thing none"),
        ("DELETE", "/things", "", 405, "DELETE is not a method of /things"),
        ("BREW", "/things", "", 405, "BREW is not a method of /things"),
        ("GET", long.as_str(), "", 414, "longer than"),
        ("GET", "/unavailable", "", 503, "Service Unavailable"),
    ] {
        let answer = service.ask(method, path, &[], body).await;
        let found = answer.error(status);
        assert!(found.contains(message), "{method} {path}: {found}");
    }
    assert_eq!(service.seen.stored.load(Ordering::SeqCst), 0, "nothing is stored");

    let refused = service.ask("DELETE", "/things", &[], "").await;
    assert_eq!(refused.header("allow").as_deref(), Some("post,put"), "405 says what is allowed");
    let missing = service.get("/things/none").await;
    assert_eq!(missing.json()["code"], "E404", "own fields are kept");
    let head = service.ask("HEAD", "/things/none", &[], "").await;
    assert_eq!((head.status, head.body.as_str()), (404, ""), "HEAD has no body");
}

#[tokio::test]
async fn good_requests_pass() {
    let service = running().await;
    let answer = service.get("/things/a%2Fb%20c?x=1&x=2").await;
    assert_eq!((answer.status, answer.json()), (200, json!({"id": "a/b c", "query": [["x", "1"], ["x", "2"]]})));
    let answer = service.ask("POST", "/things", &["Content-Type: text/plain"], r#"{"name": "a", "size": 1}"#).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"name": "a", "size": 1})));
    assert_eq!(service.seen.stored.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_request_keeps_a_sane_id_and_gets_one_otherwise() {
    let service = running().await;
    let longest = "x".repeat(128);
    let too_long = "x".repeat(129);
    for (sent, kept) in
        [("abc-1", true), (&*longest, true), (&*too_long, false), ("a b", false), ("é", false), ("", false)]
    {
        let answer = service.ask("GET", "/caller", &[&format!("X-Spinnaker-Request-Id: {sent}")], "").await;
        let echoed = answer.header("x-spinnaker-request-id").expect("an id");
        let id = answer.json()["request"].as_str().expect("the handler sees an id").to_owned();
        assert_eq!(id.to_ascii_lowercase(), echoed);
        assert_eq!(id == sent, kept, "{sent:?} became {id:?}");
        assert!(kept || id.len() == 26, "{id:?}");
    }
    let none = service.get("/caller").await;
    assert_eq!(none.header("x-spinnaker-request-id").map(|id| id.len()), Some(26));
}

#[tokio::test]
async fn a_panic_is_an_error_that_says_nothing() {
    let service = running().await;
    let answer = service.get("/panic").await;
    assert_eq!(answer.error(500), "internal error");
    assert!(!answer.body.contains("secret"));
    assert_eq!(service.get("/things/a").await.status, 200, "the service goes on");
}
