//! What Linux says of this process, under the names that Prometheus' own clients use.
//!
//! Where there is no `/proc` there are no such metrics.

use std::{fmt::Write as _, fs};

/// The ticks of `/proc` in a second: 100 in Linux' interface to programs, whatever the kernel counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// The process at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    cpu_seconds: f64,
    resident_bytes: u64,
    virtual_bytes: u64,
    threads: u64,
    open_files: u64,
    /// Seconds since the epoch.
    started: f64,
}

/// Asks the system.
pub(crate) fn sample() -> Option<Sample> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let system = fs::read_to_string("/proc/stat").ok()?;
    // One of the entries is the folder that is being read.
    let open_files = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
    parse(&stat, &status, &system, open_files as u64)
}

/// From `/proc/self/stat`, `/proc/self/status` and `/proc/stat`.
fn parse(stat: &str, status: &str, system: &str, open_files: u64) -> Option<Sample> {
    // The program's name is in parentheses and may have spaces and parentheses itself.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // The state, which comes first here, is field 3 of proc_pid_stat(5).
    let seconds = |field: usize| Some(fields.get(field - 3)?.parse::<f64>().ok()? / TICKS_PER_SECOND);
    let number = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
    let booted = number(system, "btime ")? as f64;
    Some(Sample {
        cpu_seconds: seconds(14)? + seconds(15)?,
        resident_bytes: number(status, "VmRSS:")? * 1024,
        virtual_bytes: number(status, "VmSize:")? * 1024,
        threads: number(status, "Threads:")?,
        open_files,
        started: booted + seconds(22)?,
    })
}

impl Sample {
    /// In Prometheus' text format.
    pub(crate) fn render(&self) -> String {
        let rows: [(&str, &str, &str, &dyn std::fmt::Display); 6] = [
            ("process_cpu_seconds_total", "counter", "User and system processor time in seconds", &self.cpu_seconds),
            ("process_resident_memory_bytes", "gauge", "Resident memory in bytes", &self.resident_bytes),
            ("process_virtual_memory_bytes", "gauge", "Virtual memory in bytes", &self.virtual_bytes),
            ("process_threads", "gauge", "Threads", &self.threads),
            ("process_open_fds", "gauge", "Open file descriptors", &self.open_files),
            ("process_start_time_seconds", "gauge", "Start of the process in seconds since 1970", &self.started),
        ];
        let mut text = String::new();
        for (name, kind, help, value) in rows {
            // Writing to a String cannot fail.
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_proc_are_understood() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 9 0 12345 1000 200 0";
        let status = "Name:\ta\nVmSize:\t    2048 kB\nVmRSS:\t     512 kB\nThreads:\t9\n";
        let system = "cpu 1 2 3\nbtime 1700000000\nprocesses 5\n";
        let sample = parse(stat, status, system, 7).expect("whole files");
        assert_eq!(
            sample,
            Sample {
                cpu_seconds: 2.0,
                resident_bytes: 512 * 1024,
                virtual_bytes: 2048 * 1024,
                threads: 9,
                open_files: 7,
                started: 1_700_000_123.45,
            }
        );
        let text = sample.render();
        assert!(text.contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 2\n"), "{text}");
        assert!(text.contains("\nprocess_start_time_seconds 1700000123.45\n"), "{text}");
        assert_eq!(parse("", "", "", 0), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_memory_files_and_a_start() {
        let sample = sample().expect("/proc is there");
        assert!(sample.resident_bytes > 100_000 && sample.open_files >= 3 && sample.started > 1.6e9, "{sample:?}");
    }
}
