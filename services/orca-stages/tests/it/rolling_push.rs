//! A rolling push: which instances go in which round, and what each round waits for.

use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    fleet::{Fleet, group},
};

/// A push to `shop-v001`, which has three instances.
async fn pushing(fleet: &Fleet, termination: Value) -> Driven {
    fleet.kept.lock().groups[1] = group("shop-v001", "here", 2, 3, false);
    let settings = json!({
        "credentials": "local", "cloudProvider": "local", "region": "here", "asgName": "shop-v001",
        "deploy.server.groups": {"here": ["shop-v001"]}, "termination": termination, "loadBalancers": ["another"],
    });
    let mut driven = Driven::new(&local(), "rollingPush", settings);
    driven.clouddriver = fleet.router();
    driven.front50 = fleet.front50();
    driven.compose().await.expect("a composition");
    assert_eq!(driven.run("determineTerminationCandidates").await, Status::Succeeded);
    driven
}

/// Has an instance end and another one come up.
fn replaced(fleet: &Fleet, old: &str, new: &str) {
    let mut kept = fleet.kept.lock();
    let instances = kept.groups[1]["instances"].as_array_mut().expect("instances");
    instances.retain(|instance| instance["name"] != old);
    instances.push(json!({"name": new, "launchTime": 9, "health": [{"type": "LoadBalancer", "state": "Up"}]}));
}

#[tokio::test]
async fn each_round_ends_some_and_waits_for_as_many_new_ones() {
    let fleet = Fleet::default();
    let mut driven = pushing(&fleet, json!({"totalRelaunches": 2, "waitTime": 30})).await;
    assert_eq!(driven.run("wait").await, Status::Succeeded, "not before the first round");
    let before = driven.now;
    for (round, more) in [(0, Status::Redirect), (1, Status::Succeeded)] {
        assert_eq!(driven.run("determineCurrentPhaseTerminations").await, Status::Succeeded);
        let old = format!("shop-v001-{round}");
        assert_eq!(driven.stage.context["instanceIds"], json!([old]));
        if round > 0 {
            assert_eq!(driven.run("wait").await, Status::Succeeded);
            assert!(driven.now >= before.after(std::time::Duration::from_secs(30)), "each further round waits");
        }

        assert_eq!(driven.run("disableInstances").await, Status::Succeeded);
        let (operation, description) = fleet.operations().pop().expect("an operation");
        assert_eq!(
            (operation.as_str(), &description["instanceIds"]),
            ("deregisterInstancesFromLoadBalancer", &json!([old]))
        );
        assert_eq!(description.get("loadBalancers"), None, "it leaves all that it is behind");
        let state =
            |state: &str| json!({"name": old, "launchTime": 5, "health": [{"type": "LoadBalancer", "state": state}]});
        fleet.answer(&format!("/instances/local/here/{old}"), state("Up"));
        assert_eq!(driven.step("waitForDisabledState").await.expect("a result").status, Status::Running);
        fleet.answer(&format!("/instances/local/here/{old}"), state("OutOfService"));
        assert_eq!(driven.run("waitForDisabledState").await, Status::Succeeded);

        assert_eq!(driven.run("terminateInstances").await, Status::Succeeded);
        let (operation, description) = fleet.operations().pop().expect("an operation");
        assert_eq!((operation.as_str(), &description["instanceIds"]), ("terminateInstances", &json!([old])));
        assert_eq!(driven.step("waitForTerminatedInstances").await.expect("a result").status, Status::Running);
        assert_eq!(driven.step("waitForNewInstances").await.expect("a result").status, Status::Running);
        replaced(&fleet, &old, &format!("new-{round}"));
        assert_eq!(driven.run("waitForTerminatedInstances").await, Status::Succeeded);
        assert_eq!(driven.run("waitForNewInstances").await, Status::Succeeded);
        let ended = driven.step("checkForRemainingTerminations").await.expect("a result");
        assert_eq!(ended.status, more);
        driven.record("checkForRemainingTerminations", ended);
    }
    assert_eq!(driven.run("pushComplete").await, Status::Succeeded);
    let known = &driven.stage.context["knownInstanceIds"];
    assert_eq!(known, &json!(["shop-v001-0", "shop-v001-1", "shop-v001-2", "new-0", "new-1"]));
}

