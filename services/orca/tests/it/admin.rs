//! What administrators do, over HTTP, on a real store.

use std::time::Duration;

use gennaker_base::Timestamp;
use gennaker_orca::{Import, Options};
use gennaker_store::{Head, NewEvent, NewExecution};
use http::Method;
use serde_json::{Value, json};

use crate::{
    http::call,
    world::{World, eventually, open},
};

async fn ask(world: &World, method: Method, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, answer) = call(world, method, path, &body).await;
    (status.as_u16(), answer)
}

fn judgment() -> Value {
    json!([{"refId": "1", "type": "manualJudgment", "name": "j"}])
}

#[tokio::test]
async fn an_execution_is_cancelled_by_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world.begin(judgment()).await;
    let path = format!("/admin/forceCancelExecution?executionId={id}");
    assert_eq!(ask(&world, Method::PUT, &format!("{path}&executionType=ORCHESTRATION"), Value::Null).await.0, 404);
    assert_eq!(ask(&world, Method::PUT, &path, json!({"canceledBy": "x"})).await.0, 400, "it would not be read");
    assert_eq!(ask(&world, Method::PUT, &format!("{path}&canceledBy=root"), Value::Null).await, (200, Value::Null));
    let execution = world.ended(&id).await;
    assert_eq!(execution.canceled_by.as_deref(), Some("root"));
    assert_eq!(execution.cancellation_reason.as_deref(), Some("Force canceled by admin"));
    assert_eq!(execution.stages[0].status.name(), "CANCELED");
    for path in ["/admin/forceCancelExecution", "/admin/forceCancelExecution?executionId=1&executionType=X"] {
        assert_eq!(ask(&world, Method::PUT, path, Value::Null).await.0, 400);
    }
}

#[tokio::test]
async fn a_node_that_is_switched_off_takes_nothing_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let one = World::start_on(store.clone(), "one", &Options::default()).await;
    // It looks again and again, so that it keeps its owner.
    let before = one.begin(json!([{"refId": "1", "type": "record", "poll": true}])).await;
    let execution = one.until(&before, |execution| !execution.stages[0].tasks.is_empty()).await;
    let switch = "/admin/instance/enabled";
    assert_eq!(ask(&one, Method::POST, switch, json!({"enabled": false})).await.0, 200);
    let owner = async |id: &str| store.load(id).await.expect("it is there").owner.map(|owner| owner.node);
    let waiting = one.begin(judgment()).await;
    assert_eq!(owner(&waiting).await, None, "nobody takes it");
    let patch = format!("/pipelines/{before}/stages/{}", execution.stages[0].id);
    assert_eq!(ask(&one, Method::PATCH, &patch, json!({"done": true})).await.0, 200);
    assert_eq!(one.ended(&before).await.status.name(), "SUCCEEDED", "what it drives goes on");
    let two = World::start_on(store.clone(), "two", &Options::default()).await;
    two.until(&waiting, |execution| execution.status.name() == "RUNNING").await;
    assert_eq!(ask(&one, Method::POST, switch, json!({"enabled": true})).await.0, 200);
    for wrong in [json!({}), json!({"enabled": "yes"}), json!([])] {
        assert_eq!(ask(&one, Method::POST, switch, wrong).await.0, 400);
    }
    let again = one.begin(json!([{"refId": "1", "type": "wait"}])).await;
    one.ended(&again).await;
}

#[tokio::test]
async fn it_is_shown_which_node_has_what() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    // It looks again and again, so that it keeps its owner.
    let driven = world.begin(json!([{"refId": "1", "type": "record", "poll": true}])).await;
    let waiting = world.begin(judgment()).await;
    eventually(async || world.store.load(&waiting).await.is_ok_and(|stored| stored.owner.is_none())).await;
    let (status, active) = ask(&world, Method::GET, "/admin/executions/active", Value::Null).await;
    assert_eq!(status, 200);
    let node = &active["nodes"][0];
    assert_eq!((&node["node"], &node["alive"], &node["enabled"]), (&json!("one"), &json!(true), &json!(true)));
    assert_eq!(node["executions"][0]["id"], *driven);
    assert_eq!((&active["unowned"][0]["id"], &active["complete"]), (&json!(waiting), &json!(true)));
    let (_, some) = ask(&world, Method::GET, "/admin/executions/active?limit=1", Value::Null).await;
    assert_eq!(some["complete"], false);

    let (status, hydrated) = ask(&world, Method::POST, "/admin/queue/hydrate", Value::Null).await;
    assert_eq!((status, &hydrated["dryRun"]), (200, &json!(true)));
    assert_eq!(hydrated["executions"][&driven]["actions"][0]["description"], "Node one has it");
    assert_eq!(hydrated["executions"][&waiting]["canApply"], false);
    let one = format!("/admin/queue/hydrate?executionId={driven}&dryRun=false&startMs=1&endMs=99999999999999");
    let (_, hydrated) = ask(&world, Method::POST, &one, Value::Null).await;
    assert_eq!(
        (&hydrated["dryRun"], hydrated["executions"].as_object().map(serde_json::Map::len)),
        (&json!(false), Some(1))
    );
    let (_, none) = ask(&world, Method::POST, "/admin/queue/hydrate?endMs=1", Value::Null).await;
    assert_eq!(none["executions"], json!({}));
    for path in
        ["hydrate?dryRun=x", "kickPending", "kickPending?pipelineConfigId=p&purge=x", "zombies:kill?minimumActivity=x"]
    {
        assert_eq!(ask(&world, Method::POST, &format!("/admin/queue/{path}"), Value::Null).await.0, 400, "{path}");
    }
    assert_eq!(ask(&world, Method::POST, "/admin/queue/kickPending?pipelineConfigId=p", Value::Null).await.0, 200);
    assert_eq!(ask(&world, Method::POST, "/admin/queue/pushMessage", json!({"kind": "x"})).await.0, 501);
}

