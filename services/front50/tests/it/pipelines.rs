//! What the recordings do not show of pipelines: order, filters, history, batches.

use gennaker_front50::Options;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Node, pipeline};

fn names(answer: &Value) -> Vec<&str> {
    answer.as_array().expect("a list").iter().map(|it| it["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn pipelines_are_reordered_all_or_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    for (name, id) in [("a", "1"), ("b", "2"), ("c", "3")] {
        assert_eq!(node.post("/pipelines", pipeline("shop", name, id)).await.status, StatusCode::OK);
    }
    node.post("/pipelines", pipeline("other", "x", "4")).await;
    let reorder = async |body: Value| node.post("/actions/pipelines/reorder", body).await;

    let answer = reorder(json!({"application": "shop", "idsToIndices": {"1": 2, "2": 0, "3": 1}})).await;
    assert_eq!((answer.status, &answer.body), (StatusCode::OK, &json!("")));
    let listed = node.get("/pipelines/SHOP").await.body;
    assert_eq!(names(&listed), ["b", "c", "a"]);
    assert_eq!(listed[2]["index"], 2);

    for (body, status, message) in [
        (json!({"idsToIndices": {}}), 400, "`application` is required field on request body"),
        (json!({"application": "shop"}), 400, "`idsToIndices` is required field on request body"),
        (json!({"application": "shop", "idsToIndices": {"1": 0, "9": 1}}), 404, "No item found in cache with id of 9"),
        (
            json!({"application": "shop", "idsToIndices": {"1": 0, "4": 1}}),
            400,
            "Pipeline with id 4 does not belong to application shop",
        ),
        (
            json!({"application": "shop", "idsToIndices": {"1": 0, "2": "x"}}),
            400,
            "the index of pipeline 2 must be an integer",
        ),
    ] {
        let answer = reorder(body).await;
        assert_eq!((answer.status.as_u16(), answer.body["message"].as_str()), (status, Some(message)));
    }
    assert_eq!(names(&node.get("/pipelines/shop").await.body), ["b", "c", "a"], "nothing was changed");
}

#[tokio::test]
async fn lists_are_filtered() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    let with = |name: &str, id: &str, disabled: bool, trigger: Value| {
        let mut body = pipeline("shop", name, id);
        body["disabled"] = disabled.into();
        body["triggers"] = json!([trigger]);
        body
    };
    let after = json!({"type": "pipeline", "enabled": true, "pipeline": "1", "status": ["successful"]});
    for body in [
        with("git", "1", false, json!({"type": "git", "enabled": true})),
        with("cron", "2", false, json!({"type": "cron", "enabled": false})),
        with("after", "3", false, after.clone()),
        with("after, off", "4", true, after),
        pipeline("shop", "manual", "5"),
    ] {
        assert_eq!(node.post("/pipelines", body).await.status, StatusCode::OK);
    }
    for (path, expected) in [
        ("/pipelines", vec!["git", "cron", "after", "after, off", "manual"]),
        ("/pipelines?enabledTriggers=true", vec!["git", "after", "after, off"]),
        ("/pipelines?enabledTriggers=true&enabledPipelines=true&triggerTypes=cron,pipeline", vec!["after"]),
        ("/pipelines?enabledPipelines=false", vec!["after, off"]),
        ("/pipelines/triggeredBy/1/successful?refresh=false", vec!["after"]),
        ("/pipelines/triggeredBy/1/failed", vec![]),
        ("/pipelines/shop?pipelineNameFilter=AFT", vec!["after", "after, off"]),
        ("/pipelines/shop?pipelineLimit=2", vec!["after", "after, off"]),
        ("/pipelines/shop?enabledPipelines=false&pipelineLimit=", vec!["after, off"]),
        ("/pipelines/nothing", vec![]),
    ] {
        let answer = node.get(path).await;
        assert_eq!(names(&answer.body), expected, "{path}");
    }
    assert_eq!(node.get("/pipelines/Shop/name/MANUAL").await.body["id"], "5");
    assert_eq!(node.get("/pipelines/shop/name/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_history_survives_changes_and_the_deletion() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    for count in 0..4 {
        let mut body = pipeline("shop", "a", "Id-1");
        body["count"] = count.into();
        assert_eq!(node.post("/pipelines", body).await.status, StatusCode::OK);
    }
    let counts = async |path: &str| {
        let history = node.get(path).await.body;
        history.as_array().expect("a list").iter().map(|it| it["count"].as_i64().expect("a count")).collect::<Vec<_>>()
    };
    assert_eq!(counts("/pipelines/id-1/history").await, [3, 2, 1, 0]);
    assert_eq!(counts("/pipelines/ID-1/history?limit=2").await, [3, 2]);
    let times: Vec<Value> = node.get("/pipelines/id-1/history").await.body.as_array().expect("a list").clone();
    assert!(times.is_sorted_by(|one, other| one["updateTs"].as_str() > other["updateTs"].as_str()), "{times:?}");
    node.delete("/pipelines/shop/A").await;
    assert_eq!(counts("/pipelines/id-1/history?limit=1").await, [3]);
    assert_eq!(node.get("/pipelines/nothing/history").await.body, json!([]));
}

#[tokio::test]
async fn a_batch_saves_what_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    node.post("/pipelines", pipeline("shop", "taken", "1")).await;
    let mut wrong = pipeline("shop", "wrong", "6");
    wrong["stages"] = json!("none");
    let batch = json!([
        pipeline("shop", "new", "2"),
        pipeline("shop", "Taken", "3"),
        pipeline("shop", "NEW", "4"),
        pipeline("shop", "again", "2"),
        pipeline("shop", " ", "5"),
        wrong,
        pipeline("shop", "escape", "../../x"),
        {"application": "shop", "name": "without id"},
    ]);
    let answer = node.post("/pipelines/batchUpdate", batch).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["successful_pipelines"], json!(["new", "without id"]));
    assert_eq!(
        (&answer.body["successful_pipelines_count"], &answer.body["failed_pipelines_count"]),
        (&json!(2), &json!(6))
    );
    let failed: Vec<_> = answer.body["failed_pipelines"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (it["name"].as_str().expect("a name"), it["errorMsg"].as_str().expect("a reason")))
        .collect();
    for (index, (name, part)) in [
        ("wrong", "Failed to deserialize the pipeline json"),
        ("Taken", "A pipeline with name Taken already exists in the application shop"),
        ("NEW", "A pipeline with name NEW already exists in the application shop"),
        ("again", "Duplicate pipeline id 2 found when processing pipeline again in the application shop"),
        (" ", "A pipeline requires name and application fields"),
        ("escape", "cannot be an id"),
    ]
    .into_iter()
    .enumerate()
    {
        let found = failed.iter().find(|(of, _)| *of == name);
        assert!(found.is_some_and(|(_, reason)| reason.contains(part)), "{index}: {failed:?}");
    }
    assert_eq!(names(&node.get("/pipelines/shop").await.body), ["new", "taken", "without id"]);
}