#[tokio::test]
async fn a_guarded_server_group_is_not_pushed_to_all_at_once() {
    let fleet = Fleet::default();
    fleet.kept.lock().groups.remove(0);
    fleet.kept.lock().application["trafficGuards"] =
        json!([{"account": "local", "location": "*", "stack": "*", "detail": "*"}]);
    fleet.kept.lock().groups.insert(0, group("shop-v000", "there", 1, 2, false));
    let mut driven = pushing(&fleet, json!({"relaunchAllInstances": true, "concurrentRelaunches": 3})).await;
    driven.run("determineCurrentPhaseTerminations").await;
    let error = driven.step("disableInstances").await.expect_err("none would be left");
    assert_eq!(error.exception_type, "TrafficGuardException");
    assert_eq!(fleet.operations(), []);
    let mut driven = pushing(&fleet, json!({"relaunchAllInstances": true, "concurrentRelaunches": 2})).await;
    driven.run("determineCurrentPhaseTerminations").await;
    assert_eq!(driven.run("disableInstances").await, Status::Succeeded);
    assert_eq!(driven.stage.context["trafficGuard"]["operation"], "disableInstances");
    driven.run("determineCurrentPhaseTerminations").await;
    assert_eq!(driven.stage.context["trafficGuard"], Value::Null, "each round is judged anew");
}

#[tokio::test]
async fn a_push_to_nothing_says_so() {
    let fleet = Fleet::default();
    let settings = json!({
        "credentials": "local", "cloudProvider": "local", "region": "here", "asgName": "shop-v001",
        "termination": {"instances": ["gone"]},
    });
    let mut driven = Driven::new(&local(), "rollingPush", settings);
    driven.clouddriver = fleet.router();
    driven.compose().await.expect("a composition");
    let error = driven.step("determineTerminationCandidates").await.expect_err("there is none");
    assert!(error.message.contains("shop-v001 has none of the instances"), "{error}");
}

#[tokio::test]
async fn tags_of_a_former_image_are_removed_where_there_are_tags() {
    let fleet = Fleet::default();
    fleet.answer("/features/stages", json!([{"name": "upsertEntityTags", "enabled": true}]));
    fleet.kept.lock().groups[1]["launchConfig"] = json!({"imageId": "i-2"});
    let tag = |name: &str, image: &str| json!({"name": name, "namespace": "astrid_rules", "valueType": "object", "value": {"imageId": image}});
    fleet.answer("/tags", json!([{"id": "t", "tags": [tag("old", "i-1"), tag("now", "i-2")]}]));
    let mut driven = pushing(&fleet, json!({"relaunchAllInstances": true})).await;
    fleet.kept.lock().groups[1]["launchConfig"] = json!({"imageId": "i-2"});
    assert_eq!(driven.run("cleanUpTags").await, Status::Succeeded);
    assert_eq!(fleet.operations(), [("deleteEntityTags".to_owned(), json!({"id": "t", "tags": ["old"]}))]);
}

#[tokio::test]
async fn the_next_instances_get_what_the_stage_says() {
    let fleet = Fleet::default();
    for (kind, operation, notification) in [
        ("updateLaunchConfig", "updateLaunchConfig", "modifyasglaunchconfiguration"),
        ("modifyAsgLaunchConfiguration", "updateLaunchConfig", "modifyasglaunchconfiguration"),
        ("updateLaunchTemplate", "updateLaunchTemplate", "modifyservergrouplaunchtemplate"),
    ] {
        let settings = json!({
            "credentials": "local", "cloudProvider": "local", "region": "here", "asgName": "shop-v001",
            "environment": {"COLOUR": "green"},
        });
        let mut driven = Driven::new(&local(), kind, settings);
        driven.clouddriver = fleet.router();
        driven.compose().await.expect("a composition");
        assert_eq!(driven.run(operation).await, Status::Succeeded, "{kind}");
        let (name, description) = fleet.operations().pop().expect("an operation");
        assert_eq!(name, operation, "{kind}");
        assert_eq!(
            (&description["serverGroupName"], &description["environment"]["COLOUR"]),
            (&json!("shop-v001"), &json!("green"))
        );
        assert_eq!(driven.stage.context["notification.type"], notification);
        assert_eq!(driven.stage.context["deploy.server.groups"], json!({"here": ["shop-v001"]}));
    }
}
