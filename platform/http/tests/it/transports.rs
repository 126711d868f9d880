//! The same calls over a socket and in this process, with the same results.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::Router;
use gennaker_base::Kind;
use gennaker_http::{
    Call, Caller, Error, GuardOptions, IfChanged, ServeLimits, Transport, TransportOptions, http_client,
};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use crate::app::{PATIENCE, Seen, serve, service};

pub(crate) fn ann() -> Caller {
    Caller { request: "r1".into(), ..Caller::service("ann") }
}

/// A service and the way to it.
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    pub(crate) seen: Arc<Seen>,
    pub(crate) transport: Transport,
}

/// A service of its own for each transport.
pub(crate) async fn both(guard: GuardOptions, options: TransportOptions) -> [Pair; 2] {
    let seen = Arc::new(Seen::default());
    let router = service(seen.clone(), guard.clone());
    let transport = Transport::in_process("example", router, options.clone());
    let in_process = Pair { name: "in process", seen, transport };

    let seen = Arc::new(Seen::default());
    let running = serve(service(seen.clone(), guard), seen.clone(), ServeLimits::default()).await;
    let base = Url::parse(&format!("http://{}/", running.address)).expect("a URL");
    let transport = Transport::http("example", base, http_client().expect("a client"), options);
    [in_process, Pair { name: "http", seen, transport }]
}

pub(crate) async fn usual() -> [Pair; 2] {
    both(GuardOptions::default(), TransportOptions::default()).await
}

async fn fails(pair: &Pair, call: Call) -> Error {
    pair.transport.send::<Value>(&ann(), call).await.expect_err(pair.name)
}

#[tokio::test]
async fn answers_are_the_same() {
    for pair in usual().await {
        let Pair { name, transport, .. } = &pair;
        let call = Call::get(&["things", "a/b é?"]).query("q", "x y&z");
        let answer: Value = transport.send(&ann(), call).await.expect(name);
        assert_eq!(answer, json!({"id": "a/b é?", "query": [["q", "x y&z"]]}), "{name}");

        let thing = json!({"name": "a", "size": 1});
        let call = Call::new(Method::POST, &["things"]).body(&thing).expect("JSON");
        assert_eq!(transport.send::<Value>(&ann(), call).await.expect(name), thing, "{name}");
        transport.send::<()>(&ann(), Call::get(&["empty"])).await.expect("no answer is null");
        let large: String = transport.send(&ann(), Call::get(&["large"])).await.expect(name);
        assert_eq!(large.len(), 100_000, "{name}");
    }
}

#[tokio::test]
async fn errors_are_the_same() {
    let found = usual().await.map(|pair| async move {
        let mut errors = Vec::new();
        for call in [
            Call::get(&["things", "none"]),
            Call::get(&["unknown"]),
            Call::new(Method::DELETE, &["things"]),
            Call::new(Method::POST, &["things"]).body(&json!({"name": 1})).expect("JSON"),
            Call::new(Method::POST, &["things"]).body(&"x".repeat(11 << 20)).expect("JSON"),
            Call::get(&["panic"]),
            Call::get(&["text"]),
            Call::get(&["things", ".."]),
        ] {
            let error = fails(&pair, call).await;
            errors.push((error.kind(), error.status().as_u16(), error.message().to_owned()));
        }
        let missing: Option<Value> =
            pair.transport.send_optional(&ann(), Call::get(&["things", "none"])).await.expect("none");
        let there: Option<Value> =
            pair.transport.send_optional(&ann(), Call::get(&["things", "a"])).await.expect("one");
        assert!(missing.is_none() && there.is_some(), "{}", pair.name);
        errors
    });
    let [in_process, http] = found;
    let (in_process, http) = (in_process.await, http.await);
    assert_eq!(in_process, http);
    let kinds: Vec<(Kind, u16)> = http.iter().map(|(kind, status, _)| (*kind, *status)).collect();
    let expected = [
        (Kind::NotFound, 404),
        (Kind::NotFound, 404),
        (Kind::Invalid, 405),
        (Kind::Invalid, 400),
        (Kind::TooLarge, 413),
        (Kind::Bug, 500),
        (Kind::Bug, 502),
        (Kind::Invalid, 400),
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn the_caller_arrives() {
    for pair in usual().await {
        let caller = Caller {
            accounts: vec!["prod".into()],
            execution: Some("01E".into()),
            fence: Some("01E/3".into()),
            idempotency_key: Some("k".into()),
            ..ann()
        };
        let seen: Value = pair.transport.send(&caller, Call::get(&["caller"])).await.expect(pair.name);
        let expected = json!({
            "user": "ann", "accounts": ["prod"], "execution": "01E", "fence": "01E/3", "key": "k", "request": "r1",
        });
        assert_eq!(seen, expected, "{}", pair.name);
    }
}

#[tokio::test]
async fn only_calls_that_may_be_repeated_are_sent_again() {
    let key = Caller { idempotency_key: Some("k".into()), ..ann() };
    // Method, caller, failures before the success, how often it is tried.
    for (method, caller, failures, tries, succeeds) in [
        (Method::GET, ann(), "2", 3, true),
        (Method::GET, ann(), "3", 3, false),
        (Method::POST, ann(), "1", 1, false),
        (Method::POST, key, "1", 2, true),
    ] {
        for pair in usual().await {
            let call = Call::new(method.clone(), &["flaky", failures]);
            let result = pair.transport.send::<usize>(&caller, call).await;
            assert_eq!(result.is_ok(), succeeds, "{} {method} {failures}: {result:?}", pair.name);
            assert_eq!(pair.seen.tries.load(Ordering::SeqCst), tries, "{} {method} {failures}", pair.name);
            if let Err(error) = result {
                assert_eq!((error.kind(), error.message()), (Kind::Unavailable, "not now"));
            }
        }
    }
}

#[tokio::test]
async fn retries_have_a_budget() {
    for pair in usual().await {
        // Ten calls with two retries each would be thirty tries; the budget has ten retries and a share of each call.
        for _ in 0..10 {
            assert_eq!(fails(&pair, Call::get(&["flaky", "1000"])).await.kind(), Kind::Unavailable);
        }
        let tries = pair.seen.tries.load(Ordering::SeqCst);
        assert!((20..=21).contains(&tries), "{}: {tries}", pair.name);
    }
}

#[tokio::test]
async fn a_deadline_ends_the_call_and_not_the_handler() {
    for pair in usual().await {
        // Long enough to get to the handler on a busy machine.
        let call = Call::get(&["wait"]).deadline(Duration::from_millis(500));
        let error = fails(&pair, call).await;
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::Timeout, 504), "{}", pair.name);
        assert!(error.message().contains("did not answer GET within 500ms"), "{error}");
        pair.seen.one_entered().await;
        pair.seen.release.add_permits(1);
        pair.seen.finished(1).await;
    }
}

