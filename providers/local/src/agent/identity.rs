//! Which process is which, from `/proc`: a pid alone may be given to another process.

use std::{fs, time::Duration};

use rustix::process::Pid;
use serde::{Deserialize, Serialize};

/// The environment variable with the agent's state folder: by it an agent finds processes that an earlier one started
/// and was killed before it could write down.
pub(super) const MARK: &str = "GENNAKER_LOCAL_AGENT";
/// The environment variable with the instance's id.
pub(super) const INSTANCE: &str = "INSTANCE_ID";

/// Names one process for as long as the disk lasts: the pid, when it started, and in which run of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) pid: u32,
    /// In clock ticks since the machine's start.
    pub(super) start_time: u64,
    /// The machine's boot id.
    pub(super) boot: String,
}

impl Identity {
    /// The identity of the process that has `pid` now, a dead but unreaped one too.
    pub(super) fn of(pid: u32) -> Option<Identity> {
        Some(Identity { pid, start_time: Stat::read(pid)?.start_time, boot: boot_id() })
    }

    /// Whether this process still runs.
    pub(super) fn is_alive(&self) -> bool {
        self.boot == boot_id()
            && Stat::read(self.pid).is_some_and(|stat| stat.start_time == self.start_time && !stat.is_dead())
    }

    pub(super) fn raw(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.pid).ok()?)
    }
}

/// A running process that carries an agent's [`MARK`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) identity: Identity,
    pub(super) instance: String,
    /// The port it was given.
    pub(super) port: Option<u16>,
    /// Whether it leads its process group, as the processes that an agent starts do.
    pub(super) leads: bool,
}

/// The running processes that carry `mark`, the state folder of an agent; this process is none of them.
pub(super) fn marked(mark: &str) -> Vec<Marked> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != std::process::id())
        .filter_map(|pid| {
            let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
            if variable(&environment, MARK)? != mark {
                return None;
            }
            let stat = Stat::read(pid).filter(|stat| !stat.is_dead())?;
            let identity = Identity { pid, start_time: stat.start_time, boot: boot_id() };
            let port = variable(&environment, "PORT").and_then(|port| port.parse().ok());
            Some(Marked { identity, instance: variable(&environment, INSTANCE)?, port, leads: stat.group == pid })
        })
        .collect()
}

/// How long a process was on a processor, its children that have ended included.
pub(super) fn cpu_time(pid: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Fields 14 to 17 of proc(5), in hundredths of a second on every machine that we know.
    let fields = text.rsplit_once(')')?.1.split_whitespace().skip(11).take(4);
    let ticks = fields.map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>()?;
    Some(Duration::from_millis(ticks * 10))
}

fn variable(environment: &[u8], name: &str) -> Option<String> {
    environment
        .split(|byte| *byte == 0)
        .filter_map(|entry| std::str::from_utf8(entry).ok()?.split_once('='))
        .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|text| text.trim().to_owned()).unwrap_or_default()
}

struct Stat {
    state: char,
    group: u32,
    start_time: u64,
}

impl Stat {
    fn read(pid: u32) -> Option<Stat> {
        Stat::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Fields 3, 5 and 22 of proc(5); the name in field 2 may itself hold blanks and parentheses.
    fn parse(text: &str) -> Option<Stat> {
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let group = fields.nth(1)?.parse().ok()?;
        let start_time = fields.nth(16)?.parse().ok()?;
        Some(Stat { state, group, start_time })
    }

    fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_start_time_is_found_behind_a_strange_name() {
        let text = "7 (a) b (c) S 1 9 9 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 100 200";
        let stat = Stat::parse(text).unwrap();
        assert_eq!((stat.state, stat.group, stat.start_time), ('S', 9, 12_345));
        assert!(Stat::parse("7 (a").is_none());
    }

    #[test]
    fn a_process_is_itself_and_no_other() {
        let mut child = Command::new("sleep").arg("60").env(MARK, "/x").env(INSTANCE, "i").spawn().unwrap();
        let identity = Identity::of(child.id()).unwrap();
        assert!(identity.is_alive());
        assert!(!Identity { start_time: identity.start_time + 1, ..identity.clone() }.is_alive());
        assert!(!Identity { boot: "another".into(), ..identity.clone() }.is_alive());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!identity.is_alive());
    }
}
