//! The limits of an account, and a disk that is full: refused before anything is made, and nothing is left.

use std::{fs, path::Path};

use gennaker_base::Kind;
use gennaker_provider_local::protocol::{ServerGroupSpec, Share};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, call, script, server, until},
    http1::get,
    jobs::job,
};

const MEBIBYTE: u64 = 1 << 20;

async fn with(limits: &[&str]) -> Agent {
    let mut agent = Agent::start().await;
    agent.terminate();
    agent.start_again(limits).await;
    agent
}

/// Runs a file of that size, which is one of its own by its `name`.
fn sized(name: &str, folder: &Path, bytes: usize) -> ServerGroupSpec {
    let path = folder.join(name);
    let mut content = format!("#!/bin/sh\nexec sleep 600\n# {name}").into_bytes();
    content.resize(bytes, b'.');
    fs::write(&path, content).expect("written");
    script(&format!("{name}-v000"), "", json!({"command": "", "args": [], "artifact": {"type": "file", "path": path}}))
}

fn count(agent: &Agent, folder: &str) -> usize {
    fs::read_dir(agent.folder().join(folder)).expect("a folder").count()
}

async fn refused(agent: &Agent, spec: &ServerGroupSpec, words: &str) {
    let error = agent.client.create_server_group(spec, &call()).await.expect_err("it is refused");
    assert!(error.kind() == Kind::Unavailable && error.to_string().contains(words), "{error}");
    let known = agent.client.state().await.expect("the state");
    assert!(known.server_groups.iter().all(|group| group.spec.name != spec.name), "nothing is made");
}

#[tokio::test]
async fn memory_is_given_away_up_to_the_accounts_limit() {
    let agent = with(&["memory=201326592"]).await;
    let sleeps = |name: &str, capacity: u32, mebibytes: Option<u64>| {
        let limits = mebibytes.map_or(json!({}), |size| json!({"memoryBytes": size * MEBIBYTE}));
        script(name, "exec sleep 600", json!({"capacity": capacity, "limits": limits}))
    };
    refused(&agent, &sleeps("none-v000", 1, None), "so each process needs one: give `limits.memoryBytes`").await;
    refused(
        &agent,
        &sleeps("large-v000", 4, Some(64)),
        "256 MiB more of memory would be over the account's limit of 192 MiB (0 MiB",
    )
    .await;
    agent.group(&sleeps("half-v000", 2, Some(64))).await;
    let used = agent.client.state().await.expect("the state").account_use.memory_bytes;
    assert_eq!(used, Share { used: 128 * MEBIBYTE, limit: Some(192 * MEBIBYTE) });
    let limits = |mebibytes: u64| json!({"limits": {"memoryBytes": mebibytes * MEBIBYTE}});
    let large = agent.client.run_job(&job("shop-large", "true", limits(65)), &call()).await.expect_err("no room");
    assert!(large.to_string().contains("(128 MiB are given away)"), "{large}");
    agent.client.run_job(&job("shop-fits", "exec sleep 600", limits(64)), &call()).await.expect("it runs");
    let resize = serde_json::from_value(json!({"capacity": {"max": 3, "desired": 3}})).expect("a request");
    let grown = agent.client.resize_server_group("half-v000", &resize, &call()).await.expect_err("no room");
    assert!(grown.to_string().contains("192 MiB are given away"), "{grown}");
    let more = agent.client.change_launch(&sleeps("half-v000", 2, Some(65)), &call()).await.expect_err("no room");
    assert!(more.to_string().contains("130 MiB more of memory"), "{more}");
    agent.client.cancel_job("shop-fits", &call()).await.expect("cancelled");
    agent.client.resize_server_group("half-v000", &resize, &call()).await.expect("there is room again");
}

