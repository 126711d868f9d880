//! CPU and memory limits by cgroups of version 2, where the machine lets the agent make them.
//!
//! The agent makes a cgroup for each process with limits, beside its own: so it needs one that was delegated to it, by a systemd
//! unit with `Delegate=yes` and `DelegateSubgroup=agent`, or as root of a container. Where that is not so, processes run without
//! limits and it is said why; that is looked up once, at the start.
//!
//! A process is put into its cgroup before its program begins (see [`super::process`]), so nothing that it starts gets around it.
//! The kernel counts in `memory.events` what it killed for want of memory; by that the end of a process is told from others.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::protocol::ResourceLimits;

/// The agent's own, because a cgroup with limits below it may have no processes itself.
const OWN: &str = "agent";
/// Microseconds in which the share of a processor is counted.
const PERIOD: u64 = 100_000;
const CONTROLLERS: [&str; 2] = ["cpu", "memory"];

/// Where processes get their cgroups.
#[derive(Debug, Clone)]
pub(super) enum Cgroups {
    /// Below this one, which is this agent's alone.
    In(PathBuf),
    /// Nowhere, for this reason.
    Not(String),
}

/// The cgroup of one process and what it starts.
#[derive(Debug, Clone)]
pub(super) struct Cgroup {
    path: PathBuf,
    /// Kills for want of memory that were counted before.
    killed_before: u64,
}

impl Cgroups {
    /// Looks where this process may make cgroups, and prepares that. `mark` tells the cgroups of agents apart.
    pub(super) fn find(mark: &str) -> Cgroups {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        match place(&mounts, &own) {
            None => Cgroups::Not("this machine has no cgroups of version 2".to_owned()),
            Some(own) => Cgroups::below(&own, mark),
        }
    }

    /// Prepares the cgroup that this process is in, or the one above if that was made for the agent alone.
    fn below(own: &Path, mark: &str) -> Cgroups {
        let base = if own.ends_with(OWN) { own.parent().unwrap_or(own) } else { own };
        let place = base.join(format!("gennaker-{:.12x}", Sha256::digest(mark)));
        let made = prepare(base).and_then(|()| {
            let made = make(&place).and_then(|()| enable(&place));
            made.map_err(|error| not_allowed(base, &error))
        });
        match made {
            Ok(()) => Cgroups::In(place),
            Err(reason) => Cgroups::Not(reason),
        }
    }

    /// Why limits are not kept, if they are not.
    pub(super) fn problem(&self) -> Option<&str> {
        match self {
            Cgroups::In(_) => None,
            Cgroups::Not(reason) => Some(reason),
        }
    }

    /// The cgroup for a process to come; none if nothing is limited, or nothing can be.
    ///
    /// # Errors
    /// What the kernel says; then it is not there.
    pub(super) fn make(&self, instance: &str, limits: &ResourceLimits) -> io::Result<Option<Cgroup>> {
        let Cgroups::In(place) = self else { return Ok(None) };
        if limits.is_empty() {
            return Ok(None);
        }
        let path = place.join(name_of(instance));
        let made = make(&path).and_then(|()| limit(&path, limits));
        if made.is_err() {
            let _it_is_empty = fs::remove_dir(&path);
        }
        made.map(|()| Some(Cgroup { killed_before: killed(&path), path }))
    }

    /// Removes what no process is in any more. Called by who also makes them, so none is removed before its process is in.
    pub(super) fn tidy(&self) {
        let Cgroups::In(place) = self else { return };
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            // The kernel's files are no folders, and it keeps a cgroup with processes.
            let _until_the_next_time = fs::remove_dir(entry.path());
        }
    }

    /// The cgroup that an earlier agent made for a process.
    pub(super) fn known(&self, instance: &str) -> Option<Cgroup> {
        let Cgroups::In(place) = self else { return None };
        let path = place.join(name_of(instance));
        path.is_dir().then_some(Cgroup { path, killed_before: 0 })
    }
}

impl Cgroup {
    #[cfg(test)]
    pub(super) fn at(path: PathBuf) -> Cgroup {
        Cgroup { path, killed_before: 0 }
    }

    #[cfg(test)]
    pub(super) fn is_there(&self) -> bool {
        self.path.exists()
    }

    /// Puts a process in.
    pub(super) fn take(&self, pid: u32) -> io::Result<()> {
        fs::write(self.path.join("cgroup.procs"), pid.to_string())
    }

    /// Whether something in it was killed because it used more memory than it may.
    pub(super) fn ran_out_of_memory(&self) -> bool {
        killed(&self.path) > self.killed_before
    }

    /// Kills what is left in it, also what has left the process group, and removes it.
    pub(super) fn end(&self) {
        // Older kernels than 5.14 have no such file; the process group was killed already.
        let _as_far_as_it_goes = fs::write(self.path.join("cgroup.kill"), "1");
        if let Err(error) = fs::remove_dir(&self.path) {
            // What was killed may not be gone yet. The next process of the instance gets the same one, and then it is tried again.
            tracing::debug!(%error, cgroup = %self.path.display(), "a cgroup is still there");
        }
    }
}

/// An instance's name, which cannot be that of one of the kernel's files.
fn name_of(instance: &str) -> String {
    format!("instance-{instance}")
}

