//! Back to the version before, in each of the ways.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::{Value, json};

use super::journey::{Journey, SIZE, group_name, merge, version};
use crate::support::programs;

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
        merge(&mut job, own);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_comes_back_whose_server_group_is_gone() {
    let journey = Journey::start_and_back([]).await;
    for name in ["2", "3"] {
        image(&journey.install.folder().join("agent"), name).await;
        let settings =
            json!({ "strategy": "highlander", "imageId": format!("greeter:{name}"), "command": "bin/greeter" });
        let id = journey.deploy(&version(name), settings, json!({})).await;
        journey.succeeded(&id, name).await;
        journey.until_answered_by(name).await;
    }
    let back = json!({
        "type": "rollbackServerGroup", "rollbackType": "PREVIOUS_IMAGE", "region": "local",
        "credentials": journey.install.account(), "cloudProvider": "local",
        "rollbackContext": {
            "rollbackServerGroupName": group_name(2), "imageName": "greeter:2", "targetHealthyRollbackPercentage": 100,
        },
    });
    journey.run("Roll back to the image before", &back).await;
    active(&journey, 3, "to an image").await;
    journey.until_answered_by("2").await;
    journey.end().await;
}

/// Puts an image into the agent's folder: the example program, which takes its version from the image whatever its environment says.
async fn image(agent: &Path, name: &str) {
    let greeter = programs().await.path("greeter").expect("it is built");
    let images = agent.join("images/greeter");
    let begun = agent.join(format!("image-{name}"));
    fs::create_dir_all(begun.join("bin")).expect("a folder");
    let program = begun.join("bin/greeter");
    let script = format!("#!/bin/sh\nexport GREETER_VERSION={name}\nexec '{}'\n", greeter.display());
    fs::write(&program, script).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it may be run");
    fs::write(begun.join("image.json"), r#"{"command": "bin/greeter"}"#).expect("a description");
    fs::create_dir_all(&images).expect("a folder");
    fs::rename(begun, images.join(name)).expect("the image is there as a whole");
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
