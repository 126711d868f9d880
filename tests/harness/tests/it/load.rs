//! The load generator against the greeter.

use std::time::Duration;

use gennaker_harness::{
    eventually,
    load::{Load, Options, Report, SlowOptions, WebSocketOptions},
};

use crate::greeter::{DEADLINE, Greeter};

fn everything(greeter: &Greeter) -> Options {
    Options {
        slow: Some(SlowOptions { path: "/slow?ms=300".to_owned(), ..SlowOptions::default() }),
        web_socket: Some(WebSocketOptions::default()),
        ..Options::new(greeter.address)
    }
}

/// The first report for which `enough` holds.
async fn seen(load: &Load, what: &str, enough: impl Fn(&Report) -> bool) -> Report {
    let looking = eventually(DEADLINE, what, async || {
        let report = load.report_so_far();
        if enough(&report) { Ok(report) } else { Err(report) }
    });
    looking.await.expect("the load goes on")
}

#[tokio::test]
async fn a_healthy_server_loses_nothing() {
    let greeter = Greeter::start("1", &[]).await;
    let load = Load::start(everything(&greeter)).expect("a load");
    seen(&load, "1500 requests, slow ones and echoes", |report| {
        report.sent >= 1500 && report.slow.answered >= 2 && report.web_socket.echoes >= 10
    })
    .await;
    let report = load.stop().await;
    assert_eq!(report.failed, 0, "{report}");
    assert_eq!(report.answered(), report.sent);
    assert_eq!(report.answered_by("1"), report.sent);
    // A fifth of the schedule and all slow ones.
    assert!(report.new_connections >= report.sent / 6 && report.new_connections < report.sent / 4, "{report:?}");
    assert_eq!(report.reconnected, 0);
    assert_eq!((report.web_socket.opened, report.web_socket.closed_by_server), (1, 0));
}

#[tokio::test]
async fn a_killed_server_is_counted_in_all_that_was_open() {
    let mut greeter = Greeter::start("1", &[]).await;
    let slow = Some(SlowOptions { path: "/slow?ms=20000".to_owned(), ..SlowOptions::default() });
    let load = Load::start(Options { slow, ..everything(&greeter) }).expect("a load");
    let before = seen(&load, "requests and echoes", |report| report.sent >= 200 && report.web_socket.echoes >= 2).await;
    assert_eq!(before.failed, 0, "{before}");
    greeter.program.kill().expect("it is killed");
    seen(&load, "all kinds of failures", |report| {
        report.slow.failed > 0
            && report.web_socket.failed > 0
            && report.failed > report.slow.failed + report.web_socket.failed
    })
    .await;
    let report = load.stop().await;
    assert_eq!(report.sent, report.answered() + report.failed - report.web_socket.failed, "{report}");
    assert_eq!(report.reasons.len(), 20.min(report.failed as usize), "{report}");
    assert_eq!(report.web_socket.closed_by_server, 0, "{report}");
}

#[tokio::test]
async fn a_server_that_answers_wrongly_is_a_failure_with_its_answer() {
    let greeter = Greeter::start("1", &["--never-healthy"]).await;
    let load = Load::start(Options { path: "/health".to_owned(), ..Options::new(greeter.address) });
    let load = load.expect("a load");
    seen(&load, "failures", |report| report.failed >= 20).await;
    let report = load.stop().await;
    assert_eq!(report.answered(), 0);
    assert!(report.reasons[0].ends_with(r#"connection: status 503: {"status":"DOWN"}"#), "{report}");
}

#[tokio::test]
async fn a_stalled_server_makes_the_schedule_late_and_that_is_told() {
    let greeter = Greeter::start("1", &[]).await;
    // One at a time and each takes 200 ms, while 50 are due in that time.
    let options =
        Options { path: "/slow?ms=200".to_owned(), rate: 250.0, in_flight: 1, ..Options::new(greeter.address) };
    let load = Load::start(options).expect("a load");
    seen(&load, "a few answers", |report| report.answered() >= 4).await;
    let report = load.stop().await;
    assert_eq!(report.failed, 0, "{report}");
    assert!(report.behind > 100, "{report}");
    assert!(report.lateness.longest() >= Duration::from_millis(500), "{report}");
    assert!(report.latency.longest() >= Duration::from_millis(700), "{report}");
}

#[tokio::test]
async fn it_ends_on_its_own_after_its_duration() {
    let greeter = Greeter::start("1", &[]).await;
    let duration = Some(Duration::from_millis(300));
    let load = Load::start(Options { duration, rate: 100.0, ..Options::new(greeter.address) }).expect("a load");
    let report = load.finished().await;
    assert_eq!(report.failed, 0, "{report}");
    assert!(report.sent > 0 && report.sent == report.answered(), "{report}");
    assert!(report.elapsed >= Duration::from_millis(300));
}
