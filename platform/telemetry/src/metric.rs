//! The process's metrics in Prometheus' text format.
//!
//! Histograms whose names end in `_seconds` or `_bytes` have fixed buckets, so that values of several nodes can be added.

use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use crate::{Error, process};

/// From a millisecond to the longest deadline.
const SECONDS: [f64; 14] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// From a kilobyte to the largest answer.
const BYTES: [f64; 9] = [1e3, 1e4, 1e5, 2.5e5, 1e6, 2.5e6, 1e7, 2.5e7, 6.4e7];
/// How often measurements that nobody asked for are put together.
const UPKEEP: Duration = Duration::from_secs(5);

/// Renders the metrics. Clones render the same ones.
#[derive(Clone)]
pub struct MetricsHandle {
    recorder: PrometheusHandle,
}

/// Makes this process keep the measurements of the `metrics` macros. Call it before services are made, so that their
/// descriptions are kept too, and run [`MetricsHandle::run_upkeep`].
///
/// # Errors
/// If it was done before.
pub fn install_metrics() -> Result<MetricsHandle, Error> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_bytes".to_owned()), &BYTES));
    let recorder = builder.and_then(PrometheusBuilder::install_recorder).map_err(|error| match error {
        BuildError::FailedToSetGlobalRecorder(_) => Error::MetricsTwice,
        error => Error::Metrics(error.to_string()),
    })?;
    Ok(MetricsHandle { recorder })
}

impl MetricsHandle {
    /// All metrics, and what the system says of this process: memory, open files, processor time, start.
    pub fn render(&self) -> String {
        let mut text = self.recorder.render();
        if let Some(sample) = process::sample() {
            text.push_str(&sample.render());
        }
        text
    }

    /// Puts measurements together until `shutdown`, so that they take no memory when nobody asks for them. The caller
    /// owns the task that this runs in.
    pub async fn run_upkeep(&self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(UPKEEP);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = ticks.tick() => self.recorder.run_upkeep(),
            }
        }
    }
}
