//! A step that is made again after a crash does what it did before; a stage that is restarted does not.

use gennaker_orca_stages::{Catalogue, TaskResult};
use gennaker_wire::{Object, Status};
use serde_json::{Value, json};

use crate::{
    clouddriver::Clouddriver,
    drive::{Driven, local},
    fleet::{Fleet, group},
};

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

/// A stage of a pipeline with these settings besides its place.
fn staged(fleet: &Fleet, kind: &str, more: Value) -> Driven {
    let mut settings = object(json!({
        "account": "local", "credentials": "local", "cloudProvider": "local", "region": "here", "application": "shop",
    }));
    settings.extend(object(more));
    let mut driven = Driven::new(&local(), kind, Value::Object(settings));
    driven.clouddriver = fleet.router();
    driven.front50 = fleet.front50();
    driven
}

#[tokio::test]
async fn a_deployment_that_runs_again_follows_the_server_group_that_it_creates_then() {
    let fleet = Fleet::default();
    fleet.kept.lock().groups.clear();
    let mut driven = staged(&fleet, "createServerGroup", json!({"strategy": "redblack"}));
    driven.compose().await.expect("a composition");
    assert_eq!(driven.run("determineSourceServerGroup").await, Status::Succeeded);
    assert_eq!(driven.stage.context["source"], json!({}), "nothing runs yet");
    let over =
        json!({"id": "t", "status": {"completed": true}, "resultObjects": [{"serverGroupNames": ["here:shop-v000"]}]});
    fleet.answer("/task/S-3-0", over);
    assert_eq!(driven.run("createServerGroup").await, Status::Succeeded);
    assert_eq!(driven.run("monitorDeploy").await, Status::Succeeded);
    assert_eq!(driven.stage.context["deploy.server.groups"], json!({"here": ["shop-v000"]}));
    // It never serves, and the stage is restarted.
    fleet.kept.lock().groups.push(group("shop-v000", "here", 1, 1, false));
    driven.restart();
    driven.compose().await.expect("a composition");
    assert_eq!(driven.run("determineSourceServerGroup").await, Status::Succeeded);
    assert_eq!(driven.stage.context["source"]["serverGroupName"], "shop-v000");
    let over =
        json!({"id": "t", "status": {"completed": true}, "resultObjects": [{"serverGroupNames": ["here:shop-v001"]}]});
    fleet.answer("/task/S-3-0", over);
    assert_eq!(driven.run("createServerGroup").await, Status::Succeeded);
    assert_eq!(driven.run("monitorDeploy").await, Status::Succeeded);
    assert_eq!(driven.stage.context["deploy.server.groups"], json!({"here": ["shop-v001"]}));
}

#[tokio::test]
async fn the_source_that_a_stage_names_is_named_again() {
    let fleet = Fleet::default();
    let named = json!({"clusterName": "shop", "account": "local", "region": "here"});
    let mut driven = staged(&fleet, "cloneServerGroup", json!({"source": named, "target": "current_asg_dynamic"}));
    let place = "/applications/shop/clusters/local/shop/local/here/serverGroups/target/current_asg_dynamic";
    fleet.answer(place, group("shop-v001", "here", 2, 2, false));
    driven.compose().await.expect("a composition");
    assert_eq!(driven.run("determineSourceServerGroup").await, Status::Succeeded);
    assert_eq!(driven.stage.context["source"]["serverGroupName"], "shop-v001");
    driven.restart();
    assert_eq!(driven.stage.context["source"], named);
}

#[tokio::test]
async fn a_stage_on_a_word_knows_its_places_when_it_runs_again() {
    for (field, places) in [("region", json!("here")), ("regions", json!(["here", "there"]))] {
        let mut driven = staged(&Fleet::default(), "destroyServerGroup", json!({"cluster": "shop"}));
        driven.stage.context.shift_remove("region");
        driven.stage.context.insert("target".to_owned(), "oldest_asg_dynamic".into());
        driven.stage.context.insert(field.to_owned(), places.clone());
        let first = driven.composition().await.expect("a composition");
        driven.compose().await.expect("a composition");
        assert!(!driven.stage.context.contains_key(field), "only its synthetic stages say where, as upstream has it");
        driven.restart();
        assert_eq!(driven.composition().await.expect("a composition").before, first.before);
    }
}

#[tokio::test]
async fn a_stage_that_finds_nothing_to_do_then_does_not_follow_the_operation_that_failed() {
    let fleet = Fleet::default();
    let mut driven = staged(&fleet, "disableCluster", json!({"cluster": "shop"}));
    driven.compose().await.expect("a composition");
    assert_eq!(driven.run("disableCluster").await, Status::Succeeded);
    fleet.answer("/task/S-2-0", json!({"id": "S-2-0", "status": {"completed": true, "failed": true}}));
    assert_eq!(driven.run("monitorDisableCluster").await, Status::Terminal);
    fleet.kept.lock().groups.remove(0);
    driven.restart();
    driven.compose().await.expect("a composition");
    for task in ["disableCluster", "monitorDisableCluster", "waitForClusterDisable"] {
        assert_eq!(driven.run(task).await, Status::Succeeded, "{task}");
    }
}
