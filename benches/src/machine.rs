//! When and where it was measured.

use std::{fs, process::Command};

/// The circumstances, as text.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    /// The day and the time.
    pub(crate) date: String,
    /// The commit, and whether the tree had changes.
    pub(crate) commit: String,
    /// Processor, memory and kernel.
    pub(crate) hardware: String,
}

impl Machine {
    /// This machine, now.
    pub(crate) fn this() -> Machine {
        let date = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
        let changed = git(&["status", "--porcelain"]).is_some_and(|changes| !changes.is_empty());
        let commit = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
        let commit = if changed { format!("{commit}, with changes that were not committed") } else { commit };
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
        let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        let memory = memory.map_or_else(String::new, |kibibytes| format!(", {:.1} GiB", kibibytes as f64 / 1048576.0));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let hardware = format!("{cores} cores of {processor}{memory}, Linux {}", kernel.trim());
        Machine { date, commit, hardware }
    }
}

/// What git says, if it is there.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first value of `name: value` in a file.
pub(crate) fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
