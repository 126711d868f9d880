//! Jobs: run once, whatever happens to the agent, and known until they expire.

use gennaker_base::Kind;
use gennaker_provider_local::{
    client::Call,
    protocol::{Job, JobEndReason, JobSpec, JobState},
};
use serde_json::{Value, json};

use crate::agent::{Agent, call, kill, runs, until};

/// A shell script as the job `name`.
pub(crate) fn job(name: &str, script: &str, fields: Value) -> JobSpec {
    let mut spec = json!({"name": name, "command": "sh", "args": ["-c", script]});
    spec.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
    serde_json::from_value(spec).expect("a spec")
}

async fn over(agent: &Agent, name: &str) -> Job {
    until("the job is over", || async { agent.client.job(name).await.is_ok_and(|job| job.end.is_some()) }).await;
    agent.client.job(name).await.expect("a job")
}

async fn logged(agent: &Agent, name: &str, text: &str) {
    until("it has said so", || async {
        agent.client.instance_log(name, 1_000).await.is_ok_and(|log| log.contains(text))
    })
    .await;
}

#[tokio::test]
async fn a_job_succeeds_or_fails_by_its_exit_code_and_is_run_once() {
    let agent = Agent::start().await;
    let count = agent.folder().join("count");
    let script = format!("echo ran >> {}; echo \"$JOB $GREETING\"", count.display());
    let spec = job("shop-a", &script, json!({"env": {"GREETING": "hello"}}));
    let run = Call::fenced("run", "E", 3);
    agent.client.run_job(&spec, &run).await.expect("it runs");
    let done = over(&agent, "shop-a").await;
    let end = done.end.expect("an end");
    assert_eq!((done.state, end.code, end.log_tail.as_str()), (JobState::Succeeded, Some(0), "shop-a hello\n"));
    agent.client.run_job(&spec, &run).await.expect("repeated");
    agent.client.run_job(&spec, &call()).await.expect("an equal one");
    assert_eq!(std::fs::read_to_string(&count).expect("it ran"), "ran\n");
    let other = job("shop-a", "true", json!({}));
    assert_eq!(agent.client.run_job(&other, &call()).await.expect_err("taken").kind(), Kind::Conflict);
    let late = agent.client.run_job(&job("shop-b", "true", json!({})), &Call::fenced("late", "E", 2)).await;
    assert_eq!(late.expect_err("fenced").kind(), Kind::Fenced);

    agent.client.run_job(&job("shop-c", "echo no licence; exit 4", json!({})), &call()).await.expect("it runs");
    let failed = over(&agent, "shop-c").await;
    let end = failed.end.expect("an end");
    assert_eq!((failed.state, end.code, end.reason), (JobState::Failed, Some(4), JobEndReason::Ended));
    assert!(end.message.contains("exit code 4") && end.log_tail.contains("no licence"), "{end:?}");

    agent.client.delete_job("shop-c", &call()).await.expect("deleted");
    assert_eq!(agent.client.job("shop-c").await.expect_err("gone").kind(), Kind::NotFound);
    let left: Vec<_> = std::fs::read_dir(agent.folder().join("jobs")).expect("a folder").flatten().collect();
    assert_eq!(left.len(), 2, "the record and the code of the other one: {left:?}");
}

