//! Everything that a test has started, so that it ends with the test.
//!
//! A program that is killed leaves behind what it had started, and a supervisor even does so on purpose. A [`Group`] notes
//! those processes before their parent goes, and kills them when its last handle is dropped: at the end of a test, and
//! when a test panics. What a program has left behind by ending on its own is not known to it.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use crate::Process;

/// How long a process may take to be gone after SIGKILL.
const LONGEST_DEATH: Duration = Duration::from_secs(5);

/// A set of processes that end together. Clones are handles to the same set.
#[derive(Debug, Clone, Default)]
pub struct Group(Arc<Members>);

#[derive(Debug, Default)]
struct Members(Mutex<Vec<Process>>);

impl Group {
    /// An empty group.
    pub fn new() -> Self {
        Group::default()
    }

    /// Adds a process, which ends with the group.
    pub fn add(&self, process: Process) {
        let mut members = self.0.lock();
        // Otherwise a group in which programs come and go would grow without end.
        members.retain(|member| member.is_alive());
        if !members.contains(&process) {
            members.push(process);
        }
    }

    /// Adds what `process` has started so far.
    pub fn add_descendants(&self, process: Process) {
        for descendant in process.descendants() {
            self.add(descendant);
        }
    }

    /// The processes that run, without what they have started since they were added.
    pub fn running(&self) -> Vec<Process> {
        self.0.lock().iter().copied().filter(|process| process.is_alive()).collect()
    }

    /// Kills all of them and what they have started, and returns once they are gone.
    pub fn end(&self) {
        self.0.end();
    }
}

impl Members {
    fn lock(&self) -> MutexGuard<'_, Vec<Process>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn end(&self) {
        let mut doomed: Vec<Process> = self.lock().drain(..).collect();
        // Halted first: a supervisor would start again what is killed under it.
        doomed.iter().for_each(|process| process.halt());
        let descendants: Vec<Process> = doomed.iter().flat_map(|process| process.descendants()).collect();
        doomed.extend(descendants);
        doomed.iter().for_each(|process| process.kill());
        let until = Instant::now() + LONGEST_DEATH;
        while doomed.iter().any(|process| process.is_alive()) && Instant::now() < until {
            // The dropping thread may be a runtime's only one, so this cannot be an asynchronous wait.
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        self.end();
    }
}
