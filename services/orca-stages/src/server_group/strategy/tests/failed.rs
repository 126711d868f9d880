//! What follows on a deployment that failed.

use std::sync::Arc;

use gennaker_wire::{Stage, SyntheticOwner};
use serde_json::{Value, json};

use super::{after_failure, base, failure, names, object, settings, shown, source, strategies, tree, view};
use crate::{StageView, server_group::strategy::Deployment};

#[test]
fn a_failure_goes_back_where_that_helps() {
    let asked = |strategy: &str| settings(json!({"strategy": strategy, "rollback": {"onFailure": true}}));
    let rollback = |additional: Value| {
        tree([(
            "rollbackCluster",
            "Rollback shop-web",
            json!({
                "credentials": "test", "cloudProvider": "local", "regions": ["here"], "serverGroup": "shop-web-v002",
                "stageTimeoutMs": 1_800_000, "additionalRollbackContext": additional,
            }),
        )])
    };
    let only_disabled = json!({"disableOnly": true, "onlyEnabledServerGroups": true});
    assert_eq!(after_failure(asked("redblack"), true), rollback(only_disabled));
    assert_eq!(after_failure(asked("redblack"), false), [], "the old one is on its way out");
    assert_eq!(after_failure(asked("highlander"), true), []);
    assert_eq!(after_failure(settings(json!({"strategy": "redblack"})), true), [], "nobody asked for it");
    let mut uncreated = asked("redblack");
    uncreated.shift_remove("deploy.server.groups");
    assert_eq!(after_failure(uncreated, true), [], "there is nothing to go back from");

    let stages = after_failure(asked("rollingredblack"), false);
    let enabled = json!({"enableAndDisableOnly": true, "onlyEnabledServerGroups": true});
    assert_eq!(stages[..1], rollback(enabled));
    let unpin = base(json!({
        "serverGroupName": "shop-web-v001", "action": "scale_to_server_group", "source": source(),
        "useNameAsLabel": true, "unpinMinimumCapacity": true, "stageTimeoutMs": 1_200_000,
    }));
    assert_eq!(stages[1..], tree([("pinServerGroup", "Unpin shop-web-v001", unpin)]));
}

#[test]
fn the_failed_server_group_is_destroyed_once_the_old_one_is_back() {
    let own = json!({"strategy": "redblack", "rollback": {"onFailure": true, "destroyLatest": true}});
    let stages = after_failure(settings(own), true);
    assert_eq!(names(&stages), ["rollbackCluster: Rollback shop-web", "destroyServerGroup: Destroy shop-web-v002"]);
    assert_eq!(
        stages[1].2,
        json!({
            "cloudProvider": "local", "cloudProviderType": "local", "cluster": "shop-web", "credentials": "test",
            "region": "here", "serverGroupName": "shop-web-v002", "stageTimeoutMs": 300_000,
        })
    );
    let own = json!({"strategy": "none", "rollback": {"onFailure": true, "destroyLatest": true}});
    assert_eq!(names(&after_failure(settings(own), true)), ["destroyServerGroup: Destroy shop-web-v002"]);
}

#[test]
fn a_monitored_failure_does_what_its_actions_say() {
    let own = json!({
        "strategy": "monitored", "deploymentMonitor": {"id": "m"},
        "failureActions": {"rollback": "Automatic", "destroyInstances": true},
    });
    let stages = after_failure(settings(own), false);
    assert_eq!(
        names(&stages),
        [
            "rollbackCluster: Rollback shop-web",
            "destroyServerGroup: Destroy shop-web-v002 due to rollback",
            "pinServerGroup: Unpin shop-web-v001",
            "notifyDeployCompleted: Notify monitored deploy complete",
        ]
    );
    assert_eq!(stages[0].2["originalServerGroup"], "shop-web-v001");
    assert_eq!(stages[3].2["hasDeploymentFailed"], true);
    let stages =
        after_failure(settings(json!({"strategy": "monitored", "failureActions": {"rollback": "None"}})), false);
    assert_eq!(names(&stages), ["pinServerGroup: Unpin shop-web-v001"]);
}

#[test]
fn the_stage_after_a_failure_knows_the_minimum_before_the_pin() {
    let deployment = view(settings(json!({"strategy": "rollingredblack"})), false);
    let before = json!({"min": 1, "desired": 4, "max": 6});
    let pin = Stage {
        id: "P".into(),
        kind: "pinServerGroup".into(),
        context: object(json!({"serverGroupName": "shop-web-v001"})),
        outputs: object(json!({ "originalCapacity.shop-web-v001": before })),
        parent_stage_id: Some("S".into()),
        synthetic_stage_owner: Some(SyntheticOwner::StageAfter),
        ..Stage::default()
    };
    let stages = [deployment.stage.clone(), Arc::new(pin)];
    let deployment = StageView { stages: stages.into(), ..deployment };
    let strategies = strategies();
    let strategy = strategies.of(deployment.context());
    let stages = shown(failure::stages(strategy, &Deployment::of(&deployment)).expect("stages"));
    assert_eq!(names(&stages), ["pinServerGroup: Unpin shop-web-v001"]);
    assert_eq!(stages[0].2["originalCapacity.shop-web-v001"], before);
}
