//! Accounts that come, change and go: through the API, from files, from the configuration.

use std::{fs, sync::Arc};

use gennaker_provider_api::AccountDefinition;
use http::StatusCode;
use serde_json::{Value, json};

use crate::world::{Node, PATIENCE, World};

/// The account's entry once it is so; `Null` if there is none.
async fn until(node: &Node, name: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let wait = async {
        loop {
            let accounts = node.get("/credentials").await.body;
            let found = accounts.as_array().into_iter().flatten().find(|account| account["name"] == name);
            let found = found.cloned().unwrap_or_default();
            if is(&found) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{name}: {what}"))
}

#[tokio::test]
async fn an_account_is_kept_through_one_node_and_there_on_every() {
    let world = World::new();
    let node = world.node("one").await;
    let definition =
        json!({"@type": "sky", "name": "new", "environment": "qa", "password": "hunter2", "key": "encrypted:s3!b:x"});
    let kept = node.post("/credentials", &definition).await;
    assert_eq!(kept.status, StatusCode::OK, "{kept:?}");
    let shown = json!({
        "type": "sky", "name": "new", "environment": "qa", "password": "******", "key": "encrypted:s3!b:x",
    });
    assert_eq!(kept.body, shown, "no secret is answered");
    assert_eq!(node.get("/credentials/new").await.body["environment"], "qa");
    let again = node.post("/credentials", &definition).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(again.body["message"], "Cannot create an account which already exists (name: new)");
    // What was answered may be sent back: the secret stays.
    let mut changed = shown.clone();
    changed["environment"] = json!("live");
    let saved = node.ask("PUT", "/credentials/new", &[("x-spinnaker-user", "ann")], &changed).await;
    assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
    assert_eq!(world.cloud.defined("new").expect("it is there").fields["password"], "hunter2");
    let other = world.node("two").await;
    until(&other, "new", "it is on the other node", |account| account["environment"] == "live").await;
    assert_eq!(other.get("/credentials/type/sky").await.body, json!([changed]));
    assert_eq!(other.get("/credentials/type/sky?startingAccountName=z").await.body, json!([]));
    assert_eq!(other.get("/credentials/type/rain").await.body, json!([]));
    let removed = other.ask("DELETE", "/credentials/new", &[], &Value::Null).await;
    assert_eq!(removed.status, StatusCode::OK, "{removed:?}");
    until(&node, "new", "it is gone", Value::is_null).await;
    let history = node.get("/credentials/new/history").await.body;
    let versions: Vec<_> = history.as_array().expect("a list").iter().map(|revision| &revision["version"]).collect();
    assert_eq!(versions, [3, 2, 1]);
    assert_eq!((&history[0]["account"], &history[1]["account"]), (&Value::Null, &changed));
    assert_eq!(node.ask("DELETE", "/credentials/new", &[], &Value::Null).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_wrong_definition_is_refused_with_what_is_wrong() {
    let world = World::new();
    let node = world.node("n").await;
    let unknown = "there is no provider rain in this build; there are: sky";
    for (method, path, body, part) in [
        ("POST", "/credentials", json!({"name": "x"}), "no type"),
        ("POST", "/credentials", json!({"type": "sky"}), "no name"),
        ("POST", "/credentials", json!({"type": "rain", "name": "x"}), unknown),
        ("POST", "/credentials", json!({"type": "sky", "name": "x", "wrong": "no region"}), "no region"),
        ("POST", "/credentials", json!({"type": "sky", "name": "test"}), "already exists (name: test)"),
        ("POST", "/credentials", json!({"type": "sky", "name": "x", "token": "******"}), "send the secret"),
        ("PUT", "/credentials", json!({"type": "sky", "name": "test"}), "defined in the configuration or in a file"),
        ("PUT", "/credentials/x", json!({"type": "sky", "name": "x"}), "Cannot update an account which does not exist"),
        ("PUT", "/credentials/y", json!({"type": "sky", "name": "x"}), "URI value: y. Request body value: x."),
    ] {
        let answer = node.ask(method, path, &[], &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{method} {path} {body}: {answer:?}");
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{method} {path} {body}: {message}");
    }
    assert_eq!(node.get("/credentials/type/sky").await.body, json!([]));
}

#[tokio::test]
async fn files_define_accounts_and_a_broken_one_holds_up_nobody() {
    let world = World::new();
    let node = world.node("n").await;
    let file = world.accounts().join("a.yml");
    fs::write(&file, "type: sky\nname: a\nenvironment: qa\n").expect("written");
    fs::write(world.accounts().join("b.yml"), "type: sky\nname: b\nwrong: no region\n").expect("written");
    fs::write(world.accounts().join("c.yml"), "type: rain\nname: c\n").expect("written");
    until(&node, "a", "it comes", |account| account["environment"] == "qa").await;
    let broken = until(&node, "b", "it is shown", |account| !account.is_null()).await;
    assert_eq!((&broken["problem"], &broken["enabled"]), (&json!("no region"), &json!(false)));
    let unknown = until(&node, "c", "it is shown", |account| !account.is_null()).await;
    assert!(unknown["problem"].as_str().is_some_and(|problem| problem.contains("no provider rain")), "{unknown}");
    let health = async {
        while node.get("/health").await.body["components"]["accounts"]["details"]["broken"]["b"] != "no region" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, health).await.expect("health tells");
    let read = node.get("/serverGroups/b/north/x").await;
    assert_eq!(read.status, StatusCode::SERVICE_UNAVAILABLE, "{read:?}");
    fs::write(world.accounts().join("b.yml"), "type: sky\nname: b\n").expect("written");
    until(&node, "b", "it heals", |account| account["enabled"] == true).await;
    fs::write(&file, "type: sky\nname: a\nenvironment: live\n").expect("written");
    until(&node, "a", "it changes", |account| account["environment"] == "live").await;
    let kept = node.ask("PUT", "/credentials", &[], &json!({"type": "sky", "name": "a"})).await;
    assert_eq!(kept.status, StatusCode::BAD_REQUEST, "{kept:?}");
    fs::remove_file(&file).expect("removed");
    until(&node, "a", "it goes", Value::is_null).await;
    assert_eq!(node.get("/credentials/test").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_configured_accounts_follow_the_configuration() {
    let world = World::new();
    let definition = |environment: &str| {
        let fields = json!({"type": "sky", "name": "conf", "environment": environment});
        AccountDefinition::read(fields.as_object().expect("an object").clone()).expect("named")
    };
    world.cloud.configured.send_replace(Arc::new(vec![definition("qa")]));
    let node = world.idle_node().await;
    assert_eq!(node.get("/credentials/conf").await.body["environment"], "qa", "it is there from the start");
    world.cloud.configured.send_replace(Arc::new(vec![definition("live")]));
    until(&node, "conf", "it changes", |account| account["environment"] == "live").await;
    world.cloud.configured.send_replace(Arc::default());
    until(&node, "conf", "it goes", Value::is_null).await;
}

#[tokio::test]
async fn an_account_that_may_be_about_to_come_is_no_account_that_is_gone() {
    let world = World::new();
    let node = world.stopped_node().await;
    let paths =
        ["/serverGroups/other/north/shop-v001", "/applications/shop/clusters/other/shop/sky", "/credentials/other"];
    for path in paths {
        let answer = node.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {answer:?}");
    }
    assert_eq!(node.get("/serverGroups/test/north/shop-v001").await.status, StatusCode::OK, "what is known is told");
    let answered = async {
        node.run();
        while node.get(paths[0]).await.status != StatusCode::NOT_FOUND {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, answered).await.expect("all accounts are known");
    for path in paths {
        assert_eq!(node.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
