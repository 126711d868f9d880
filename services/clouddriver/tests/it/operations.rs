//! Operations from submission to their end.

use gennaker_base::{Clock as _, SystemClock};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    cloud::Ran,
    world::{World, lines},
};

fn create(extra: Value) -> Value {
    let mut description = json!({ "account": "test", "application": "shop" });
    let fields = description.as_object_mut().expect("an object");
    fields.extend(extra.as_object().cloned().unwrap_or_default());
    json!([{ "createServerGroup": description }])
}

#[tokio::test]
async fn a_task_tells_what_it_did_in_upstreams_words() {
    let world = World::new();
    let node = world.node("n").await;
    let id = node.submit("/sky/ops", &create(json!({}))).await;
    let task = node.over(&id).await;
    assert_eq!(
        lines(&task),
        [
            "Initializing Orchestration Task",
            "Processing op: createServerGroup",
            "Working on \"shop-v000\"",
            "Orchestration completed.",
            "Orchestration completed.",
        ]
    );
    assert_eq!(task["history"][2]["phase"], "DEPLOY");
    assert_eq!(task["history"][3]["completed"], false);
    let status = json!({
        "phase": "ORCHESTRATION", "status": "Orchestration completed.",
        "completed": true, "failed": false, "retryable": false,
    });
    assert_eq!(task["status"], status);
    assert_eq!(task["resultObjects"], json!([{ "serverGroupNames": ["shop-v000"] }]));
    assert!(task["ownerId"].as_str().is_some_and(|owner| owner.ends_with("@n")), "{task}");
    let ran = Ran {
        operation: "createServerGroup".to_owned(),
        request_id: format!("{id}-0"),
        fence: format!(
            "{id}/{}",
            task["ownerId"].as_str().and_then(|owner| owner.split('@').next()).expect("an epoch")
        ),
    };
    assert_eq!(world.cloud.ran(), [ran]);
    assert_eq!(node.get("/task").await.body, json!([]), "a task that is over is not listed");
}

#[tokio::test]
async fn the_same_request_is_the_same_task() {
    let world = World::new();
    let node = world.node("n").await;
    let first = node.submit("/sky/ops?clientRequestId=r1", &create(json!({}))).await;
    node.over(&first).await;
    // Its description would not be valid any more.
    let again = node.submit("/sky/ops?clientRequestId=r1", &create(json!({"wrong": "it exists already"}))).await;
    assert_eq!(again, first);
    let header = [("idempotency-key", "r1")];
    let by_header = node.ask("POST", "/sky/ops/createServerGroup", &header, &json!({})).await;
    assert_eq!(by_header.body["id"], first.as_str());
    let other = node.submit("/ops/createServerGroup?clientRequestId=r2", &json!({"account": "test"})).await;
    node.over(&other).await;
    assert_eq!(world.cloud.ran().len(), 2);
    assert_eq!(node.over(&first).await["requestId"], "r1");
}

#[tokio::test]
async fn two_requests_at_once_are_one_task() {
    let world = World::new();
    let node = world.node("n").await;
    let body = create(json!({}));
    let path = "/sky/ops?clientRequestId=r1";
    let answers = futures::future::join_all((0..8).map(|_| node.submit(path, &body))).await;
    assert!(answers.iter().all(|id| *id == answers[0]), "{answers:?}");
    node.over(&answers[0]).await;
    assert_eq!(world.cloud.ran().len(), 1);
}

#[tokio::test]
async fn a_stale_fence_is_refused_and_nothing_is_done() {
    let world = World::new();
    let node = world.node("n").await;
    let submit = async |fence: &str, request: &str| {
        let path = format!("/sky/ops?clientRequestId={request}");
        node.ask("POST", &path, &[("x-gennaker-fence", fence)], &create(json!({}))).await
    };
    let first = submit("01E/7", "r1").await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    for request in ["r2", "r1"] {
        let stale = submit("01E/6", request).await;
        assert_eq!((stale.status, &stale.body["code"]), (StatusCode::CONFLICT, &json!("fenced")), "{stale:?}");
    }
    // A new owner that settles the old one's request shuts the old one out.
    assert_eq!(submit("01E/8", "r1").await.body["id"], first.body["id"]);
    assert_eq!(submit("01E/7", "r3").await.status, StatusCode::CONFLICT);
    for malformed in ["01E", "01E/x", "/7", "01E/-1"] {
        assert_eq!(submit(malformed, "r4").await.status, StatusCode::BAD_REQUEST, "{malformed}");
    }
    node.over(first.body["id"].as_str().expect("an id")).await;
    assert_eq!(world.cloud.ran().len(), 1);
}

