//! `gennaker pipeline`.

use serde_json::{Value, json};

use crate::{
    client::{run, run_with_input},
    gate::FakeGate,
};

fn pipeline() -> Value {
    json!({
        "id": "p-1", "application": "shop", "name": "Deploy it", "index": 0, "updateTs": "1700000000000",
        "stages": [{"refId": "1", "type": "wait", "name": "Wait", "requisiteStageRefIds": []},
                   {"refId": "2", "type": "manualJudgment", "requisiteStageRefIds": ["1"]}],
    })
}

fn over(status: &str) -> Value {
    json!({"id": "E", "application": "shop", "name": "Deploy it", "status": status, "startTime": 1000, "endTime": 3500,
           "stages": [{"id": "s", "type": "wait", "name": "Wait", "status": status, "startTime": 1000, "endTime": 3500,
                       "context": {"exception": {"details": {"errors": ["too long"]}}}}]})
}

const EXECUTE: [&str; 6] = ["pipeline", "execute", "--application", "shop", "--name", "Deploy it"];

fn execute(more: &[&'static str]) -> Vec<&'static str> {
    EXECUTE.iter().chain(more).copied().collect()
}

#[test]
fn pipelines_are_listed_and_shown() {
    let gate = FakeGate::start();
    gate.on("GET /applications/shop/pipelineConfigs", json!([pipeline()]));
    gate.on("GET /applications/shop/pipelineConfigs/Deploy%20it", pipeline());
    let expected = "\
NAME       ID   STATE    STAGES  TRIGGERS  UPDATED
Deploy it  p-1  enabled  2       0         2023-11-14 22:13:20Z
";
    assert_eq!(run(&gate, &["pipeline", "list", "-a", "shop"]).out, expected);
    let get = ["pipeline", "get", "-a", "shop", "-n", "Deploy it"];
    let expected = "\
name:         Deploy it
application:  shop
id:           p-1
updated:      2023-11-14 22:13:20Z

STAGE  TYPE            AFTER  NAME
1      wait                   Wait
2      manualJudgment  1
";
    assert_eq!(run(&gate, &get).out, expected);
    let json = run(&gate, &[&get[..], &["--output", "json"]].concat()).out;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), pipeline());
}

#[test]
fn a_saved_pipeline_keeps_the_id_of_its_namesake() {
    let gate = FakeGate::start();
    gate.on("POST /pipelines", Value::Null);
    let file = json!({"application": "shop", "name": "Deploy it", "stages": []});
    let save = ["pipeline", "save", "--file", "-"];
    let ran = run_with_input(&gate, &save, &file.to_string());
    assert_eq!((ran.code, ran.out.as_str()), (0, "pipeline Deploy it of application shop is saved\n"), "{ran:?}");
    assert_eq!(gate.changes()[0], ("POST /pipelines".to_owned(), file.clone()));

    gate.on("GET /applications/shop/pipelineConfigs/Deploy%20it", pipeline());
    assert_eq!(run_with_input(&gate, &save, &file.to_string()).code, 0);
    assert_eq!(gate.changes()[1].1["id"], "p-1");
}

#[test]
fn a_deletion_of_what_is_not_there_is_refused() {
    let gate = FakeGate::start();
    let delete = ["pipeline", "delete", "-a", "shop", "-n", "Deploy it"];
    let ran = run(&gate, &delete);
    assert_eq!(ran.code, 5);
    assert!(ran.err.contains("application shop has no pipeline Deploy it"), "{ran:?}");
    assert!(ran.err.contains("hint: gennaker pipeline list --application shop"), "{ran:?}");
    gate.on("GET /applications/shop/pipelineConfigs/Deploy%20it", pipeline());
    gate.on("DELETE /pipelines/shop/Deploy%20it", Value::Null);
    assert_eq!(run(&gate, &delete).code, 0);
    assert_eq!(gate.changes(), [("DELETE /pipelines/shop/Deploy%20it".to_owned(), Value::Null)]);
}

#[test]
fn a_start_sends_parameters_and_key_and_prints_the_id() {
    let gate = FakeGate::start();
    gate.on_status("POST /pipelines/shop/Deploy%20it", 202, json!({"ref": "/pipelines/E"}));
    let ran = run(&gate, &execute(&["-p", "colour=blue", "-p", "size=", "--idempotency-key", "k-1"]));
    assert_eq!((ran.code, ran.out.as_str()), (0, "started E\n"), "{ran:?}");
    assert!(ran.err.contains("gennaker execution watch E"), "{ran:?}");
    let asked = &gate.asked()[0];
    assert_eq!(asked.body, json!({"type": "manual", "parameters": {"colour": "blue", "size": ""}}));
    assert_eq!(asked.headers["idempotency-key"], "k-1");
    assert_eq!(run(&gate, &execute(&["--quiet"])).out, "E\n");
    assert!(!gate.asked()[1].headers["idempotency-key"].is_empty(), "it has one also if none is given");
    let json = run(&gate, &execute(&["--output", "json"])).out;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), json!({"id": "E", "ref": "/pipelines/E"}));
}

#[test]
fn a_start_whose_answer_failed_can_be_repeated_with_its_key() {
    let gate = FakeGate::start();
    gate.refuse("POST /pipelines/shop/Deploy%20it", 500, "boom");
    let ran = run(&gate, &execute(&["--idempotency-key", "k-1"]));
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("--idempotency-key k-1") && ran.err.contains("boom"), "{ran:?}");
    assert_eq!(gate.asked().len(), 1, "it is not sent again by itself");
}