#[tokio::test]
async fn the_disk_is_used_up_to_the_accounts_limit() {
    let agent = with(&["disk=65536"]).await;
    let sources = tempfile::tempdir().expect("a folder");
    let first = agent.group(&sized("first", sources.path(), 40_000)).await;
    refused(&agent, &sized("second", sources.path(), 40_000), "1 MiB more would be over it; delete images").await;
    until("nothing is left of it", || async { count(&agent, "artifacts") == 1 }).await;
    assert_eq!(count(&agent, "server-groups"), 1);
    let used = agent.client.state().await.expect("the state").account_use.disk_bytes;
    assert_eq!((used.used >= 40_000, used.limit), (true, Some(65_536)));

    let image = agent.folder().join("images/large/1");
    fs::create_dir_all(&image).expect("a folder");
    fs::write(image.join("data"), vec![0; 65_536]).expect("written");
    agent.client.delete_server_group(&first.spec.name, 0, &call()).await.expect("deleted");
    let full = || async {
        let disk = agent.client.state().await.expect("the state").account_use.disk_bytes.used;
        count(&agent, "artifacts") == 0 && (65_536..65_536 + 40_000).contains(&disk)
    };
    until("it is measured anew", full).await;
    refused(&agent, &script("small-v000", "exec sleep 600", json!({})), "of the account's disk, and take 1 MiB").await;
    let refused = agent.client.run_job(&job("shop-a", "true", json!({})), &call()).await.expect_err("no room");
    assert!(refused.to_string().contains("--max-disk"), "{refused}");
    agent.client.delete_image("large:1", &call()).await.expect("deleted");
}

#[tokio::test]
async fn a_full_disk_is_said_and_nothing_is_left_half_made() {
    let Some(mut agent) = Agent::start_on_a_disk_of("2m").await else {
        // Nobody may mount a small disk here, which `cargo xtask test` says; what is written to one that is full is tested without
        // it in `agent::files`.
        return;
    };
    let sources = tempfile::tempdir().expect("a folder");
    refused(&agent, &sized("large", sources.path(), 3 << 20), "cannot store the artifact: No space left on device")
        .await;
    until("nothing is left of it", || async { count(&agent, "artifacts") == 0 }).await;
    let small = agent.group(&sized("small", sources.path(), 1_000)).await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;

    let filler = agent.folder().join("filler");
    let filled = fs::write(&filler, vec![0; 3 << 20]).expect_err("it is full");
    assert_eq!(filled.kind(), std::io::ErrorKind::StorageFull);
    for spec in [sized("second", sources.path(), 1_000), script("third-v000", "exec sleep 600", json!({}))] {
        refused(&agent, &spec, "No space left on device").await;
    }
    let job = agent.client.run_job(&job("shop-a", "true", json!({})), &call()).await.expect_err("no room");
    assert!(job.to_string().contains("make room"), "{job}");
    let changed = agent.client.change_launch(&script("small-v000", "exec sleep 5", json!({})), &call()).await;
    assert!(changed.expect_err("no room").to_string().contains("make room"));
    let after = agent.client.server_group("small-v000").await.expect("it");
    assert_eq!((after.up(), after.launch_version, after.instances), (1, 0, small.instances), "what runs goes on");
    let left =
        (count(&agent, "server-groups"), count(&agent, "artifacts"), count(&agent, "jobs"), count(&agent, "logs"));
    assert_eq!(left, (2, 1, 0, 2));

    // What makes room can be done, also by an agent that finds the disk full.
    agent.kill();
    agent.start_again(&[]).await;
    assert_eq!(agent.set_traffic("shop-v000", false, 0).await, 0);
    assert_eq!(get(&address, "/").await.expect("an answer").status, 503);
    for name in ["shop-v000", "small-v000"] {
        agent.client.delete_server_group(name, 0, &call()).await.expect("destroyed");
    }
    until("nothing is left of them", || async {
        (count(&agent, "server-groups"), count(&agent, "artifacts")) == (0, 0)
    })
    .await;
    agent.kill();
    agent.start_again(&[]).await;
    assert!(agent.client.server_groups().await.expect("groups").is_empty());

    fs::remove_file(&filler).expect("removed");
    agent.group(&script("third-v000", "exec sleep 600", json!({}))).await;
    agent.kill();
    agent.start_again(&[]).await;
    let names: Vec<Value> =
        agent.client.server_groups().await.expect("groups").iter().map(|group| json!(group.spec.name)).collect();
    assert_eq!(names, ["third-v000"]);
}
