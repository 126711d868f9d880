//! Another launch configuration: for the instances to come, while those of before keep theirs.

use std::fs;

use gennaker_base::Kind;
use gennaker_provider_local::{
    client::Call,
    protocol::{ServerGroup, ServerGroupSpec, TerminationRequest},
};
use serde_json::{Value, json};

use crate::agent::{Agent, call, kill, script, until};

fn says(text: &str, fields: Value) -> ServerGroupSpec {
    script("shop-v000", &format!("echo {text} $COLOUR; exec sleep 600"), fields)
}

async fn logs(agent: &Agent, id: &str, text: &str) {
    until("it has said so", || async {
        agent.client.instance_log(id, 1_000).await.is_ok_and(|log| log.trim_end().ends_with(text))
    })
    .await;
}

fn end(id: &str) -> TerminationRequest {
    serde_json::from_value(json!({"instances": [id], "drainTimeoutMs": 0})).expect("a request")
}

#[tokio::test]
async fn only_instances_of_after_the_change_run_it_also_after_a_crash_of_the_agent() {
    let mut agent = Agent::start().await;
    let group = agent.group(&says("one", json!({"capacity": 2, "env": {"COLOUR": "blue"}}))).await;
    let (stays, leaves) = (group.instances[0].id.clone(), group.instances[1].id.clone());
    logs(&agent, &stays, "one blue").await;
    let wanted = says("two", json!({"capacity": 7, "env": {"COLOUR": "green"}, "enabled": false}));
    let change = Call::fenced("change", "E", 2);
    let changed = agent.client.change_launch(&wanted, &change).await.expect("changed");
    assert_eq!((changed.launch_version, changed.spec.env["COLOUR"].as_str()), (1, "green"));
    assert_eq!((changed.spec.capacity, changed.enabled), (group.spec.capacity, true), "the rest is passed over");
    assert_eq!(changed.instances, group.instances, "nothing is started or stopped");
    assert_eq!(agent.client.change_launch(&wanted, &change).await.expect("repeated").launch_version, 1);
    assert_eq!(agent.client.change_launch(&wanted, &call()).await.expect("an equal one").launch_version, 1);
    let late = agent.client.change_launch(&wanted, &Call::fenced("late", "E", 1)).await;
    assert_eq!(late.expect_err("fenced").kind(), Kind::Fenced);

    let ended = agent.client.terminate_instances(&end(&leaves), &call()).await.expect("ended");
    logs(&agent, &ended.replacements[0], "two green").await;
    // The process of the other one is started again as it was, by this agent and by the next one.
    for restarts in [1, 2] {
        let of = |group: &ServerGroup| group.instances.iter().find(|one| one.id == stays).expect("it stays").clone();
        let before = of(&agent.until_up("shop-v000").await);
        if restarts == 2 {
            agent.kill();
        }
        kill(before.pid.expect("a pid"));
        if restarts == 2 {
            agent.start_again(&[]).await;
        }
        let again = |group: &ServerGroup| of(group).restarts == restarts && of(group).pid.is_some();
        let group = agent.until_group("shop-v000", "started again", again).await;
        logs(&agent, &stays, "one blue\n".repeat(restarts as usize + 1).trim_end()).await;
        assert_eq!(of(&group).launch_version, 0);
    }
    let group = agent.until_up("shop-v000").await;
    assert_eq!(group.launch_version, 1);
    let resize = serde_json::from_value(json!({"capacity": {"max": 3, "desired": 3}})).expect("a request");
    let grown = agent.client.resize_server_group("shop-v000", &resize, &call()).await.expect("grown");
    assert_eq!(grown.instances[2].launch_version, 1);
    logs(&agent, &grown.instances[2].id, "two green").await;
}

#[tokio::test]
async fn an_artifact_stays_as_long_as_an_instance_runs_it() {
    let mut agent = Agent::start().await;
    let sources = tempfile::tempdir().expect("a folder");
    let file = |name: &str| {
        let path = sources.path().join(name);
        fs::write(&path, format!("#!/bin/sh\necho {name}\nexec sleep 600\n")).expect("written");
        script("shop-v000", "", json!({"command": "", "args": [], "artifact": {"type": "file", "path": path}}))
    };
    let count = |agent: &Agent| fs::read_dir(agent.folder().join("artifacts")).expect("a folder").count();
    let group = agent.group(&file("first")).await;
    let changed = agent.client.change_launch(&file("second"), &call()).await.expect("changed");
    assert_ne!(changed.artifact, group.artifact);
    agent.kill();
    agent.start_again(&[]).await;
    assert_eq!(count(&agent), 2, "the old one is still run");
    let ended = agent.client.terminate_instances(&end(&group.instances[0].id), &call()).await.expect("ended");
    logs(&agent, &ended.replacements[0], "second").await;
    until("the old one is removed", || async { count(&agent) == 1 }).await;

    let mut missing = file("third");
    fs::remove_file(sources.path().join("third")).expect("removed");
    let refused = agent.client.change_launch(&missing, &call()).await.expect_err("it is not there");
    assert!(refused.to_string().contains("does not exist on the agent's machine"), "{refused}");
    (missing.artifact, missing.command) = (None, "/nowhere/to/be".to_owned());
    let refused = agent.client.change_launch(&missing, &call()).await.expect_err("it is not there");
    assert!(refused.to_string().contains("/nowhere/to/be was not found"), "{refused}");
    missing.name = "other-v000".to_owned();
    let refused = agent.client.change_launch(&missing, &call()).await.expect_err("there is none");
    assert_eq!(refused.kind(), Kind::NotFound);
    let after = agent.client.server_group("shop-v000").await.expect("it");
    assert_eq!((after.launch_version, after.artifact), (1, changed.artifact));
    assert_eq!(count(&agent), 1);
}
