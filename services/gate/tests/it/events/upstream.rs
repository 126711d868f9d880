//! An upstream orca, which tells no events: its lists are looked at.

use std::time::Duration;

use serde_json::{Value, json};

use super::World;
use crate::world::{Peer, in_process};

const STATUSES: &str = "NOT_STARTED%2CRUNNING%2CPAUSED%2CSUSPENDED%2CBUFFERED";

/// An upstream orca: what its lists hold, newest and going on.
fn upstream(pipelines: &Value, active: &Value, tasks: &Value) -> Peer {
    Peer::default()
        .with("/applications/shop/pipelines?limit=5&expand=false", pipelines)
        .with(&format!("/applications/shop/pipelines?limit=200&expand=false&statuses={STATUSES}"), active)
        .with("/applications/shop/tasks?page=1&limit=50", tasks)
        .with(&format!("/applications/shop/tasks?page=1&limit=200&statuses={STATUSES}"), &json!([]))
}

fn execution(id: &str, status: &str, end: Option<i64>) -> Value {
    json!({
        "id": id, "type": "PIPELINE", "application": "shop", "name": "Deploy", "pipelineConfigId": "p",
        "status": status, "buildTime": 900_000_000, "startTime": 900_000_000, "endTime": end, "stages": [],
    })
}

fn told(id: &str, kind: &str, status: &str, at: i64) -> Value {
    let config = (kind == "PIPELINE").then_some("p");
    json!({
        "id": id, "kind": kind, "application": "shop", "pipelineConfigId": config, "name": "Deploy",
        "status": status, "sequence": null, "at": at,
    })
}

#[tokio::test(start_paused = true)]
async fn an_upstream_orcas_lists_are_looked_at() {
    let (old, none) = (execution("old", "SUCCEEDED", Some(950_000_000)), json!([]));
    let running = |id: &str| execution(id, "RUNNING", None);
    let orca = upstream(&json!([old, running("e")]), &json!([running("e"), running("long")]), &none);
    let world = World::of(in_process("orca", &orca), &Peer::default());
    let path = "/events?application=shop&types=execution,task";
    let mut follower = world.follow(path, None).await;
    let begin = Some("1000000000".to_owned());
    assert_eq!(follower.next().await, ("begin".to_owned(), begin.clone(), json!({})));

    world.clock.advance(Duration::from_secs(100));
    let task =
        json!({"id": "t", "application": "shop", "name": "Deploy", "status": "SUCCEEDED", "endTime": 1_000_050_000});
    orca.become_like(&upstream(
        &json!([old, running("e"), running("f")]),
        &json!([running("e"), running("f"), running("long")]),
        &json!([task]),
    ));
    follower.expect("execution", told("f", "PIPELINE", "RUNNING", 1_000_100_000)).await;
    let (name, id, data) = follower.next().await;
    assert_eq!((name.as_str(), data), ("task", told("t", "ORCHESTRATION", "SUCCEEDED", 1_000_100_000)));
    assert_eq!(id.as_deref(), Some("1000100000"));

    // What leaves the lists is asked for by itself.
    world.clock.advance(Duration::from_secs(100));
    let ended = execution("long", "TERMINAL", Some(1_000_150_000));
    let lists =
        upstream(&json!([old, running("e"), running("f")]), &json!([running("e"), running("f")]), &json!([task]));
    orca.become_like(&lists.clone().with("/pipelines/long", &ended));
    follower.expect("execution", told("long", "PIPELINE", "TERMINAL", 1_000_200_000)).await;

    // It may be away.
    let down = json!({"message": "it rests"});
    let path_of_newest = "/applications/shop/pipelines?limit=5&expand=false";
    orca.become_like(&Peer::default().answering("GET", path_of_newest, 503, &down));
    follower.expect("unavailable", json!({"service": "orca", "message": "it rests"})).await;
    orca.become_like(&lists);
    follower.expect("available", json!({"service": "orca"})).await;

    // Who comes back is told what goes on and what ended meanwhile, whatever orca it had before.
    let mut again = world.follow(path, Some("1000100000.4.x")).await;
    assert_eq!(again.next().await.1.as_deref(), Some("1000100000"));
    let mut ids = Vec::new();
    while ids.len() < 4 {
        ids.push(again.next().await.2["id"].as_str().expect("an id").to_owned());
    }
    ids.sort_unstable();
    assert_eq!(ids, ["e", "f", "long", "t"]);
    let mut tasks = world.follow("/events?application=shop&types=task", begin.as_deref()).await;
    assert_eq!(tasks.next().await.0, "begin");
    assert_eq!(tasks.next().await.2["id"], "t");
}
