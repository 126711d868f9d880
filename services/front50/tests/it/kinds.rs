//! The kinds of objects besides applications and pipelines: where they lie, their rules, and what the recordings leave out.

use std::fs;

use gennaker_front50::{Options, ServiceAccountOptions};
use http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Node, USER, pipeline};

fn ids(answer: &Value) -> Vec<&str> {
    answer.as_array().expect("a list").iter().map(|it| it["id"].as_str().expect("an id")).collect()
}

fn is_file(folder: &TempDir, path: &str) -> bool {
    folder.path().join("front50").join(path).is_file()
}

fn template(id: &str, fields: Value) -> Value {
    let mut body = json!({"id": id, "schema": "v2", "metadata": {"name": id, "scopes": ["global"]}, "pipeline": {}});
    body.as_object_mut().expect("an object").extend(fields.as_object().cloned().expect("an object"));
    body
}

#[tokio::test]
async fn every_kind_lies_where_upstream_has_it_and_keeps_what_nobody_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    for (path, body, file) in [
        ("/permissions/applications", json!({"name": "Shop", "x": 1}), "applications/shop/application-permission.json"),
        (
            "/strategies",
            json!({"id": "S1", "name": "s", "application": "shop", "x": 1}),
            "pipeline-strategies/s1/pipeline-strategy-metadata.json",
        ),
        (
            "/v2/pipelineTemplates",
            template("T1", json!({"x": 1})),
            "pipeline-templates/t1/pipeline-template-metadata.json",
        ),
        ("/v2/projects", json!({"id": "P1", "name": "p", "x": 1}), "projects/p1/project-metadata.json"),
        ("/notifications/application/Shop", json!({"x": 1}), "notifications/shop/notification-metadata.json"),
        ("/notifications/global", json!({"x": 1}), "notifications/__global/notification-metadata.json"),
        ("/serviceAccounts", json!({"name": "Bot", "x": 1}), "serviceAccounts/bot/serviceAccount-metadata.json"),
        ("/snapshots", json!({"application": "Shop", "account": "A", "x": 1}), "snapshots/shop-a/snapshot.json"),
        ("/v2/tags", json!({"id": "aws:Cluster:x/y:*", "x": 1}), "tags/aws:cluster:x/y:*/entity-tags-metadata.json"),
    ] {
        let answer = node.post(path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        let stored = fs::read(folder.path().join("front50").join(file)).expect(file);
        let stored: Value = serde_json::from_slice(&stored).expect("JSON");
        assert_eq!((&stored["x"], &stored["lastModifiedBy"]), (&json!(1), &json!(USER)), "{file}");
    }
    assert_eq!(node.get("/v2/tags/aws:Cluster:x%2Fy:*").await.body["id"], "aws:Cluster:x/y:*");
    assert_eq!(node.get("/v2/tags/aws:cluster:x/y:*").await.body["version"], "v1");
    drop(node);
    let node = Node::start(&folder).await;
    for path in [
        "/permissions/applications/shop",
        "/v2/pipelineTemplates/t1",
        "/v2/projects/P",
        "/notifications/global",
        "/notifications/application/shop",
        "/snapshots/shop-a",
        "/v2/tags/aws:cluster:x/y:*",
    ] {
        assert_eq!(node.get(path).await.body["x"], 1, "{path}");
    }
    assert_eq!(node.get("/strategies/shop").await.body[0]["x"], 1);
    assert_eq!(node.get("/serviceAccounts").await.body[0]["x"], 1);
}

