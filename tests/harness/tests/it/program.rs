//! Programs are started, ended and killed, and nothing of them is left.

use std::{fs, time::Duration};

use gennaker_base::Kind;
use gennaker_harness::{Group, Launch, Process, Program, eventually};
use tempfile::TempDir;

use crate::greeter::DEADLINE;

/// A shell that runs `script` in a folder of its own.
struct Shell {
    program: Program,
    folder: TempDir,
}

impl Shell {
    fn start(script: &str, group: &Group) -> Shell {
        let folder = TempDir::new().expect("a folder");
        let launch = Launch::new("shell", "/bin/sh", folder.path().join("shell.log"));
        let program = launch.args(["-c", script]).directory(folder.path()).start(group).expect("it starts");
        Shell { program, folder }
    }

    /// The process whose pid the script writes to the file `name`.
    async fn process(&self, name: &str) -> Process {
        let looking = eventually(DEADLINE, name, async || {
            let pid = fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
            pid.trim().parse().ok().filter(|_| pid.ends_with('\n')).and_then(Process::of).ok_or(pid)
        });
        looking.await.expect("the script writes it")
    }
}

#[tokio::test]
async fn a_program_that_ignores_sigterm_is_told_and_killed_on_drop() {
    let mut shell = Shell::start("trap '' TERM; echo $$ > pid; echo ready; while :; do sleep 1; done", &Group::new());
    let process = shell.process("pid").await;
    let error = shell.program.terminate(Duration::from_millis(100)).await.expect_err("it ignores it");
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(process.is_alive());
    assert!(error.to_string().ends_with("shell.log:\nready"), "{error}");
    drop(shell);
    assert!(!process.is_alive());
}

#[tokio::test]
async fn an_end_is_told_with_its_status_and_log() {
    let mut shell =
        Shell::start("trap 'echo bye; exit 3' TERM; echo $$ > pid; while :; do sleep 0.01; done", &Group::new());
    shell.process("pid").await;
    shell.program.check_running().expect("it runs");
    let status = shell.program.terminate(DEADLINE).await.expect("it ends");
    assert_eq!(status.code(), Some(3));
    let error = shell.program.check_running().expect_err("it has ended");
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.to_string().ends_with("bye"), "{error}");
}

#[tokio::test]
async fn what_a_killed_program_had_started_lives_until_its_group_ends() {
    let group = Group::new();
    let mut supervisor = Shell::start("setsid sleep 1000 & echo $! > child; wait", &group);
    let child = supervisor.process("child").await;
    supervisor.program.kill().expect("it is killed");
    assert!(child.is_alive(), "a kill is of one program alone");
    drop(supervisor);
    assert!(child.is_alive());
    drop(group);
    assert!(!child.is_alive());
}

#[tokio::test]
async fn a_group_ends_programs_and_what_they_have_started() {
    let group = Group::new();
    // It starts its child again whenever that ends, as a supervisor does.
    let script = "echo $$ > pid; while :; do sleep 1000 & echo $! > child; wait; done";
    let supervisor = Shell::start(script, &group);
    let (parent, child) = (supervisor.process("pid").await, supervisor.process("child").await);
    assert_eq!(parent.descendants(), vec![child]);
    group.end();
    assert!(!parent.is_alive() && !child.is_alive());
    assert!(group.running().is_empty());
}

#[tokio::test]
async fn a_program_gets_a_clean_environment() {
    let shell = Shell::start("env > env; echo $$ > pid; exec sleep 1000", &Group::new());
    shell.process("pid").await;
    let environment = fs::read_to_string(shell.folder.path().join("env")).expect("it was written");
    assert!(environment.contains("PATH="), "{environment}");
    assert!(!environment.contains("CARGO"), "{environment}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told() {
    let folder = TempDir::new().expect("a folder");
    let launch = Launch::new("ghost", folder.path().join("ghost"), folder.path().join("ghost.log"));
    let error = launch.start(&Group::new()).expect_err("it is not there");
    assert!(error.to_string().starts_with("ghost cannot be started from "), "{error}");
}