#[tokio::test]
async fn a_wrong_description_is_refused_with_everything_that_is_wrong() {
    let world = World::new();
    let node = world.node("n").await;
    let body = json!([
        { "createServerGroup": { "account": "test", "wrong": "no command" } },
        { "createServerGroup": { "account": "test" } },
        { "destroyServerGroup": { "account": "nowhere" } },
    ]);
    let refused = node.post("/sky/ops?clientRequestId=r1", &body).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let findings = json!(["createServerGroup: no command", "destroyServerGroup: there is no account \"nowhere\""]);
    assert_eq!(refused.body["errors"], findings);
    assert_eq!(
        refused.body["message"],
        "createServerGroup: no command; destroyServerGroup: there is no account \"nowhere\""
    );
    // Nothing was stored: the corrected request may have the same id.
    let id = node.submit("/sky/ops?clientRequestId=r1", &create(json!({}))).await;
    node.over(&id).await;
    assert_eq!(world.cloud.ran().len(), 1);
}

#[tokio::test]
async fn a_failure_that_may_pass_is_resumed() {
    let world = World::new();
    let node = world.node("n").await;
    let mut body = create(json!({}));
    let failing = create(json!({"fail": "unavailable"}));
    body.as_array_mut().expect("a list").extend(failing.as_array().cloned().unwrap_or_default());
    let id = node.submit("/sky/ops", &body).await;
    let failed = node.over(&id).await;
    assert_eq!((&failed["status"]["failed"], &failed["status"]["retryable"]), (&json!(true), &json!(true)));
    assert_eq!(failed["resultObjects"][0], json!({ "serverGroupNames": ["shop-v000"] }));
    assert_eq!(
        failed["resultObjects"][1],
        json!({
            "type": "EXCEPTION",
            "operation": "createServerGroup",
            "cause": "the last log line",
            "message": "the cloud is grey",
            "details": "the last log line",
            "retryable": true,
            "kind": "unavailable",
        })
    );
    world.cloud.heal();
    let resumed = node.post(&format!("/task/{id}:resume"), &Value::Null).await;
    assert_eq!((resumed.status, &resumed.body["id"]), (StatusCode::OK, &json!(id)));
    let done = node.over(&id).await;
    assert_eq!(done["status"]["failed"], false, "the answer to the resumption is given when it has begun");
    let results = json!([{ "serverGroupNames": ["shop-v000"] }, { "serverGroupNames": ["shop-v001"] }]);
    assert_eq!(done["resultObjects"], results);
    assert!(lines(&done).contains(&"Re-initializing Orchestration Task (failure is retryable)".to_owned()));
    let requests: Vec<_> = world.cloud.ran().into_iter().map(|ran| ran.request_id).collect();
    assert_eq!(requests, [format!("{id}-0"), format!("{id}-1"), format!("{id}-1")]);
    let again = node.post(&format!("/task/{id}:resume"), &Value::Null).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_lasting_failure_and_a_defect_end_the_task_for_good() {
    let world = World::new();
    let node = world.node("n").await;
    for (description, message, line) in [
        (json!({"fail": "conflict"}), "the cloud is grey", "ConflictException: [the cloud is grey]"),
        (json!({"panic": true}), "the provider failed by a defect of gennaker", "InternalError: ["),
    ] {
        let id = node.submit("/sky/ops", &create(description)).await;
        let failed = node.over(&id).await;
        assert_eq!((&failed["status"]["failed"], &failed["status"]["retryable"]), (&json!(true), &json!(false)));
        let said = failed["resultObjects"][0]["message"].as_str().unwrap_or_default();
        assert!(said.starts_with(message), "{said}");
        let failure = format!("Orchestration failed: createServerGroup | {line}");
        assert!(lines(&failed).iter().any(|line| line.starts_with(&failure)), "{failed}");
        let resumed = node.post(&format!("/task/{id}:resume"), &Value::Null).await;
        assert_eq!((resumed.status, &resumed.body["retryable"]), (StatusCode::BAD_REQUEST, &json!(false)));
    }
}

#[tokio::test]
async fn a_waiting_look_is_answered_by_the_next_change_on_every_node() {
    let world = World::new();
    let (owner, other) = (world.node("n").await, world.node("m").await);
    let id = owner.submit("/sky/ops", &create(json!({"hold": true}))).await;
    let held = |task: &Value| lines(task).last().is_some_and(|line| line.starts_with("Working"));
    owner.task_when(&id, held).await;
    other.task_when(&id, held).await;
    assert_eq!(owner.get("/task").await.body[0]["id"], id.as_str());
    let path = format!("/task/{id}?waitMs=30000");
    let looks = futures::future::join(owner.get(&path), other.get(&path));
    let release = async {
        // The looks are on their way before the task goes on: each is polled first.
        tokio::task::yield_now().await;
        world.cloud.release();
    };
    let ((here, there), ()) = futures::future::join(looks, release).await;
    for seen in [here, there] {
        assert!(seen.body["history"].as_array().is_some_and(|lines| lines.len() > 3), "{seen:?}");
    }
    let unchanged = owner.over(&id).await;
    assert_eq!(owner.get(&path).await.body, unchanged, "nothing is waited for once it is over");
}

#[tokio::test]
async fn a_refresh_is_done_when_the_cloud_has_confirmed() {
    let world = World::new();
    let node = world.node("n").await;
    let ask = async || node.post("/cache/sky/ServerGroup", &json!({"account": "test"})).await;
    assert_eq!(ask().await.status, StatusCode::ACCEPTED, "the last confirmation is old");
    let later = SystemClock.now().after(std::time::Duration::from_secs(3600));
    world.cloud.confirm(later);
    let done = ask().await;
    assert_eq!((done.status, done.body), (StatusCode::OK, json!({"cachedIdentifiersByType": {}})));
    let elsewhere = node.post("/cache/aws/ServerGroup", &json!({})).await;
    assert_eq!(elsewhere.status, StatusCode::OK, "there is nothing to wait for");
    assert_eq!(node.get("/cache/sky/ServerGroup").await.body, json!([]));
    assert_eq!(node.get("/cache/introspection").await.body[0]["lastExecutionStartMs"], later.millis());
}

#[tokio::test]
async fn a_task_is_given_up_on_request_and_restarted() {
    let world = World::new();
    let node = world.node("n").await;
    let body = create(json!({"hold": true}));
    let id = node.submit("/sky/ops", &body).await;
    world.cloud.decided(1).await;
    let owner = node.get(&format!("/sky/task/{id}/owner")).await;
    assert_eq!(owner.body, json!({"name": "n"}));
    let path = format!("/sky/task/{id}");
    assert_eq!(node.ask("PATCH", &path, &[], &json!({"colour": "blue"})).await.status, StatusCode::BAD_REQUEST);
    let answer = node.ask("PATCH", &path, &[], &json!({"retry": true})).await;
    assert_eq!((answer.status, &answer.body["resourceUri"]), (StatusCode::OK, &json!(format!("/task/{id}"))));
    let over = node.over(&id).await;
    assert_eq!((&over["status"]["failed"], &over["status"]["retryable"]), (&json!(true), &json!(true)), "{over}");
    let again = node.ask("PATCH", &path, &[], &json!({"retry": true})).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "{again:?}");
    let other = json!([{"destroyServerGroup": {}}]);
    assert_eq!(node.post(&format!("{path}/restart"), &other).await.status, StatusCode::BAD_REQUEST);
    world.cloud.release();
    assert_eq!(node.post(&format!("{path}/restart"), &body).await.status, StatusCode::OK);
    let done =
        node.task_when(&id, |task| task["status"]["completed"] == true && task["status"]["failed"] == false).await;
    assert_eq!(
        done["resultObjects"],
        json!([{"serverGroupNames": ["shop-v000"]}]),
        "it goes on with what it had decided"
    );
    let ids: Vec<_> = world.cloud.ran().into_iter().map(|ran| ran.request_id).collect();
    assert_eq!(ids, [format!("{id}-0"), format!("{id}-0")]);
}

