//! What a web page gets: nothing under a foreign name or from a foreign origin, all that it needs from an allowed one.

use std::sync::atomic::Ordering;

use gennaker_http::{GuardOptions, ServeLimits};

use crate::app::start;

const DECK: &str = "Origin: https://deck.example.com";
const THING: &str = r#"{"name": "a", "size": 1}"#;

#[tokio::test]
async fn a_foreign_host_is_refused() {
    let service = start(GuardOptions::default(), ServeLimits::default()).await;
    for host in ["evil.example.com", "evil.example.com:8084", "10.0.0.9", ""] {
        let answer = service.ask("GET", "/things/a", &[&format!("Host: {host}")], "").await;
        let message = answer.error(403);
        assert!(message.contains("server.allowed-hosts") && message.contains(host), "{message}");
    }
    for host in ["localhost:9000", "127.0.0.1", "[::1]:8084", "gate.example.com"] {
        assert_eq!(service.ask("GET", "/things/a", &[&format!("Host: {host}")], "").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_foreign_page_cannot_write() {
    let service = start(GuardOptions::default(), ServeLimits::default()).await;
    for header in ["Origin: http://evil.example.com", "Origin: null", "Sec-Fetch-Site: cross-site"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = service.ask(method, "/things", &[header], THING).await;
            let message = answer.error(403);
            assert!(message.contains("server.allowed-origins"), "{message}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(service.seen.stored.load(Ordering::SeqCst), 0, "nothing is stored");
    let read = service.ask("GET", "/things/a", &["Origin: http://evil.example.com"], "").await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, None), "its page cannot read this");

    let same = format!("Origin: http://{}", service.address);
    for origin in [DECK, "Origin: http://localhost:9000", &same] {
        assert_eq!(service.ask("POST", "/things", &[origin], THING).await.status, 200, "{origin}");
    }
}

#[tokio::test]
async fn every_answer_to_an_allowed_page_names_its_origin() {
    let service = start(GuardOptions::default(), ServeLimits::default()).await;
    for (method, path, status) in
        [("GET", "/things/a", 200), ("GET", "/unknown", 404), ("POST", "/things", 400), ("GET", "/panic", 500)]
    {
        let answer = service.ask(method, path, &[DECK], "").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin").as_deref(), Some("https://deck.example.com"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials").as_deref(), Some("true"), "{path}");
        assert_eq!(answer.header("vary").as_deref(), Some("origin"), "{path}");
        assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
    }
    let script = service.get("/things/a").await;
    assert_eq!(script.header("vary").as_deref(), Some("origin"));
    assert_eq!(script.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn a_preflight_is_answered_for_every_path() {
    let service = start(GuardOptions { concurrency: 0, ..GuardOptions::default() }, ServeLimits::default()).await;
    let asks = ["Access-Control-Request-Method: PATCH", "Access-Control-Request-Headers: content-type,x-ratelimit-app"];
    for path in ["/things", "/unknown", "/%zz"] {
        let answer = service.ask("OPTIONS", path, &[DECK, asks[0], asks[1]], "").await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
        for (name, value) in [
            ("access-control-allow-origin", "https://deck.example.com"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "get, post, put, patch, delete, options"),
            ("access-control-allow-headers", "content-type,x-ratelimit-app"),
        ] {
            assert_eq!(answer.header(name).as_deref(), Some(value), "{path}");
        }
        assert!(answer.header("vary").is_some_and(|vary| vary.ends_with(", origin")), "{answer:?}");
    }
    let foreign = service.ask("OPTIONS", "/things", &["Origin: http://evil.example.com", asks[0], asks[1]], "").await;
    assert_eq!((foreign.status, foreign.header("access-control-allow-origin")), (204, None));
    assert_eq!(foreign.header("access-control-allow-headers"), None);
    service.ask("OPTIONS", "/things", &[], "").await.error(503);
}
