//! Lists, searches, events and schemas over HTTP, on a real store.

use axum::{body::Body, http::Request};
use gennaker_orca::Options;
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{http::call, world::World};

async fn world() -> (tempfile::TempDir, World) {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    (folder, world)
}

async fn get(world: &World, path: &str) -> (u16, Value) {
    let (status, body) = call(world, Method::GET, path, "").await;
    (status.as_u16(), body)
}

/// The ids of the executions that are answered.
async fn ids(world: &World, path: &str) -> Vec<String> {
    let (status, body) = get(world, path).await;
    assert_eq!(status, 200, "{path}: {body}");
    let list = body.as_array().unwrap_or_else(|| panic!("{path}: {body}"));
    list.iter().filter_map(|execution| execution["id"].as_str()).map(str::to_owned).collect()
}

/// Runs a pipeline of that id and trigger to its end.
async fn run(world: &World, pipeline: &str, trigger: Value) -> String {
    let id =
        world.begin_with(json!({"id": pipeline, "trigger": trigger}), json!([{"refId": "1", "type": "wait"}])).await;
    world.ended(&id).await;
    id
}

async fn task(world: &World, application: &str, kind: &str) -> String {
    let body = json!({"application": application, "description": "d", "job": [{"type": kind, "name": "n"}]});
    let (_, answer) = call(world, Method::POST, "/ops", &body.to_string()).await;
    answer["ref"].as_str().expect("a reference").trim_start_matches("/tasks/").to_owned()
}

#[tokio::test]
async fn lists_show_the_newest_of_each_pipeline_in_the_order_of_their_starts() {
    let (_folder, world) = world().await;
    let first = run(&world, "p-1", json!({})).await;
    let second = run(&world, "p-1", json!({})).await;
    let other = run(&world, "p-2", json!({})).await;
    assert_eq!(ids(&world, "/applications/shop/pipelines").await, [&*first, &*second, &*other]);
    assert_eq!(ids(&world, "/v2/applications/shop/pipelines?limit=1").await, [&*second, &*other]);
    assert_eq!(ids(&world, "/applications/shop/pipelines?limit=0").await, [""; 0]);
    assert_eq!(ids(&world, "/applications/shop/pipelines?statuses=RUNNING&limit=").await, [""; 0]);
    // front50 knows only p-1.
    assert_eq!(ids(&world, "/applications/shop/pipelines?pipelineNameFilter=dep").await, [&*first, &*second]);
    assert_eq!(ids(&world, "/pipelines?pipelineConfigIds=p-1,p-2").await, [&*second, &*other]);
    let by_ids = format!("/pipelines?executionIds={other},nope,{first}&statuses=RUNNING");
    assert_eq!(ids(&world, &by_ids).await, [&*other, &*first], "as asked, whatever their statuses");
    let (status, body) = get(&world, "/projects/mine/pipelines").await;
    assert_eq!((status, &body["message"]), (501, &json!("front50 does not keep projects yet")));
    assert_eq!(ids(&world, "/projects/none/pipelines").await, [""; 0]);
    assert_eq!(ids(&world, "/projects/ours/pipelines").await, [&*first, &*second]);
    for wrong in ["limit=x", "limit=-1", "expand=perhaps", "statuses=NONSENSE", "pipelineLimit=x"] {
        let (status, body) = get(&world, &format!("/applications/shop/pipelines?{wrong}")).await;
        assert_eq!(status, 400, "{wrong}: {body}");
    }
    for path in ["/pipelines/running", "/pipelines/waiting"] {
        assert_eq!(get(&world, path).await, (410, json!([])));
    }
}

