//! The main job: a pipeline takes a program from version 1 to version 2, and no request fails.

use gennaker_harness::{
    Client,
    delivery::{Version, stages},
    eventually,
};
use serde_json::Value;

use crate::support::{DEADLINE, delivery, install, load_on, start, succeeded};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn version_2_takes_over_from_version_1_and_no_request_fails() {
    let install = install().await;
    let delivery = delivery(&install).await;
    let two = |name: &str| Version { instances: 2, ..Version::new(name) };
    let id = start(&delivery, stages([stages::wait(1), delivery.deploy(&two("1"))])).await;
    succeeded(&delivery, &id).await;
    assert_eq!(version(&delivery).await, "1");

    let load = load_on(&delivery, 200.0, 2000);
    let deployment = [stages::wait(1), stages::judgment(), delivery.deploy(&two("2"))];
    let id = start(&delivery, stages(deployment)).await;
    let waiting = |execution: &_| gennaker_harness::delivery::Execution::waiting_judgment(execution).is_some();
    let asked = delivery.until(&id, DEADLINE, "the judgment", waiting).await.expect("it is asked for");
    assert_eq!(version(&delivery).await, "1", "nothing happens before the judgment");
    delivery.judge(&asked, "continue").await.expect("a judgment");
    let execution = succeeded(&delivery, &id).await;

    let enough = eventually(DEADLINE, "500 requests", async || {
        let report = load.report_so_far();
        if report.sent >= 500 { Ok(()) } else { Err(report.sent) }
    });
    enough.await.expect("the load goes on");
    let report = load.stop().await;
    assert_eq!(report.failed, 0, "{report}");
    assert!(report.answered_by("1") > 0 && report.answered_by("2") > 0, "{report}");
    assert!(report.new_connections > 0 && report.new_connections < report.sent, "{report}");
    assert!(report.slow.across > 0 && report.web_socket.echoes_across > 0, "{report}");
    assert_eq!(version(&delivery).await, "2");

    let groups = delivery.server_groups().await.expect("server groups");
    let seen: Vec<(&str, bool)> =
        groups.iter().map(|group| (text(group, "name"), group["isDisabled"] == true)).collect();
    assert_eq!(seen, [("greeter-v000", true), ("greeter-v001", false)]);
    let kinds: Vec<&str> = execution.stages_by_start().iter().map(|stage| text(stage, "type")).collect();
    assert_eq!(kinds, ["wait", "manualJudgment", "deploy", "createServerGroup", "disableCluster"]);
    install.stop().await.expect("both programs end by themselves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_is_never_healthy_gets_no_traffic_and_a_judgment_can_stop_a_pipeline() {
    let install = install().await;
    let delivery = delivery(&install).await;
    let id = start(&delivery, stages([delivery.deploy(&Version::new("1"))])).await;
    succeeded(&delivery, &id).await;

    let load = load_on(&delivery, 50.0, 200);
    let id = start(&delivery, stages([stages::judgment(), delivery.deploy(&Version::new("2"))])).await;
    let asked = delivery.until(&id, DEADLINE, "the judgment", |execution| execution.waiting_judgment().is_some()).await;
    delivery.judge(&asked.expect("it is asked for"), "stop").await.expect("a judgment");
    let ended = delivery.until(&id, DEADLINE, "the end", |execution| execution.is_over()).await.expect("it ends");
    assert_eq!(ended.status(), "TERMINAL", "{ended}");

    let mut broken = delivery.deploy(&Version::new("3"));
    broken["clusters"][0]["environment"]["GREETER_NEVER_HEALTHY"] = "true".into();
    let id = start(&delivery, stages([broken])).await;
    let waits = |running: &String| running == "createServerGroup/waitForUpInstances";
    let stuck = delivery.until(&id, DEADLINE, "the wait for health", |execution| execution.running().iter().any(waits));
    stuck.await.expect("it waits");
    delivery
        .gate()
        .put(&format!("/pipelines/{id}/cancel"), &Value::Null)
        .await
        .expect("an answer")
        .ok()
        .expect("cancelled");
    let ended = delivery.until(&id, DEADLINE, "the end", |execution| execution.is_over()).await.expect("it ends");
    assert_eq!(ended.status(), "CANCELED", "{ended}");

    let report = load.stop().await;
    assert_eq!(report.failed, 0, "{report}");
    assert_eq!(report.versions.keys().collect::<Vec<_>>(), ["1"], "{report}");
}

/// What the program says its version is, on a connection of its own.
async fn version(delivery: &gennaker_harness::Delivery) -> String {
    let client = Client::new(format!("http://{}", delivery.address())).expect("a client");
    let answer = client.get("/").await.expect("an answer").ok().expect("a greeting");
    text(&answer, "version").to_owned()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
