//! The whole of telemetry in one process, as a program uses it. It is one test, because logs and metrics are set up once.

use gennaker_telemetry::{Error, LogFormat, LogOptions, init_logging, install_metrics};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn logs_and_metrics_are_set_up_once() {
    let wrong = LogOptions { filter: "info,=[".into(), format: LogFormat::Text };
    assert!(matches!(init_logging(&wrong), Err(Error::Filter { .. })));
    init_logging(&LogOptions { filter: "info".into(), format: LogFormat::Json }).expect("the first time");
    assert_eq!(init_logging(&LogOptions::default()), Err(Error::LoggingTwice));
    tracing::info!(answer = 42, "a line");

    let metrics = install_metrics().expect("the first time");
    assert_eq!(install_metrics().err(), Some(Error::MetricsTwice));
    metrics::describe_histogram!("work_seconds", metrics::Unit::Seconds, "Work in seconds");
    metrics::histogram!("work_seconds", "kind" => "test").record(0.02);
    metrics::counter!("things_total").increment(3);

    let shutdown = CancellationToken::new();
    let upkeep = tokio::spawn({
        let (metrics, shutdown) = (metrics.clone(), shutdown.clone());
        async move { metrics.run_upkeep(shutdown).await }
    });
    let text = metrics.render();
    for line in [
        "# HELP work_seconds Work in seconds",
        "# TYPE work_seconds histogram",
        "work_seconds_bucket{kind=\"test\",le=\"0.025\"} 1",
        "work_seconds_bucket{kind=\"test\",le=\"0.01\"} 0",
        "work_seconds_count{kind=\"test\"} 1",
        "things_total 3",
    ] {
        assert!(text.lines().any(|found| found == line), "{line:?} is not in\n{text}");
    }
    for name in ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"] {
        assert!(!cfg!(target_os = "linux") || text.contains(&format!("\n{name} ")), "{name} is not in\n{text}");
    }
    shutdown.cancel();
    upkeep.await.expect("it ends");
}
