//! Deployment monitors: what they are told, and what becomes of their answers.

use std::time::Duration;

use gennaker_orca_stages::{Catalogue, DeploymentMonitorOptions, MonitoredDeployOptions, Options};
use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{drive::Driven, server::Server};

const STARTING: &str = "/base/deployment/starting";
const HEALTH: &str = "/base/deployment/evaluateHealth";
const COMPLETED: &str = "/base/deployment/completed";

fn options(server: &Server, fail_on_error: bool) -> Options {
    let monitor = DeploymentMonitorOptions {
        id: "m".into(),
        name: "The monitor".into(),
        base_url: server.url("/base"),
        max_analysis_minutes: 5,
        fail_on_error,
        ..DeploymentMonitorOptions::default()
    };
    let monitored_deploy = MonitoredDeployOptions { enabled: true, deployment_monitors: vec![monitor] };
    Options { monitored_deploy, ..Options::default() }
}

fn settings() -> Value {
    json!({
        "newServerGroup": "shop-v002", "oldServerGroup": "shop-v001", "account": "test", "region": "here",
        "cloudProvider": "local", "currentProgress": 50, "hasDeploymentFailed": false,
        "deploymentMonitor": {"id": "m", "parameters": {"metric": "errors"}}, "deployMonitorHttpRetryCount": 0,
    })
}

async fn asking(options: &Options, kind: &str, settings: Value) -> Driven {
    let mut driven = Driven::new(options, kind, settings);
    driven.stage.parent_stage_id = Some("P".into());
    assert_eq!(driven.compose().await.expect("a task"), [kind]);
    driven
}

#[tokio::test]
async fn a_monitor_is_asked_until_it_knows() {
    let server = Server::start().await;
    server.tell(HEALTH, 200, json!({"nextStep": {"directive": "wait"}}));
    server.tell(HEALTH, 200, json!({"nextStep": {"directive": "continue"}, "statusReason": {"message": "fine"}}));
    let mut driven = asking(&options(&server, true), "evaluateDeploymentHealth", settings()).await;
    assert_eq!(driven.run("evaluateDeploymentHealth").await, Status::Succeeded);
    assert_eq!(driven.stage.context["deploymentMonitorReasons"]["reason"]["message"], "fine");
    assert_eq!(server.what(), [format!("POST {HEALTH}"), format!("POST {HEALTH}")]);
    assert_eq!(
        server.asked()[0].json(),
        json!({
            "application": "shop", "executionId": "E", "stageId": "S", "deploymentId": "P", "oldServerGroup": "shop-v001",
            "newServerGroup": "shop-v002", "account": "test", "region": "here", "cloudProvider": "local",
            "parameters": {"metric": "errors"}, "newInstances": [], "currentProgress": 50,
        })
    );
}

#[tokio::test]
async fn a_monitor_may_end_a_deployment_or_its_steps() {
    let server = Server::start().await;
    server.tell(HEALTH, 200, json!({"nextStep": {"directive": "complete"}}));
    server.tell(STARTING, 200, json!({"nextStep": {"directive": "abort"}, "statusReason": {"logSummary": ["e1"]}}));
    let options = options(&server, false);
    let mut driven = asking(&options, "evaluateDeploymentHealth", settings()).await;
    assert_eq!(driven.run("evaluateDeploymentHealth").await, Status::Succeeded);
    assert_eq!(driven.stage.outputs["skipToPercentage"], 100);

    let driven = asking(&options, "notifyDeployStarting", settings()).await;
    let result = driven.step("notifyDeployStarting").await.expect("a result");
    assert_eq!(result.status, Status::Terminal);
    assert_eq!(result.error.expect("a reason").details, ["e1"]);
}

#[tokio::test]
async fn a_monitor_that_fails_is_asked_four_times_and_then_its_settings_decide() {
    for (fails, status) in [(true, Status::Terminal), (false, Status::FailedContinue)] {
        let server = Server::start().await;
        server.tell(HEALTH, 500, json!({"message": "no"}));
        let mut driven = asking(&options(&server, fails), "evaluateDeploymentHealth", settings()).await;
        assert_eq!(driven.run("evaluateDeploymentHealth").await, status);
        assert_eq!(server.asked().len(), 4);
        let mut own = settings();
        own["deploymentMonitor"]["failOnErrorOverride"] = (!fails).into();
        let mut driven = asking(&options(&server, fails), "evaluateDeploymentHealth", own).await;
        assert_ne!(driven.run("evaluateDeploymentHealth").await, status, "the stage has its own word");
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_not_asked_for_again() {
    let server = Server::start().await;
    server.tell(HEALTH, 200, json!({"nextStep": {}}));
    let mut driven = asking(&options(&server, true), "evaluateDeploymentHealth", settings()).await;
    assert_eq!(driven.run("evaluateDeploymentHealth").await, Status::Terminal);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_monitor_that_never_knows_runs_out_of_time() {
    let server = Server::start().await;
    server.tell(HEALTH, 200, json!({"nextStep": {"directive": "wait"}}));
    let mut own = settings();
    own["deploymentMonitor"]["maxAnalysisMinutesOverride"] = 1.into();
    let mut driven = asking(&options(&server, true), "evaluateDeploymentHealth", own).await;
    let begin = driven.now;
    assert_eq!(driven.run("evaluateDeploymentHealth").await, Status::Terminal);
    assert_eq!(driven.now, begin.after(Duration::from_secs(60)), "time goes on to when each question is due");
    let summary = driven.stage.context["deploymentMonitorReasons"]["summary"].to_string();
    assert!(summary.contains("no decision"), "{summary}");
}

#[tokio::test]
async fn nothing_is_undone_because_the_end_could_not_be_told() {
    let server = Server::start().await;
    server.tell(COMPLETED, 200, json!({}));
    let mut driven = asking(&options(&server, true), "notifyDeployCompleted", settings()).await;
    assert_eq!(driven.run("notifyDeployCompleted").await, Status::Succeeded);
    let told = server.asked()[0].json();
    assert_eq!((&told["status"], &told["rollback"]), (&json!("success"), &json!("not_performed")));

    let away = Server::start().await;
    let mut driven = asking(&options(&away, true), "notifyDeployCompleted", settings()).await;
    assert_eq!(driven.run("notifyDeployCompleted").await, Status::FailedContinue);
}

#[test]
fn a_monitor_without_a_place_is_refused_at_start() {
    let monitor = DeploymentMonitorOptions { id: "m".into(), base_url: "nowhere".into(), ..Default::default() };
    let monitored_deploy = MonitoredDeployOptions { enabled: true, deployment_monitors: vec![monitor] };
    let refused = Catalogue::new(&Options { monitored_deploy, ..Options::default() }).err().expect("it is refused");
    assert!(refused.to_string().contains("baseUrl"), "{refused}");
    assert!(Catalogue::standard().stage("evaluateDeploymentHealth").is_none(), "there are no monitors by default");
}
