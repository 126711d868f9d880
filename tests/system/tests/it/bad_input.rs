//! Bad input to every endpoint there is: a JSON error with `message`, `status` and request id, never a panic, and nothing
//! stored.
//!
//! The endpoints are those that the services declare themselves, so that a new one is tested from its first day.

mod answer;
mod endpoints;

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use gennaker_harness::{Install, Service};
use reqwest::{Body, Method, header};
use serde_json::{Value, json};

use self::{
    answer::{Answer, client},
    endpoints::{Endpoint, all},
};
use crate::support::install;

/// How many requests are open at once.
const AT_ONCE: usize = 8;
/// Over the services' limit of 10 MiB.
const HUGE: usize = 20 << 20;

/// Sends one request to each endpoint and returns the complaints about the answers, after a look at what is stored.
async fn complaints<'a, F: Future<Output = Option<String>>>(
    install: &'a Install,
    endpoints: &'a [Endpoint],
    ask: impl Fn(&'a Endpoint) -> F,
) -> Vec<String> {
    let before = stored(install).await;
    let asked = stream::iter(endpoints).map(ask).buffer_unordered(AT_ONCE);
    let mut complaints: Vec<String> = asked.filter_map(async |complaint| complaint).collect().await;
    let after = stored(install).await;
    if before != after {
        complaints.push(format!("something was stored: {before} became {after}"));
    }
    complaints.sort();
    complaints
}

/// Everything that the services list.
async fn stored(install: &Install) -> Value {
    let mut lists = serde_json::Map::new();
    for (service, path) in [
        (Service::Front50, "/v2/applications"),
        (Service::Front50, "/pipelines"),
        (Service::Gate, "/applications"),
        (Service::Orca, "/applications/unknown/tasks"),
        (Service::Orca, "/applications/unknown/pipelines"),
        (Service::Orca, "/applications/greeter/tasks"),
        (Service::Orca, "/applications/greeter/pipelines"),
        (Service::Clouddriver, "/task"),
    ] {
        let answer = install.client(service).get(path).await.expect("an answer");
        lists.insert(format!("{} {path}", service.name()), answer.body);
    }
    Value::Object(lists)
}

/// Sends what `change` makes of a request to the endpoint, and checks the error.
async fn ask(
    install: &Install,
    endpoint: &Endpoint,
    statuses: &[u16],
    change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
) -> Option<String> {
    let url = format!("{}{}", install.base_url(endpoint.service), endpoint.path);
    let method = Method::from_bytes(endpoint.method.as_bytes()).expect("a method");
    let answer = Answer::of(change(client().request(method, url))).await;
    // But never for a stranger.
    if statuses != [403] && endpoint.succeeds_with_nothing() && answer.is_empty_success() {
        return None;
    }
    // What names something that is not there is not looked at any further; a stranger, or too much, is refused before that.
    let fails = statuses.len() > 1 && endpoint.fails_as_upstream();
    let statuses: Vec<u16> = statuses.iter().copied().chain(fails.then_some(500)).collect();
    answer.complaint(&statuses).map(|complaint| format!("{endpoint}: {complaint}"))
}

fn json_body(request: reqwest::RequestBuilder, body: impl Into<Body>) -> reqwest::RequestBuilder {
    request.header(header::CONTENT_TYPE, "application/json").body(body)
}

