//! The trees of each strategy, as upstream's classes build them for the same settings.

use std::sync::Arc;

use gennaker_wire::{Execution, Object, Stage, Status, Task};
use serde_json::{Value, json};

use super::{Deployment, Strategies, failure, stage::CREATE};
use crate::{DeploymentMonitorOptions, MonitoredDeployOptions, NewStage, Options, StageView};

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

/// The settings of a deployment that replaces `shop-web-v001` by `shop-web-v002`, with these besides.
fn settings(own: Value) -> Object {
    let mut settings = object(json!({
        "account": "test", "region": "here", "cloudProvider": "local", "application": "shop", "stack": "web",
        "source": {"asgName": "shop-web-v001", "serverGroupName": "shop-web-v001", "account": "test", "region": "here"},
        "deploy.server.groups": {"here": ["shop-web-v002"]},
    }));
    settings.extend(object(own));
    settings
}

/// What every stage after it is told.
fn base(own: Value) -> Value {
    let mut base =
        object(json!({"region": "here", "cluster": "shop-web", "credentials": "test", "cloudProvider": "local"}));
    base.extend(object(own));
    Value::Object(base)
}

fn source() -> Value {
    json!({
        "region": "here", "serverGroupName": "shop-web-v001", "credentials": "test", "cloudProvider": "local",
        "location": "here",
    })
}

fn view(settings: Object, failed: bool) -> StageView {
    let status = if failed { Status::Terminal } else { Status::Succeeded };
    let task = Task { status, ..Task::default() };
    let stage = Stage { id: "S".into(), kind: CREATE.into(), context: settings, tasks: vec![task], ..Stage::default() };
    let stage = Arc::new(stage);
    let execution = Arc::new(Execution { id: "E".into(), application: "shop".into(), ..Execution::default() });
    StageView { execution, stages: Arc::new([stage.clone()]), stage }
}

fn strategies() -> Strategies {
    let monitor = DeploymentMonitorOptions { id: "m".into(), ..DeploymentMonitorOptions::default() };
    let monitored_deploy = MonitoredDeployOptions { enabled: true, deployment_monitors: vec![monitor] };
    Strategies::new(&Options { monitored_deploy, ..Options::default() })
}

fn shown(stages: Vec<NewStage>) -> Vec<(String, String, Value)> {
    assert!(stages.iter().all(|stage| stage.after_previous), "each follows the one before");
    stages.into_iter().map(|stage| (stage.kind, stage.name, Value::Object(stage.context))).collect()
}

fn after(settings: Object) -> Vec<(String, String, Value)> {
    let view = view(settings, false);
    let strategies = strategies();
    if strategies.of(view.context()).key() != "rollingpush" {
        assert_eq!(strategies.problems(view.context()), Vec::<String>::new());
    }
    shown(strategies.of(view.context()).after(&Deployment::of(&view)).expect("stages"))
}

fn after_failure(settings: Object, of_a_task: bool) -> Vec<(String, String, Value)> {
    let view = view(settings, of_a_task);
    let strategies = strategies();
    shown(failure::stages(strategies.of(view.context()), &Deployment::of(&view)).expect("stages"))
}

fn names(stages: &[(String, String, Value)]) -> Vec<String> {
    stages.iter().map(|(kind, name, _)| format!("{kind}: {name}")).collect()
}

/// The table's lines: type, name, context.
fn tree<const N: usize>(lines: [(&str, &str, Value); N]) -> Vec<(String, String, Value)> {
    lines.into_iter().map(|(kind, name, context)| (kind.to_owned(), name.to_owned(), context)).collect()
}

#[test]
fn without_a_strategy_nothing_follows() {
    for own in [json!({}), json!({"strategy": ""}), json!({"strategy": "none"})] {
        assert_eq!(after(settings(own)), []);
    }
}

#[test]
fn highlander_destroys_all_others() {
    let own = json!({"strategy": "highlander", "moniker": {"app": "shop", "cluster": "shop-web"}});
    let context = base(json!({
        "moniker": {"app": "shop", "cluster": "shop-web"},
        "shrinkToSize": 1, "allowDeleteActive": true, "retainLargerOverNewer": false,
    }));
    assert_eq!(after(settings(own)), tree([("shrinkCluster", "shrinkCluster", context)]));
}

