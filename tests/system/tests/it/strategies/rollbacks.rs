//! Back to the version before, in each of the ways.

use serde_json::{Value, json};

use super::journey::{Journey, SIZE, group_name, version};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_way_back_brings_the_old_version_back_and_no_request_fails() {
    let journey = Journey::start_and_back([]).await;
    let settings = json!({ "strategy": "redblack", "scaleDown": true });
    let id = journey.deploy(&version("2"), settings, json!({})).await;
    journey.succeeded(&id, "version 2").await;
    journey.until_answered_by("2").await;

    let place = json!({ "credentials": journey.install.account(), "cloudProvider": "local" });
    let with = |own: Value| {
        let mut job = place.clone();
        super::journey::merge(&mut job, own);
        job
    };
    let explicit = with(json!({
        "type": "rollbackServerGroup", "region": "local", "rollbackType": "EXPLICIT",
        "rollbackContext": {
            "rollbackServerGroupName": group_name(1), "restoreServerGroupName": group_name(0),
            "delayBeforeDisableSeconds": 1, "targetHealthyRollbackPercentage": 100,
        },
    }));
    journey.run("Roll back to version 1", &explicit).await;
    active(&journey, 0, "explicit").await;
    journey.until_answered_by("1").await;

    let cluster = with(json!({
        "type": "rollbackCluster", "regions": ["local"], "moniker": { "app": "greeter", "cluster": "greeter" },
    }));
    journey.run("Roll the cluster back", &cluster).await;
    active(&journey, 1, "of the cluster").await;
    journey.until_answered_by("2").await;
    journey.end().await;
}

/// Checks that this server group alone serves, whole.
async fn active(journey: &Journey, number: usize, what: &str) {
    let groups = journey.groups().await;
    for group in &groups {
        let is_active = group.name == group_name(number);
        assert_eq!(group.enabled, is_active, "{what}: {groups:?}");
        assert!(!is_active || group.instances == SIZE as usize, "{what}: {groups:?}");
    }
    journey.check_processes(what).await;
}
