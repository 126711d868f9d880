//! What a load has seen so far.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::Latency;

/// What a load has seen. Counts grow only.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How long requests were sent.
    pub elapsed: Duration,
    /// Requests that were sent, the slow ones included.
    pub sent: u64,
    /// Failures of any kind: requests that were not answered with 200 and the expected JSON, and WebSockets that were cut,
    /// could not be opened or did not echo.
    pub failed: u64,
    /// The first failures: when, what, why.
    pub reasons: Vec<String>,
    /// Right answers by the version that gave them; one entry `""` if no version is looked for.
    pub versions: BTreeMap<String, u64>,
    /// How many of the sent ones had a connection of their own.
    pub new_connections: u64,
    /// Kept connections that the server closed between two requests, which the next request replaced.
    pub reconnected: u64,
    /// Requests whose time had come and that were not sent, because as many as allowed were in flight. The schedule is
    /// made up for as soon as there is room; what remains at the end was never sent.
    pub behind: u64,
    /// From the time for which a request was scheduled to the end of its answer; right answers only.
    pub latency: Latency,
    /// From the time for which a request was scheduled to its sending. High values mean that the generator or the server
    /// could not keep up.
    pub lateness: Latency,
    /// The slow requests.
    pub slow: SlowReport,
    /// The WebSocket.
    pub web_socket: WebSocketReport,
}

impl Report {
    /// Right answers.
    pub fn answered(&self) -> u64 {
        self.versions.values().sum()
    }

    /// Right answers given by `version`.
    pub fn answered_by(&self, version: &str) -> u64 {
        self.versions.get(version).copied().unwrap_or(0)
    }
}

/// What the slow requests have seen.
#[derive(Debug, Clone, Default)]
pub struct SlowReport {
    /// Answered rightly.
    pub answered: u64,
    /// Failed; counted in [`Report::failed`] as well.
    pub failed: u64,
    /// Answered rightly by an earlier version after a later one had answered others: held across the switch.
    pub across: u64,
}

/// What the WebSocket has seen.
#[derive(Debug, Clone, Default)]
pub struct WebSocketReport {
    /// How often it was opened.
    pub opened: u64,
    /// Right echoes.
    pub echoes: u64,
    /// Right echoes of an earlier version after a later one had answered requests: held across the switch.
    pub echoes_across: u64,
    /// How often the server closed it cleanly, which is no failure.
    pub closed_by_server: u64,
    /// How often it was cut, could not be opened, or did not echo; counted in [`Report::failed`] as well.
    pub failed: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions: Vec<String> =
            self.versions.iter().map(|(version, count)| format!("{version}: {count}")).collect();
        write!(
            formatter,
            "{} requests in {:.1} s, {} failed, versions {{{}}}, p50 {:.1?}, p99 {:.1?}, late p99 {:.1?}, {} behind; \
             slow: {} answered, {} across; web socket: {} echoes, {} across, {} closed by the server",
            self.sent,
            self.elapsed.as_secs_f64(),
            self.failed,
            versions.join(", "),
            self.latency.percentile(0.5),
            self.latency.percentile(0.99),
            self.lateness.percentile(0.99),
            self.behind,
            self.slow.answered,
            self.slow.across,
            self.web_socket.echoes,
            self.web_socket.echoes_across,
            self.web_socket.closed_by_server,
        )?;
        self.reasons.iter().try_for_each(|reason| write!(formatter, "\n  {reason}"))
    }
}
