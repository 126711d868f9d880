//! Processes: what they are given, how they end, how they are started again.

use std::os::unix::fs::PermissionsExt as _;

use gennaker_base::Kind;
use gennaker_provider_local::protocol::{InstanceState, ServerGroup};
use serde_json::json;

use crate::{
    agent::{Agent, call, runs, script, server, until},
    http1::get,
};

#[tokio::test]
async fn a_process_that_ends_is_reported_with_its_last_words_and_started_again() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let before = agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let _it_breaks_off = get(&address, "/exit/3").await;
    let restarted = |group: &ServerGroup| group.instances[0].restarts > 0 && group.up() == 1;
    let after = agent.until_group("shop-v000", "restarted", restarted).await;
    let (old, new) = (&before.instances[0], &after.instances[0]);
    assert_eq!(old.id, new.id);
    assert_ne!(old.pid, new.pid);
    let exit = new.last_exit.as_ref().expect("an exit");
    assert_eq!((exit.code, exit.signal), (Some(3), None));
    assert!(exit.log_tail.contains("these are my last words"), "{exit:?}");
    let log = agent.client.instance_log(&new.id, 1_000).await.expect("a log");
    assert!(log.contains("these are my last words"), "{log}");
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
}

#[tokio::test]
async fn a_restart_policy_of_never_leaves_the_instance_failed() {
    let agent = Agent::start().await;
    let once = script("job-v000", "echo done; kill -9 $$", json!({"restart": {"mode": "never"}}));
    agent.client.create_server_group(&once, &call()).await.expect("created");
    let failed = |group: &ServerGroup| group.instances[0].state == InstanceState::Failed;
    let group = agent.until_group("job-v000", "failed", failed).await;
    let instance = &group.instances[0];
    assert_eq!((instance.pid, instance.restarts), (None, 0));
    assert_eq!(instance.last_exit.as_ref().expect("an exit").signal, Some(9));
    assert_eq!(instance.last_exit.as_ref().expect("an exit").log_tail, "done\n");
    assert!(instance.message.as_ref().expect("a message").contains("by signal 9"), "{instance:?}");
    agent.client.delete_server_group("job-v000", 0, &call()).await.expect("deleted");
}

#[tokio::test]
async fn what_is_too_large_for_the_machine_is_refused_for_good() {
    let agent = Agent::start().await;
    let large = script("job-v000", "true", json!({"env": {"LARGE": "x".repeat(200_000)}}));
    let error = agent.client.create_server_group(&large, &call()).await.expect_err("it is refused");
    assert!(error.kind() == Kind::Invalid && error.to_string().contains("make them smaller"), "{error}");
    assert!(agent.client.server_groups().await.expect("groups").is_empty());
}

#[tokio::test]
async fn a_crash_loop_is_named_with_the_last_lines() {
    let agent = Agent::start().await;
    let crashing = script("job-v000", "echo no licence found; exit 3", json!({}));
    agent.client.create_server_group(&crashing, &call()).await.expect("created");
    let looping = |group: &ServerGroup| {
        let instance = &group.instances[0];
        instance.crash_loop && instance.message.as_ref().is_some_and(|message| message.contains("crash loop: 4 times"))
    };
    let group = agent.until_group("job-v000", "in a crash loop", looping).await;
    let instance = &group.instances[0];
    assert_eq!((instance.state, instance.restarts), (InstanceState::Failed, 3));
    assert!(instance.log_tail.as_ref().expect("a log").contains("no licence found"), "{instance:?}");
}

#[tokio::test]
async fn an_instance_has_its_environment_and_working_directory() {
    let agent = Agent::start().await;
    let text = "echo \"$PWD $INSTANCE_ID $SERVER_GROUP $PORT $GREETING\"; exec sleep 600";
    let fields = json!({"capacity": 2, "env": {"GREETING": "hello"}, "workingDirectory": agent.folder()});
    let group = agent.group(&script("job-v000", text, fields)).await;
    let folder = agent.folder().canonicalize().expect("a folder");
    for instance in &group.instances {
        let expected = format!("{} {} job-v000 {} hello\n", folder.display(), instance.id, instance.port);
        until("the line is written", || async {
            agent.client.instance_log(&instance.id, 1_000).await.expect("a log") == expected
        })
        .await;
    }
    assert_ne!(group.instances[0].port, group.instances[1].port);
}

