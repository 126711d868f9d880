//! Strategies that grow the new server group by steps: `rollingredblack`, `monitored`.

use serde_json::{Value, json};

use super::{after, base, names, object, settings, source, strategies, tree};
use crate::{Options, server_group::strategy::Strategies};

#[test]
fn rolling_red_black_grows_and_disables_by_steps() {
    let own = json!({"strategy": "rollingredblack", "targetPercentages": [50], "targetHealthyDeployPercentage": 90});
    let place = json!({"type": "REGION", "value": "here"});
    let pinned = |own: Value| {
        let mut context = object(base(json!({
            "serverGroupName": "shop-web-v001", "action": "scale_to_server_group", "source": source(),
            "useNameAsLabel": true, "pinMinimumCapacity": true,
        })));
        context.extend(object(own));
        Value::Object(context)
    };
    let grow = |percentage: i64, whole: bool| {
        pinned(json!({
            "target": "current_asg_dynamic", "targetLocation": place, "scalePct": percentage,
            "pinCapacity": !whole, "unpinMinimumCapacity": whole, "pinMinimumCapacity": !whole,
            "targetHealthyDeployPercentage": 90,
        }))
    };
    let expected = tree([
        (
            "determineTargetServerGroup",
            "Determine Deployed Server Group",
            base(json!({"target": "current_asg_dynamic", "targetLocation": place})),
        ),
        ("pinServerGroup", "Pin shop-web-v001", pinned(json!({}))),
        ("resizeServerGroup", "Grow to 50% of Desired Size", grow(50, false)),
        ("disableServerGroup", "Disable 50% of Traffic on shop-web-v001", pinned(json!({"desiredPercentage": 50}))),
        ("resizeServerGroup", "Grow to 100% of Desired Size", grow(100, true)),
        ("disableServerGroup", "Disable 100% of Traffic on shop-web-v001", pinned(json!({"desiredPercentage": 100}))),
        ("pinServerGroup", "Unpin shop-web-v001", pinned(json!({"unpinMinimumCapacity": true}))),
    ]);
    assert_eq!(after(settings(own)), expected);
}

#[test]
fn rolling_red_black_waits_and_validates_between_growth_and_disabling() {
    let own = json!({
        "strategy": "rollingredblack", "targetPercentages": ["100"], "delayBeforeCleanup": 3, "scaleDown": true,
        "delayBeforeScaleDownSec": 4,
        "pipelineBeforeCleanup": {"application": "checks", "pipelineId": "p", "pipelineParameters": {"mine": 1}},
    });
    let stages = after(settings(own));
    assert_eq!(
        names(&stages),
        [
            "determineTargetServerGroup: Determine Deployed Server Group",
            "pinServerGroup: Pin shop-web-v001",
            "resizeServerGroup: Grow to 100% of Desired Size",
            "wait: wait",
            "pipeline: Run Validation Pipeline",
            "disableServerGroup: Disable 100% of Traffic on shop-web-v001",
            "wait: Wait Before Scale Down",
            "scaleDownCluster: scaleDown",
        ]
    );
    let group =
        |name: &str| json!({"region": "here", "account": "test", "cloudProvider": "local", "serverGroupName": name});
    assert_eq!(
        stages[4].2,
        json!({
            "application": "checks", "pipelineApplication": "checks", "pipeline": "p",
            "pipelineParameters": {
                "mine": 1, "deployedServerGroup": group("shop-web-v002"), "sourceServerGroup": group("shop-web-v001"),
                "percentageComplete": 100,
            },
        })
    );
}

#[test]
fn without_an_old_one_rolling_red_black_grows_to_what_was_asked_for() {
    let capacity = json!({"min": 2, "max": 4, "desired": 4});
    let own = json!({
        "strategy": "rollingredblack", "targetPercentages": [25, 100], "scaleDown": true, "source": {},
        "savedCapacity": capacity,
    });
    let stages = after(settings(own));
    assert_eq!(
        names(&stages),
        [
            "determineTargetServerGroup: Determine Deployed Server Group",
            "resizeServerGroup: Grow to 25% of Desired Size",
            "resizeServerGroup: Grow to 100% of Desired Size",
        ]
    );
    assert_eq!(stages[1].2["action"], "scale_exact");
    assert_eq!(stages[1].2["capacity"], capacity);
    assert_eq!(stages[1].2.get("serverGroupName"), None);
}