fn make(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn limit(path: &Path, limits: &ResourceLimits) -> io::Result<()> {
    let cpu = limits.cpu_percent.map(|percent| format!("{} {PERIOD}", u64::from(percent) * PERIOD / 100));
    fs::write(path.join("cpu.max"), cpu.unwrap_or_else(|| "max".to_owned()))?;
    let memory = limits.memory_bytes.map(|bytes| bytes.to_string());
    fs::write(path.join("memory.max"), memory.unwrap_or_else(|| "max".to_owned()))?;
    if limits.memory_bytes.is_some() {
        // All of it ends together. Without swap, of which it could take as much as it likes; not every kernel has that.
        fs::write(path.join("memory.oom.group"), "1")?;
        let _where_there_is_swap = fs::write(path.join("memory.swap.max"), "0");
    }
    Ok(())
}

/// How often something in it was killed for want of memory.
fn killed(path: &Path) -> u64 {
    let events = fs::read_to_string(path.join("memory.events")).unwrap_or_default();
    let count = events.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok());
    count.unwrap_or(0)
}

/// The cgroup of this process as a folder, from `/proc/self/mountinfo` and `/proc/self/cgroup`.
fn place(mounts: &str, own: &str) -> Option<PathBuf> {
    let mount = mounts.lines().find_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        (kind.split(' ').next() == Some("cgroup2")).then(|| place.split(' ').nth(4))?
    })?;
    let path = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(Path::new(mount).join(path))
}

/// Makes room for limits below `base`: this process goes into a cgroup of its own if it has to.
fn prepare(base: &Path) -> Result<(), String> {
    let there = fs::read_to_string(base.join("cgroup.controllers")).unwrap_or_default();
    let has = |wanted: &&str| there.split_whitespace().any(|controller| controller == *wanted);
    if let Some(missing) = CONTROLLERS.iter().find(|wanted| !has(wanted)) {
        return Err(format!(
            "the cgroup {} has no controller {missing} (cgroups of version 1 may have it); start the agent as a unit with \
             Delegate=yes and DelegateSubgroup=agent on a machine with cgroups of version 2 only",
            base.display()
        ));
    }
    if enable(base).is_ok() {
        return Ok(());
    }
    let own = base.join(OWN);
    let moved = make(&own).and_then(|()| fs::write(own.join("cgroup.procs"), std::process::id().to_string()));
    moved.and_then(|()| enable(base)).map_err(|error| not_allowed(base, &error))
}

fn enable(path: &Path) -> io::Result<()> {
    fs::write(path.join("cgroup.subtree_control"), CONTROLLERS.map(|controller| format!("+{controller}")).join(" "))
}

fn not_allowed(base: &Path, error: &io::Error) -> String {
    format!(
        "the agent may not limit what is below the cgroup {} ({error}); start it as a unit with Delegate=yes and \
         DelegateSubgroup=agent",
        base.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_cgroup_is_found_also_beside_the_old_ones() {
        let mounts = "30 24 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
            31 24 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:9 - cgroup2 cgroup2 rw\n";
        let own = "4:cpu:/a\n0::/system.slice/agent.service\n";
        let expected = Path::new("/sys/fs/cgroup/unified/system.slice/agent.service");
        assert_eq!(place(mounts, own).as_deref(), Some(expected));
        assert_eq!(place("30 24 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", own), None);
        assert_eq!(place(mounts, "4:cpu:/a\n"), None);
    }

    /// A folder that looks like a cgroup as far as the contents of files go.
    fn lookalike(controllers: &str) -> tempfile::TempDir {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join("cgroup.controllers"), controllers).unwrap();
        base
    }

    #[test]
    fn limits_are_written_in_the_kernels_words_and_what_it_killed_is_counted() {
        let base = lookalike("cpuset cpu io memory pids");
        let Cgroups::In(place) = Cgroups::below(base.path(), "/state") else { panic!("it may") };
        let cgroups = Cgroups::In(place.clone());
        let limits = ResourceLimits { cpu_percent: Some(150), memory_bytes: Some(1_048_576) };
        let cgroup = cgroups.make("a-v000-1", &limits).unwrap().unwrap();
        let path = place.join("instance-a-v000-1");
        let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
        assert_eq!((read("cpu.max"), read("memory.max")), ("150000 100000".to_owned(), "1048576".to_owned()));
        assert_eq!((read("memory.oom.group"), read("memory.swap.max")), ("1".to_owned(), "0".to_owned()));
        cgroup.take(42).unwrap();
        assert_eq!(read("cgroup.procs"), "42");
        assert!(!cgroup.ran_out_of_memory());
        fs::write(path.join("memory.events"), "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 1\n").unwrap();
        assert!(cgroup.ran_out_of_memory() && cgroups.known("a-v000-1").unwrap().ran_out_of_memory());
        let again = cgroups.make("a-v000-1", &ResourceLimits { memory_bytes: None, ..limits }).unwrap().unwrap();
        assert!(!again.ran_out_of_memory(), "that was the process of before");
        assert_eq!(read("memory.max"), "max");
        assert!(cgroups.make("a-v000-2", &ResourceLimits::default()).unwrap().is_none());
        assert!(cgroups.known("a-v000-2").is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        let base = lookalike("cpuset cpu pids");
        let Cgroups::Not(reason) = Cgroups::below(base.path(), "/state") else { panic!("it may not") };
        assert!(reason.contains("no controller memory") && reason.contains("Delegate=yes"), "{reason}");
        let (_base, nowhere) = (base, Path::new("/nowhere/to/be"));
        assert!(Cgroups::below(nowhere, "/state").problem().is_some());
    }

    #[test]
    fn a_cgroup_that_was_made_for_the_agent_alone_is_left_free_of_others() {
        let base = lookalike("cpu memory");
        let Cgroups::In(place) = Cgroups::below(&base.path().join(OWN), "/state") else { panic!("it may") };
        assert_eq!(place.parent(), Some(base.path()));
        assert_eq!(fs::read_to_string(base.path().join("cgroup.subtree_control")).unwrap(), "+cpu +memory");
        let Cgroups::In(other) = Cgroups::below(base.path(), "/other") else { panic!("it may") };
        assert_ne!(other, place, "each agent has its own");
    }
}
