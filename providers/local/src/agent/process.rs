//! One process: started in a process group of its own, or adopted from an earlier agent; watched and stopped.
//!
//! Its end is learnt from a pidfd, or from `/proc` where the kernel has none. When a process has ended, what is left of
//! its group is killed, so that a restart finds its port free.

use std::{
    io::{self, Write as _},
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
    cgroups::{Cgroup, Cgroups},
    error::Refusal,
    identity::{Identity, marked},
    launch::Launch,
    logs::Logs,
    users::start_as,
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
    pub(super) cgroups: Cgroups,
}

/// How a process ended; nothing is known of one that an earlier agent had started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ending {
    pub(super) code: Option<i32>,
    pub(super) signal: Option<i32>,
    /// Killed because it used more memory than its limit allows.
    pub(super) out_of_memory: bool,
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
    /// Only of a process with limits.
    cgroup: Option<Cgroup>,
}

impl Launcher {
    /// Starts a process as `instance`.
    ///
    /// # Errors
    /// `invalid` if there is no such command or folder, or the command may not be run; `unavailable` if the machine
    /// refuses another process.
    pub(super) fn start(&self, launch: &Launch, instance: &str, port: Option<u16>) -> Result<Process, Refusal> {
        launch.check_folder()?;
        let cgroup = self.cgroups.make(instance, &launch.limits).map_err(|error| {
            Refusal::unavailable(format!(
                "cannot keep the limits of {instance}: {error}; see the agent's cgroups, and try again"
            ))
        })?;
        if cgroup.is_none() && !launch.limits.is_empty() {
            let reason = self.cgroups.problem().unwrap_or_default();
            tracing::warn!(instance, reason, "a process with limits runs without them");
        }
        let started = self.start_in(cgroup.clone(), launch, instance, port);
        if let (Err(_), Some(cgroup)) = (&started, cgroup) {
            cgroup.end();
        }
        started
    }

    /// Starts it in a cgroup, if it has one, before its program begins.
    fn start_in(
        &self,
        cgroup: Option<Cgroup>,
        launch: &Launch,
        instance: &str,
        port: Option<u16>,
    ) -> Result<Process, Refusal> {
        if cgroup.is_some() {
            // The shell in front of it would only say in the log what is wrong.
            launch.check()?;
        }
        let failed = |error: io::Error| {
            Refusal::unavailable(format!(
                "cannot start {}: {error}; try again when the machine has room",
                launch.command
            ))
        };
        let log = self.logs.writer(instance).map_err(failed)?;
        let mut command = match &cgroup {
            Some(_) => launch.behind_gate().command(&self.mark, instance, port),
            None => launch.command(&self.mark, instance, port),
        };
        let input = if cgroup.is_some() { Stdio::piped() } else { Stdio::null() };
        command.process_group(0).stdin(input).stdout(log.try_clone().map_err(failed)?).stderr(log);
        let spawned = start_as(launch.user.as_ref(), || command.spawn());
        let spawned = spawned.inspect_err(|_| self.logs.forget_empty(instance));
        let mut child = spawned.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Refusal::invalid(format!(
                "the command {} was not found; give its absolute path, or one that PATH leads to",
                launch.command
            )),
            io::ErrorKind::PermissionDenied => Refusal::invalid(format!(
                "the command {} may not be run; make it executable for {}",
                launch.command,
                launch.user.as_ref().map_or("the agent's user", |user| user.name.as_str())
            )),
            _ if error.raw_os_error() == Some(libc::ENOEXEC) => Refusal::invalid(format!(
                "the command {} is no program; a script needs a first line like #!/bin/sh",
                launch.command
            )),
            _ if error.raw_os_error() == Some(libc::E2BIG) => Refusal::invalid(format!(
                "the arguments and the environment of {} are larger than this machine allows; make them smaller",
                launch.command
            )),
            _ => failed(error),
        })?;
        if let Some(cgroup) = &cgroup
            && let Err(error) = let_in(&mut child, cgroup)
        {
            let _it_has_ended = child.kill().and_then(|()| child.wait());
            self.logs.forget_empty(instance);
            return Err(failed(error));
        }
        let Some(identity) = Identity::of(child.id()) else {
            return Err(Refusal::unavailable("cannot read /proc: the agent needs it to know its processes"));
        };
        // The agent raised its own limit for the balancers; programs that use select(2) must not get the raised one.
        if let (Some(limit), Some(pid)) = (&self.open_files, identity.raw()) {
            let _unless_it_has_ended = prlimit(Some(pid), Resource::Nofile, *limit);
        }
        Ok(Process::new(identity, instance, &self.mark, Some(child), cgroup))
    }

    /// The running process `identity` of an earlier agent; None if it has ended.
    pub(super) fn adopt(&self, identity: &Identity, instance: &str) -> Option<Process> {
        let process = Process::new(identity.clone(), instance, &self.mark, None, self.cgroups.known(instance));
        // After the pidfd was opened, so that it cannot be another process's.
        identity.is_alive().then_some(process)
    }
}

