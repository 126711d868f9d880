//! `gennaker app`.

use serde_json::{Value, json};

use crate::{
    client::{run, run_with_input},
    gate::FakeGate,
};

fn task(status: &str) -> Value {
    json!({ "id": "T", "status": status, "variables": [] })
}

#[test]
fn applications_are_listed_by_name() {
    let gate = FakeGate::start();
    let shop =
        json!({"name": "shop", "email": "a@example.com", "updateTs": "1700000000000", "cloudProviders": "local"});
    gate.on("GET /applications", json!([shop, {"name": "bank", "email": "b@example.com", "updateTs": null}]));
    let expected = "\
NAME  EMAIL          CLOUD PROVIDERS  UPDATED               DESCRIPTION
bank  b@example.com
shop  a@example.com  local            2023-11-14 22:13:20Z
";
    let ran = run(&gate, &["app", "list"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
    assert_eq!(run(&gate, &["app", "list", "--quiet"]).out, "bank\nshop\n");
    let json: Value = serde_json::from_str(&run(&gate, &["app", "list", "--output", "json"]).out).unwrap();
    assert_eq!(json[0], shop);
}

#[test]
fn an_unknown_application_says_how_to_find_others() {
    let gate = FakeGate::start();
    for arguments in [&["app", "get", "nope"][..], &["app", "delete", "nope"]] {
        let ran = run(&gate, arguments);
        let hint = format!("gennaker app list --gate {}", gate.url());
        let expected = format!("error: there is no application nope\n  request: r-404\n  hint: {hint}\n");
        assert_eq!((ran.code, ran.err), (5, expected), "{arguments:?}");
    }
    assert!(gate.changes().is_empty());
}

#[test]
fn a_new_application_is_created_by_a_task_that_is_waited_for() {
    let gate = FakeGate::start();
    gate.on("POST /tasks", json!({"ref": "/tasks/T"}));
    gate.on("GET /tasks/T", task("NOT_STARTED")).on("GET /tasks/T", task("RUNNING"));
    gate.on_status("GET /tasks/T", 503, json!({"message": "starting"})).on("GET /tasks/T", task("SUCCEEDED"));
    let ran =
        run(&gate, &["app", "save", "--name", "shop", "--email", "a@example.com", "--cloud-providers", "local,aws"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "application shop is saved\n"), "{ran:?}");
    assert!(ran.err.contains("503 Service Unavailable: starting; trying again for 60 s"), "{ran:?}");
    let application = json!({"name": "shop", "email": "a@example.com", "cloudProviders": "local,aws"});
    let body = json!({
        "application": "shop",
        "description": "Create Application: shop",
        "job": [{"type": "createApplication", "application": application}],
    });
    assert_eq!(gate.changes(), [("POST /tasks".to_owned(), body)]);
}

#[test]
fn a_known_application_is_updated_with_what_is_given() {
    let gate = FakeGate::start();
    gate.on("GET /applications/shop", json!({"name": "shop", "attributes": {"name": "shop"}}));
    gate.on("POST /tasks", json!({"ref": "/tasks/T"})).on("GET /tasks/T", task("SUCCEEDED"));
    let file = json!({"name": "shop", "attributes": {"email": "old@example.com", "x": 1}, "clusters": {}}).to_string();
    let ran = run_with_input(&gate, &["app", "save", "--file", "-", "--email", "new@example.com", "-q"], &file);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "shop\n", ""));
    let job = &gate.changes()[0].1["job"][0];
    assert_eq!(
        *job,
        json!({"type": "updateApplication", "application": {"email": "new@example.com", "x": 1, "name": "shop"}})
    );
}

#[test]
fn a_failed_task_says_why() {
    let gate = FakeGate::start();
    gate.on("GET /applications/shop", json!({"name": "shop"})).on("POST /tasks", json!({"ref": "/tasks/T"}));
    let exception = json!({"details": {"error": "Bad Request", "errors": ["it has pipelines"]}});
    gate.on("GET /tasks/T", json!({"status": "TERMINAL", "variables": [{"key": "exception", "value": exception}]}));
    let ran = run(&gate, &["app", "delete", "shop"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(ran.err, "error: Delete Application: shop: TERMINAL: it has pipelines (task T)\n");
    let job = json!({"type": "deleteApplication", "application": {"name": "shop"}});
    assert_eq!(gate.changes()[0].1["job"], json!([job]));
}
