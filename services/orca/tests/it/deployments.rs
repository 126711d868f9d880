//! What is said of deployments before they begin, and going back by one call: with a clouddriver that runs `shop-web-v001`.

use gennaker_orca::Options;
use gennaker_wire::Plan;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{http::call, world::World};

async fn planned(world: &World, cluster: Value) -> Plan {
    let mut settings = json!({
        "account": "local", "region": "local", "cloudProvider": "local", "application": "shop", "stack": "web",
        "capacity": {"min": 1, "max": 1, "desired": 1}, "command": "/bin/true",
    });
    settings.as_object_mut().expect("an object").extend(cluster.as_object().cloned().expect("an object"));
    let stage =
        json!({"refId": "1", "type": "deploy", "name": "D", "requisiteStageRefIds": [], "clusters": [settings]});
    let pipeline = json!({"application": "shop", "name": "deploy", "id": "config", "stages": [stage]});
    let (status, answer) = call(world, Method::POST, "/pipelines/plan", &pipeline.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    serde_json::from_value(answer).expect("a plan")
}

#[tokio::test]
async fn a_plan_names_what_each_strategy_does_with_what_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let cases = [
        (json!({"strategy": "none"}), vec![]),
        (json!({"strategy": "highlander"}), vec!["shrinkCluster"]),
        (json!({"strategy": "redblack", "scaleDown": true}), vec!["disableCluster", "scaleDown"]),
        (
            json!({"strategy": "rollingredblack", "targetPercentages": [100]}),
            vec![
                "Determine Deployed Server Group",
                "Pin shop-web-v001",
                "Grow to 100% of Desired Size",
                "Disable 100% of Traffic on shop-web-v001",
                "Unpin shop-web-v001",
            ],
        ),
        (
            json!({"strategy": "rollingpush", "termination": {"relaunchAllInstances": true}}),
            vec!["modifyLaunchConfiguration", "rollingPush"],
        ),
        (json!({"strategy": "custom", "strategyApplication": "shop", "strategyPipeline": "p-1"}), vec!["pipeline"]),
    ];
    for (settings, expected) in cases {
        let plan = planned(&world, settings.clone()).await;
        let create = &plan.steps[0].before[0];
        let names: Vec<_> = create.after.iter().filter_map(|stage| stage.name.as_deref()).collect();
        assert_eq!(names, expected, "{settings}");
        assert!(!plan.fails(), "{settings}: {plan:?}");
    }
    let wrong = planned(&world, json!({"strategy": "rollingpush", "termination": {"waitTime": -1}})).await;
    assert!(wrong.fails(), "{wrong:?}");
}

#[tokio::test]
async fn a_cluster_returns_to_its_last_good_version_by_one_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let path = |cluster: &str| format!("/applications/shop/clusters/local/{cluster}/lastGood");
    let wish = json!({"reason": "errors rise", "delayBeforeDisableSeconds": 3}).to_string();
    let (status, answer) = call(&world, Method::POST, &path("shop-web"), &wish).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["regions"], json!([{"region": "local", "from": "shop-web-v001", "to": "shop-web-v000"}]));
    let id = answer["ref"].as_str().and_then(|reference| reference.strip_prefix("/tasks/")).expect("a task");
    let execution = world.orca.engine().load(id).await.expect("it is there");
    assert_eq!(execution.description.as_deref(), Some("Return shop-web to its last good version"));
    let stage = &execution.stages[0];
    assert_eq!((stage.kind.as_str(), &stage.context["rollbackType"]), ("rollbackServerGroup", &json!("EXPLICIT")));
    assert_eq!(
        stage.context["rollbackContext"],
        json!({
            "rollbackServerGroupName": "shop-web-v001", "restoreServerGroupName": "shop-web-v000",
            "targetHealthyRollbackPercentage": 100, "delayBeforeDisableSeconds": 3,
        })
    );

    let elsewhere = json!({"regions": ["elsewhere"]}).to_string();
    let (status, answer) = call(&world, Method::POST, &path("shop-web"), &elsewhere).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    assert!(answer["message"].to_string().contains("it is in none of these regions"), "{answer}");
    let (status, answer) = call(&world, Method::POST, &path("shop-new"), "{}").await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    assert!(answer["message"].to_string().contains("there was none before"), "{answer}");
    let (status, answer) = call(&world, Method::POST, &path("shop-none"), "{}").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
}