#[test]
fn what_grows_by_steps_begins_empty_and_keeps_what_was_asked_for() {
    let mut own = object(json!({"capacity": {"desired": 3}, "useSourceCapacity": true}));
    crate::server_group::strategy::rolling_red_black::begin_empty(&mut own);
    let empty = json!({"min": 0, "max": 0, "desired": 0});
    let begun = json!({"capacity": empty, "useSourceCapacity": false, "savedCapacity": {"desired": 3}});
    assert_eq!(Value::Object(own.clone()), begun);
    crate::server_group::strategy::rolling_red_black::begin_empty(&mut own);
    assert_eq!(own["savedCapacity"], json!({"desired": 3}), "what was kept stays");
}

#[test]
fn a_monitor_is_asked_after_each_step() {
    let own = json!({
        "strategy": "monitored", "deploySteps": [10, 100], "deploymentMonitor": {"id": "m", "parameters": {"a": 1}},
        "maxRemainingAsgs": 3,
    });
    let stages = after(settings(own));
    assert_eq!(
        names(&stages),
        [
            "determineTargetServerGroup: Determine Deployed Server Group",
            "pinServerGroup: Pin shop-web-v001",
            "notifyDeployStarting: Notify monitored deploy starting",
            "resizeServerGroup: Grow shop-web-v002 to 10% of Desired Size",
            "disableServerGroup: Disable 10% of Traffic on shop-web-v001",
            "evaluateDeploymentHealth: Evaluate health of deployed instances",
            "resizeServerGroup: Grow shop-web-v002 to 100% of Desired Size",
            "disableServerGroup: Disable 100% of Traffic on shop-web-v001",
            "evaluateDeploymentHealth: Evaluate health of deployed instances",
            "pinServerGroup: Unpin shop-web-v002",
            "pinServerGroup: Unpin shop-web-v001",
            "shrinkCluster: shrinkCluster",
            "notifyDeployCompleted: Notify monitored deploy complete",
        ]
    );
    let told = json!({
        "newServerGroup": "shop-web-v002", "oldServerGroup": "shop-web-v001", "account": "test", "region": "here",
        "cloudProvider": "local", "currentProgress": 10, "hasDeploymentFailed": false,
        "deploymentMonitor": {"id": "m", "parameters": {"a": 1}}, "deployMonitorHttpRetryCount": 0,
        "allowSiblingStagesToContinueOnFailure": true,
    });
    assert_eq!(stages[5].2, told);
    assert_eq!(stages[8].2["currentProgress"], 100);
    assert_eq!(stages[3].2["pinCapacity"], true);
    assert_eq!(stages[6].2["pinCapacity"], true, "it is unpinned by a stage of its own");
    let unpin = &stages[9].2;
    assert_eq!((&unpin["serverGroupName"], &unpin["scalePct"]), (&json!("shop-web-v002"), &json!(100)));
    assert_eq!((&unpin["unpinMinimumCapacity"], &unpin["pinMinimumCapacity"]), (&json!(true), &json!(false)));
    assert_eq!((&stages[11].2["shrinkToSize"], &stages[11].2["continuePipeline"]), (&json!(3), &json!(true)));
    assert_eq!(stages[12].2["continuePipeline"], true);
}

#[test]
fn a_monitored_deployment_needs_a_monitor_that_is_there() {
    let problems = |strategies: &Strategies, own: Value| strategies.problems(&settings(own)).len();
    let own = json!({"strategy": "monitored", "deploymentMonitor": {"id": "unknown"}, "deploySteps": [200]});
    assert_eq!(problems(&strategies(), own), 2);
    let off = Strategies::new(&Options::default());
    assert_eq!(problems(&off, json!({"strategy": "monitored"})), 1);
    assert_eq!(problems(&off, json!({"strategy": "cfrollingredblack"})), 1);
}
