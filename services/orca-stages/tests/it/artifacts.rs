//! A stage that produces artifacts binds those that it says.

use gennaker_orca_stages::Options;
use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    server::Server,
};

async fn bound(options: &Options, answer: Value, expected: Value) -> (Driven, Status) {
    let server = Server::start().await;
    server.tell("/hook", 200, answer);
    let settings = json!({"url": server.url("/hook"), "expectedArtifacts": expected});
    let mut driven = Driven::new(options, "webhook", settings);
    assert_eq!(driven.compose().await.expect("tasks"), ["createWebhook", "bindProducedArtifacts"]);
    let status = driven.run("createWebhook").await;
    (driven, status)
}

fn image(id: &str) -> Value {
    json!({"id": id, "matchArtifact": {"type": "docker/image", "name": "gcr.io/p/.*"}, "useDefaultArtifact": false})
}

#[tokio::test]
async fn artifacts_of_the_answer_are_bound_and_put_out() {
    let artifact = json!({"type": "docker/image", "name": "gcr.io/p/app", "reference": "gcr.io/p/app:1"});
    let other = json!({"type": "github/file", "name": "a.yml"});
    let answer = json!({"artifacts": [other, artifact]});
    let (mut driven, status) = bound(&local(), answer.clone(), json!([image("ea1")])).await;
    assert_eq!(status, Status::Succeeded);
    assert_eq!(driven.run("bindProducedArtifacts").await, Status::Succeeded);
    let outputs = &driven.stage.outputs;
    assert_eq!(outputs["artifacts"].as_array().expect("a list").len(), 1);
    assert_eq!(outputs["artifacts"][0]["reference"], "gcr.io/p/app:1");
    assert_eq!(outputs["resolvedExpectedArtifacts"][0]["boundArtifact"]["reference"], "gcr.io/p/app:1");
    assert_eq!(driven.stage.context["artifacts"], outputs["artifacts"]);

    let mut options = local();
    options.tasks.core.bind_produced_artifacts_task.exclude_keys_from_outputs = ["artifacts".to_owned()].into();
    let (mut driven, _) = bound(&options, answer, json!([image("ea1")])).await;
    driven.run("bindProducedArtifacts").await;
    assert!(!driven.stage.outputs.contains_key("artifacts"));
    assert!(driven.stage.outputs.contains_key("resolvedExpectedArtifacts"));
    assert!(driven.stage.context.contains_key("artifacts"));
}

#[tokio::test]
async fn an_artifact_that_is_not_there_fails() {
    let (driven, status) = bound(&local(), json!({"artifacts": []}), json!([image("ea1")])).await;
    assert_eq!(status, Status::Succeeded);
    let error = driven.step("bindProducedArtifacts").await.expect_err("an error");
    assert_eq!(error.exception_type, "InvalidRequestException");
    let (driven, status) = bound(&local(), json!({"ok": 1}), json!([image("ea1")])).await;
    assert_eq!(status, Status::Terminal);
    assert!(driven.webhook()["error"].as_str().expect("an error").ends_with("No results for path: $['artifacts']"));
}

#[tokio::test]
async fn without_expectations_there_is_nothing_to_bind() {
    let (mut driven, status) = bound(&local(), json!({"ok": 1}), json!([])).await;
    assert_eq!(status, Status::Succeeded);
    assert_eq!(driven.run("bindProducedArtifacts").await, Status::Succeeded);
    assert!(driven.stage.outputs.is_empty());
}
