//! The agent is killed at any moment; another one goes on where it was.

use gennaker_base::Timestamp;
use gennaker_provider_local::{
    client::Call,
    protocol::{Instance, InstanceState, ServerGroup},
};
use serde_json::json;

use crate::{
    agent::{Agent, call, kill, runs, script, server, until},
    http1::get,
};

/// The instances without what may differ after an adoption.
fn identities(group: &ServerGroup) -> Vec<Instance> {
    let without_time = |instance: &Instance| Instance { since: Timestamp::ZERO, ..instance.clone() };
    group.instances.iter().map(without_time).collect()
}

#[tokio::test]
async fn a_killed_agent_leaves_its_processes_to_the_next_one() {
    let mut agent = Agent::start().await;
    let (balancer, address) = agent.balancer("shop").await;
    let before = agent.group(&server("shop-v000", "1", "shop", json!({"capacity": 2}))).await;
    let version = agent.client.state().await.expect("the state").version;

    agent.kill();
    assert!(before.instances.iter().all(|instance| runs(instance.pid.expect("a pid"))));
    agent.start_again(&[]).await;

    let snapshot = agent.client.state().await.expect("the state");
    assert!(snapshot.version > version);
    assert_eq!(snapshot.load_balancers[0].port, balancer.port);
    let after = &snapshot.server_groups[0];
    assert_eq!(identities(after), identities(&before));
    assert_eq!(after.up(), 2, "what was healthy takes requests at once");
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");

    // The end of an adopted process is noticed, and it is replaced.
    let pid = after.instances[0].pid.expect("a pid");
    kill(pid);
    let restarted =
        agent.until_group("shop-v000", "restarted", |group| group.instances[0].restarts == 1 && group.up() == 2).await;
    assert_ne!(restarted.instances[0].pid, Some(pid));
    let exit = restarted.instances[0].last_exit.as_ref().expect("an exit");
    assert_eq!((exit.code, exit.signal), (None, None), "nobody can know how another's child ended");

    // An adopted process is stopped like any other.
    let adopted = after.instances[1].pid.expect("a pid");
    agent.client.delete_server_group("shop-v000", 0, &call()).await.expect("deleted");
    assert!(!runs(adopted));
}

#[tokio::test]
async fn a_process_that_ended_while_no_agent_was_there_is_started_again() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let before = agent.group(&server("shop-v000", "1", "shop", json!({"enabled": false}))).await;
    agent.kill();
    let pid = before.instances[0].pid.expect("a pid");
    kill(pid);
    until("the process has ended", || async { !runs(pid) }).await;
    agent.start_again(&[]).await;
    let after = agent.until_up("shop-v000").await;
    assert_eq!(after.instances[0].restarts, 1);
    assert!(!after.enabled);
    assert_eq!(get(&address, "/").await.expect("an answer").status, 503, "it stays disabled");
}

#[tokio::test]
async fn what_is_to_run_once_is_not_run_again_by_the_next_agent() {
    let mut agent = Agent::start().await;
    let folder = agent.folder().to_owned();
    let once = |name: &str, then: &str| {
        let text = format!("echo ran >> {}; {then}", folder.join(name).display());
        script(name, &text, json!({"restart": {"mode": "never"}}))
    };
    let failed = |group: &ServerGroup| group.instances[0].state == InstanceState::Failed;
    agent.client.create_server_group(&once("short-v000", "exit 0"), &call()).await.expect("created");
    agent.until_group("short-v000", "over", failed).await;
    let pid = agent.group(&once("long-v000", "exec sleep 600")).await.instances[0].pid.expect("a pid");
    agent.kill();
    kill(pid);
    until("the process has ended", || async { !runs(pid) }).await;
    agent.start_again(&[]).await;
    for name in ["short-v000", "long-v000"] {
        let group = agent.until_group(name, "over", failed).await;
        let instance = &group.instances[0];
        assert_eq!((instance.pid, instance.restarts), (None, 0), "{name}");
        assert!(instance.message.as_ref().is_some_and(|message| message.contains("leaves it so")), "{instance:?}");
        assert_eq!(std::fs::read_to_string(folder.join(name)).expect("it ran"), "ran\n", "{name}");
        agent.client.delete_server_group(name, 0, &call()).await.expect("deleted");
    }
}

