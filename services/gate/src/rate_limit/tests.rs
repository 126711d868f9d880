//! Who is counted, as whom, and what the answers say.

use std::sync::Arc;

use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
use gennaker_base::SystemClock;
use http::Request;
use serde_json::json;
use tower::ServiceExt as _;

use super::*;

fn options(change: serde_json::Value) -> Options {
    serde_json::from_value(change).expect("options")
}

fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
    let field = |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), value.parse().expect("a value"));
    fields.iter().map(field).collect()
}

#[test]
fn a_caller_is_the_user_else_the_application_else_the_address() {
    let of = |fields: &[(&'static str, &str)], app| principal(&headers(fields), app);
    assert_eq!(of(&[("x-spinnaker-user", "ann")], Some("script")), "ann");
    assert_eq!(of(&[], Some("script")), "script");
    assert_eq!(of(&[("x-forwarded-for", "10.0.0.7, 10.0.0.1")], None), "anonymous-10.0.0.7");
    assert_eq!(of(&[], None), "anonymous");
}

#[test]
fn overrides_and_who_is_refused() {
    let options = options(json!({
        "enabled": true,
        "learning": false,
        "capacityByPrincipal": [{"principal": "anonymous", "override": 5}],
        "rateSecondsByPrincipal": [{"principal": "ann", "override": 30}],
        "capacityBySourceApp": [{"sourceApp": "Script", "override": 7}],
        "ignoring": ["bob"],
        "enforcing": ["app:script"],
    }));
    let limit = |principal: &str, app| {
        let limit = options.limit(principal, app);
        (limit.capacity, limit.window.as_secs(), limit.learning)
    };
    assert_eq!(limit("ann", None), (60, 30, false));
    assert_eq!(limit("bob", None), (60, 10, true));
    assert_eq!(limit("anonymous-10.0.0.7", None), (5, 10, false));
    assert_eq!(limit("script", Some("SCRIPT")), (7, 10, false));
    assert!(options.counts(None) && !options.counts(Some("Deck")));
    let deck = Options { enforcing: vec!["app:deck".to_owned()], ..Options::default() };
    assert!(deck.counts(Some("deck")));
    let learning = Options { enforcing: vec!["eve".to_owned()], ..Options::default() };
    assert_eq!((learning.limit("eve", None).learning, learning.limit("ann", None).learning), (false, true));
}

async fn ask(router: &Router, user: &str) -> Response {
    let request = Request::get("/").header("x-spinnaker-user", user).body(Body::empty()).expect("a request");
    let Ok(answer) = router.clone().oneshot(request).await;
    answer
}

fn router(options: Options) -> Router {
    let limit = RateLimit::new(options, Arc::new(SystemClock));
    Router::new().route("/", get(async || "fine")).layer(from_fn_with_state(limit, admit))
}

#[tokio::test]
async fn one_too_many_is_refused_and_each_answer_says_how_the_caller_stands() {
    let router = router(options(json!({"enabled": true, "learning": false, "capacity": 1, "rateSeconds": 3600})));
    let first = ask(&router, "ann").await;
    assert_eq!((first.status(), &first.headers()[REMAINING]), (StatusCode::OK, &HeaderValue::from_static("0")));
    let second = ask(&router, "ann").await;
    assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(second.headers()[CAPACITY], "1");
    assert_eq!(second.headers()[LEARNING], "false");
    assert_eq!(second.headers()[RESET], first.headers()[RESET]);
    assert!(second.headers()[RESET].to_str().is_ok_and(|date| date.ends_with(" GMT")));
    assert!(second.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(ask(&router, "bob").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn while_learning_nobody_is_refused() {
    let router = router(options(json!({"enabled": true, "capacity": 0})));
    let answer = ask(&router, "ann").await;
    assert_eq!((answer.status(), &answer.headers()[LEARNING]), (StatusCode::OK, &HeaderValue::from_static("true")));
    assert!(!ask(&self::router(Options::default()), "ann").await.headers().contains_key(CAPACITY));
}
