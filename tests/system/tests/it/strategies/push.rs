//! A rolling push: no new server group; the instances of the one that is there are replaced, one after the other.
//!
//! The first of them is drained before the new version answers anybody. So its WebSocket cannot be held across the switch: it is
//! left while the instance waits for it, as a client does that may stay no longer than `drainTimeoutMs`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::journey::{Group, Journey, SIZE, group_name, version};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_push_replaces_each_instance_and_no_request_fails() {
    let journey = Journey::start_and_back([]).await;
    let before = instances(&journey).await;
    let settings = json!({
        "strategy": "rollingpush", "termination": { "relaunchAllInstances": true, "concurrentRelaunches": 1 },
    });
    let id = journey.deploy(&version("2"), settings, json!({})).await;
    let ended = journey.succeeded(&id, "rolling push").await;
    journey.until_answered_by("2").await;
    let kinds: Vec<&str> = ended.stages_by_start().iter().filter_map(|stage| stage["type"].as_str()).collect();
    assert_eq!(kinds, ["deploy", "createServerGroup", "modifyAsgLaunchConfiguration", "rollingPush"], "{ended}");

    let whole = Group { name: group_name(0), enabled: true, desired: u64::from(SIZE), instances: SIZE as usize };
    assert_eq!(journey.groups().await, [whole], "{ended}");
    let after = instances(&journey).await;
    assert_eq!(before.intersection(&after).count(), 0, "each was replaced: {before:?}, {after:?}");
    journey.check_processes("rolling push").await;
    journey.end().await;
}

/// The ids of all instances.
async fn instances(journey: &Journey) -> BTreeSet<String> {
    let groups = journey.delivery.server_groups().await.expect("server groups");
    let instances = groups.iter().filter_map(|group| group["instances"].as_array()).flatten();
    instances
        .filter_map(|instance| instance["id"].as_str().or(Value::as_str(&instance["name"])))
        .map(str::to_owned)
        .collect()
}