#[tokio::test]
async fn a_plan_says_what_would_be_done_and_does_nothing() {
    let world = World::new();
    let node = world.node("n").await;
    let body = json!([
        { "createServerGroup": { "account": "test" } },
        { "createServerGroup": { "account": "test", "wrong": "no command" } },
        { "fly": {} },
    ]);
    let answer = node.post("/sky/ops/plan", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let plans = answer.body;
    assert_eq!((&plans[0]["of"], &plans[0]["type"]), (&json!("OPERATION"), &json!("createServerGroup")));
    assert_eq!(plans[0]["steps"][0]["name"], "server group shop-v002");
    assert_eq!((&plans[1]["outcome"], &plans[2]["outcome"]), (&json!("FAILS"), &json!("FAILS")));
    assert_eq!(plans[1]["remarks"][0]["message"], "createServerGroup: no command");
    assert_eq!(node.post("/ops/plan", &json!([{"createServerGroup": {"account": "test"}}])).await.body[0], plans[0]);
    assert_eq!(node.post("/ops/plan", &json!(["x"])).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.cloud.ran(), []);
    assert_eq!(node.get("/task").await.body, json!([]));
}

#[tokio::test]
async fn a_task_of_another_node_is_given_up_for_good() {
    let world = World::new();
    let (first, second) = (world.node("one").await, world.node("two").await);
    let id = first.submit("/sky/ops", &create(json!({"hold": true}))).await;
    world.cloud.decided(1).await;
    let answer = second.ask("PATCH", &format!("/sky/task/{id}"), &[], &json!({"retry": false})).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let over = second.over(&id).await;
    assert_eq!((&over["status"]["failed"], &over["status"]["retryable"]), (&json!(true), &json!(false)), "{over}");
}
