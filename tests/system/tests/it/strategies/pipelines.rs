//! Strategies in which other pipelines have a say: a strategy pipeline of its own, and one that is run before the old version leaves.

use gennaker_harness::delivery::{Execution, stages};
use serde_json::{Value, json};

use super::journey::{Group, Journey, SIZE, group_name, version};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strategy_pipeline_deploys_and_no_request_fails() {
    let journey = Journey::start([]).await;
    let disable = json!({
        "type": "disableCluster", "name": "Disable the others", "remainingEnabledServerGroups": 1,
        "preferLargerOverNewer": false,
    });
    let deploy = json!({ "type": "deploy", "name": "Deploy as the stage says", "trafficOptions": "inherit" });
    let strategy = json!({
        "application": "greeter", "name": "in two steps", "strategy": true, "stages": stages([deploy, disable]),
        "parameterConfig": [{ "name": "mine", "default": "none" }], "triggers": [],
    });
    let gate = journey.delivery.gate();
    gate.post("/strategies", &strategy).await.expect("an answer").ok().expect("a strategy");
    let saved = gate.get("/applications/greeter/strategyConfigs").await.expect("an answer").ok().expect("strategies");
    let strategy = saved[0]["id"].as_str().expect("an id").to_owned();

    let settings = json!({
        "strategy": "custom", "strategyApplication": "greeter", "strategyPipeline": strategy,
        "pipelineParameters": { "mine": "given" },
    });
    let id = journey.deploy(&version("2"), settings, json!({})).await;
    let ended = journey.succeeded(&id, "custom").await;
    journey.until_answered_by("2").await;
    let child = child(&journey, &ended, "pipeline").await;
    assert_eq!(child.0["trigger"]["parameters"]["mine"], "given", "{child}");
    let kinds: Vec<&str> = child.stages_by_start().iter().filter_map(|stage| stage["type"].as_str()).collect();
    assert_eq!(kinds, ["deploy", "createServerGroup", "disableCluster"], "{child}");
    let groups = journey.groups().await;
    let seen: Vec<(&str, bool, usize)> =
        groups.iter().map(|group| (group.name.as_str(), group.enabled, group.instances)).collect();
    let (old, new) = (group_name(0), group_name(1));
    assert_eq!(seen, [(old.as_str(), false, SIZE as usize), (new.as_str(), true, SIZE as usize)]);
    journey.check_processes("custom").await;
    journey.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_before_the_old_version_leaves_lets_it_go_or_has_it_back() {
    let journey = Journey::start_and_back([]).await;
    let check = json!({
        "type": "checkPreconditions", "name": "Check",
        "preconditions": [{ "type": "expression", "failPipeline": true, "context": {
            "expression": "${ parameters['percentageComplete'].toString() != parameters['refused'].toString() }",
        }}],
    });
    journey.delivery.save("check", stages([check])).await.expect("a pipeline");
    let configs = journey.delivery.gate().get("/applications/greeter/pipelineConfigs").await.expect("an answer");
    let configs = configs.ok().expect("configs");
    let check = configs.as_array().into_iter().flatten().find(|config| config["name"] == "check").expect("it is saved");
    let settings = |refused: &str| {
        json!({
            "strategy": "rollingredblack", "targetPercentages": [50, 100],
            "rollback": { "onFailure": true, "destroyLatest": true },
            "pipelineBeforeCleanup": {
                "application": "greeter", "pipelineId": check["id"], "pipelineParameters": { "refused": refused },
            },
        })
    };

    // It refuses the second step: half of the old version has left traffic by then.
    let id = journey.deploy(&version("2"), settings("100"), json!({})).await;
    let ended = journey.ended(&id).await;
    assert_eq!(ended.status(), "TERMINAL", "{ended}");
    let kinds: Vec<&str> = ended.stages_by_start().iter().filter_map(|stage| stage["type"].as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "pipeline").count(), 2, "{ended}");
    assert!(kinds.contains(&"rollbackCluster") && kinds.contains(&"destroyServerGroup"), "{ended}");
    let whole = |number: usize| Group {
        name: group_name(number),
        enabled: true,
        desired: u64::from(SIZE),
        instances: SIZE as usize,
    };
    assert_eq!(journey.groups().await, [whole(0)], "{ended}");
    journey.until_answered_by("1").await;
    journey.check_processes("refused").await;

    let id = journey.deploy(&version("3"), settings("none"), json!({})).await;
    let ended = journey.succeeded(&id, "allowed").await;
    journey.until_answered_by("3").await;
    let told = child(&journey, &ended, "pipeline").await;
    let parameters = &told.0["trigger"]["parameters"];
    assert_eq!(parameters["sourceServerGroup"]["serverGroupName"], group_name(0), "{told}");
    let groups = journey.groups().await;
    assert_eq!((groups[0].enabled, groups.last()), (false, Some(&whole(1))), "{groups:?} after {ended}");
    journey.end().await;
}

/// The execution that the first stage of that type started.
async fn child(journey: &Journey, parent: &Execution, kind: &str) -> Execution {
    let started = |stage: &&&Value| stage["type"] == kind && stage["context"]["executionId"].is_string();
    let stages = parent.stages_by_start();
    let stage = stages.iter().find(started).unwrap_or_else(|| panic!("no {kind} has started one: {parent}"));
    let id = stage["context"]["executionId"].as_str().unwrap_or_default();
    journey.delivery.execution(id).await.expect("it is there")
}
