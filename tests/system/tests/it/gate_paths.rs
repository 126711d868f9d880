//! Every endpoint of upstream's gate, asked of a whole install: it answers as `docs/compatibility.md` says.

use std::{fs, path::Path};

use futures::{StreamExt as _, stream};
use gennaker_harness::Service;
use reqwest::{Client, Method};
use serde_json::Value;

use crate::support::install;

/// How many requests are open at once.
const AT_ONCE: usize = 8;

/// What some endpoints need in the query.
const NEEDED: &str = "type=unknown&artifactName=unknown&region=unknown&provider=unknown&account=unknown&source=unknown\
                      &repository=unknown&executionId=unknown&cloudProvider=unknown&serviceInstanceName=unknown";

/// A row of the table of gate: method, path and state.
struct Row {
    method: String,
    path: String,
    state: String,
}

/// The rows of gate, `ANY` as each method.
fn rows() -> Vec<Row> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compatibility.md");
    let text = fs::read_to_string(place).expect("docs/compatibility.md can be read");
    let (_, gate) = text.split_once("\n## gate\n").expect("a section of gate");
    let gate = gate.split("\n## ").next().expect("the section");
    let cells = gate.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "));
    let rows = cells.filter_map(|(endpoint, state)| Some((endpoint.split_once(' ')?, state)));
    rows.flat_map(|((methods, path), state)| {
        let methods = if methods == "ANY" { "GET|POST|PUT|PATCH|DELETE" } else { methods };
        methods
            .split('|')
            .map(|method| Row { method: method.to_owned(), path: path.to_owned(), state: state.to_owned() })
            .collect::<Vec<_>>()
    })
    .collect()
}

/// The path with a value for each parameter.
fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        "**" => "unknown",
        segment if segment.contains('{') => "unknown",
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// What is wrong with an answer.
async fn complaint(client: &Client, base: &str, row: &Row) -> Option<String> {
    let method = Method::from_bytes(row.method.as_bytes()).expect("a method");
    let mut request = client.request(method, format!("{base}{}?{NEEDED}", filled(&row.path)));
    for name in ["ce-id", "ce-type", "ce-source", "ce-specversion"] {
        request = request.header(name, "unknown");
    }
    let request = if row.method == "GET" { request } else { request.body("{}") };
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().expect("text").to_owned());
    if kind.as_deref().is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return (status != 200).then(|| format!("{} {}: {status}", row.method, row.path));
    }
    let text = answer.text().await.expect("a body");
    let body: Option<Value> = serde_json::from_str(&text).ok();
    let message = body.as_ref().and_then(|body| body["message"].as_str()).unwrap_or_default();
    let is_json = body.is_some() && kind.as_deref().is_some_and(|kind| kind.starts_with("application/json"));
    let wrong = match (row.state.as_str(), status) {
        ("done", 501) => "it is not there",
        (_, 404) if message.contains("gate has no path") => "the path is not known",
        // Some look for what is named first.
        ("not yet", 501 | 404) => "",
        ("not yet", _) => "it is there",
        (_, 405) => "the method is not known",
        (_, 500..=599) if status != 501 => "it fails",
        _ => "",
    };
    let wrong = match wrong {
        "" if status >= 400 && (!is_json || message.is_empty()) => "an error without a message",
        "" if status < 300 && row.method == "GET" && !is_json && !row.path.starts_with("/swagger-ui") => "no JSON",
        "" if !is_json && !text.is_empty() && !row.path.starts_with("/swagger-ui") => "neither JSON nor nothing",
        wrong => wrong,
    };
    let Row { method, path, state } = row;
    (!wrong.is_empty()).then(|| format!("{method} {path} ({state}): {wrong}: {status} {kind:?} {text:.300}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_endpoint_is_answered_as_the_documentation_says() {
    let mut install = install().await;
    let base = install.base_url(Service::Gate).to_string();
    let base = base.trim_end_matches('/');
    gennaker_http::install_crypto_provider();
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let rows = rows();
    assert!(rows.len() > 280, "only {} endpoints", rows.len());
    let asked = stream::iter(&rows).map(|row| complaint(&client, base, row)).buffer_unordered(AT_ONCE);
    let mut complaints: Vec<String> = asked.filter_map(async |complaint| complaint).collect().await;
    complaints.sort();
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
    let log = fs::read_to_string(install.control_plane().log()).expect("a log");
    assert!(!log.contains("panicked"), "{log}");
}