#[test]
fn waiting_tells_the_progress_and_how_it_ended() {
    let gate = FakeGate::start();
    gate.on("POST /pipelines/shop/Deploy%20it", json!({"ref": "/pipelines/E"}));
    // Upstream's gate may not know an execution yet that it has just started.
    gate.refuse("GET /pipelines/E", 404, "Pipeline not found (id: E)").on("GET /pipelines/E", over("SUCCEEDED"));
    let ran = run(&gate, &execute(&["--wait", "--timeout", "30"]));
    let expected = "\
pipeline Deploy it of application shop: execution E
   0.0 s  Wait: started
   2.5 s  Wait: SUCCEEDED in 2.5 s
   2.5 s  pipeline: SUCCEEDED in 2.5 s
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
    let ran = run(&gate, &execute(&["--wait", "--quiet"]));
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "E\n", ""));
    let ran = run(&gate, &execute(&["--wait", "--output", "json"]));
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), over("SUCCEEDED"));
    assert_eq!(ran.err, expected, "progress does not disturb the JSON");
}

#[test]
fn waiting_for_a_failure_ends_with_1_and_the_reason() {
    let gate = FakeGate::start();
    gate.on("POST /pipelines/shop/Deploy%20it", json!({"ref": "/pipelines/E"}));
    gate.on("GET /pipelines/E", over("TERMINAL"));
    let ran = run(&gate, &execute(&["--wait"]));
    assert_eq!((ran.code, ran.err.as_str()), (1, "error: execution E: TERMINAL; Wait: too long\n"));
    assert!(ran.out.contains("   2.5 s  Wait: TERMINAL in 2.5 s\n              too long\n"), "{ran:?}");
}

#[test]
fn a_pipeline_is_disabled_once() {
    let gate = FakeGate::start();
    gate.on("GET /applications/shop/pipelineConfigs/Deploy%20it", pipeline()).on("POST /pipelines", Value::Null);
    let named = ["-a", "shop", "-n", "Deploy it"];
    let disable = run(&gate, &[&["pipeline", "disable"], &named[..]].concat());
    assert_eq!(disable.out, "pipeline Deploy it of application shop is disabled\n", "{disable:?}");
    let enable = run(&gate, &[&["pipeline", "update"], &named[..], &["--disabled=false"]].concat());
    assert_eq!(enable.out, "pipeline Deploy it of application shop is enabled already\n", "{enable:?}");
    let changes = gate.changes();
    assert_eq!(changes.len(), 1);
    assert_eq!((&changes[0].1["disabled"], &changes[0].1["id"]), (&json!(true), &json!("p-1")));
}

#[test]
fn a_history_says_what_each_version_changed() {
    let gate = FakeGate::start();
    gate.on("GET /applications/shop/pipelineConfigs/Deploy%20it", pipeline());
    let older = json!({"name": "Deploy it", "updateTs": "1600000000000", "lastModifiedBy": "bob", "stages": []});
    let newer = json!({"name": "Deploy it", "updateTs": "1700000000000", "lastModifiedBy": "ann", "stages": [], "disabled": true});
    gate.on("GET /pipelineConfigs/p-1/history", json!([newer, older]));
    let history = ["pipeline", "history", "-a", "shop", "-n", "Deploy it"];
    let expected = "\
VERSION  UPDATED               BY   STAGES  CHANGE
0        2023-11-14 22:13:20Z  ann  0       +1 -0
1        2020-09-13 12:26:40Z  bob  0
";
    assert_eq!(run(&gate, &history).out, expected);
    let expected = "\
version 0, 2023-11-14 22:13:20Z by ann
  @@ -1,2 +1,3 @@
  +disabled: true
   name: Deploy it
   stages: []
version 1, 2020-09-13 12:26:40Z by bob
  the first one
";
    assert_eq!(run(&gate, &[&history[..], &["--diff"]].concat()).out, expected);
}

#[test]
fn watching_a_pipeline_follows_its_newest_execution() {
    let gate = FakeGate::start();
    gate.on("GET /applications/shop/pipelineConfigs/Deploy%20it", pipeline());
    gate.on("GET /executions", json!([])).on("GET /executions", json!([{"id": "E", "buildTime": 1}]));
    gate.on("GET /pipelines/E", over("SUCCEEDED"));
    let watch = ["pipeline", "watch", "-a", "shop", "-n", "Deploy it"];
    let none = run(&gate, &watch);
    assert!(none.code == 5 && none.err.contains("has no execution\n  hint: gennaker pipeline execute"), "{none:?}");
    let ran = run(&gate, &watch);
    assert!(ran.code == 0 && ran.out.contains("pipeline: SUCCEEDED"), "{ran:?}");
}

#[test]
fn parameters_and_artifacts_come_from_files() {
    let gate = FakeGate::start();
    gate.on("POST /pipelines/shop/Deploy%20it", json!({"ref": "/pipelines/E"}));
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (parameters, artifacts) = (file("p.yml", "a: 1\nb: two\n"), file("a.yml", "artifacts:\n- type: http/file\n"));
    let arguments = ["-f", &parameters, "-t", &artifacts, "-p", "b=3", "-q"];
    let ran = run(&gate, &EXECUTE.iter().copied().chain(arguments).collect::<Vec<_>>());
    assert_eq!((ran.code, ran.out.as_str()), (0, "E\n"), "{ran:?}");
    let expected = json!({"type": "manual", "parameters": {"a": 1, "b": "3"}, "artifacts": [{"type": "http/file"}]});
    assert_eq!(gate.changes()[0].1, expected);
    let wrong = run(&gate, &EXECUTE.iter().copied().chain(["-t", &parameters]).collect::<Vec<_>>());
    assert!(wrong.code == 2 && wrong.err.contains("a list is expected"), "{wrong:?}");
}
