//! Every declared endpoint, and every endpoint of upstream's gate.

use std::collections::BTreeSet;

use axum::body::Body;
use gennaker_gate::{Gate, Options};
use gennaker_http::Coverage;
use url::Url;

use crate::world::{Peer, Peers, Ways, World, is_readable};

/// The path with a value for each parameter.
fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "some%20thing" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// The method and the path without its parameters' names.
fn key(method: &str, path: &str) -> String {
    let segment = |segment: &'_ str| match segment {
        "**" => "{*}".to_owned(),
        rest if rest.starts_with("{*") => "{*}".to_owned(),
        one if one.starts_with('{') => "{}".to_owned(),
        plain => plain.to_owned(),
    };
    format!("{method} {}", path.split('/').map(segment).collect::<Vec<_>>().join("/"))
}

#[test]
fn every_endpoint_of_upstreams_gate_is_declared() {
    let ours: BTreeSet<String> =
        Gate::endpoints().iter().map(|endpoint| key(&endpoint.method, endpoint.path)).collect();
    let rows = include_str!("upstream_endpoints.tsv").lines().skip(1);
    let wide: Vec<&str> = ours.iter().filter_map(|row| row.strip_suffix("{*}")).collect();
    let is_declared = |row: &String| ours.contains(row) || wide.iter().any(|start| row.starts_with(start));
    let mut missing = Vec::new();
    for (methods, path) in rows.filter_map(|row| row.split_once('\t')) {
        let methods = if methods == "ANY" { "GET|POST|PUT|PATCH|DELETE" } else { methods };
        missing.extend(methods.split('|').map(|method| key(method, path)).filter(|row| !is_declared(row)));
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn what_stands_on_other_endpoints_is_declared() {
    let ours: BTreeSet<_> = Gate::endpoints().into_iter().map(|endpoint| (endpoint.method, endpoint.path)).collect();
    for one in Gate::forwarded().into_iter().chain(Gate::relying()) {
        assert!(ours.contains(&(one.method.clone(), one.path)), "{} {}", one.method, one.path);
    }
}

#[test]
fn every_endpoint_declares_a_permission() {
    let without = Gate::endpoints().into_iter().filter(|endpoint| endpoint.permission.is_none());
    assert_eq!(without.map(|endpoint| endpoint.path).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[tokio::test]
async fn every_answer_is_one_that_the_web_ui_can_read() {
    let world = World::of(&Peers::default());
    for endpoint in Gate::endpoints() {
        let path = filled(endpoint.path);
        for body in ["", "{", "[]", "7", "{}"] {
            let answer = world.ask(&endpoint.method, &path, &[], Body::from(body)).await;
            let told = format!("{} {path} with {body:?}: {} {:?}", endpoint.method, answer.status, answer.bytes);
            assert!(is_readable(&answer) || is_page(endpoint.path), "{told}");
            assert!(answer.status < 500 || answer.status == 501, "{told}");
            assert_eq!(endpoint.coverage == Coverage::Unsupported, answer.status == 501, "{told}");
            if answer.status >= 400 {
                assert!(!answer.message().is_empty(), "{told}");
            }
        }
    }
}

/// The one page there is, for people.
fn is_page(path: &str) -> bool {
    path == "/swagger-ui/index.html"
}

/// Every endpoint of upstream's is answered: what is not supported with 501, and each with a body that can be read where
/// there is one to be.
#[tokio::test]
async fn every_endpoint_of_upstreams_gate_is_answered() {
    let world = World::of(&Peers::default());
    let declared = Gate::endpoints();
    let rows = include_str!("upstream_endpoints.tsv").lines().skip(1).filter_map(|row| row.split_once('\t'));
    for (methods, path) in rows {
        let methods = if methods == "ANY" { "GET|POST|PUT|PATCH|DELETE" } else { methods };
        for method in methods.split('|') {
            let answer = world.ask(method, &filled(path), &[], Body::from("{}")).await;
            let told = format!("{method} {path}: {} {:?}", answer.status, answer.bytes);
            assert!(is_readable(&answer), "{told}");
            let ours = declared.iter().find(|ours| key(&ours.method, ours.path) == key(method, path));
            let is_missing = ours.is_some_and(|ours| ours.coverage == Coverage::Unsupported);
            assert!(!is_missing || answer.status == 501, "{told}");
            let is_silent = method != "GET" || path.starts_with("/auth/") || path == "/";
            assert!(!answer.bytes.is_empty() || is_silent, "{told}");
            if answer.status >= 400 {
                let body = answer.json();
                assert_eq!(body["status"], answer.status, "{told}");
                let whole = body["error"].is_string() && body["timestamp"].is_u64() && body["message"].is_string();
                assert!(whole && !answer.message().contains("gate has no path"), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn malformed_json_is_refused_before_anybody_is_asked() {
    let peers = Peers::default();
    let world = World::of(&peers);
    for (method, path) in [
        ("POST", "/pipelines"),
        ("PUT", "/pipelines/p"),
        ("POST", "/pipelines/a/p"),
        ("POST", "/pipelines/v2/a/p"),
        ("POST", "/pipelines/start"),
        ("POST", "/tasks"),
        ("POST", "/applications/a/tasks"),
        ("PATCH", "/pipelines/e/stages/s"),
        ("POST", "/actions/pipelines/reorder"),
    ] {
        for body in ["{", "[]", "{} {}"] {
            let answer = world.ask(method, path, &[], Body::from(body)).await;
            assert_eq!(answer.status, 400, "{method} {path} with {body:?}: {}", answer.message());
        }
    }
    let asked: usize =
        [peers.front50, peers.orca, peers.clouddriver, peers.echo].iter().map(|peer| peer.got().len()).sum();
    assert_eq!(asked, 0);
}

#[tokio::test]
async fn commands_take_an_empty_body() {
    let orca = ["pause", "resume"].iter().fold(Peer::default(), |peer, command| {
        peer.answering("PUT", &format!("/pipelines/e/{command}"), 202, &serde_json::Value::Null)
    });
    let world = World::of(&Peers { orca, ..Peers::default() });
    for command in ["pause", "resume"] {
        let answer = world.ask("PUT", &format!("/pipelines/e/{command}"), &[], Body::empty()).await;
        assert_eq!((answer.status, answer.bytes.len()), (200, 0));
    }
}

#[tokio::test]
async fn browsers_are_sent_to_the_web_ui() {
    let deck = Some(Url::parse("http://127.0.0.1:9000").expect("a URL"));
    let options = Options { deck, ..Options::default() };
    let world = World::over(Ways::of(&Peers::default()), options);
    let answer = world.get("/").await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.headers["location"], "http://127.0.0.1:9000/");
    let plain = World::of(&Peers::default());
    assert!(plain.get("/").await.message().contains("services.deck.baseUrl"));
    assert!(plain.get("/version").await.json()["version"].is_string());
    assert_eq!(plain.get("/auth/user").await.json()["username"], "anonymous");
}