impl Process {
    fn new(identity: Identity, instance: &str, mark: &str, child: Option<Child>, cgroup: Option<Cgroup>) -> Process {
        let pidfd = identity.raw().and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()).and_then(pollable);
        Process { identity, instance: instance.to_owned(), mark: mark.to_owned(), child, pidfd, cgroup }
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
        let out_of_memory = self.cgroup.as_ref().is_some_and(Cgroup::ran_out_of_memory);
        self.kill_rest_of_group();
        let ending = self.reap().await;
        if let Some(cgroup) = &self.cgroup {
            cgroup.end();
        }
        Ending { out_of_memory, ..ending }
    }

    /// How our own child ended.
    async fn reap(&mut self) -> Ending {
        let Some(child) = &mut self.child else { return Ending::default() };
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    return Ending { code: status.code(), signal: status.signal(), ..Ending::default() };
                }
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

/// Kills a process group when it is dropped, so that a program which is given up takes with it what it had started.
pub(super) struct KillGroup(pub(super) Option<u32>);

impl Drop for KillGroup {
    fn drop(&mut self) {
        let pid = self.0.and_then(|pid| rustix::process::Pid::from_raw(i32::try_from(pid).ok()?));
        if let Some(pid) = pid {
            let _unless_it_has_ended = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Puts a process that waits at its gate into its cgroup, and lets it go on.
fn let_in(child: &mut Child, cgroup: &Cgroup) -> io::Result<()> {
    cgroup.take(child.id())?;
    child.stdin.take().map_or(Ok(()), |mut gate| gate.write_all(b"go\n"))
}

#[expect(deprecated, reason = "its successor is unsafe for the sake of types unlike OwnedFd, and unsafe is forbidden")]
fn pollable(pidfd: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(pidfd, Interest::READABLE).ok()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::protocol::ServerGroupSpec;

    fn launcher(folder: &Path) -> Launcher {
        let mark = folder.to_string_lossy().into_owned();
        let logs = Logs::open(folder.join("logs")).unwrap();
        Launcher { mark, logs, open_files: None, cgroups: Cgroups::Not("not here".into()) }
    }

    fn launch(text: &str) -> Launch {
        let spec = serde_json::json!({"name": "a-v000", "command": "sh", "args": ["-c", text, "it's", "a b"]});
        let spec: ServerGroupSpec = serde_json::from_value(spec).unwrap();
        Launch::of_group(&spec, None, None)
    }

    /// A cgroup of this machine's, without limits: those need controllers that it may not have.
    fn real_cgroup(name: &str) -> Option<Cgroup> {
        let mounts = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map(Path::new);
        let mount = mounts.into_iter().find(|mount| mount.join("cgroup.procs").is_file())?;
        let path = mount.join(format!("gennaker-test-{}-{name}", std::process::id()));
        fs::create_dir(&path).ok()?;
        Some(Cgroup::at(path))
    }

    #[tokio::test]
    async fn a_process_is_in_its_cgroup_before_its_program_begins_and_takes_all_of_it_along() {
        let folder = tempfile::tempdir().unwrap();
        let launcher = launcher(folder.path());
        // Where the machine lets nobody make cgroups, a folder shows at least that the process is named before it goes on.
        let real = real_cgroup("in");
        let cgroup = real.clone().unwrap_or_else(|| Cgroup::at(folder.path().to_owned()));
        let text = "grep ^0:: /proc/self/cgroup; echo \"$0 $1\"; read -r more || echo nothing more; setsid sleep 600 & echo $!; wait";
        let mut process = launcher.start_in(Some(cgroup.clone()), &launch(text), "a-v000-1", Some(1)).unwrap();
        let lines = || launcher.logs.last_words("a-v000-1").lines().map(str::to_owned).collect::<Vec<_>>();
        while lines().len() < 4 {
            sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(lines()[1..3], ["it's a b".to_owned(), "nothing more".to_owned()]);
        if real.is_none() {
            let named = fs::read_to_string(folder.path().join("cgroup.procs")).unwrap();
            assert_eq!(named, process.identity().pid.to_string());
            process.stop(Duration::ZERO).await;
            return;
        }
        assert!(lines()[0].ends_with("-in"), "{:?}", lines());
        let stray: u32 = lines()[3].parse().unwrap();
        assert!(Identity::of(stray).is_some_and(|stray| stray.is_alive()));
        process.stop(Duration::from_secs(5)).await;
        while Identity::of(stray).is_some_and(|stray| stray.is_alive()) {
            sleep(Duration::from_millis(5)).await;
        }
        while cgroup.is_there() {
            cgroup.end();
            sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_cgroup_that_takes_nobody_starts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let launcher = launcher(folder.path());
        let nowhere = Cgroup::at(folder.path().join("nowhere"));
        let marker = folder.path().join("ran");
        let touch = launch(&format!("touch {}", marker.display()));
        let refused = launcher.start_in(Some(nowhere), &touch, "a-v000-1", Some(1)).unwrap_err();
        assert!(refused.message.contains("cannot start sh"), "{}", refused.message);
        assert!(
            !marker.exists() && launcher.logs.tail("a-v000-1", 1).unwrap().is_none(),
            "nothing ran, nothing is left"
        );
    }
}