#[tokio::test]
async fn executions_are_searched_by_their_triggers() {
    let (_folder, world) = world().await;
    let hook = json!({"type": "webhook", "eventId": "e-1", "payload": {"tag": "v1.2", "files": ["a", "b"]}});
    let hooked = run(&world, "p-1", hook).await;
    let timed = run(&world, "p-2", json!({"type": "cron"})).await;
    let search = |query: &str| format!("/applications/shop/pipelines/search?{query}");
    assert_eq!(ids(&world, &search("")).await, [&*timed, &*hooked], "the last first");
    assert_eq!(ids(&world, &search("reverse=true&size=1")).await, [&*hooked]);
    assert_eq!(ids(&world, &search("startIndex=1")).await, [&*hooked]);
    assert_eq!(ids(&world, &search("triggerTypes=cron,git")).await, [&*timed]);
    assert_eq!(ids(&world, &search("eventId=e-1")).await, [&*hooked]);
    assert_eq!(ids(&world, &search("pipelineName=deploy")).await, [&*hooked], "front50 says that it is p-1");
    assert_eq!(ids(&world, &search("triggerTimeEndBoundary=1")).await, [""; 0]);
    // {"payload":{"files":["b"],"tag":"v\\d.*"}}
    let subset = "eyJwYXlsb2FkIjp7ImZpbGVzIjpbImIiXSwidGFnIjoidlxcZC4qIn19";
    assert_eq!(ids(&world, &search(&format!("trigger={subset}"))).await, [&*hooked]);
    assert_eq!(ids(&world, "/applications/*/pipelines/search?expand=true").await.len(), 2);
    assert_eq!(ids(&world, "/applications/other/pipelines/search").await, [""; 0]);
    let wrong = ["size=0", "startIndex=-1", "triggerTimeStartBoundary=5&triggerTimeEndBoundary=4", "size=a"];
    for wrong in wrong {
        assert_eq!(get(&world, &search(wrong)).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn tasks_are_listed_and_cancelled_together() {
    let (_folder, world) = world().await;
    let done = task(&world, "shop", "wait").await;
    world.ended(&done).await;
    let waiting = task(&world, "shop", "manualJudgment").await;
    let other = task(&world, "other", "manualJudgment").await;
    assert_eq!(ids(&world, "/applications/shop/tasks").await, [&*waiting, &*done]);
    assert_eq!(ids(&world, "/applications/shop/tasks?limit=1&page=2").await, [&*done]);
    assert_eq!(ids(&world, "/tasks").await, [&*done, &*waiting, &*other]);
    let both = json!([waiting, "nope", other]).to_string();
    let (status, answer) = call(&world, Method::PUT, "/tasks/cancel", &both).await;
    assert_eq!((status.as_u16(), &answer["message"]), (404, &json!("No orchestration found for nope")));
    for id in [&waiting, &other] {
        assert_eq!(world.ended(id).await.status.name(), "CANCELED");
    }
    assert_eq!(call(&world, Method::PUT, "/tasks/cancel", "[]").await.0, StatusCode::ACCEPTED);
    assert_eq!(call(&world, Method::PUT, "/tasks/cancel", r#"{"ids": []}"#).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(get(&world, &format!("/pipelines/{done}")).await.0, 404, "it is no pipeline");
    assert_eq!(call(&world, Method::PUT, &format!("/pipelines/{done}/cancel"), "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(call(&world, Method::DELETE, &format!("/tasks/{done}"), "").await.0, StatusCode::OK);
}

#[tokio::test]
async fn unfinished_executions_are_found_by_what_they_belong_to() {
    let (_folder, world) = world().await;
    let judgment = json!([{"refId": "1", "type": "manualJudgment"}]);
    let trigger = json!({"trigger": {"type": "manual", "correlationId": "c-1"}});
    let id = world.begin_with(trigger, judgment).await;
    assert_eq!(get(&world, "/executions/correlated/c-1").await, (200, json!([id])));
    assert_eq!(get(&world, "/executions/correlated/c-2").await, (200, json!([])));
    call(&world, Method::PUT, &format!("/pipelines/{id}/cancel"), "").await;
    world.ended(&id).await;
    assert_eq!(get(&world, "/executions/correlated/c-1").await, (200, json!([])), "it is over");
}

#[tokio::test]
async fn an_execution_is_shown_as_it_was() {
    let (_folder, world) = world().await;
    let judgment = json!([{"refId": "1", "type": "manualJudgment"}, {"refId": "2", "type": "wait", "requisiteStageRefIds": ["1"]}]);
    let id = world.begin(judgment).await;
    world.until(&id, |execution| execution.stages[0].tasks.iter().any(|task| task.status.name() == "RUNNING")).await;
    let before = world.store.events(&id, 0, 100).await.expect("events").last().expect("one").event.at.millis();
    let stage = world.orca.engine().load(&id).await.expect("it").stages[0].id.clone();
    // The command is of a later millisecond.
    crate::world::eventually(async || world.orca.engine().now().millis() > before).await;
    call(&world, Method::PATCH, &format!("/pipelines/{id}/stages/{stage}"), r#"{"judgmentStatus": "continue"}"#).await;
    let present = serde_json::to_value(world.ended(&id).await).expect("JSON");
    let path = format!("/pipelines/{id}");
    let (_, then) = get(&world, &format!("{path}?at={before}")).await;
    let statuses = json!([then["stages"][0]["status"], then["stages"][1]["status"]]);
    assert_eq!((&then["status"], statuses), (&json!("RUNNING"), json!(["RUNNING", "NOT_STARTED"])));
    assert_eq!(get(&world, &format!("{path}?at=2200-01-01T00:00:00Z")).await, (200, present));
    assert_eq!(get(&world, &format!("{path}?at=1000")).await.0, 404);
    assert_eq!(get(&world, &format!("{path}?at=never")).await.0, 400);

    let task = task(&world, "shop", "wait").await;
    let ended = world.ended(&task).await;
    let accepted = ended.build_time.expect("a time").millis();
    let (_, then) = get(&world, &format!("/tasks/{task}?at={accepted}")).await;
    assert_eq!((&then["id"], &then["execution"]["id"]), (&json!(task), &json!(task)));
}

#[tokio::test]
async fn a_stage_is_restarted_once_it_is_over() {
    let (_folder, world) = world().await;
    let failing = json!([{"type": "expression", "context": {"expression": "false"}}]);
    let id = world.begin(json!([{"refId": "1", "type": "checkPreconditions", "preconditions": failing}])).await;
    let failed = world.ended(&id).await;
    assert_eq!(failed.status.name(), "TERMINAL");
    let top = failed.stages.iter().find(|stage| stage.parent_stage_id.is_none()).expect("a stage");
    let path = format!("/pipelines/{id}/stages/{}/restart", top.id);
    let holding = json!([{"type": "expression", "context": {"expression": "true"}}]);
    let pipeline = json!({"stages": [{"refId": "1", "type": "checkPreconditions", "preconditions": holding}]});
    let (status, answer) = call(&world, Method::PUT, &path, &pipeline.to_string()).await;
    assert_eq!((status, &answer["id"]), (StatusCode::OK, &json!(id)));
    let again = world.ended(&id).await;
    assert_eq!(again.status.name(), "SUCCEEDED");
    assert_eq!(again.stage(&top.id).expect("it").context["restartDetails"]["restartedBy"], "tester@example.com");

    let path = |id: &str, stage: &str| format!("/pipelines/{id}/stages/{stage}/restart");
    let (status, untouched) = call(&world, Method::PUT, &path(&id, "nope"), "{}").await;
    assert_eq!((status, &untouched["status"]), (StatusCode::OK, &json!("SUCCEEDED")), "as upstream answers");
    assert_eq!(call(&world, Method::PUT, &path("nope", "1"), "{}").await.0, StatusCode::NOT_FOUND);
    let id = world.begin(json!([{"refId": "1", "type": "manualJudgment"}])).await;
    let running = world.until(&id, |execution| execution.stages[0].status.name() == "RUNNING").await;
    let stage = &running.stages[0].id;
    let (status, _) = call(&world, Method::PUT, &path(&id, stage), "{}").await;
    assert_eq!(status, StatusCode::CONFLICT);
    let patch = format!("/pipelines/{id}/stages/{stage}");
    let (status, answer) = call(&world, Method::PATCH, &patch, r#"{"manualSkip": true}"#).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{answer}");
}

/// The events of a stream: id, name and data of each.
async fn follow(world: &World, path: &str, last: Option<&str>) -> (u16, Vec<(Option<String>, Option<String>, Value)>) {
    let mut request = Request::builder().uri(path);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = world.router().oneshot(request).await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.into_body().collect().await.expect("a body").to_bytes();
    let text = String::from_utf8(text.to_vec()).expect("text");
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
    };
    let events = text.split("\n\n").filter(|event| event.contains("data:")).map(|event| {
        let data = serde_json::from_str(&field(event, "data:").expect("data")).expect("JSON");
        (field(event, "id:"), field(event, "event:"), data)
    });
    (status, events.collect())
}

#[tokio::test]
async fn events_are_followed_until_the_end_and_from_where_one_was() {
    let (_folder, world) = world().await;
    let id = world.begin(json!([{"refId": "1", "type": "manualJudgment"}])).await;
    world.until(&id, |execution| execution.stages[0].tasks.iter().any(|task| task.status.name() == "RUNNING")).await;
    let path = format!("/pipelines/{id}/events");
    let ((status, events), ()) = tokio::join!(follow(&world, &path, None), async {
        call(&world, Method::PUT, &format!("/pipelines/{id}/cancel"), "").await;
    });
    assert_eq!(status, 200);
    let (end, events) = events.split_last().expect("events");
    assert_eq!((end.0.as_deref(), end.1.as_deref(), &end.2), (None, Some("end"), &json!({"status": "CANCELED"})));
    let numbers: Vec<_> =
        events.iter().map(|(id, ..)| id.clone().expect("an id").parse::<usize>().expect("a number")).collect();
    assert_eq!(numbers, (1..=events.len()).collect::<Vec<_>>(), "each once, in order");
    assert_eq!(events[0].2["kind"], "accepted");
    let cancelled = events.iter().find(|(.., data)| data["event"]["signal"] == "cancel").expect("the command");
    assert!(cancelled.2["at"].is_number() && cancelled.2["epoch"].is_number(), "{cancelled:?}");

    let (_, rest) = follow(&world, &path, Some("1")).await;
    assert_eq!((rest[0].0.as_deref(), rest.len()), (Some("2"), events.len()));
    let (_, rest) = follow(&world, &format!("{path}?after=1"), None).await;
    assert_eq!(rest[0].0.as_deref(), Some("2"));
    assert_eq!(follow(&world, &path, Some(&events.len().to_string())).await.0, 204, "there is nothing to wait for");
    assert_eq!(follow(&world, &path, Some("x")).await.0, 400);
    assert_eq!(follow(&world, "/pipelines/nope/events", None).await.0, 404);
    assert_eq!(follow(&world, &format!("/tasks/{id}/events"), None).await.0, 404);
}

#[tokio::test]
async fn who_follows_is_let_go_when_the_node_stops() {
    let (_folder, world) = world().await;
    let id = world.begin(json!([{"refId": "1", "type": "manualJudgment"}])).await;
    let router = world.router();
    let request = Request::builder().uri(format!("/pipelines/{id}/events")).body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    world.crash().await;
    response.into_body().collect().await.expect("the stream ends");
}

#[tokio::test]
async fn every_stage_type_has_a_schema() {
    let (_folder, world) = world().await;
    let (_, all) = get(&world, "/schemas/stages").await;
    let (_, kinds) = get(&world, "/capabilities/stages").await;
    for kind in kinds["types"].as_array().expect("types") {
        let kind = kind.as_str().expect("a type");
        assert_eq!(all["$defs"][kind]["type"], "object", "{kind}");
        let (status, one) = get(&world, &format!("/schemas/stages/{kind}")).await;
        assert_eq!((status, &one["properties"]), (200, &all["$defs"][kind]["properties"]));
    }
    let wait = &all["$defs"]["wait"]["properties"]["waitTime"];
    assert_eq!((&wait["title"], &wait["default"]), (&json!("Wait time"), &json!(0)));
    assert_eq!(get(&world, "/schemas/stages/nope").await.0, 404);
    assert_eq!(get(&world, "/capabilities/deploymentMonitors").await, (200, json!([])));
}
