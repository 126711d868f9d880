//! `gennaker pipeline-template`.

use serde_json::{Value, json};

use crate::{
    client::{run, run_with_input},
    gate::FakeGate,
};

fn template() -> Value {
    json!({"id": "deploy", "schema": "v2", "metadata": {"name": "Deploy", "owner": "ann", "scopes": ["global"]},
           "variables": [{"name": "region"}], "pipeline": {"stages": [{"refId": "1", "type": "wait", "name": "Wait"}]}})
}

fn with(fields: Value) -> Value {
    let mut template = template();
    template.as_object_mut().expect("it works").extend(fields.as_object().expect("it works").clone());
    template
}

#[test]
fn templates_and_their_versions_are_listed_and_shown() {
    let gate = FakeGate::start();
    let digest = "0123456789abcdef".repeat(4);
    gate.on("GET /v2/pipelineTemplates", json!([with(json!({"tag": "stable"}))]));
    gate.on(
        "GET /v2/pipelineTemplates/versions",
        json!({"deploy": [with(json!({"tag": "stable"})), with(json!({"digest": digest}))], "other": [{"id": "other", "tag": "latest"}]}),
    );
    gate.on("GET /v2/pipelineTemplates/deploy", template());
    let expected = "\
ID      TAG     DIGEST  NAME    OWNER  SCOPES  UPDATED
deploy  stable          Deploy  ann    global
";
    assert_eq!(run(&gate, &["pipeline-template", "list", "--scope", "global"]).out, expected);
    assert_eq!(gate.asked()[0].what, "GET /v2/pipelineTemplates?scopes=global");
    let expected = "\
ID      TAG     DIGEST        NAME    OWNER  SCOPES  UPDATED
deploy          0123456789ab  Deploy  ann    global
deploy  stable                Deploy  ann    global
";
    assert_eq!(run(&gate, &["pipeline-template", "versions", "deploy"]).out, expected);
    let none = run(&gate, &["pipeline-template", "versions", "nope"]);
    assert!(none.code == 5 && none.err.contains("there is no template nope"), "{none:?}");
    let expected = "\
id:         deploy
name:       Deploy
owner:      ann
scopes:     global
variables:  region

STAGE  TYPE  AFTER  NAME
1      wait         Wait
";
    assert_eq!(run(&gate, &["pipeline-template", "get", "deploy", "--tag", "stable"]).out, expected);
    let get = run(&gate, &["pt", "get", "--id", "deploy", "--digest", &format!("sha256:{digest}"), "-q"]);
    assert_eq!(get.out, "deploy\n");
    let asked: Vec<String> = gate.asked().into_iter().map(|asked| asked.what).collect();
    assert!(asked.contains(&"GET /v2/pipelineTemplates/deploy?tag=stable".to_owned()), "{asked:?}");
    assert!(asked.contains(&format!("GET /v2/pipelineTemplates/deploy?digest={digest}")), "{asked:?}");
}

#[test]
fn a_template_is_created_or_updated_and_its_task_is_waited_for() {
    let gate = FakeGate::start();
    gate.on("POST /v2/pipelineTemplates/create", json!({"id": "T", "status": "SUCCEEDED"}));
    let save = ["pipeline-template", "save", "--file", "-", "--tag", "stable"];
    let ran = run_with_input(&gate, &save, &template().to_string());
    assert_eq!((ran.code, ran.out.as_str()), (0, "template deploy is saved as stable\n"), "{ran:?}");
    assert_eq!(gate.changes(), [("POST /v2/pipelineTemplates/create?tag=stable".to_owned(), template())]);

    gate.on("GET /v2/pipelineTemplates/deploy", template());
    gate.on("POST /v2/pipelineTemplates/update/deploy", json!({"ref": "/tasks/U"}));
    gate.on("GET /tasks/U", json!({"status": "RUNNING"})).on("GET /tasks/U", json!({"status": "TERMINAL"}));
    let ran = run_with_input(&gate, &save, &template().to_string());
    assert_eq!(ran.code, 1);
    assert_eq!(ran.err, "error: Update Pipeline Template: deploy: TERMINAL (task U)\n");

    let v1 = run_with_input(&gate, &save, &with(json!({"schema": "1"})).to_string());
    assert!(v1.code == 2 && v1.err.contains("only templates with \"schema\": \"v2\""), "{v1:?}");
    gate.on("DELETE /v2/pipelineTemplates/deploy", Value::Null);
    let deleted = run(&gate, &["pipeline-template", "delete", "deploy", "--tag", "stable"]);
    assert_eq!(deleted.out, "template deploy, tag stable, is deleted\n", "{deleted:?}");
}

#[test]
fn a_pipeline_of_a_template_is_printed_and_planned() {
    let gate = FakeGate::start();
    let folder = tempfile::tempdir().unwrap();
    let values = folder.path().join("v.yml");
    std::fs::write(&values, "region: us\nsize: 2\n").unwrap();
    let values = values.to_str().unwrap();
    let arguments =
        ["pipeline-template", "use", "deploy", "-a", "shop", "-n", "go", "-t", "stable", "--values", values];
    let ran = run(&gate, &[&arguments[..], &["--set", "region=eu"]].concat());
    let pipeline: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(pipeline["template"]["reference"], "spinnaker://deploy:stable");
    assert_eq!(pipeline["variables"], json!({"region": "eu", "size": 2}));
    assert!(gate.asked().is_empty());

    gate.on(
        "POST /v2/pipelineTemplates/plan",
        json!({"name": "go", "application": "shop", "stages": [{"refId": "1", "type": "wait"}]}),
    );
    let plan = run_with_input(&gate, &["pt", "plan", "--file", "-"], &ran.out);
    assert!(plan.code == 0 && plan.out.contains("1      wait\n"), "{plan:?}");
    gate.forget("POST /v2/pipelineTemplates/plan").refuse(
        "POST /v2/pipelineTemplates/plan",
        400,
        "no value for region",
    );
    let refused = run_with_input(&gate, &["pt", "plan", "--file", "-"], &ran.out);
    assert_eq!((refused.code, refused.err.as_str()), (5, "error: no value for region\n  request: r-7\n"));
}