#[tokio::test]
async fn a_damaged_object_of_any_kind_is_named_and_all_else_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let groups = [
        ("applications", "applications", "application-metadata.json"),
        ("permissions", "applications", "application-permission.json"),
        ("pipelines", "pipelines", "pipeline-metadata.json"),
        ("pipeline-strategies", "pipeline-strategies", "pipeline-strategy-metadata.json"),
        ("pipeline-templates", "pipeline-templates", "pipeline-template-metadata.json"),
        ("projects", "projects", "project-metadata.json"),
        ("notifications", "notifications", "notification-metadata.json"),
        ("serviceAccounts", "serviceAccounts", "serviceAccount-metadata.json"),
        ("snapshots", "snapshots", "snapshot.json"),
        ("tags", "tags", "entity-tags-metadata.json"),
    ];
    for (_, group, file) in groups {
        let place = folder.path().join("front50").join(group).join("torn");
        fs::create_dir_all(&place).expect("a folder");
        fs::write(place.join(file), r#"{"name": "to"#).expect("a file");
    }
    let node = Node::start(&folder).await;
    let health = node.get("/health").await;
    assert_eq!((health.status, &health.body["status"]), (StatusCode::OK, &json!("UP")));
    for (name, _, _) in groups {
        let damaged = &health.body["components"][name]["details"]["damaged"];
        assert!(damaged["torn"].is_string(), "{name}: {}", health.body);
    }
    for path in ["/v2/projects", "/strategies", "/notifications", "/v2/tags?prefix=", "/serviceAccounts"] {
        assert_eq!(node.get(path).await.body, json!([]), "{path}");
    }
    let project = json!({"id": "torn", "name": "whole"});
    assert_eq!(node.post("/v2/projects", project).await.status, StatusCode::OK, "saved anew");
    assert_eq!(ids(&node.get("/v2/projects").await.body), ["torn"]);
    let health = node.get("/health").await.body;
    assert_eq!(health["components"]["projects"]["details"], json!({"objects": 1}));
}

#[tokio::test]
async fn with_an_application_goes_what_belongs_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    for (path, body) in [
        ("/v2/applications", json!({"name": "Shop", "email": "a@example.com"})),
        ("/permissions/applications", json!({"name": "shop", "permissions": {"READ": ["r"]}})),
        ("/pipelines", pipeline("SHOP", "p", "1")),
        ("/pipelines", pipeline("other", "p", "2")),
        ("/strategies", pipeline("shop", "s", "3")),
        ("/serviceAccounts", json!({"name": "1@managed-service-account"})),
        ("/serviceAccounts", json!({"name": "2@managed-service-account"})),
        ("/notifications/application/shop", json!({"application": "shop"})),
        ("/v2/projects", json!({"id": "only", "name": "only", "config": {"applications": ["shop"]}})),
        (
            "/v2/projects",
            json!({"id": "more", "name": "more", "config": {
                "applications": ["shop", "other"], "clusters": [{"account": "a", "applications": ["shop"]}],
            }}),
        ),
    ] {
        assert_eq!(node.post(path, body).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(node.get("/v2/applications/shop").await.body["permissions"], json!({"READ": ["r"]}));
    assert_eq!(node.get("/v2/applications").await.body[0]["permissions"], json!({"READ": ["r"]}));
    assert_eq!(node.delete("/v2/applications/sHOP").await.status, StatusCode::NO_CONTENT);
    assert_eq!(ids(&node.get("/pipelines").await.body), ["2"]);
    assert_eq!(node.get("/strategies").await.body, json!([]));
    assert_eq!(node.get("/notifications").await.body, json!([]));
    assert_eq!(node.get("/serviceAccounts").await.body[0]["name"], "2@managed-service-account");
    let projects = node.get("/v2/projects").await.body;
    assert_eq!(ids(&projects), ["more"]);
    assert_eq!(projects[0]["config"]["applications"], json!(["other"]));
    assert_eq!(projects[0]["config"]["clusters"][0]["applications"], json!([]));
    assert_eq!(node.get("/permissions/applications/shop").await.status, StatusCode::OK, "upstream's stay too");

    let recover =
        async |kind: &str, id: &str| node.post("/admin/recover", json!({"objectType": kind, "objectId": id})).await;
    assert_eq!(recover("application", "SHOP").await.status, StatusCode::OK);
    assert_eq!(node.get("/v2/applications/shop").await.body["email"], "a@example.com");
    assert_eq!(recover("Pipeline", "1").await.status, StatusCode::OK);
    assert_eq!(ids(&node.get("/pipelines/shop").await.body), ["1"]);
    assert_eq!(recover("PROJECT", "only").await.status, StatusCode::OK);
    for (kind, id, message) in [
        ("Project", "never", "Object Project:never was not found"),
        ("Planet", "x", "Object type Planet is unsupported"),
        ("Strategy", "3", "Object type Strategy is unsupported"),
    ] {
        let answer = recover(kind, id).await;
        assert_eq!((answer.status, answer.body["message"].as_str()), (StatusCode::NOT_FOUND, Some(message)));
    }
}

#[tokio::test]
async fn permissions_of_all_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    node.post("/v2/applications", json!({"name": "free", "email": "a@example.com", "permissions": {"READ": ["x"]}}))
        .await;
    let sent = json!({"name": "Shop", "permissions": {"WRITE": [" Team "]}});
    let answer = node.ask(http::Method::PUT, "/permissions/applications/Path", Some(sent)).await;
    assert_eq!(answer.body["name"], "Shop", "as upstream, what was sent: {answer:?}");
    let listed = node.get("/permissions/applications").await.body;
    assert_eq!((&listed[0]["name"], &listed[0]["permissions"]), (&json!("shop"), &json!({"WRITE": ["team"]})));
    let free = json!({"name": "FREE", "lastModified": -1, "lastModifiedBy": "auto-generated", "permissions": {}});
    assert_eq!(listed[1], free);
    assert_eq!(node.get("/v2/applications").await.body[0]["permissions"], Value::Null, "a list shows objects only");
    node.post("/permissions/applications", json!({"name": "free"})).await;
    assert_eq!(node.get("/v2/applications/free").await.body["permissions"], Value::Null);
    assert_eq!(node.delete("/permissions/applications/none").await.status, StatusCode::OK);
}

