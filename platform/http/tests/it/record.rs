//! What a request leaves behind: one log line, one measurement.

use std::{
    io,
    sync::{Arc, Mutex},
};

use gennaker_http::{Call, Caller, GuardOptions, Transport, TransportOptions};
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde_json::Value;
use tracing_subscriber::{
    Layer as _, filter::Targets, fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::app::{Seen, service};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic before").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

/// Keeps the names and labels of histograms that were recorded.
#[derive(Clone, Default)]
struct Keys(Arc<Mutex<Vec<String>>>);

struct Measured(Keys, String);

impl HistogramFn for Measured {
    fn record(&self, _value: f64) {
        self.0.0.lock().expect("no panic before").push(self.1.clone());
    }
}

impl Recorder for Keys {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Histogram::from_arc(Arc::new(Measured(self.clone(), format!("{} {}", key.name(), labels.join(" ")))))
    }
}

#[tokio::test]
async fn a_request_is_logged_and_measured_once_under_its_declared_path() {
    let (lines, keys) = (Lines::default(), Keys::default());
    // For the whole program, because a subscriber of one thread misses what other threads met first.
    let layer = tracing_subscriber::fmt::layer().with_writer(lines.clone()).with_ansi(false);
    let ours = Targets::new().with_target("gennaker_http", tracing::Level::DEBUG);
    tracing_subscriber::registry().with(layer.with_filter(ours)).init();
    let _measured = metrics::set_default_local_recorder(&keys);

    let router = service(Arc::new(Seen::default()), GuardOptions::default());
    let transport = Transport::in_process("example", router, TransportOptions::default());
    let caller = Caller { request: "recorded".into(), execution: Some("01E".into()), ..Caller::service("ann") };
    for path in [&["things", "a"][..], &["things", "none"], &["panic"], &["unknown", "x"]] {
        let _ = transport.send::<Value>(&caller, Call::get(path)).await;
    }

    let label = |path: &str, status: &str, code: &str| {
        format!(
            "controller_invocations_seconds service=example controller={path} method=GET status={status} statusCode={code}"
        )
    };
    let expected = [
        label("/things/{id}", "2xx", "200"),
        label("/things/{id}", "4xx", "404"),
        label("/panic", "5xx", "500"),
        label("unknown", "4xx", "404"),
    ];
    assert_eq!(*keys.0.lock().expect("no panic before"), expected);

    let text = String::from_utf8(lines.0.lock().expect("no panic before").clone()).expect("text");
    let span = r#"request{service="example" request_id="recorded" user="ann" execution="01E"}"#;
    let text: Vec<&str> = text.lines().filter(|line| line.contains(span)).collect();
    for (level, parts) in [
        ("DEBUG", &[": request ", r#"method="GET" path="/things/{id}" status=200 ms="#][..]),
        ("INFO", &[": request refused ", "status=404", r#"error="there is no thing none""#]),
        ("ERROR", &[": a handler panicked ", r#"panic="the secret of the panic""#]),
        ("WARN", &[": request failed ", "status=500", r#"error="internal error""#]),
        ("INFO", &[": request refused ", r#"path="unknown" status=404"#]),
    ] {
        let fits = |line: &&&str| line.contains(level) && parts.iter().all(|part| line.contains(part));
        assert_eq!(text.iter().filter(fits).count(), 1, "{level} {parts:?} in\n{text:#?}");
    }
    let lines = text.iter().filter(|line| line.contains("status=")).count();
    assert_eq!(lines, 4, "one line for each request\n{text:#?}");
}