#[tokio::test]
async fn the_far_side_keeps_its_own_limits() {
    let guard = GuardOptions { deadline: Duration::from_millis(50), ..GuardOptions::default() };
    for pair in both(guard, TransportOptions { retries: 0, answer_limit: 1000, ..TransportOptions::default() }).await {
        let error = fails(&pair, Call::get(&["wait"])).await;
        assert_eq!(error.message(), "example did not finish this request within 50ms and stopped it", "{}", pair.name);
        let error = fails(&pair, Call::get(&["large"])).await;
        assert_eq!((error.kind(), error.message()), (Kind::Bug, "example answered with more than 1000 bytes"));
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_left_alone_for_a_while() {
    for pair in both(GuardOptions::default(), TransportOptions { retries: 0, ..TransportOptions::default() }).await {
        for _ in 0..5 {
            let call = Call::get(&["wait"]).deadline(Duration::from_millis(10));
            assert_eq!(fails(&pair, call).await.kind(), Kind::Timeout, "{}", pair.name);
        }
        let error = fails(&pair, Call::get(&["empty"])).await;
        assert_eq!(error.kind(), Kind::Unavailable, "{}", pair.name);
        assert!(error.message().contains("the last 5 calls failed"), "{error}");

        let back = async { while pair.transport.send::<()>(&ann(), Call::get(&["empty"])).await.is_err() {} };
        timeout(PATIENCE, back).await.expect("a probe closes the circuit");
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named_with_what_to_check() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let base = Url::parse(&format!("http://user:secret@{free}/prefix?x=1")).expect("a URL");
    let transport = Transport::http("orca", base, http_client().expect("a client"), TransportOptions::default());
    let call = Call::new(Method::POST, &["orchestrate"]);
    let error = transport.send::<Value>(&ann(), call).await.expect_err("nobody is there");
    assert_eq!((error.kind(), error.status().as_u16()), (Kind::Unavailable, 503));
    let place = format!("orca cannot be reached at http://{free}/prefix: ");
    assert!(error.message().starts_with(&place), "{error}");
    assert!(error.message().ends_with("; check services.orca.baseUrl"), "{error}");
    assert!(!error.message().contains("secret"), "{error}");
}

#[tokio::test]
async fn what_the_caller_has_already_is_not_sent_again() {
    let answer = |headers: HeaderMap| async move {
        let known = headers.get(header::IF_NONE_MATCH).is_some_and(|etag| etag == "\"1\"");
        let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        (status, [(header::ETAG, "\"1\"")], if known { "" } else { "[7]" })
    };
    let router = Router::new().route("/list", axum::routing::get(answer));
    let transport = Transport::in_process("peer", router, TransportOptions::default());
    let ask = async |etag: Option<&str>| {
        let caller = Caller::service("tester");
        transport.send_if_changed::<Vec<u8>>(&caller, Call::get(&["list"]), etag).await.expect("an answer")
    };
    let changed = IfChanged::Changed { value: vec![7], etag: Some("\"1\"".to_owned()) };
    assert_eq!(ask(None).await, changed);
    assert_eq!(ask(Some("\"0\"")).await, changed);
    assert_eq!(ask(Some("\"1\"")).await, IfChanged::Unchanged);
}