#[tokio::test]
async fn templates_are_told_apart_by_tag_and_digest() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    assert_eq!(node.post("/v2/pipelineTemplates", template("t", json!({"v": 1}))).await.status, StatusCode::OK);
    let put = async |path: &str, body: Value| node.put(path, body).await;
    let second = put("/v2/pipelineTemplates/t?tag=stable", template("t", json!({"v": 2}))).await.body;
    let digest = second["digest"].as_str().expect("a digest");
    for (query, version) in [("", 1), ("?tag=latest", 2), ("?tag=stable", 2), (&format!("?digest={digest}"), 2)] {
        let got = node.get(&format!("/v2/pipelineTemplates/t{query}")).await.body;
        assert_eq!((&got["v"], &got["tag"], &got["digest"]), (&json!(version), &Value::Null, &Value::Null), "{query}");
    }
    let versions = node.get("/v2/pipelineTemplates/versions?scopes=global,x").await.body;
    assert_eq!(versions["t"].as_array().map(Vec::len), Some(5), "{versions}");
    let both = node.get("/v2/pipelineTemplates/t?tag=stable&digest=x").await;
    assert_eq!(both.status, StatusCode::BAD_REQUEST);

    let mut made = pipeline("shop", "made", "1");
    made["type"] = "templatedPipeline".into();
    made["schema"] = "v2".into();
    made["template"] = json!({"reference": "spinnaker://t:canary"});
    let answer = node.post("/pipelines", made.clone()).await;
    assert_eq!(answer.body["message"], "Configured pipeline template not found");
    made["template"] = json!({"reference": "spinnaker://t:stable"});
    assert_eq!(node.post("/pipelines", made).await.status, StatusCode::OK);
    for (path, refused) in [("t?tag=stable", true), ("t", true), ("t?tag=latest", false)] {
        let answer = node.delete(&format!("/v2/pipelineTemplates/{path}")).await;
        assert_eq!(answer.status.is_client_error(), refused, "{path}: {answer:?}");
    }

    let first = |id: &str, source: &str| template(id, json!({"schema": "1", "source": source}));
    for body in [first("a", "spinnaker://b"), first("b", "spinnaker://a"), first("c", "spinnaker://A")] {
        assert_eq!(node.post("/pipelineTemplates", body).await.status, StatusCode::OK);
    }
    let answer = node.delete("/pipelineTemplates/a").await;
    let message = "The following pipeline templates depend on this template: b, c, a";
    assert_eq!(answer.body["message"], message, "they refer to each other");
    let mut made = pipeline("shop", "first", "2");
    made["type"] = "templatedPipeline".into();
    made["config"] = json!({"pipeline": {"template": {"source": "spinnaker://B"}}});
    assert_eq!(node.post("/pipelines", made).await.status, StatusCode::OK);
    assert_eq!(node.get("/pipelineTemplates/a/dependentPipelines").await.body, json!([]));
    assert_eq!(ids(&node.get("/pipelineTemplates/a/dependentPipelines?recursive=true").await.body), ["2"]);
}

