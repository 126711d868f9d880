//! What stages on server groups and clusters ask clouddriver for, and what traffic guards say to it.

use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    fleet::{Fleet, group},
};

/// The nested stage of that type on `shop-v001` here, composed.
async fn staged(fleet: &Fleet, kind: &str, more: Value) -> Driven {
    let mut settings = json!({
        "credentials": "local", "cloudProvider": "local", "region": "here", "serverGroupName": "shop-v001", "cluster": "shop",
    });
    settings.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    let mut driven = Driven::new(&local(), kind, settings);
    driven.stage.parent_stage_id = Some("P".into());
    driven.clouddriver = fleet.router();
    driven.front50 = fleet.front50();
    driven.compose().await.expect("a composition");
    driven
}

fn guard(fleet: &Fleet) {
    fleet.kept.lock().application["trafficGuards"] =
        json!([{"account": "local", "location": "*", "stack": "*", "detail": "*"}]);
}

#[tokio::test]
async fn a_size_is_decided_once() {
    let fleet = Fleet::default();
    let mut driven = staged(&fleet, "resizeServerGroup", json!({"action": "scale_up", "scaleNum": 1})).await;
    let decided = driven.step("resizeServerGroup").await.expect("a decision");
    assert_eq!(decided.status, Status::Running);
    driven.record("resizeServerGroup", decided);
    let first = driven.step("resizeServerGroup").await.expect("a result");
    // The node died before it recorded that, and the server group has grown.
    fleet.kept.lock().groups[1] = group("shop-v001", "here", 2, 3, false);
    let again = driven.step("resizeServerGroup").await.expect("a result");
    assert_eq!(again, first);
    assert_eq!(first.context["capacity"], json!({"min": 3, "desired": 3, "max": 3}));
    assert_eq!(first.outputs["originalCapacity.shop-v001"], json!({"min": 2, "desired": 2, "max": 2}));
    assert_eq!(first.context["deploy.server.groups"], json!({"here": ["shop-v001"]}));
    let operations = fleet.operations();
    assert_eq!((operations.len(), &operations[0]), (2, &operations[1]));
    assert_eq!(operations[0].0, "resizeServerGroup");
    assert_eq!(operations[0].1["capacity"]["desired"], 3);
}

#[tokio::test]
async fn a_minimum_is_pinned_to_a_source_and_put_back() {
    let fleet = Fleet::default();
    let source = json!({"serverGroupName": "shop-v000", "region": "here", "credentials": "local"});
    let pin = json!({"action": "scale_to_server_group", "source": source, "pinMinimumCapacity": true, "scalePct": 150});
    let mut driven = staged(&fleet, "pinServerGroup", pin).await;
    assert_eq!(driven.run("resizeServerGroup").await, Status::Succeeded);
    assert_eq!(driven.stage.context["capacity"], json!({"min": 3, "desired": 3, "max": 3}));
    let unpin = json!({
        "action": "scale_to_server_group", "source": source, "unpinMinimumCapacity": true,
        "originalCapacity.shop-v000": {"min": 1, "desired": 2, "max": 2},
    });
    let mut driven = staged(&fleet, "pinServerGroup", unpin).await;
    assert_eq!(driven.run("resizeServerGroup").await, Status::Succeeded);
    assert_eq!(driven.stage.context["capacity"], json!({"min": 1, "desired": 2, "max": 2}));
}

#[tokio::test]
async fn a_guarded_cluster_keeps_something_that_serves() {
    let fleet = Fleet::default();
    guard(&fleet);
    let mut driven = staged(&fleet, "disableServerGroup", json!({})).await;
    assert_eq!(driven.run("disableServerGroup").await, Status::Succeeded, "shop-v000 serves");
    assert_eq!(driven.stage.context["trafficGuard"]["reason"], "2 of 4 instances stay up");
    assert_eq!(driven.stage.context["targetop.asg.disableServerGroup.name"], "shop-v001");
    assert_eq!(fleet.operations().len(), 1);

    fleet.kept.lock().groups[0] = group("shop-v000", "here", 1, 2, true);
    for (kind, task, more) in [
        ("disableServerGroup", "disableServerGroup", json!({})),
        ("destroyServerGroup", "destroyServerGroup", json!({})),
        ("resizeServerGroup", "resizeServerGroup", json!({"capacity": {"min": 0, "desired": 0, "max": 0}})),
    ] {
        let mut driven = staged(&fleet, kind, more).await;
        let waiting = driven.step(task).await.expect("patience");
        assert_eq!(waiting.status, Status::Running, "{kind}: another may come up");
        driven.now = driven.now.after(std::time::Duration::from_secs(31));
        let error = driven.step(task).await.expect_err("a refusal");
        assert_eq!(error.exception_type, "TrafficGuardException", "{kind}");
        assert!(error.message.contains("shop-v001] would leave the cluster shop in local/here"), "{kind}: {error}");
    }
    let part = staged(&fleet, "disableServerGroup", json!({"desiredPercentage": 50})).await;
    assert_eq!(part.step("disableServerGroup").await.expect("a result").status, Status::Succeeded);
    assert_eq!(fleet.operations().len(), 2);
}

