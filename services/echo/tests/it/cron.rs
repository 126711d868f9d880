//! Cron triggers: each time once, whatever dies, and whoever else may fire.

use std::{collections::HashSet, time::Duration};

use gennaker_base::{Clock as _, SystemClock, Timestamp};
use gennaker_echo::{CronOptions, Options, SchedulerOptions};
use http::StatusCode;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::world::{World, eventually, get, options, pipeline};

const MINUTE: Duration = Duration::from_secs(60);

/// Nodes that may fire.
fn firing() -> Options {
    let cron = CronOptions { timezone: "UTC".to_owned() };
    Options { scheduler: SchedulerOptions { cron, ..SchedulerOptions::default() }, ..options() }
}

/// Fires when that expression says so.
fn cron(id: &str, expression: &str) -> Value {
    let trigger = json!({"type": "cron", "id": format!("trigger-{id}"), "enabled": true, "cronExpression": expression,
        "parameters": {"night": "yes"}});
    pipeline(id, json!({"triggers": [trigger]}))
}

/// Fires once in a year, so long from now, in whole seconds.
fn once_in(ahead: Duration) -> (String, Timestamp) {
    let due = SystemClock.now().after(ahead).millis() / 1000;
    let wall = jiff::Timestamp::from_second(due).expect("a time").to_zoned(TimeZone::UTC);
    let fields = [wall.second(), wall.minute(), wall.hour(), wall.day(), wall.month()];
    (fields.map(|field| field.to_string()).join(" ") + " ?", Timestamp::from_millis(due * 1000))
}

#[tokio::test]
async fn of_two_nodes_one_fires_and_the_other_takes_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = World::start_with(folder.path(), "one", firing()).await;
    first.save(cron("a", "* * * * * ?")).await;
    eventually(async || first.executions("a").await.len() >= 2).await;
    let second = World::start_with(folder.path(), "two", firing()).await;
    let fires =
        async |world: &World| get(&world.echo, "/health").await.1["components"]["cron"]["details"]["firesHere"].clone();
    eventually(async || fires(&second).await == json!(false)).await;
    assert_eq!(fires(&first).await, json!(true));
    let before = first.executions("a").await.len();
    first.stop().await;
    eventually(async || second.executions("a").await.len() >= before + 2).await;
    assert_eq!(fires(&second).await, json!(true));
    let executions = second.executions("a").await;
    let times: HashSet<&str> =
        executions.iter().filter_map(|execution| execution["trigger"]["eventId"].as_str()).collect();
    assert_eq!(times.len(), executions.len(), "no time twice");
    let trigger = &executions[0]["trigger"];
    assert_eq!((&trigger["type"], &trigger["id"]), (&json!("cron"), &json!("trigger-a")));
    assert_eq!((&trigger["parameters"]["night"], &trigger["user"]), (&json!("yes"), &json!("anonymous")));
    second.stop().await;
}

#[tokio::test]
async fn what_came_due_while_nobody_was_there_is_made_up_for_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start_with(folder.path(), "one", firing()).await;
    let (due, time) = once_in(2 * MINUTE);
    world.save(cron("missed", &due)).await;
    let (long_ago, _) = once_in(3 * MINUTE);
    let mut disabled = cron("disabled", &long_ago);
    disabled["disabled"] = json!(true);
    world.save(disabled).await;
    eventually(async || get(&world.echo, "/health").await.1["components"]["cron"]["details"]["triggers"] == 1).await;
    world.stop().await;

    for ahead in [5 * MINUTE, 6 * MINUTE] {
        let later = World::start_later(folder.path(), "one", firing(), ahead).await;
        let started = later.ended("missed", 1).await;
        let id = started[0]["id"].as_str().expect("an id");
        let at = ulid::Ulid::from_string(id).expect("a ULID").timestamp_ms();
        assert_eq!(i64::try_from(at).expect("a time"), time.millis(), "its identity is the time at which it came due");
        assert!(later.executions("disabled").await.is_empty());
        later.stop().await;
    }
}

#[tokio::test]
async fn where_nothing_is_recorded_nothing_past_fires() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start_with(folder.path(), "one", options()).await;
    let (due, _) = once_in(2 * MINUTE);
    world.save(cron("past", &due)).await;
    world.save(cron("now", "* * * * * ?")).await;
    world.stop().await;
    let later = World::start_later(folder.path(), "one", firing(), 4 * MINUTE).await;
    eventually(async || !later.executions("now").await.is_empty()).await;
    assert!(later.executions("past").await.is_empty());
    later.stop().await;
}

#[tokio::test]
async fn a_start_that_orca_does_not_answer_is_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start_with(folder.path(), "one", firing()).await;
    world.before_orca.set_down(true);
    let (due, _) = once_in(Duration::from_secs(2));
    world.save(cron("a", &due)).await;
    eventually(async || world.before_orca.writes() > 0).await;
    world.before_orca.set_down(false);
    world.ended("a", 1).await;
    world.stop().await;
}

#[tokio::test]
async fn what_fires_is_listed_with_its_next_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start_with(folder.path(), "one", firing()).await;
    let (due, time) = once_in(10 * MINUTE);
    world.save(cron("a", &due)).await;
    world.save(cron("b", "every night")).await;
    let listed = json!({"pipeline": [{
        "id": "trigger-a", "application": "shop", "pipelineId": "a", "cronExpression": due, "timezone": "UTC",
        "runAsUser": null, "forceRebake": false, "nextFireTime": time.millis(),
    }], "manuallyCreated": []});
    assert_eq!(get(&world.echo, "/scheduledActions").await, (StatusCode::OK, listed));
    world.stop().await;
}
