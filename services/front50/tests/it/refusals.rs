//! What is not taken: every answer is JSON with a message, and nothing is stored.

use std::path::Path;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Node, pipeline};

/// The objects below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            names.extend(files(&entry.path()))
        } else {
            names.push(entry.path().display().to_string())
        }
    }
    names
}

fn named(name: &str) -> Value {
    json!({ "name": name, "email": "a@example.com" })
}

fn with(field: &str, value: Value) -> Value {
    let mut body = pipeline("shop", "a", "1");
    body[field] = value;
    body
}

#[tokio::test]
async fn bodies_that_cannot_be_kept_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    let long = "x".repeat(300);
    let applications = [
        json!([]),
        json!("text"),
        json!({"name": {}, "email": "a"}),
        json!({"email": "a@example.com"}),
        named(" "),
        named(&long),
        named(".."),
        named("../../etc/passwd"),
        named(".versions/x"),
        named("a/../../b"),
        named("a\\b"),
        named("a\nb"),
        named("a\0b"),
        named("last-modified.json"),
        named("a/application-metadata.json"),
    ];
    for body in applications {
        for (method, path) in [(Method::POST, "/v2/applications"), (Method::PUT, "/v2/applications/x")] {
            let answer = node.ask(method, path, Some(body.clone())).await;
            assert!(answer.status.is_client_error(), "{body}: {answer:?}");
            assert!(answer.body["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer:?}");
        }
        let answer = node.post("/v2/applications/batch/applications", json!([named("fine"), body])).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let pipelines = [
        json!([]),
        json!(null),
        json!({}),
        with("name", json!({})),
        with("name", json!("")),
        with("name", json!(long)),
        with("application", json!(" ")),
        with("application", json!(long)),
        with("id", json!("../x")),
        with("id", json!("/x")),
        with("id", json!(".")),
        with("id", json!("x".repeat(201))),
        with("id", json!("last-modified.json")),
        with("id", json!("pipeline-metadata.json")),
        with("index", json!([])),
        with("stages", json!({})),
        with("triggers", json!(["x"])),
        with("disabled", json!("maybe")),
        with("type", json!("templatedPipeline")),
    ];
    for body in pipelines {
        for (method, path) in [(Method::POST, "/pipelines"), (Method::POST, "/pipelines?staleCheck=true")] {
            let answer = node.ask(method, path, Some(body.clone())).await;
            assert!(answer.status.is_client_error(), "{body}: {answer:?}");
            assert!(answer.body["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer:?}");
        }
    }
    let bad_ids =
        [json!(""), json!("../x"), json!(".x"), json!({}), json!("x".repeat(201)), json!("last-modified.json")];
    let template = |id: &Value| json!({"id": id, "metadata": {"scopes": ["global"]}});
    for id in &bad_ids {
        for (path, body) in [
            ("/permissions/applications", json!({"name": id})),
            ("/strategies", with("id", if *id == "" { json!([]) } else { id.clone() })),
            ("/pipelineTemplates", template(id)),
            ("/v2/pipelineTemplates", template(id)),
            ("/v2/projects", json!({"id": if *id == "" { json!([]) } else { id.clone() }, "name": "p"})),
            ("/serviceAccounts", json!({"name": id})),
            ("/snapshots", json!({"application": if *id == "" { json!(".x") } else { id.clone() }, "account": "a/.."})),
            ("/v2/tags", json!({"id": id})),
        ] {
            let answer = node.post(path, body.clone()).await;
            assert!(answer.status.is_client_error(), "{path} {body}: {answer:?}");
            assert!(answer.body["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer:?}");
        }
    }
    for (path, body) in [
        ("/permissions/applications", json!({"name": "a", "permissions": {"FLY": ["x"]}})),
        ("/strategies/batchUpdate", json!([pipeline("shop", "a", "1"), json!({})])),
        ("/v2/pipelineTemplates", json!({"id": "t"})),
        ("/v2/pipelineTemplates", json!({"id": "t", "tag": {}, "metadata": {"scopes": ["global"]}})),
        ("/v2/pipelineTemplates?tag=moon", template(&json!("t"))),
        ("/pipelineTemplates", json!({"id": "t", "metadata": {"scopes": "global"}})),
        ("/v2/projects", json!({"name": "p", "config": []})),
        ("/v2/projects/batchUpdate", json!([{"name": "p", "id": "p"}, {"id": "q"}])),
        ("/notifications/planet/x", json!({})),
        ("/notifications/application/..%2fx", json!({})),
        ("/notifications/batchUpdate", json!([{"application": "a"}, {"application": "../x"}])),
        ("/serviceAccounts", json!({"name": "a", "memberOf": {}})),
        ("/snapshots", json!({"application": "a", "account": "b", "configLang": "HCL"})),
        ("/v2/tags", json!({"id": "a", "tags": [1]})),
        ("/v2/tags/batchUpdate", json!([{"id": "a"}, {"id": "../x"}])),
        ("/v2/tags/batchDelete", json!([1])),
        ("/admin/recover", json!({"objectType": "Project"})),
    ] {
        let answer = node.post(path, body.clone()).await;
        assert!(answer.status.is_client_error(), "{path} {body}: {answer:?}");
        assert!(answer.body["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer:?}");
    }
    assert_eq!(files(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn requests_that_cannot_be_read_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(11 << 20));
    let json = Some("application/json");
    let put = "/v2/applications/x";
    for (method, path, kind, body, status) in [
        (Method::POST, "/pipelines", json, "{nope", 400),
        (Method::POST, "/pipelines", json, "", 400),
        (Method::POST, "/pipelines", None, "\u{feff}{}", 400),
        (Method::POST, "/pipelines", json, deep.as_str(), 400),
        (Method::POST, "/pipelines", json, large.as_str(), 413),
        (Method::POST, "/pipelines/batchUpdate", json, "[1]", 400),
        (Method::POST, "/pipelines/batchUpdate", json, "{}", 400),
        (Method::POST, "/actions/pipelines/reorder", json, "[]", 400),
        (Method::POST, "/pipelines?staleCheck=perhaps", json, "{}", 400),
        (Method::PUT, put, Some("text/plain"), "{}", 415),
        (Method::PATCH, put, Some("multipart/form-data; boundary=x"), "{}", 415),
        (Method::PUT, put, Some("application/x+json"), "{}", 400),
        (Method::PUT, "/pipelines/none", json, r#"{"id":"none"}"#, 404),
        (Method::PUT, "/pipelines/..%2fx", json, r#"{"id":"x"}"#, 404),
        (Method::GET, "/v2/applications/..%2f..%2fetc", None, "", 404),
        (Method::GET, "/v2/applications?pageSize=-1", None, "", 400),
        (Method::GET, "/v2/applications/x/history?limit=many", None, "", 400),
        (Method::GET, "/pipelines/x/get", None, "", 404),
        (Method::GET, "/pipelines/x?pipelineLimit=x", None, "", 400),
        (Method::DELETE, "/pipelines/x/y", None, "", 404),
        (Method::DELETE, "/pipelines/x", None, "", 405),
        (Method::GET, "/nothing/here", None, "", 404),
    ] {
        let answer = node.send(method.clone(), path, kind, body.to_owned()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {answer:?}");
        assert_eq!(answer.body["status"], status, "{method} {path}: {answer:?}");
        assert!(
            answer.body["message"].is_string() && answer.body["requestId"].is_string(),
            "{method} {path}: {answer:?}"
        );
    }
    let answer = node.delete("/v2/applications/..%2f..%2fetc").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "there is no such application");
    assert_eq!(files(folder.path()), Vec::<String>::new());
}
