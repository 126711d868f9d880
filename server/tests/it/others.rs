//! `gennaker project`, `account`, `artifact`, `search` and `admin`.

use serde_json::{Value, json};

use crate::{
    client::{run, run_with_input},
    gate::FakeGate,
};

fn project() -> Value {
    json!({"id": "id-1", "name": "store", "email": "a@example.com", "config": {"applications": ["shop", "bank"], "clusters": []}})
}

#[test]
fn projects_are_listed_and_shown() {
    let gate = FakeGate::start();
    gate.on("GET /projects", json!([project()])).on("GET /projects/store", project());
    let execution = json!({"id": "E", "name": "deploy", "application": "shop", "status": "SUCCEEDED", "startTime": 1000, "endTime": 3000});
    gate.on("GET /projects/store/pipelines", json!([execution]));
    let expected = "\
NAME   EMAIL          ID    UPDATED  APPLICATIONS
store  a@example.com  id-1           shop,bank
";
    assert_eq!(run(&gate, &["project", "list"]).out, expected);
    let expected = "\
name:          store
id:            id-1
email:         a@example.com
applications:  shop, bank
clusters:      0
";
    assert_eq!(run(&gate, &["project", "get", "store"]).out, expected);
    assert_eq!(run(&gate, &["project", "pipelines", "store", "--limit", "1", "-q"]).out, "E\n");
    let none = run(&gate, &["project", "get", "nope"]);
    assert!(none.code == 5 && none.err.contains("there is no project nope"), "{none:?}");
}

#[test]
fn a_saved_project_keeps_its_id() {
    let gate = FakeGate::start();
    gate.on("POST /tasks", json!({"ref": "/tasks/T"})).on("GET /tasks/T", json!({"status": "SUCCEEDED"}));
    let save = ["project", "save", "--file", "-", "--email", "b@example.com"];
    let ran = run_with_input(&gate, &save, "name: store\nid: other\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "project store is saved\n"), "{ran:?}");
    let body = &gate.changes()[0].1;
    assert_eq!(body["application"], "spinnaker");
    assert_eq!(body["job"], json!([{"type": "upsertProject", "project": {"name": "store", "email": "b@example.com"}}]));
    gate.on("GET /projects/store", project());
    assert_eq!(run_with_input(&gate, &save, "name: store\n").code, 0);
    assert_eq!(gate.changes()[1].1["job"][0]["project"]["id"], "id-1");
    assert_eq!(run(&gate, &["project", "delete", "store"]).out, "project store is deleted\n");
    assert_eq!(
        gate.changes()[2].1["job"],
        json!([{"type": "deleteProject", "project": {"id": "id-1", "name": "store"}}])
    );
}

#[test]
fn accounts_and_the_caller_are_shown() {
    let gate = FakeGate::start();
    let account = json!({"name": "prod", "type": "kubernetes", "environment": "production", "accountType": "k8s"});
    gate.on("GET /credentials", json!([account, {"name": "here", "type": "local"}]));
    gate.on(
        "GET /credentials/prod",
        json!({"name": "prod", "type": "kubernetes", "permissions": {"READ": ["dev", "ops"]}}),
    );
    gate.on("GET /auth/user", json!({"username": "ann", "roles": ["dev"], "isAdmin": true}));
    let expected = "\
NAME  CLOUD       ENVIRONMENT  KIND
prod  kubernetes  production   k8s
";
    assert_eq!(run(&gate, &["account", "list", "--type", "kubernetes"]).out, expected);
    assert!(run(&gate, &["account", "get", "prod"]).out.contains("permissions:  READ: dev, ops\n"));
    assert_eq!(run(&gate, &["account", "whoami"]).out, "user:   ann\nroles:  dev\nadmin:  yes\n");
}

#[test]
fn artifacts_are_found_and_fetched_as_they_are() {
    let gate = FakeGate::start();
    gate.on("GET /artifacts/credentials", json!([{"name": "charts", "types": ["helm/chart"]}]));
    gate.on("GET /artifacts/account/charts/names", json!(["nginx", "redis"]));
    gate.on("GET /artifacts/account/charts/versions", json!(["1.0", "2.0"]));
    gate.on("PUT /artifacts/fetch", json!({"kind": "Service"}));
    assert_eq!(run(&gate, &["artifact", "accounts"]).out, "NAME    TYPES\ncharts  helm/chart\n");
    assert_eq!(run(&gate, &["artifact", "names", "charts", "--type", "helm/chart", "-q"]).out, "nginx\nredis\n");
    let versions = run(&gate, &["artifact", "versions", "charts", "nginx", "--type", "helm/chart"]);
    assert_eq!(versions.out, "VERSION\n1.0\n2.0\n");
    assert_eq!(gate.asked()[2].what, "GET /artifacts/account/charts/versions?type=helm%2Fchart&artifactName=nginx");
    let fetch = ["artifact", "fetch", "--type", "http/file", "--account", "web", "--reference", "http://x/a"];
    assert_eq!(run(&gate, &fetch).out, "{\"kind\":\"Service\"}");
    assert_eq!(gate.changes()[0].1, json!({"type": "http/file", "artifactAccount": "web", "reference": "http://x/a"}));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let to = run(&gate, &[&fetch[..], &["--to", file.to_str().unwrap()]].concat());
    assert_eq!(to.code, 0, "{to:?}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "{\"kind\":\"Service\"}");
    let accountless = run(&gate, &["artifact", "fetch", "--type", "http/file"]);
    assert!(accountless.code == 2 && accountless.err.contains("add --account NAME"), "{accountless:?}");
}

#[test]
fn a_search_asks_for_each_type_and_shows_names() {
    let gate = FakeGate::start();
    let results = json!([
        {"type": "serverGroups", "serverGroup": "web-v001", "application": "web", "account": "prod", "region": "eu"},
        {"type": "applications", "application": "web"},
    ]);
    gate.on("GET /search", json!([{"results": results, "totalMatches": 2}]));
    let expected = "\
NAME      TYPE          APPLICATION  ACCOUNT  REGION
web       applications  web
web-v001  serverGroups  web          prod     eu
";
    assert_eq!(run(&gate, &["search", "web", "--type", "serverGroups,applications"]).out, expected);
    let asked = &gate.asked()[0].what;
    assert_eq!(asked, "GET /search?q=web&type=serverGroups&type=applications&pageSize=50&allowShortQuery=true");
}

#[test]
fn administration_calls_what_gate_has() {
    let gate = FakeGate::start();
    gate.on("PUT /admin/executions/forceCancel", Value::Null);
    gate.on("POST /admin/executions/hydrate", json!({"dryRun": true}));
    gate.on("POST /auth/roles/sync", Value::Null).on("GET /admin", json!({"username": "ann", "isAdmin": false}));
    assert_eq!(run(&gate, &["admin", "force-cancel", "E"]).out, "execution E is ended by force\n");
    assert_eq!(run(&gate, &["admin", "rehydrate", "E", "--dry-run"]).out, "{\n  \"dryRun\": true\n}\n");
    assert_eq!(run(&gate, &["admin", "sync-roles"]).code, 0);
    assert_eq!(run(&gate, &["admin", "me"]).out, "user:   ann\nadmin:  no\n");
    let asked: Vec<String> = gate.changes().into_iter().map(|(what, _)| what).collect();
    let expected = [
        "PUT /admin/executions/forceCancel?executionId=E&executionType=PIPELINE",
        "POST /admin/executions/hydrate?executionId=E&dryRun=true",
        "POST /auth/roles/sync",
    ];
    assert_eq!(asked, expected);
}
