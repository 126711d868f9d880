//! deck over its router: what browsers are told, whether the page was built or not.

use axum::{body::Body, extract::Request, response::Response};
use gennaker_deck::{Deck, Gate, Options};
use http::header;
use tower::ServiceExt as _;

async fn ask(options: Options, path: &str) -> (Response<()>, String) {
    let router = Deck::new(options).api().into_service((), Default::default());
    let request = Request::get(path).header(header::HOST, "deck.example:9000").body(Body::empty()).expect("a request");
    let Ok(answer) = router.oneshot(request).await;
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.expect("a body");
    (Response::from_parts(parts, ()), String::from_utf8_lossy(&body).into_owned())
}

fn text<'a>(answer: &'a Response<()>, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn the_page_may_talk_to_gate_and_runs_only_what_comes_from_here() {
    let (answer, html) = ask(Options::default(), "/").await;
    assert_eq!(answer.status(), 200);
    let policy = text(&answer, "content-security-policy");
    assert!(policy.contains("connect-src 'self' http://deck.example:8084;"), "{policy}");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert!(html.contains("<title>"), "{html}");
    assert!(!html.contains("<script>") && !html.contains("style="), "nothing stands in the page itself: {html}");
    assert_eq!((text(&answer, "cache-control"), text(&answer, "x-frame-options")), ("no-store", "DENY"));
}

#[tokio::test]
async fn a_named_gate_is_the_one_that_the_page_talks_to() {
    let gate = Gate::At("https://gate.example/api".parse().expect("a URL"));
    let (answer, _) = ask(Options { gate: gate.clone(), ..Options::default() }, "/").await;
    assert!(text(&answer, "content-security-policy").contains("connect-src 'self' https://gate.example;"));
    let (_, script) = ask(Options { gate, ..Options::default() }, "/settings.js").await;
    assert!(script.contains(r#""gateUrl":"https://gate.example/api""#), "{script}");
}

#[tokio::test]
async fn the_operators_own_settings_run_after_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = ["settings.js", "settings-local.js"].map(|name| folder.path().join(name));
    for file in &files {
        std::fs::write(file, format!("/* {} */", file.file_name().expect("a name").display())).expect("a file");
    }
    let options = || Options { scripts: files.clone().map(Some), ..Options::default() };
    let (answer, script) = ask(options(), "/settings.js").await;
    assert!(script.starts_with("window.spinnakerSettings = {") && script.ends_with("/* settings.js */"), "{script}");
    assert_eq!(text(&answer, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(ask(options(), "/settings-local.js").await.1, "/* settings-local.js */");
    let (answer, nothing) = ask(Options::default(), "/settings-local.js").await;
    assert_eq!((answer.status().as_u16(), nothing.as_str()), (200, ""));
}

#[tokio::test]
async fn what_is_not_there_is_an_error_with_the_requests_id() {
    for path in ["/assets/none.js", "/nothing"] {
        let (answer, body) = ask(Options::default(), path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(body.contains("requestId"), "{body}");
    }
}