#[tokio::test]
async fn only_what_nobody_claims_is_a_zombie() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let waiting = world.begin(judgment()).await;
    // In a format that no living node reads.
    let head = Head {
        id: "01UNREADABLE".to_owned(),
        kind: "pipeline".to_owned(),
        group: "shop".to_owned(),
        definition: None,
        name: None,
        status: "RUNNING".to_owned(),
        created: world.orca.engine().now(),
        started: None,
        ended: None,
        format: 1000,
        body: json!({"id": "01UNREADABLE", "application": "shop", "status": "RUNNING"}).to_string(),
    };
    let event = NewEvent { kind: "begin".to_owned(), at: Timestamp::from_millis(1), body: "{}".to_owned() };
    let new = NewExecution {
        head,
        parts: Vec::new(),
        event,
        owner: None,
        request: None,
        correlation: None,
        place: None,
        fence: None,
    };
    world.store.create(new).await.expect("it is stored");
    let kill = "/admin/queue/zombies";
    assert_eq!(ask(&world, Method::POST, &format!("{kill}:kill"), Value::Null).await, (200, json!({"killed": []})));
    let at_once = format!("{kill}:kill?minimumActivity=0");
    assert_eq!(ask(&world, Method::POST, &at_once, Value::Null).await, (200, json!({"killed": ["01UNREADABLE"]})));
    let signals = world.store.signals("01UNREADABLE").await.expect("signals");
    assert!(signals[0].body.contains("zombie"), "whoever can read it ends it: {signals:?}");
    let of = format!("{kill}/application/shop:kill?minimumActivity=60");
    assert_eq!(ask(&world, Method::POST, &of, Value::Null).await.0, 204);
    assert_eq!(world.orca.engine().load(&waiting).await.expect("it").status.name(), "RUNNING");
    assert_eq!(ask(&world, Method::POST, &format!("{kill}/{waiting}:kill"), Value::Null).await.0, 204);
    world.ended(&waiting).await;
    assert_eq!(ask(&world, Method::POST, &format!("{kill}/nope:kill"), Value::Null).await.0, 404);
    assert_eq!(ask(&world, Method::POST, &format!("{kill}/nope:love"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn an_execution_of_another_orca_is_taken_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options { import: Import { enabled: true }, ..Options::default() };
    let world = World::start(folder.path(), "one", &options).await;
    let execution = json!({
        "type": "PIPELINE", "id": "01OLD", "application": "shop", "name": "deploy", "status": "TERMINAL", "startTime": 5,
        "pipelineConfigId": "p-1", "buildTime": 4, "endTime": 9, "trigger": {"type": "manual"},
        "stages": [{"id": "01S", "refId": "1", "type": "wait", "status": "TERMINAL", "context": {"a": 1}}],
    });
    let import = "/admin/executions";
    let answer = json!({"executionId": "01OLD", "executionStatus": "TERMINAL", "totalStages": 1});
    assert_eq!(ask(&world, Method::POST, import, execution.clone()).await, (201, answer));
    let (_, found) = ask(&world, Method::GET, "/pipelines/01OLD", Value::Null).await;
    assert_eq!((&found["status"], &found["stages"][0]["context"]), (&json!("TERMINAL"), &json!({"a": 1})));
    let later = "/pipelines/01OLD?at=99999999999999";
    assert_eq!(ask(&world, Method::GET, later, Value::Null).await.1, found, "it cannot be replayed");
    assert_eq!(ask(&world, Method::GET, "/pipelines/01OLD?at=7", Value::Null).await.0, 404);
    let (status, refused) = ask(&world, Method::POST, import, execution).await;
    assert_eq!((status, &refused["message"]), (400, &json!("Execution already exists with id: 01OLD")));
    let running = json!({"id": "01NEW", "application": "shop", "status": "RUNNING"});
    assert_eq!(ask(&world, Method::POST, import, running).await.0, 400);
    // It is old: shown because its pipeline has nothing newer.
    let (_, list) = ask(&world, Method::GET, "/pipelines?pipelineConfigIds=p-1", Value::Null).await;
    assert_eq!(list[0]["id"], "01OLD");
    let delete = async || ask(&world, Method::DELETE, "/pipelines/01OLD", Value::Null).await.0 == 200;
    eventually(delete).await;

    let off = World::start_on(world.store.clone(), "two", &Options::default()).await;
    let ended = json!({"id": "01X", "application": "shop", "status": "SUCCEEDED"});
    assert_eq!(ask(&off, Method::POST, import, ended).await.0, 404);
    tokio::time::timeout(Duration::from_secs(60), off.crash()).await.expect("it stops");
}