#[tokio::test]
async fn a_cluster_is_acted_on_as_it_was_chosen_first() {
    for (kind, more, operation, acted_on) in [
        ("disableCluster", json!({"remainingEnabledServerGroups": 1}), "disableServerGroup", "shop-v000"),
        ("shrinkCluster", json!({"allowDeleteActive": true}), "destroyServerGroup", "shop-v000"),
        ("scaleDownCluster", json!({"allowScaleDownActive": true}), "resizeServerGroup", "shop-v000"),
    ] {
        let fleet = Fleet::default();
        guard(&fleet);
        let mut driven = staged(&fleet, kind, more).await;
        let chosen = driven.step(kind).await.expect("a choice");
        assert_eq!(chosen.context["deploy.server.groups"], json!({"here": [acted_on]}), "{kind}");
        driven.record(kind, chosen);
        let first = driven.step(kind).await.expect("a result");
        fleet.kept.lock().groups.remove(0);
        assert_eq!(driven.step(kind).await.expect("a result"), first, "{kind}");
        let operations = fleet.operations();
        assert_eq!((operations[0].0.as_str(), &operations[0].1["serverGroupName"]), (operation, &json!(acted_on)));
    }
}

#[tokio::test]
async fn a_guarded_cluster_is_not_emptied() {
    let fleet = Fleet::default();
    guard(&fleet);
    let driven = staged(&fleet, "shrinkCluster", json!({"allowDeleteActive": true, "shrinkToSize": 0})).await;
    let error = driven.step("shrinkCluster").await.expect_err("a refusal");
    assert_eq!(error.exception_type, "TrafficGuardException");
    let names = json!({"serverGroupNames": ["shop-v000", "shop-v001"]});
    let driven = staged(&fleet, "bulkDestroyServerGroup", names).await;
    assert!(driven.step("bulkDisableServerGroup").await.is_err());
    let driven = staged(&fleet, "bulkDestroyServerGroup", json!({"serverGroupNames": ["shop-v000"]})).await;
    assert_eq!(driven.step("bulkDisableServerGroup").await.expect("allowed").status, Status::Running);
    assert_eq!(fleet.operations(), []);
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_a_failure_unless_the_stage_says_no() {
    let fleet = Fleet::default();
    let nowhere = |more: Value| {
        let mut settings = json!({"cluster": "shop-gone", "moniker": {"app": "shop", "cluster": "shop-gone"}});
        settings.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        settings
    };
    let driven = staged(&fleet, "disableCluster", nowhere(json!({}))).await;
    assert!(driven.step("disableCluster").await.is_err());
    for (kind, more) in
        [("disableCluster", json!({"continueIfClusterNotFound": true})), ("shrinkCluster", json!({"shrinkToSize": 0}))]
    {
        let driven = staged(&fleet, kind, nowhere(more)).await;
        assert_eq!(driven.step(kind).await.expect("a result").status, Status::Succeeded, "{kind}");
    }
}

#[tokio::test]
async fn only_the_platform_counts_where_the_application_says_so() {
    let fleet = Fleet::default();
    fleet.kept.lock().application["platformHealthOnly"] = true.into();
    let driven = staged(&fleet, "enableServerGroup", json!({})).await;
    let found = driven.step("determineHealthProviders").await.expect("a result");
    assert_eq!(found.context["interestingHealthProviderNames"], json!(["LocalAgent"]));
    let own = staged(&fleet, "enableServerGroup", json!({"interestingHealthProviderNames": ["LoadBalancer"]})).await;
    assert!(own.step("determineHealthProviders").await.expect("a result").context.is_empty());
}

#[tokio::test]
async fn in_a_strategy_pipeline_the_cluster_is_that_of_the_deployment() {
    let fleet = Fleet::default();
    for (kind, more) in [
        ("disableCluster", json!({"remainingEnabledServerGroups": 1})),
        ("shrinkCluster", json!({})),
        ("resizeServerGroup", json!({"target": "current_asg_dynamic", "action": "scale_up", "scaleNum": 1})),
    ] {
        let mut driven = Driven::new(&local(), kind, more);
        driven.clouddriver = fleet.router();
        assert!(driven.compose().await.is_err(), "{kind}: elsewhere it has to say where");
        let parameters = json!({
            "strategy": true, "cloudProvider": "local", "cluster": "shop", "credentials": "local", "region": "here",
        });
        driven.execution.trigger.insert("parameters".into(), parameters);
        driven.compose().await.unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}