#[tokio::test]
async fn snapshots_are_found_by_their_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    for number in [1, 2] {
        let body = json!({"application": "shop", "account": "a", "infrastructure": {"n": number}});
        assert_eq!(node.post("/snapshots", body).await.status, StatusCode::OK);
    }
    assert_eq!(node.get("/snapshots/shop-a").await.body["infrastructure"]["n"], 2);
    let history = node.get("/snapshots/shop-a/history").await.body;
    assert_eq!(history.as_array().map(Vec::len), Some(2));
    let first = history[1]["timestamp"].as_i64().expect("a time");
    let found = node.get(&format!("/snapshots/shop-a/{first}")).await.body;
    assert_eq!(found["timestamp"], first);
    assert_eq!(node.get("/snapshots/shop-a/7").await.body["message"], "Snapshot not found");
    assert_eq!(node.get("/snapshots/shop-a/soon").await.status, StatusCode::BAD_REQUEST);
    let answer = node.post("/snapshots", json!({"application": "shop"})).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn tags_are_found_by_prefix_and_by_ids() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    let tag =
        |id: &str| json!({"id": id, "tags": [{"name": "n", "value": {"a": 1}}], "entityRef": {"entityType": "x"}});
    let answer = node.post("/v2/tags/batchUpdate", json!([tag("a:1"), tag("a:2"), tag("b:1")])).await;
    assert_eq!(ids(&answer.body), ["a:1", "a:2", "b:1"]);
    let expected = json!({"name": "n", "namespace": null, "category": null, "value": {"a": 1}, "valueType": null});
    assert_eq!(answer.body[0]["tags"], json!([expected]));
    assert_eq!(ids(&node.get("/v2/tags?prefix=a:").await.body), ["a:1", "a:2"]);
    assert_eq!(ids(&node.get("/v2/tags?ids=b:1,none&ids=a:2").await.body), ["b:1", "a:2"]);
    let answer = node.get("/v2/tags").await;
    assert_eq!(answer.body["message"], "Either 'prefix' or 'ids' parameter is required");
    assert_eq!(node.post("/v2/tags/batchDelete", json!(["a:1", "none"])).await.status, StatusCode::OK);
    assert_eq!(node.delete("/v2/tags/a:2").await.status, StatusCode::NO_CONTENT);
    assert_eq!(ids(&node.get("/v2/tags?prefix=").await.body), ["b:1"]);
}

#[tokio::test]
async fn tags_that_somebody_else_has_changed_are_not_written_over_where_that_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    let asked = "/v2/tags/batchUpdate?refuseStale=true";
    let tag = |id: &str, name: &str| json!({"id": id, "tags": [{"name": name}]});
    let kept = node.post(asked, json!([tag("a", "one")])).await;
    assert_eq!(kept.status, StatusCode::OK, "there was nothing: {kept:?}");
    let mut read = kept.body[0].clone();
    // Another one is first.
    assert_eq!(node.post("/v2/tags/batchUpdate", json!([tag("a", "two")])).await.status, StatusCode::OK);
    read["tags"] = json!([{"name": "one"}, {"name": "mine"}]);
    let refused = node.post(asked, json!([tag("b", "new"), read])).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{refused:?}");
    assert_eq!(node.post(asked, json!([tag("a", "as if new")])).await.status, StatusCode::CONFLICT);
    let before = read["lastModified"].as_i64().expect("a number");
    let delete = |modified: i64| format!("/v2/tags/a?lastModified={modified}");
    assert_eq!(node.delete(&delete(before)).await.status, StatusCode::CONFLICT);
    let now = node.get("/v2/tags?prefix=").await.body;
    assert_eq!((ids(&now), &now[0]["tags"][0]["name"]), (vec!["a"], &json!("two")), "nothing was written");
    let last = now[0]["lastModified"].as_i64().expect("a number");
    for _ in 0..2 {
        assert_eq!(node.delete(&delete(last)).await.status, StatusCode::NO_CONTENT, "it is gone, or was");
    }
    assert_eq!(node.get("/v2/tags?prefix=").await.body, json!([]));
}

