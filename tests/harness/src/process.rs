//! A process as the operating system knows it, and what it has started.
//!
//! A pid alone is given to another process some day; a [`Process`] is a pid with the time of its start, and a signal is
//! sent only to that very process. Linux only: it reads `/proc`.

use std::{collections::HashMap, fs};

use rustix::process::{Pid, Signal, kill_process};

/// One process, told apart from a later one with the same pid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Process {
    pid: u32,
    /// Clock ticks from the boot of the machine to the start of the process.
    started: u64,
}

/// What `/proc/<pid>/stat` says.
#[derive(Debug, PartialEq)]
struct Stat {
    state: char,
    parent: u32,
    started: u64,
}

impl Process {
    /// The process that has `pid` now, if there is one.
    pub fn of(pid: u32) -> Option<Process> {
        Some(Process { pid, started: stat(pid)?.started })
    }

    /// Its pid.
    pub fn pid(self) -> u32 {
        self.pid
    }

    /// Whether it still runs. A process that has ended and that nobody has waited for yet does not.
    pub fn is_alive(self) -> bool {
        stat(self.pid).is_some_and(|stat| stat.started == self.started && !matches!(stat.state, 'Z' | 'X'))
    }

    /// Ends it at once (SIGKILL); nothing happens if it has ended.
    pub fn kill(self) {
        self.send(Signal::KILL);
    }

    /// Halts it (SIGSTOP), so that it starts nothing more while it is looked at. Its threads stand still one by one: see
    /// [`Process::stands_still`].
    pub fn halt(self) {
        self.send(Signal::STOP);
    }

    /// Whether each of its threads has been halted.
    pub fn stands_still(self) -> bool {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.pid)) else { return false };
        let mut states = threads.flatten().map(|thread| {
            let stat = fs::read_to_string(thread.path().join("stat")).ok();
            stat.and_then(|stat| parse(&stat)).map(|stat| stat.state)
        });
        self.is_alive() && states.all(|state| state == Some('T'))
    }

    /// Lets it go on after [`Process::halt`] (SIGCONT).
    pub fn resume(self) {
        self.send(Signal::CONT);
    }

    /// Asks it to end (SIGTERM).
    pub fn terminate(self) {
        self.send(Signal::TERM);
    }

    /// What it has started and what those have started, as long as their parents live.
    pub fn descendants(self) -> Vec<Process> {
        let mut children: HashMap<u32, Vec<Process>> = HashMap::new();
        for pid in pids() {
            if let Some(stat) = stat(pid) {
                children.entry(stat.parent).or_default().push(Process { pid, started: stat.started });
            }
        }
        let mut found = Vec::new();
        let mut parents = if self.is_alive() { vec![self.pid] } else { Vec::new() };
        while let Some(parent) = parents.pop() {
            for child in children.remove(&parent).unwrap_or_default() {
                parents.push(child.pid);
                found.push(child);
            }
        }
        found
    }

    fn send(self, signal: Signal) {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else { return };
        if self.is_alive() {
            // It may have ended just now, which is what a signal is for.
            let _ = kill_process(pid, signal);
        }
    }
}

fn pids() -> Vec<u32> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok()).collect()
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Reads `4711 (name) S 4710 ...`; the name may hold blanks and brackets. Fields as in proc_pid_stat(5).
fn parse(text: &str) -> Option<Stat> {
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    // The start is field 22, counted from the pid as 1; the parent is field 4.
    let started = fields.nth(17)?.parse().ok()?;
    Some(Stat { state, parent, started })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let text = "7 (a) b (c) S 5 7 7 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 98765 1000 10";
        assert_eq!(parse(text), Some(Stat { state: 'S', parent: 5, started: 98765 }));
        assert_eq!(parse("7 (cut"), None);
    }

    #[test]
    fn another_process_with_the_same_pid_is_another_process() {
        let own = Process::of(std::process::id()).expect("this process runs");
        assert!(own.is_alive());
        let earlier = Process { started: own.started - 1, ..own };
        assert!(!earlier.is_alive());
        // Sent, it would end the test.
        earlier.kill();
    }
}
