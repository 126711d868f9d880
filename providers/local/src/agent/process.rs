//! One process: started in a process group of its own, or adopted from an earlier agent; watched and stopped.
//!
//! Its end is learnt from a pidfd, or from `/proc` where the kernel has none. When a process has ended, what is left of
//! its group is killed, so that a restart finds its port free.

use std::{
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Child, Stdio},
    time::Duration,
};

use rustix::{
    fd::OwnedFd,
    process::{PidfdFlags, Resource, Rlimit, Signal, kill_process, kill_process_group, pidfd_open, prlimit},
};
use tokio::{io::Interest, io::unix::AsyncFd, time::sleep};

use super::{
    error::Refusal,
    identity::{Identity, marked},
    launch::Launch,
    logs::Logs,
};
const POLL: Duration = Duration::from_millis(100);

/// What every process of one agent is started with.
#[derive(Debug, Clone)]
pub(super) struct Launcher {
    /// The agent's state folder.
    pub(super) mark: String,
    pub(super) logs: Logs,
    /// The limit of open files that the agent itself was started with.
    pub(super) open_files: Option<Rlimit>,
}

/// How a process ended; nothing is known of one that an earlier agent had started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ending {
    pub(super) code: Option<i32>,
    pub(super) signal: Option<i32>,
}

/// A running process. Dropping it leaves it running.
#[derive(Debug)]
pub(super) struct Process {
    identity: Identity,
    instance: String,
    mark: String,
    /// Only of a process that this agent started.
    child: Option<Child>,
    pidfd: Option<AsyncFd<OwnedFd>>,
}

impl Launcher {
    /// Starts a process as `instance`.
    ///
    /// # Errors
    /// `invalid` if there is no such command or folder, or the command may not be run; `unavailable` if the machine
    /// refuses another process.
    pub(super) fn start(&self, launch: &Launch, instance: &str, port: Option<u16>) -> Result<Process, Refusal> {
        if !launch.folder.is_dir() {
            return Err(Refusal::invalid(format!(
                "the working directory {} does not exist; create it or name another one",
                launch.folder.display()
            )));
        }
        let failed = |error: io::Error| {
            Refusal::unavailable(format!(
                "cannot start {}: {error}; try again when the machine has room",
                launch.command
            ))
        };
        let log = self.logs.writer(instance).map_err(failed)?;
        let mut command = launch.command(&self.mark, instance, port);
        command.process_group(0).stdin(Stdio::null()).stdout(log.try_clone().map_err(failed)?).stderr(log);
        let spawned = command.spawn().inspect_err(|_| self.logs.forget_empty(instance));
        let child = spawned.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Refusal::invalid(format!(
                "the command {} was not found; give its absolute path, or one that PATH leads to",
                launch.command
            )),
            io::ErrorKind::PermissionDenied => Refusal::invalid(format!(
                "the command {} may not be run; make it executable for the agent's user",
                launch.command
            )),
            _ if error.raw_os_error() == Some(libc::ENOEXEC) => Refusal::invalid(format!(
                "the command {} is no program; a script needs a first line like #!/bin/sh",
                launch.command
            )),
            _ => failed(error),
        })?;
        let Some(identity) = Identity::of(child.id()) else {
            return Err(Refusal::unavailable("cannot read /proc: the agent needs it to know its processes"));
        };
        // The agent raised its own limit for the balancers; programs that use select(2) must not get the raised one.
        if let (Some(limit), Some(pid)) = (&self.open_files, identity.raw()) {
            let _unless_it_has_ended = prlimit(Some(pid), Resource::Nofile, *limit);
        }
        Ok(Process::new(identity, instance, &self.mark, Some(child)))
    }

    /// The running process `identity` of an earlier agent; None if it has ended.
    pub(super) fn adopt(&self, identity: &Identity, instance: &str) -> Option<Process> {
        let process = Process::new(identity.clone(), instance, &self.mark, None);
        // After the pidfd was opened, so that it cannot be another process's.
        identity.is_alive().then_some(process)
    }
}

impl Process {
    fn new(identity: Identity, instance: &str, mark: &str, child: Option<Child>) -> Process {
        let pidfd = identity.raw().and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()).and_then(pollable);
        Process { identity, instance: instance.to_owned(), mark: mark.to_owned(), child, pidfd }
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Returns once the process has ended and nothing of its group is left. May be dropped and called again.
    pub(super) async fn ended(&mut self) -> Ending {
        match &self.pidfd {
            Some(pidfd) => {
                // A pidfd that cannot be polled falls through to the loop below.
                let _readable = pidfd.readable().await;
            }
            None => {
                while self.identity.is_alive() {
                    sleep(POLL).await;
                }
            }
        }
        self.kill_rest_of_group();
        let Some(child) = &mut self.child else { return Ending::default() };
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ending { code: status.code(), signal: status.signal() },
                Ok(None) => sleep(POLL).await,
                Err(error) => {
                    tracing::warn!(instance = self.instance, %error, "cannot learn how a process ended");
                    return Ending::default();
                }
            }
        }
    }

    /// Ends the process and its group: SIGTERM, then SIGKILL after `grace`.
    pub(super) async fn stop(&mut self, grace: Duration) -> Ending {
        self.signal(Signal::TERM);
        if let Ok(ending) = tokio::time::timeout(grace, self.ended()).await {
            return ending;
        }
        self.signal(Signal::KILL);
        self.ended().await
    }

    /// Sends `signal` to the group. The group's number is this process's as long as it is not reaped, which only
    /// [`Process::ended`] does with our own children; another's is looked at again first.
    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.identity.raw()
            && (self.child.is_some() || self.identity.is_alive())
        {
            let _unless_it_has_ended = kill_process_group(pid, signal);
        }
    }

    fn kill_rest_of_group(&self) {
        if self.child.is_some() {
            self.signal(Signal::KILL);
            return;
        }
        // Somebody else reaped the leader, so the group's number may belong to others: go by the mark instead.
        for left in marked(&self.mark) {
            if left.instance == self.instance
                && let Some(pid) = left.identity.raw()
            {
                let _unless_it_has_ended = kill_process(pid, Signal::KILL);
            }
        }
    }
}

#[expect(deprecated, reason = "its successor is unsafe for the sake of types unlike OwnedFd, and unsafe is forbidden")]
fn pollable(pidfd: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(pidfd, Interest::READABLE).ok()
}
