//! Where all parts of a load write down what they saw.

use std::{
    sync::{Mutex, MutexGuard, OnceLock},
    time::Duration,
};

use tokio::time::Instant;

use super::Report;

/// The counts of one load. Locked for an increment at a time, never across an await.
#[derive(Debug)]
pub(super) struct Tally {
    start: Instant,
    end: OnceLock<Instant>,
    rate: f64,
    most_reasons: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    report: Report,
    /// Requests of the schedule that were sent, without the slow ones.
    scheduled_sent: u64,
    /// The version that was the last to answer for the first time.
    latest_version: Option<String>,
}

impl Tally {
    pub(super) fn new(start: Instant, rate: f64, most_reasons: usize) -> Self {
        Tally { start, end: OnceLock::new(), rate, most_reasons, counts: Mutex::default() }
    }

    /// Takes the time at which the schedule ended; only the first call counts.
    pub(super) fn end(&self) {
        self.end.get_or_init(Instant::now);
    }

    pub(super) fn report(&self) -> Report {
        let elapsed = self.end.get().map_or_else(|| self.start.elapsed(), |end| *end - self.start);
        let counts = self.counts();
        let behind = due(elapsed, self.rate).saturating_sub(counts.scheduled_sent);
        Report { elapsed, behind, ..counts.report.clone() }
    }

    /// A request of the schedule goes out, `late` after its time.
    pub(super) fn sent(&self, late: Duration, new_connection: bool) {
        let mut counts = self.counts();
        counts.scheduled_sent += 1;
        counts.report.sent += 1;
        counts.report.new_connections += u64::from(new_connection);
        counts.report.lateness.record(late);
    }

    pub(super) fn answered(&self, version: String, latency: Duration) {
        let mut counts = self.counts();
        counts.report.latency.record(latency);
        counts.answered(version);
    }

    pub(super) fn reconnected(&self) {
        self.counts().report.reconnected += 1;
    }

    pub(super) fn failed(&self, reason: &str) {
        self.fail(reason, |_| {});
    }

    pub(super) fn slow_sent(&self) {
        let mut counts = self.counts();
        counts.report.sent += 1;
        counts.report.new_connections += 1;
    }

    pub(super) fn slow_answered(&self, version: String) {
        let mut counts = self.counts();
        counts.report.slow.answered += 1;
        counts.report.slow.across += u64::from(counts.is_earlier(&version));
        counts.answered(version);
    }

    pub(super) fn slow_failed(&self, reason: &str) {
        self.fail(reason, |report| report.slow.failed += 1);
    }

    pub(super) fn web_socket_opened(&self) {
        self.counts().report.web_socket.opened += 1;
    }

    /// Returns whether it is an echo across a switch.
    pub(super) fn web_socket_echoed(&self, version: &str) -> bool {
        let mut counts = self.counts();
        let across = counts.is_earlier(version);
        counts.report.web_socket.echoes += 1;
        counts.report.web_socket.echoes_across += u64::from(across);
        across
    }

    pub(super) fn web_socket_closed_by_server(&self) {
        self.counts().report.web_socket.closed_by_server += 1;
    }

    pub(super) fn web_socket_failed(&self, reason: &str) {
        self.fail(reason, |report| report.web_socket.failed += 1);
    }

    fn fail(&self, reason: &str, count: impl FnOnce(&mut Report)) {
        let at = self.start.elapsed();
        let mut counts = self.counts();
        counts.report.failed += 1;
        count(&mut counts.report);
        if counts.report.reasons.len() < self.most_reasons {
            counts.report.reasons.push(format!("{:.3} s: {reason}", at.as_secs_f64()));
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Counts {
    fn answered(&mut self, version: String) {
        if let Some(count) = self.report.versions.get_mut(&version) {
            *count += 1;
        } else {
            self.latest_version = Some(version.clone());
            self.report.versions.insert(version, 1);
        }
    }

    /// Whether another version has answered for the first time since `version` did.
    fn is_earlier(&self, version: &str) -> bool {
        self.report.versions.contains_key(version) && self.latest_version.as_deref() != Some(version)
    }
}

/// How many requests of the schedule are due after `elapsed`; the first one is due at once.
fn due(elapsed: Duration, rate: f64) -> u64 {
    if rate > 0.0 { (elapsed.as_secs_f64() * rate) as u64 + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_version_answers_after_a_later_one_was_held_across_the_switch() {
        let tally = Tally::new(Instant::now(), 0.0, 1);
        let answered = |version: &str| tally.answered(version.to_owned(), Duration::ZERO);
        answered("1");
        tally.slow_answered("1".to_owned());
        tally.web_socket_echoed("1");
        answered("2");
        tally.slow_answered("1".to_owned());
        tally.web_socket_echoed("1");
        tally.web_socket_echoed("2");
        answered("1");
        let report = tally.report();
        assert_eq!((report.slow.answered, report.slow.across), (2, 1));
        assert_eq!((report.web_socket.echoes, report.web_socket.echoes_across), (3, 1));
        assert_eq!((report.answered_by("1"), report.answered_by("2"), report.answered()), (4, 1, 5));
    }

    #[test]
    fn all_failures_are_counted_and_the_first_are_told() {
        let tally = Tally::new(Instant::now(), 0.0, 2);
        tally.failed("a");
        tally.slow_failed("b");
        tally.web_socket_failed("c");
        let report = tally.report();
        assert_eq!((report.failed, report.slow.failed, report.web_socket.failed), (3, 1, 1));
        assert_eq!(report.reasons.len(), 2);
        assert!(report.reasons[1].ends_with(" s: b"), "{:?}", report.reasons);
    }

    #[test]
    fn requests_that_were_due_and_not_sent_are_told() {
        assert_eq!([due(Duration::ZERO, 10.0), due(Duration::from_secs(2), 10.0)], [1, 21]);
        assert_eq!(due(Duration::from_secs(2), 0.0), 0);
        let tally = Tally::new(Instant::now() - Duration::from_secs(2), 10.0, 1);
        tally.sent(Duration::ZERO, false);
        tally.end();
        let report = tally.report();
        assert_eq!(report.behind, due(report.elapsed, 10.0) - 1);
        assert_eq!(tally.report().elapsed, report.elapsed, "the end is fixed");
    }
}