#[tokio::test]
async fn a_deaf_process_and_its_children_are_killed_after_the_grace() {
    let agent = Agent::start().await;
    let text = "trap '' TERM; sleep 601 & echo $!; while :; do sleep 0.05; done";
    let group = agent.group(&script("deaf-v000", text, json!({"stopGraceMs": 200}))).await;
    let instance = &group.instances[0];
    until("the child is named", || async {
        agent.client.instance_log(&instance.id, 100).await.expect("a log").ends_with('\n')
    })
    .await;
    let log = agent.client.instance_log(&instance.id, 100).await.expect("a log");
    let child: u32 = log.trim().parse().expect("a pid");
    assert!(runs(child));
    agent.client.delete_server_group("deaf-v000", 0, &call()).await.expect("deleted");
    assert!(!runs(instance.pid.expect("a pid")));
    until("the child has ended", || async { !runs(child) }).await;
    let log = agent.client.instance_log(&instance.id, 100).await.expect("the log stays");
    assert!(log.contains(&child.to_string()));
}

#[tokio::test]
async fn what_a_process_leaves_behind_ends_with_it() {
    let agent = Agent::start().await;
    let text = "sleep 602 & echo $!; exit 0";
    let group = script("job-v000", text, json!({"restart": {"mode": "onFailure"}}));
    let created = agent.client.create_server_group(&group, &call()).await.expect("created");
    let failed = |group: &ServerGroup| group.instances[0].last_exit.is_some();
    agent.until_group("job-v000", "ended", failed).await;
    let log = agent.client.instance_log(&created.instances[0].id, 100).await.expect("a log");
    let child: u32 = log.trim().parse().expect("a pid");
    until("the child has ended", || async { !runs(child) }).await;
}

#[tokio::test]
async fn an_unhealthy_instance_gets_no_requests_until_it_is_healthy_again() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let sick = agent.folder().join("sick");
    let check = json!({"type": "http", "path": "/health", "intervalMs": 20, "unhealthyThreshold": 2});
    let fields = json!({"env": {"UNHEALTHY_FILE": sick}, "healthCheck": check});
    let group = agent.group(&server("shop-v000", "1", "shop", fields)).await;
    std::fs::write(&sick, "").expect("written");
    let down = |group: &ServerGroup| group.instances[0].state == InstanceState::Down;
    let unhealthy = agent.until_group("shop-v000", "down", down).await;
    assert!(unhealthy.instances[0].message.as_ref().expect("a reason").contains("status 503"), "{unhealthy:?}");
    assert_eq!(unhealthy.instances[0].log_tail.as_deref(), Some(""), "it said nothing");
    assert_eq!(get(&address, "/").await.expect("an answer").status, 503);
    std::fs::remove_file(&sick).expect("removed");
    let healthy = agent.until_up("shop-v000").await;
    assert_eq!(healthy.instances[0].pid, group.instances[0].pid, "it was not restarted");
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
}

#[tokio::test]
async fn a_health_command_decides() {
    let agent = Agent::start().await;
    let ready = agent.folder().join("ready");
    let check = json!({"type": "command", "command": "test", "args": ["-e", ready], "intervalMs": 20});
    let spec = script("job-v000", "exec sleep 600", json!({"healthCheck": check}));
    agent.client.create_server_group(&spec, &call()).await.expect("created");
    let asked = |group: &ServerGroup| group.instances[0].message.is_some();
    let group = agent.until_group("job-v000", "not ready", asked).await;
    assert_eq!(group.instances[0].state, InstanceState::Starting);
    std::fs::write(&ready, "").expect("written");
    agent.until_up("job-v000").await;
}

#[tokio::test]
async fn only_the_owner_may_read_the_state_and_use_the_socket() {
    let agent = Agent::start().await;
    let mode =
        |name: &str| std::fs::metadata(agent.folder().join(name)).expect("it is there").permissions().mode() & 0o777;
    // Processes of other users, which only root may start, pass through it to what they run.
    let passable = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
    assert_eq!((mode(""), mode("artifacts")), (passable, passable));
    assert_eq!((mode("agent.sock"), mode("agent.hand-over"), mode("logs")), (0o600, 0o600, 0o700));
    assert_eq!(
        (mode("server-groups"), mode("jobs"), mode("requests"), mode("agent.lock")),
        (0o700, 0o700, 0o700, 0o600)
    );
}