#[tokio::test]
async fn projects_are_searched() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    for (name, email, config) in [
        ("shop", "ann@example.com", json!({"applications": ["cart"]})),
        ("shopping", "bob@example.com", json!({"clusters": [{"account": "prod", "applications": ["till"]}]})),
        ("other", "bob@example.com", json!({})),
    ] {
        let body = json!({"id": name, "name": name, "email": email, "config": config});
        assert_eq!(node.post("/v2/projects", body).await.status, StatusCode::OK);
    }
    for (query, expected) in [
        ("?name=SHOP", vec!["shop", "shopping"]),
        ("?email=bob", vec!["other", "shopping"]),
        ("?account=prod", vec!["shopping"]),
        ("?applications=till,cart", vec!["shop", "shopping"]),
        ("?pageSize=1&name=shop", vec!["shop"]),
        ("/search?q=CAR", vec!["shop"]),
        ("/search?q=oth", vec!["other"]),
    ] {
        assert_eq!(ids(&node.get(&format!("/v2/projects{query}")).await.body), expected, "{query}");
    }
    let answer = node.get("/v2/projects/search").await;
    assert_eq!(
        (answer.status, &answer.body["detail"]),
        (StatusCode::BAD_REQUEST, &json!("Required parameter 'q' is not present."))
    );
    let clash = node.put("/v2/projects/other", json!({"name": "Shop"})).await;
    assert_eq!(clash.body["message"], "A Project named 'Shop' already exists");
    assert_eq!(node.post("/v2/projects", json!({"email": "x"})).await.status, StatusCode::BAD_REQUEST);
    let batch = json!([{"id": "a", "name": "a"}, {"name": "b"}]);
    assert_eq!(node.post("/v2/projects/batchUpdate", batch).await.status, StatusCode::ACCEPTED);
    assert_eq!(node.get("/v2/projects/b").await.status, StatusCode::OK);
}

#[tokio::test]
async fn strategies_follow_fewer_rules_than_pipelines() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    let new = || json!({"name": "a", "application": "shop", "triggers": [{"type": "cron"}]});
    assert_eq!(node.post("/strategies", new()).await.status, StatusCode::OK);
    let again = node.post("/strategies", new()).await;
    assert_eq!(again.body["message"], "A strategy with name a already exists in application shop");
    let listed = node.get("/strategies/SHOP").await.body;
    assert!(listed[0]["triggers"][0]["id"].is_string(), "{listed}");
    assert_eq!(node.post("/strategies", pipeline("shop", "b", "B1")).await.status, StatusCode::OK);
    let taken = node.put("/strategies/B1", pipeline("shop", "A", "B1")).await;
    assert_eq!(taken.body["message"], "A strategy with name 'A' already exists in application 'shop'");
    let other = node.put("/strategies/B1", pipeline("shop", "b", "other")).await;
    assert_eq!(other.body["message"], "The provided id 'B1' doesn't match the strategy id 'other'");
    assert_eq!(node.post("/strategies", json!({"name": "x"})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let batch = json!([pipeline("shop", "b", "B1"), pipeline("shop", "b", "C1")]);
    assert_eq!(node.post("/strategies/batchUpdate", batch).await.status, StatusCode::OK);
    assert_eq!(node.get("/strategies/b1/history").await.body.as_array().map(Vec::len), Some(2));
    assert_eq!(node.delete("/strategies/shop/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(node.delete("/strategies/shop/B").await.status, StatusCode::OK);
    assert!(!is_file(&folder, "pipeline-strategies/b1/pipeline-strategy-metadata.json"));
}

#[tokio::test]
async fn configured_service_accounts_are_there_and_may_have_tokens() {
    let folder = tempfile::tempdir().expect("a folder");
    let account = |name: &str, role: &str| ServiceAccountOptions { name: name.into(), member_of: vec![role.into()] };
    let options =
        Options { service_accounts: vec![account("Bot", "team"), account(" ", "none")], ..Options::default() };
    let node = Node::start_with(&folder, options.clone()).await;
    node.post("/serviceAccounts", json!({"name": "by-hand"})).await;
    let eligible = json!([{"name": "Bot", "lastModified": null, "lastModifiedBy": null, "memberOf": ["team"]}]);
    assert_eq!(node.get("/serviceAccounts/tokenEligible").await.body, eligible);
    let listed = node.get("/serviceAccounts").await.body;
    assert_eq!((&listed[0]["name"], &listed[0]["memberOf"]), (&json!("bot"), &json!(["team"])));
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert_eq!(node.delete("/serviceAccounts/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(node.delete("/serviceAccounts/BOT").await.status, StatusCode::OK);
    drop(node);
    let node = Node::start_with(&folder, options).await;
    assert_eq!(node.get("/serviceAccounts").await.body.as_array().map(Vec::len), Some(2), "the configuration decides");
}
