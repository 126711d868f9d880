//! Users and limits of processes, as far as this machine allows them.

use std::{fs, os::unix::fs::PermissionsExt as _};

use gennaker_base::Kind;
use gennaker_provider_local::{client::Client, protocol::ServerGroup};
use rustix::process::geteuid;
use serde_json::json;

use crate::agent::{Agent, call, kill, script, until};

const WHO: &str = "#!/bin/sh\necho \"$(id -un) $(id -u) $HOME $PWD\"\nexec sleep 600\n";

async fn said(client: &Client, id: &str, lines: usize) -> Vec<String> {
    let log = || async { client.instance_log(id, 1_000).await.unwrap_or_default() };
    until("it has said so", || async { log().await.lines().count() >= lines }).await;
    log().await.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn an_instance_runs_as_its_user_also_when_the_next_agent_starts_it_again() {
    let mut agent = Agent::start().await;
    let sources = tempfile::tempdir().expect("a folder");
    let file = sources.path().join("who.sh");
    fs::write(&file, WHO).expect("written");
    let fields = json!({"command": "", "args": [], "user": "nobody", "artifact": {"type": "file", "path": file}});
    let spec = script("job-v000", "", fields);
    let created = agent.client.create_server_group(&spec, &call()).await;
    if !geteuid().is_root() {
        let refused = created.expect_err("only root may become another user");
        assert!(refused.kind() == Kind::Invalid && refused.to_string().contains("does not run as root"), "{refused}");
        return;
    }
    let group = created.expect("created");
    let instance = &group.instances[0];
    let first = said(&agent.client, &instance.id, 1).await[0].clone();
    let folder = group.artifact.clone().expect("an artifact").folder;
    assert!(first.starts_with("nobody 65534 /") && first.ends_with(&folder.display().to_string()), "{first}");
    assert!(!first.contains("/root"), "not the agent's home: {first}");
    let pid = instance.pid.expect("a pid");
    agent.kill();
    kill(pid);
    agent.start_again(&[]).await;
    assert_eq!(said(&agent.client, &instance.id, 2).await[1], first);

    // A health command asks with the same rights.
    let check = json!({"type": "command", "command": "sh", "args": ["-c", "[ $(id -u) = 65534 ]"], "intervalMs": 20});
    let asked = script("asked-v000", "exec sleep 600", json!({"user": "nobody", "healthCheck": check}));
    agent.group(&asked).await;
}

#[tokio::test]
async fn a_user_that_cannot_be_is_refused_and_leaves_nothing() {
    let agent = Agent::start().await;
    let closed = tempfile::tempdir().expect("a folder");
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).expect("closed");
    let mut cases = vec![("no-such-user", "/", "no user of the agent's machine"), ("-x", "/", "no name of a user")];
    let words = format!("the user nobody may not enter or run {}", closed.path().display());
    let folder = closed.path().display().to_string();
    if geteuid().is_root() {
        cases.push(("nobody", &folder, &words));
    }
    for (user, folder, words) in cases {
        let spec = script("job-v000", "exec sleep 600", json!({"user": user, "workingDirectory": folder}));
        let refused = agent.client.create_server_group(&spec, &call()).await.expect_err("it is refused");
        assert!(refused.kind() == Kind::Invalid && refused.to_string().contains(words), "{refused}");
    }
    assert!(agent.client.state().await.expect("the state").server_groups.is_empty());
    for folder in ["server-groups", "logs"] {
        assert_eq!(fs::read_dir(agent.folder().join(folder)).expect("a folder").count(), 0, "{folder}");
    }
}

#[tokio::test]
async fn limits_are_kept_or_it_is_said_why_not() {
    let agent = Agent::start().await;
    let limits = json!({"limits": {"cpuPercent": 50, "memoryBytes": 64 << 20}});
    let group = agent.group(&script("job-v000", "cat /proc/self/cgroup; exec sleep 600", limits.clone())).await;
    let lines = said(&agent.client, &group.instances[0].id, 1).await;
    // Whether the machine lets the agent keep limits depends on how the tests are run.
    match &group.notice {
        Some(notice) => assert!(notice.starts_with("its limits are not kept on this machine: "), "{notice}"),
        None => {
            let own = lines.iter().find(|line| line.starts_with("0::")).expect("a cgroup");
            assert!(own.ends_with(&format!("instance-{}", group.instances[0].id)), "{own}");
            let grows = script("eats-v000", "x=a; while :; do x=$x$x; done", limits);
            let ended = |group: &ServerGroup| group.instances[0].last_exit.is_some();
            agent.client.create_server_group(&grows, &call()).await.expect("created");
            let eats = agent.until_group("eats-v000", "killed", ended).await;
            let instance = &eats.instances[0];
            assert!(instance.last_exit.as_ref().is_some_and(|exit| exit.out_of_memory), "{instance:?}");
        }
    }
    let free = agent.group(&script("free-v000", "exec sleep 600", json!({}))).await;
    assert_eq!(free.notice, None, "it asks for nothing");
}