#[test]
fn red_black_disables_the_others() {
    let disable = base(json!({"remainingEnabledServerGroups": 1, "preferLargerOverNewer": false}));
    let expected = tree([("disableCluster", "disableCluster", disable)]);
    assert_eq!(after(settings(json!({"strategy": "redblack"}))), expected);
    assert_eq!(after(settings(json!({"strategy": "RedBlack"}))), expected);
    assert_eq!(after(settings(json!({"strategy": "redblack", "source": {}}))), [], "nothing was replaced");
}

#[test]
fn red_black_does_all_that_it_is_asked_for_in_order() {
    let own = json!({
        "strategy": "redblack", "maxRemainingAsgs": 2, "allowDeleteActive": true, "delayBeforeDisableSec": 5,
        "scaleDown": true, "delayBeforeScaleDownSec": "7", "interestingHealthProviderNames": ["LoadBalancer"],
    });
    let with_health = |own: Value| {
        let mut context = object(base(own));
        context.insert("interestingHealthProviderNames".into(), json!(["LoadBalancer"]));
        Value::Object(context)
    };
    let expected = tree([
        (
            "shrinkCluster",
            "shrinkCluster",
            with_health(json!({"shrinkToSize": 2, "allowDeleteActive": true, "retainLargerOverNewer": false})),
        ),
        ("wait", "Wait Before Disable", json!({"waitTime": 5})),
        (
            "disableCluster",
            "disableCluster",
            with_health(json!({"remainingEnabledServerGroups": 1, "preferLargerOverNewer": false})),
        ),
        ("wait", "Wait Before Scale Down", json!({"waitTime": 7})),
        (
            "scaleDownCluster",
            "scaleDown",
            with_health(json!({
                "allowScaleDownActive": false, "remainingFullSizeServerGroups": 1, "preferLargerOverNewer": false,
            })),
        ),
    ]);
    assert_eq!(after(settings(own)), expected);
    let both = json!({"strategy": "redblack", "delayBeforeDisableSec": 5, "delayBeforeCleanup": 9});
    assert_eq!(after(settings(both))[0].2, json!({"waitTime": 9}), "the newer name goes first");
}

#[test]
fn a_namespace_goes_before_a_region() {
    let stages = after(settings(json!({"strategy": "highlander", "namespace": "n"})));
    assert_eq!((&stages[0].2["namespace"], &stages[0].2["region"]), (&json!("n"), &Value::Null));
    let mut zones = settings(json!({"strategy": "highlander", "availabilityZones": {"east": ["east-a"]}}));
    zones.shift_remove("region");
    assert_eq!(after(zones)[0].2["region"], "east");
}

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
    super::rolling_red_black::begin_empty(&mut own);
    let empty = json!({"min": 0, "max": 0, "desired": 0});
    let begun = json!({"capacity": empty, "useSourceCapacity": false, "savedCapacity": {"desired": 3}});
    assert_eq!(Value::Object(own.clone()), begun);
    super::rolling_red_black::begin_empty(&mut own);
    assert_eq!(own["savedCapacity"], json!({"desired": 3}), "what was kept stays");
}

#[test]
fn a_custom_strategy_is_a_pipeline() {
    let own = json!({
        "strategy": "custom", "strategyApplication": "strategies", "strategyPipeline": "p",
        "pipelineParameters": {"mine": 1, "cluster": "other"},
    });
    let context = json!({
        "application": "shop", "pipelineApplication": "strategies", "pipelineId": "p",
        "pipelineParameters": {
            "region": "here", "cluster": "other", "credentials": "test", "cloudProvider": "local", "application": "shop",
            "strategy": true, "clone": false, "parentPipelineId": "E", "parentStageId": "S", "mine": 1,
        },
    });
    assert_eq!(after(settings(own)), tree([("pipeline", "pipeline", context)]));
    let problems = strategies().problems(&settings(json!({"strategy": "custom"})));
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[test]
fn a_rolling_push_changes_the_newest_one() {
    let own = json!({"strategy": "rollingpush", "termination": {"totalRelaunches": 2}});
    let stages = after(settings(own));
    assert_eq!(names(&stages), ["modifyAsgLaunchConfiguration: modifyLaunchConfiguration", "rollingPush: rollingPush"]);
    assert_eq!(stages[1].2["asgName"], "shop-web-v001");
    assert_eq!(stages[1].2["deploy.server.groups"], json!({"here": ["shop-web-v001"]}));
    let template = after(settings(json!({"strategy": "rollingpush", "setLaunchTemplate": true})));
    assert_eq!(names(&template), ["updateLaunchTemplate: updateLaunchTemplate"]);
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
