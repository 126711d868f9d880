//! A step that is made again after a crash does what it did before.

use gennaker_orca_stages::{Catalogue, TaskResult};
use gennaker_wire::{Object, Status};
use serde_json::{Value, json};

use crate::clouddriver::Clouddriver;

const DISABLE_CLUSTER: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.DisableClusterTask";
const WAIT_FOR_UP: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.WaitForUpInstancesTask";

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

async fn step(clouddriver: &Clouddriver, settings: &Object, class: &str) -> TaskResult {
    let catalogue = Catalogue::standard();
    let task = catalogue.task(class).expect("the task is there");
    task.step(&clouddriver.context("disableCluster", settings)).await.expect("a result")
}

#[tokio::test]
async fn a_cluster_is_disabled_as_it_was_chosen_first() {
    let clouddriver = Clouddriver::default();
    let mut settings = object(json!({
        "credentials": "local", "cloudProvider": "local", "region": "here", "cluster": "shop", "application": "shop",
        "remainingEnabledServerGroups": 1,
    }));
    let last = loop {
        let result = step(&clouddriver, &settings, DISABLE_CLUSTER).await;
        if result.status != Status::Running {
            break result;
        }
        settings.extend(result.context);
    };
    // The node died before it recorded the last step: the next owner makes it again, when it has had its effect.
    let again = step(&clouddriver, &settings, DISABLE_CLUSTER).await;
    assert_eq!(again, last);
    assert_eq!(again.context["kato.last.task.id"]["id"], "S-2-0");
    let submitted = clouddriver.submitted.lock().clone();
    assert_eq!(submitted.len(), 2);
    assert_eq!(submitted[0], submitted[1]);
    assert_eq!(submitted[0].1[0]["disableServerGroup"]["serverGroupName"], "shop-v000");
}

#[tokio::test]
async fn a_deployment_that_named_no_server_group_does_not_pass_for_one_that_serves() {
    let clouddriver = Clouddriver::default();
    let settings = object(json!({"credentials": "local", "region": "here", "deploy.server.groups": {}}));
    let catalogue = Catalogue::standard();
    let task = catalogue.task(WAIT_FOR_UP).expect("the task is there");
    assert!(task.step(&clouddriver.context("createServerGroup", &settings)).await.is_err());
}