#[tokio::test]
async fn stale_saves_are_refused_where_that_is_configured() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start_with(&folder, Options { refuse_stale: true, ..Options::default() }).await;
    node.post("/pipelines", pipeline("shop", "a", "1")).await;
    let mut body = node.get("/pipelines/shop").await.body[0].clone();
    assert_eq!(node.post("/pipelines?staleCheck=true", body.clone()).await.status, StatusCode::OK);
    let answer = node.post("/pipelines?staleCheck=true", body.clone()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["message"].as_str().expect("a message").starts_with("The submitted pipeline is stale."));
    body["updateTs"] = node.get("/pipelines/shop").await.body[0]["updateTs"].clone();
    assert_eq!(node.put("/pipelines/1?staleCheck=true", body.clone()).await.status, StatusCode::OK);
    assert_eq!(node.put("/pipelines/1", body).await.status, StatusCode::OK, "nobody asked for the check");
}

#[tokio::test]
async fn whoever_asks_for_it_has_his_stale_saves_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start_with(&folder, Options::default()).await;
    node.post("/pipelines", pipeline("shop", "a", "1")).await;
    let body = node.get("/pipelines/shop").await.body[0].clone();
    let asked = "/pipelines?staleCheck=true&refuseStale=true";
    assert_eq!(node.post(asked, body.clone()).await.status, StatusCode::OK);
    let answer = node.post(asked, body.clone()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["message"].as_str().expect("a message").starts_with("The submitted pipeline is stale."));
    let put = "/pipelines/1?refuseStale=true";
    assert_eq!(node.put(put, body.clone()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(node.put("/pipelines/1?staleCheck=true", body).await.status, StatusCode::OK, "as upstream's");
}

#[tokio::test]
async fn stale_saves_of_strategies_are_refused_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    node.post("/strategies", pipeline("shop", "a", "1")).await;
    let body = node.get("/strategies/shop").await.body[0].clone();
    let asked = "/strategies?refuseStale=true";
    assert_eq!(node.post(asked, body.clone()).await.status, StatusCode::OK);
    let answer = node.post(asked, body.clone()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["message"].as_str().expect("a message").starts_with("The submitted strategy is stale."));
    assert_eq!(node.put("/strategies/1?refuseStale=true", body.clone()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(node.put("/strategies/1?staleCheck=true", body).await.status, StatusCode::OK, "as upstream's");
}