#[tokio::test]
async fn a_job_that_takes_too_long_or_is_cancelled_is_ended_with_its_children() {
    let agent = Agent::start().await;
    let slow = job("shop-slow", "sleep 600 & echo $!; wait", json!({"timeoutMs": 300}));
    agent.client.run_job(&slow, &call()).await.expect("it runs");
    let end = over(&agent, "shop-slow").await.end.expect("an end");
    assert_eq!(end.reason, JobEndReason::TimedOut);
    let child: u32 = end.log_tail.lines().next().expect("a line").parse().expect("a pid");
    until("its child has ended", || async { !runs(child) }).await;

    let deaf = job("shop-deaf", "trap '' TERM; echo up; while :; do sleep 0.05; done", json!({"stopGraceMs": 200}));
    let running = agent.client.run_job(&deaf, &call()).await.expect("it runs");
    logged(&agent, "shop-deaf", "up").await;
    let cancelled = agent.client.cancel_job("shop-deaf", &call()).await.expect("cancelled");
    assert_eq!((cancelled.state, cancelled.end.expect("an end").reason), (JobState::Failed, JobEndReason::Cancelled));
    assert!(!runs(running.pid.expect("a pid")));
    agent.client.cancel_job("shop-deaf", &call()).await.expect("it stays as it is");
    let unknown = agent.client.cancel_job("shop-nobody", &call()).await.expect_err("there is none");
    assert_eq!(unknown.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_killed_agent_learns_how_its_jobs_ended() {
    let mut agent = Agent::start().await;
    let gate = agent.folder().join("gate");
    let wait = format!("while [ ! -e {} ]; do sleep 0.02; done; exit 5", gate.display());
    let adopted = agent.client.run_job(&job("shop-adopted", &wait, json!({})), &call()).await.expect("it runs");
    let lost = agent.client.run_job(&job("shop-killed", "sleep 600", json!({})), &call()).await.expect("it runs");
    let unseen = format!("while [ ! -e {}2 ]; do sleep 0.02; done", gate.display());
    let unseen = agent.client.run_job(&job("shop-unseen", &unseen, json!({})), &call()).await.expect("it runs");
    agent.kill();
    std::fs::write(gate.with_extension("").with_file_name("gate2"), "").expect("written");
    until("it has ended", || async { !runs(unseen.pid.expect("a pid")) }).await;
    kill(lost.pid.expect("a pid"));
    until("it has ended", || async { !runs(lost.pid.expect("a pid")) }).await;
    agent.start_again(&[]).await;

    assert_eq!(over(&agent, "shop-unseen").await.state, JobState::Succeeded, "it ended while no agent was there");
    let killed = over(&agent, "shop-killed").await;
    assert!(killed.state == JobState::Failed && killed.end.expect("an end").message.contains("nobody saw"));
    let still = agent.client.job("shop-adopted").await.expect("a job");
    assert_eq!((still.state, still.pid), (JobState::Running, adopted.pid));
    std::fs::write(&gate, "").expect("written");
    let end = over(&agent, "shop-adopted").await.end.expect("an end");
    assert_eq!(end.code, Some(5), "also of a process that another agent had started");
}

#[tokio::test]
async fn an_agent_that_is_told_to_end_takes_its_jobs_along_or_leaves_them() {
    let mut agent = Agent::start().await;
    let running = agent.client.run_job(&job("shop-a", "sleep 600", json!({})), &call()).await.expect("it runs");
    assert!(agent.terminate().success());
    assert!(!runs(running.pid.expect("a pid")));
    agent.start_again(&["keep"]).await;
    assert_eq!(over(&agent, "shop-a").await.end.expect("an end").reason, JobEndReason::AgentStopped);
    let running = agent.client.run_job(&job("shop-b", "sleep 600", json!({})), &call()).await.expect("it runs");
    assert!(agent.terminate().success());
    agent.start_again(&[]).await;
    assert_eq!(agent.client.job("shop-b").await.expect("a job").pid, running.pid);
}

#[tokio::test]
async fn a_job_that_cannot_be_started_leaves_nothing() {
    let agent = Agent::start().await;
    for (fields, words) in [
        (json!({"command": "/nowhere/to/be"}), "/nowhere/to/be was not found"),
        (json!({"command": "no-such-command"}), "no-such-command was not found"),
        (json!({"command": "/etc/passwd"}), "may not be run"),
        (json!({"workingDirectory": "/nowhere"}), "/nowhere does not exist"),
        (json!({"command": ""}), "`command` is empty"),
        (json!({"timeoutMs": 0}), "timeoutMs"),
        (json!({"env": {"JOB": "x"}}), "env.JOB"),
        (json!({"artifact": {"type": "file", "path": "/nowhere/a"}}), "does not exist on the agent's machine"),
    ] {
        let error = agent.client.run_job(&job("shop-bad", "true", fields.clone()), &call()).await;
        let error = error.expect_err("it is refused");
        assert!(error.kind() == Kind::Invalid && error.to_string().contains(words), "{fields}: {error}");
    }
    assert!(agent.client.jobs().await.expect("none").is_empty());
    for folder in ["jobs", "logs"] {
        let left: Vec<_> = std::fs::read_dir(agent.folder().join(folder)).expect("a folder").flatten().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
