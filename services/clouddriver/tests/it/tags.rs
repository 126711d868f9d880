//! Entity tags and projects: what front50 keeps.

use http::StatusCode;
use serde_json::{Value, json};

use crate::world::World;

fn upsert(entity: &str, tags: Value) -> Value {
    let reference = json!({
        "cloudProvider": "sky", "entityType": "servergroup", "entityId": entity, "account": "test", "region": "north",
    });
    json!([{ "upsertEntityTags": { "entityRef": reference, "tags": tags, "isPartial": true } }])
}

#[tokio::test]
async fn tags_are_put_found_and_removed() {
    let world = World::new();
    let node = world.node("n").await;
    let red = json!([{"name": "alert", "namespace": "ops", "value": "red", "valueType": "literal"}]);
    let id = node.submit("/ops?clientRequestId=r1", &upsert("shop-v001", red.clone())).await;
    let done = node.over(&id).await;
    assert_eq!(done["status"]["failed"], false, "{done}");
    let fence = world.front50.fences();
    assert!(fence[0].starts_with(&format!("{id}/")), "{fence:?}");
    let level = json!([{"name": "level", "value": 3}]);
    // As orca sends it: to the cloud of the thing.
    let id = node.submit("/sky/ops", &upsert("shop-v001", level)).await;
    node.over(&id).await;
    let id = node.submit("/ops", &upsert("shop-v001", red)).await;
    let lines = crate::world::lines(&node.over(&id).await);
    assert!(lines.contains(&"No tags have been modified".to_owned()), "{lines:?}");
    let entity = "sky:servergroup:shop-v001:test:north";
    let found = node.get(&format!("/tags/{entity}")).await.body;
    let names: Vec<_> = found["tags"].as_array().expect("a list").iter().map(|tag| &tag["name"]).collect();
    assert_eq!(names, ["level", "alert"]);
    for (query, count) in [
        ("entityId=shop-v001,shop-v002&account=test", 1),
        ("idPrefix=sky:servergroup:*", 1),
        ("tag:alert=red&namespace=ops", 1),
        ("tag:alert=green", 0),
        ("application=other", 0),
    ] {
        let list = node.get(&format!("/tags?{query}")).await.body;
        assert_eq!(list.as_array().map(Vec::len), Some(count), "{query}: {list}");
    }
    let missing = node.get("/tags/none").await;
    assert_eq!(
        (missing.status, missing.body["message"].as_str()),
        (StatusCode::NOT_FOUND, Some("No EntityTags found w/ id = 'none'"))
    );
    let dry = node.post("/admin/tags/deleteByNamespace/ops", &Value::Null).await.body;
    assert_eq!((&dry["dryRun"], &dry["affectedIds"]), (&json!(true), &json!([entity])));
    assert_eq!(node.get("/tags?tag:alert=red").await.body.as_array().map(Vec::len), Some(1));
    node.post("/admin/tags/deleteByTag/alert?dryRun=false&deleteFromSource=true", &Value::Null).await;
    assert_eq!(node.get("/tags?tag:alert=red").await.body, json!([]));
    let id = node.submit("/ops", &json!([{ "deleteEntityTags": { "id": entity, "tags": ["level"] } }])).await;
    assert_eq!(node.over(&id).await["status"]["failed"], false);
    assert!(world.front50.ids().is_empty(), "nothing is left of it");
    let again = node.submit("/ops", &json!([{ "deleteEntityTags": { "id": entity, "deleteAll": true } }])).await;
    assert_eq!(node.over(&again).await["status"]["failed"], false);
}

#[tokio::test]
async fn what_somebody_else_changes_at_the_same_moment_is_not_lost() {
    let world = World::new();
    let node = world.node("n").await;
    let entity = "sky:servergroup:shop-v001:test:north";
    let theirs = |names: &[&str]| {
        let tags: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        world.front50.is_overtaken_by(json!({ "id": entity, "tags": tags }));
    };
    let names = async || {
        let found = node.get(&format!("/tags/{entity}")).await.body;
        let names: Option<Vec<Value>> =
            found["tags"].as_array().map(|tags| tags.iter().map(|tag| tag["name"].clone()).collect());
        names.unwrap_or_default()
    };
    let submit = async |operation: Value| {
        let id = node.submit("/ops", &operation).await;
        assert_eq!(node.over(&id).await["status"]["failed"], false);
    };
    theirs(&["theirs"]);
    submit(upsert("shop-v001", json!([{"name": "mine"}]))).await;
    assert_eq!(names().await, ["mine", "theirs"]);
    // What is left after both is theirs, though of what was read nothing would be.
    theirs(&["late", "mine", "theirs"]);
    submit(json!([{ "deleteEntityTags": { "id": entity, "tags": ["mine", "theirs"] } }])).await;
    assert_eq!(names().await, ["late"]);
    theirs(&["late", "later"]);
    node.post("/admin/tags/deleteByTag/late?dryRun=false&deleteFromSource=true", &Value::Null).await;
    assert_eq!(names().await, ["later"]);
}

#[tokio::test]
async fn many_who_tag_one_thing_at_once_are_all_heard() {
    const MANY: usize = 12;
    let world = World::new();
    let node = world.node("n").await;
    let one = async |number: usize| {
        let tags = json!([{"name": format!("t{number:02}")}]);
        let id = node.submit("/ops", &upsert("shop-v001", tags)).await;
        assert_eq!(node.over(&id).await["status"]["failed"], false);
    };
    futures::future::join_all((0..MANY).map(one)).await;
    let found = node.get("/tags/sky:servergroup:shop-v001:test:north").await.body;
    assert_eq!(found["tags"].as_array().map(Vec::len), Some(MANY), "{found}");
}

#[tokio::test]
async fn many_things_are_tagged_at_once_and_wrong_ones_refused() {
    let world = World::new();
    let node = world.node("n").await;
    let many: Vec<Value> =
        (0..120).map(|number| json!({"id": format!("e{number:03}"), "tags": [{"name": "a"}]})).collect();
    let id = node.submit("/ops", &json!([{ "bulkUpsertEntityTags": { "entityTags": many } }])).await;
    let done = node.over(&id).await;
    assert_eq!(done["resultObjects"][0]["upserted"].as_array().map(Vec::len), Some(120), "{done}");
    assert_eq!(world.front50.fences().len(), 3, "fifty at a time");
    for wrong in [
        json!([{ "upsertEntityTags": { "tags": [{"name": "a"}] } }]),
        json!([{ "bulkUpsertEntityTags": {} }]),
        json!([{ "deleteEntityTags": {} }]),
    ] {
        let answer = node.post("/ops", &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
    }
    let names = node.get("/features/stages").await.body;
    assert!(names.as_array().expect("a list").contains(&json!({"name": "upsertEntityTags", "enabled": true})));
}

#[tokio::test]
async fn what_runs_of_a_project_is_told_by_region() {
    let world = World::new();
    let node = world.node("n").await;
    let clusters = node.get("/projects/retail/clusters").await.body;
    let shop = &clusters[0]["applications"][0];
    assert_eq!((&shop["application"], &shop["clusters"][0]["region"]), (&json!("shop"), &json!("north")));
    assert_eq!((&shop["lastPush"], &clusters[0]["instanceCounts"]["up"]), (&json!(1), &json!(1)));
    assert_eq!(clusters[0]["applications"][1], json!({"application": "cart", "clusters": [], "lastPush": 0}));
    assert_eq!(clusters[1]["applications"], json!([{"application": "shop", "clusters": [], "lastPush": 0}]));
    assert_eq!(node.get("/projects/none/clusters").await.status, StatusCode::NOT_FOUND);
}