#[tokio::test]
async fn a_process_that_was_not_written_down_is_found_and_one_of_nobody_is_ended() {
    let mut agent = Agent::start().await;
    let known = agent.group(&script("known-v000", "exec sleep 600", json!({}))).await;
    let unknown = agent.group(&script("unknown-v000", "exec sleep 600", json!({}))).await;
    let (known, unknown) = (known.instances[0].pid.expect("a pid"), unknown.instances[0].pid.expect("a pid"));
    agent.kill();
    // As if the agent had been killed between starting the process and writing it down, and before writing anything.
    let file = agent.folder().join("server-groups/known-v000.json");
    let text = std::fs::read_to_string(&file).expect("a record");
    let mut record: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    record["instances"][0]["process"] = json!(null);
    std::fs::write(&file, record.to_string()).expect("written");
    std::fs::remove_file(agent.folder().join("server-groups/unknown-v000.json")).expect("removed");

    agent.start_again(&[]).await;
    let after = agent.until_up("known-v000").await;
    assert_eq!((after.instances[0].pid, after.instances[0].restarts), (Some(known), 0));
    until("the process of nobody has ended", || async { !runs(unknown) }).await;
    assert!(runs(known));
}

#[tokio::test]
async fn a_deletion_that_a_crash_cut_short_is_finished_and_answered() {
    let mut agent = Agent::start().await;
    let deaf = "trap '' TERM; while :; do sleep 0.05; done";
    let group = agent.group(&script("deaf-v000", deaf, json!({"stopGraceMs": 1_500}))).await;
    let pid = group.instances[0].pid.expect("a pid");
    let delete = Call::fenced("delete-1", "E", 1);
    let deleting = tokio::spawn({
        let (client, delete) = (agent.client.clone(), delete.clone());
        async move { client.delete_server_group("deaf-v000", 0, &delete).await }
    });
    let stopping = |group: &ServerGroup| group.instances[0].state == InstanceState::Stopping;
    agent.until_group("deaf-v000", "stopping", stopping).await;
    agent.kill();
    deleting.await.expect("joined").expect_err("the agent was killed");
    assert!(runs(pid));

    agent.start_again(&[]).await;
    let answer = agent.client.delete_server_group("deaf-v000", 0, &delete).await.expect("deleted");
    assert_eq!(answer.name, "deaf-v000");
    agent.until_gone("deaf-v000").await;
    assert!(!runs(pid));
    assert_eq!(agent.client.delete_server_group("deaf-v000", 0, &delete).await.expect("the same answer"), answer);
}

#[tokio::test]
async fn an_agent_that_is_told_to_end_ends_its_processes_or_leaves_them() {
    let mut agent = Agent::start().await;
    let group = agent.group(&script("job-v000", "exec sleep 600", json!({}))).await;
    let pid = group.instances[0].pid.expect("a pid");
    assert!(agent.terminate().success());
    assert!(!runs(pid));

    agent.start_again(&["keep"]).await;
    let group = agent.until_group("job-v000", "running again", |group| group.up() == 1).await;
    let pid = group.instances[0].pid.expect("a pid");
    assert!(agent.terminate().success());
    assert!(runs(pid));

    agent.start_again(&[]).await;
    assert_eq!(agent.until_up("job-v000").await.instances[0].pid, Some(pid));
}

#[tokio::test]
async fn a_second_agent_on_the_same_folder_is_refused() {
    let agent = Agent::start().await;
    let output = agent.second().wait_with_output().expect("ended");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("AlreadyRunning") && said.contains(&agent.pid().to_string()), "{said}");
    agent.client.health().await.expect("the first one goes on");
}