#[track_caller]
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_are_not_what_they_should_be() {
    let install = install().await;
    let endpoints = all();
    let with_body: Vec<Endpoint> = endpoints.iter().filter(|endpoint| endpoint.takes_body()).cloned().collect();
    assert!(with_body.len() > 10, "{with_body:?}");
    // An endpoint that needs no body may leave one unread and answer for another reason, never with success.
    let wrong = [400, 403, 404, 405, 409, 413, 415, 422, 501];
    for body in [
        r#"{"name": "#,
        r#""a text""#,
        "42",
        "[[[1]]]",
        "\u{0}",
        r#"{"application": {"a": 1}, "job": 7, "stages": "x"}"#,
    ] {
        let ask = |endpoint| ask(&install, endpoint, &wrong, |request| json_body(request, body));
        let is_object = serde_json::from_str::<Value>(body).is_ok_and(|body| body.is_object());
        let refuses =
            |endpoint: &&Endpoint| !is_object || !endpoint.takes_anything() && !endpoint.answers_with_a_task();
        let refusing: Vec<Endpoint> = with_body.iter().filter(refuses).cloned().collect();
        let complaints = complaints(&install, &refusing, ask).await;
        assert!(complaints.is_empty(), "body {body}: {} complaints:\n{}", complaints.len(), complaints.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_are_too_large_or_too_slow() {
    let install = install().await;
    let endpoints = all();
    let with_body: Vec<Endpoint> = endpoints.iter().filter(|endpoint| endpoint.takes_body()).cloned().collect();
    let huge = Bytes::from(format!("[\"{}\"]", "a".repeat(HUGE)));
    let too_large = |endpoint| {
        let huge = huge.clone();
        ask(&install, endpoint, &[413], |request| json_body(request, huge))
    };
    assert_none(&complaints(&install, &with_body, too_large).await);

    // One test for all, since each waits as long as a pause in a body may be.
    let before = stored(&install).await;
    let slow = with_body.iter().map(|endpoint| {
        let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"name\": "))]);
        let body = Body::wrap_stream(begun.chain(stream::pending()));
        ask(&install, endpoint, &[400, 403, 404, 405, 408, 409, 415, 422, 501], |request| json_body(request, body))
    });
    let complaints: Vec<String> = futures::future::join_all(slow).await.into_iter().flatten().collect();
    assert_none(&complaints);
    assert_eq!(before, stored(&install).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_nobody_has() {
    let install = install().await;
    let endpoints = all();
    let with_id: Vec<Endpoint> = endpoints.iter().filter(|endpoint| endpoint.has_id).cloned().collect();
    assert!(with_id.len() > 10, "{with_id:?}");
    // A list of what an unknown application has is empty; nothing else is a success.
    let ask = async |endpoint: &Endpoint| {
        let url = format!("{}{}", install.base_url(endpoint.service), endpoint.path);
        let method = Method::from_bytes(endpoint.method.as_bytes()).expect("a method");
        let request = client().request(method, url);
        let request = if endpoint.takes_body() { json_body(request, "{}") } else { request };
        let answer = Answer::of(request).await;
        if (endpoint.method == "GET" || endpoint.succeeds_with_nothing()) && answer.is_empty_success() {
            return None;
        }
        let is_right = endpoint.answers_with_a_task() && answer.is_task();
        if is_right || (endpoint.takes_anything() && answer.is_taken()) {
            return None;
        }
        let missing = if endpoint.fails_as_upstream() { 500 } else { 404 };
        let complaint = answer.complaint(&[400, 405, 409, 422, 501, missing]);
        complaint.map(|complaint| format!("{endpoint}: {complaint}"))
    };
    assert_none(&complaints(&install, &with_id, ask).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_and_paths_that_there_are_not() {
    let install = install().await;
    let endpoints = all();
    let mut seen = BTreeSet::new();
    let mut others = Vec::new();
    for endpoint in &endpoints {
        let candidates = ["PATCH", "PUT", "DELETE", "POST"].map(|method| endpoint.with_method(method));
        let other =
            candidates.into_iter().find(|other| !endpoints.iter().any(|endpoint| endpoint.is_reached_by(other)));
        others.extend(other.filter(|other| seen.insert((other.service.name(), other.path.clone()))));
    }
    assert!(others.len() > 50, "{others:?}");
    let ask_other = |endpoint| ask(&install, endpoint, &[405], |request| json_body(request, "{}"));
    assert_none(&complaints(&install, &others, ask_other).await);

    let nowhere: Vec<Endpoint> = Service::ALL
        .into_iter()
        .flat_map(|service| ["GET", "POST"].map(|method| Endpoint::new(service, method, "/no/such/path/at/all/here")))
        .collect();
    let ask_nowhere = |endpoint| ask(&install, endpoint, &[404], |request| request);
    assert_none(&complaints(&install, &nowhere, ask_nowhere).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_hosts_and_origins() {
    let install = install().await;
    let endpoints = all();
    let host = |endpoint| ask(&install, endpoint, &[403], |request| request.header(header::HOST, "evil.example"));
    assert_none(&complaints(&install, &endpoints, host).await);

    let writes: Vec<Endpoint> = endpoints.iter().filter(|endpoint| endpoint.method != "GET").cloned().collect();
    let valid = json!({ "name": "evil", "application": "evil", "email": "e@example.com", "job": [], "stages": [] });
    let origin = |endpoint| {
        let body = valid.to_string();
        ask(&install, endpoint, &[403], |request| {
            json_body(request.header(header::ORIGIN, "https://evil.example"), body)
        })
    };
    assert_none(&complaints(&install, &writes, origin).await);
    let cross_site = |endpoint| {
        let body = valid.to_string();
        ask(&install, endpoint, &[403], |request| json_body(request.header("sec-fetch-site", "cross-site"), body))
    };
    assert_none(&complaints(&install, &writes, cross_site).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_it_is_a_panic_and_the_services_stay_up() {
    let mut install = install().await;
    let endpoints = all();
    let odd = ["%00", "%2e%2e%2f%2e%2e%2fetc", "%F0%9F%92%A5", "a%20b", "..."];
    for id in odd {
        let with_odd_ids: Vec<Endpoint> =
            endpoints.iter().filter(|endpoint| endpoint.has_id).map(|endpoint| endpoint.with_id(id)).collect();
        let ask = async |endpoint: &Endpoint| {
            let url = format!("{}{}", install.base_url(endpoint.service), endpoint.path);
            let method = Method::from_bytes(endpoint.method.as_bytes()).expect("a method");
            let request = client().request(method, url);
            let request = if endpoint.takes_body() { json_body(request, "{}") } else { request };
            let answer = Answer::of(request).await;
            let is_right = answer.status == 501 || endpoint.fails_as_upstream();
            (answer.status >= 500 && !is_right).then(|| format!("{endpoint}: {answer}"))
        };
        assert_none(&complaints(&install, &with_odd_ids, ask).await);
    }
    let log = std::fs::read_to_string(install.control_plane().log()).expect("a log");
    assert!(!log.contains("panicked"), "{log}");
    let status = install.control_plane().terminate(Duration::from_secs(10)).await.expect("it ends in time");
    assert!(status.success());
}
