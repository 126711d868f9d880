//! What a run of `cargo test` came to, read from the lines that cargo and the test binaries print.
//!
//! ```text
//!      Running tests/it/main.rs (target/debug/deps/it-0123456789abcdef)
//! test claims::a_dead_owner_is_refused ... FAILED
//! test result: FAILED. 11 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.52s
//! ```
//!
//! Pure: the caller tells the time. A suite that ends without a result counts as one failure.

use std::{collections::HashMap, time::Duration};

/// How many of the slowest suites a report names.
const SLOWEST: usize = 5;

/// The suites so far.
pub(crate) struct Tally {
    /// File names of test binaries, with the names to show.
    names: HashMap<String, String>,
    suites: Vec<Suite>,
    notes: Vec<String>,
}

struct Suite {
    name: String,
    start: Duration,
    /// `None` while it runs.
    took: Option<Duration>,
    results: usize,
    passed: usize,
    failed: usize,
    failed_tests: Vec<String>,
    stopped: bool,
}

impl Suite {
    /// A suite that died on the way has failed even if no test of it could say so.
    fn failures(&self) -> usize {
        let no_result = self.took.is_some() && self.results == 0;
        self.failed.max(usize::from(no_result || self.stopped))
    }
}

impl Tally {
    /// Nothing has run yet.
    pub(crate) fn new(names: HashMap<String, String>) -> Self {
        Tally { names, suites: Vec::new(), notes: Vec::new() }
    }

    /// Takes in one line, printed at `at` after the start.
    pub(crate) fn line(&mut self, line: &str, at: Duration) {
        let line = line.trim_end();
        if let Some(name) = self.heading(line) {
            self.end(at);
            self.suites.push(Suite {
                name,
                start: at,
                took: None,
                results: 0,
                passed: 0,
                failed: 0,
                failed_tests: Vec::new(),
                stopped: false,
            });
            return;
        }
        let Some(suite) = self.suites.last_mut() else { return };
        if let Some((passed, failed)) = result(line) {
            suite.results += 1;
            suite.passed += passed;
            suite.failed += failed;
        } else if let Some(test) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            suite.failed_tests.push(test.to_owned());
        } else if let Some(test) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" has been running for over 60 seconds"))
        {
            let note = format!("over 60 s, which no test may take: {}: {test}", suite.name);
            self.notes.push(note);
        }
    }

    /// The last suite, if one runs, is over.
    pub(crate) fn end(&mut self, at: Duration) {
        if let Some(suite) = self.suites.last_mut().filter(|suite| suite.took.is_none()) {
            suite.took = Some(at.saturating_sub(suite.start));
        }
    }

    /// True, once, when the suite that runs has done so for longer than `limit`.
    pub(crate) fn stop_if_over(&mut self, limit: Duration, at: Duration) -> bool {
        let running = self.suites.last_mut().filter(|suite| suite.took.is_none() && !suite.stopped);
        running.is_some_and(|suite| {
            suite.stopped = at.saturating_sub(suite.start) > limit;
            suite.stopped
        })
    }

    /// Something for the reader of the report.
    pub(crate) fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    /// Tests that passed.
    pub(crate) fn passed(&self) -> usize {
        self.suites.iter().map(|suite| suite.passed).sum()
    }

    /// Tests that failed, and suites that did not come to a result.
    pub(crate) fn failed(&self) -> usize {
        self.suites.iter().map(Suite::failures).sum()
    }

    /// The slowest suites, then the notes, then what failed; `limit` as given to [`Tally::stop_if_over`].
    pub(crate) fn report(&self, limit: Duration) -> String {
        let seconds = |suite: &Suite| suite.took.unwrap_or_default().as_secs_f64();
        let mut slowest: Vec<&Suite> = self.suites.iter().collect();
        slowest.sort_by(|a, b| seconds(b).total_cmp(&seconds(a)));
        let mut report = format!("slowest of {} suites:\n", self.suites.len());
        for suite in slowest.iter().take(SLOWEST) {
            report.push_str(&format!("{:>8.1} s  {}\n", seconds(suite), suite.name));
        }
        for note in &self.notes {
            report.push_str(&format!("{note}\n"));
        }
        for suite in self.suites.iter().filter(|suite| suite.failures() > 0) {
            for test in &suite.failed_tests {
                report.push_str(&format!("FAILED {}: {test}\n", suite.name));
            }
            if suite.stopped {
                report.push_str(&format!("FAILED {}: killed, it took over {} s\n", suite.name, limit.as_secs()));
            } else if suite.results == 0 {
                report.push_str(&format!("FAILED {}: ended without a result, see its output above\n", suite.name));
            }
        }
        report
    }

    /// The name of the suite that this line announces.
    fn heading(&self, line: &str) -> Option<String> {
        if let Some(package) = line.strip_prefix("   Doc-tests ") {
            return Some(format!("{} (doc)", package.trim_start_matches("gennaker_").replace('_', "-")));
        }
        let (source, binary) = line.strip_prefix("     Running ")?.strip_suffix(')')?.rsplit_once(" (")?;
        let file = binary.rsplit('/').next()?;
        Some(self.names.get(file).cloned().unwrap_or_else(|| format!("{source} {file}")))
    }
}

/// Passed and failed of a `test result:` line.
fn result(line: &str) -> Option<(usize, usize)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = counts.split("; ");
    let passed = counts.next()?.strip_suffix(" passed")?.parse().ok()?;
    let failed = counts.next()?.strip_suffix(" failed")?.parse().ok()?;
    Some((passed, failed))
}

#[cfg(test)]
mod tests;
