//! Strategies that do not create a server group themselves: `custom`, `rollingpush`.

use serde_json::json;

use super::{after, names, settings, strategies, tree};

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
    let wrong = json!({"strategy": "rollingpush", "termination": {"concurrentRelaunches": "few", "waitTime": -1}});
    assert_eq!(strategies().problems(&settings(wrong)).len(), 2);
}
