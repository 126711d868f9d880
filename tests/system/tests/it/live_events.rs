//! Live events over sockets: gate tells what orca and clouddriver do, and goes on where it was after both are gone.

use futures::{StreamExt as _, stream::BoxStream};
use gennaker_harness::{
    Install, Service,
    delivery::{APPLICATION, Version, stages},
};
use gennaker_http::http_client;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::{DEADLINE, delivery, install, start, succeeded};

/// An event of a stream.
#[derive(Debug, Clone, Default)]
struct Told {
    name: String,
    id: Option<String>,
    data: Value,
}

struct Stream {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

impl Stream {
    async fn open(install: &Install, path: &str, last: Option<&str>) -> Stream {
        let url = format!("{}{path}", install.base_url(Service::Gate));
        let mut request = http_client().expect("a client").get(url);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream { bytes: response.bytes_stream().boxed(), text: String::new() }
    }

    /// The next event; `None` when the connection is gone.
    async fn next(&mut self) -> Option<Told> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let mut told = Told::default();
                for (field, value) in event.lines().filter_map(|line| line.split_once(": ")) {
                    match field {
                        "event" => told.name = value.to_owned(),
                        "id" => told.id = Some(value.to_owned()),
                        "data" => told.data = serde_json::from_str(value).expect("JSON"),
                        _ => {}
                    }
                }
                self.text = rest.to_owned();
                if !told.data.is_null() {
                    return Some(told);
                }
            }
            let bytes = timeout(DEADLINE, self.bytes.next()).await.expect("something happens")?.ok()?;
            self.text.push_str(std::str::from_utf8(&bytes).expect("text"));
        }
    }

    /// Everything up to the first event that is as wanted.
    async fn until(&mut self, wanted: impl Fn(&Told) -> bool) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            let told = self.next().await.unwrap_or_else(|| panic!("it goes on after {all:?}"));
            let found = wanted(&told);
            all.push(told);
            if found {
                return all;
            }
        }
    }
}

fn is(told: &Told, id: &str, status: &str) -> bool {
    told.name == "execution" && told.data["id"] == id && told.data["status"] == status
}

#[tokio::test]
async fn what_happens_is_told_and_nothing_is_missed_over_a_kill() {
    let mut install = install().await;
    let delivery = delivery(&install).await;
    let mut live = Stream::open(&install, &format!("/events?application={}", APPLICATION), None).await;
    let (mut begun, mut looked) = (false, false);
    while !(begun && looked) {
        let told = live.next().await.expect("it begins");
        begun |= told.name == "begin" && told.id.is_some();
        looked |= told.name == "inventory" && told.data["what"] == json!(["serverGroups", "loadBalancers"]);
    }

    // A deployment: each change of the execution in order, and the new server group.
    let id = start(&delivery, stages([delivery.deploy(&Version::new("1"))])).await;
    let mut groups = false;
    let mut numbers = Vec::new();
    let mut over = false;
    while !(over && groups) {
        let told = live.next().await.expect("it goes on");
        groups |= told.name == "inventory" && told.data["what"].to_string().contains("serverGroups");
        if told.data["id"] == json!(id) {
            numbers.push(told.data["sequence"].as_u64().expect("a number"));
            over |= is(&told, &id, "SUCCEEDED");
        }
    }
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "in order, each once: {numbers:?}");

    // In the middle of the next one everything is killed.
    let id = start(&delivery, stages([stages::wait(1), stages::wait(3600)])).await;
    let last = live.until(|told| is(told, &id, "RUNNING")).await.pop().and_then(|told| told.id).expect("an id");
    install.kill_control_plane().await.expect("it is killed");
    while live.next().await.is_some() {}
    install.start_control_plane().await.expect("it starts again");
    let orca = install.client(Service::Orca);
    let cancelled = orca.put(&format!("/pipelines/{id}/cancel"), &json!({})).await.expect("an answer");
    assert!(cancelled.status < 300, "{cancelled:?}");
    let path = format!("/events?application={}&types=execution", APPLICATION);
    let mut resumed = Stream::open(&install, &path, Some(&last)).await;
    let first = resumed.next().await.expect("it begins");
    assert_eq!((first.name.as_str(), first.id.as_deref()), ("begin", Some(last.as_str())));
    resumed.until(|told| is(told, &id, "CANCELED")).await;

    // The events of one execution are passed on, each once.
    let mut one = Stream::open(&install, &format!("/pipelines/{id}/events"), Some("1")).await;
    let told = one.until(|told| told.name == "end").await;
    let numbers: Vec<_> = told.iter().filter_map(|told| told.data["sequence"].as_u64()).collect();
    assert_eq!(numbers, (2..numbers.len() as u64 + 2).collect::<Vec<_>>());
    assert!(one.next().await.is_none(), "it is over");

    // Whoever follows does not keep the program from ending.
    let again = start(&delivery, stages([stages::wait(1)])).await;
    succeeded(&delivery, &again).await;
    install.stop().await.expect("both programs end by themselves");
    while resumed.next().await.is_some() {}
}
