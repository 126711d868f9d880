//! `gennaker execution`.

use serde_json::{Value, json};

use crate::{
    client::{Running, run},
    gate::FakeGate,
};

fn execution(status: &str, judgment: &str) -> Value {
    let stage_status = if status == "RUNNING" { "RUNNING" } else { "SUCCEEDED" };
    json!({
        "id": "E", "application": "shop", "name": "Deploy", "status": status, "buildTime": 900, "startTime": 1000,
        "endTime": if status == "RUNNING" { Value::Null } else { json!(4000) },
        "trigger": {"type": "manual", "user": "ann"},
        "stages": [{"id": "s-2", "refId": "2", "type": "manualJudgment", "name": "Ask", "status": stage_status,
                    "startTime": 1000, "endTime": if status == "RUNNING" { Value::Null } else { json!(4000) },
                    "context": {"judgmentStatus": judgment},
                    "tasks": [{"id": "1", "name": "waitForJudgment", "status": stage_status}]}],
    })
}

#[test]
fn executions_are_listed_the_newest_first() {
    let gate = FakeGate::start();
    let older = json!({"id": "D", "name": "Deploy", "application": "shop", "status": "TERMINAL", "buildTime": 100});
    gate.on("GET /applications/shop/pipelines", json!([older, execution("SUCCEEDED", "continue")]));
    let expected = "\
ID  PIPELINE  STATUS     STARTED               TOOK   BY
E   Deploy    SUCCEEDED  1970-01-01 00:00:00Z  3.0 s  ann
D   Deploy    TERMINAL   1970-01-01 00:00:00Z
";
    let ran = run(&gate, &["execution", "list", "-a", "shop", "--status", "succeeded,TERMINAL", "--limit", "3"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
    assert_eq!(
        gate.asked()[0].what,
        "GET /applications/shop/pipelines?expand=false&statuses=SUCCEEDED%2CTERMINAL&limit=3"
    );
    assert_eq!(run(&gate, &["execution", "list", "-a", "shop", "-q"]).out, "E\nD\n");
}

#[test]
fn an_execution_is_shown_with_its_stages_and_what_it_asks() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E", execution("SUCCEEDED", "continue")).on("GET /pipelines/E", execution("RUNNING", ""));
    let expected = "\
id:           E
application:  shop
pipeline:     Deploy
status:       SUCCEEDED
started:      1970-01-01 00:00:01Z
took:         3.0 s
by:           ann

Ask  SUCCEEDED  3.0 s
";
    assert_eq!(run(&gate, &["execution", "get", "E"]).out, expected);
    let asks = run(&gate, &["execution", "get", "E"]).out;
    let command = format!("answer: gennaker execution judge E --stage 2 continue --gate {}", gate.url());
    assert!(asks.contains("Ask waits for a judgment:\n") && asks.contains(&command), "{asks}");
}

#[test]
fn an_unknown_execution_says_how_to_find_others() {
    let gate = FakeGate::start();
    for verb in ["get", "cancel", "pause", "resume", "delete", "watch"] {
        let ran = run(&gate, &["execution", verb, "nope"]);
        assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{verb}: {ran:?}");
        assert!(ran.err.starts_with("error: there is no execution nope\n  request: r-404\n"), "{verb}: {ran:?}");
        assert!(ran.err.contains("hint: gennaker execution list --application NAME"), "{verb}: {ran:?}");
    }
}

#[test]
fn steering_sends_upstreams_calls() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E", execution("RUNNING", "")).on("GET /pipelines/OVER", execution("SUCCEEDED", ""));
    let cases: [(&[&str], &str, &str); 4] = [
        (&["cancel", "E", "--reason", "not now"], "PUT /pipelines/E/cancel", "?reason=not+now"),
        (&["pause", "E"], "PUT /pipelines/E/pause", ""),
        (&["resume", "E"], "PUT /pipelines/E/resume", ""),
        (&["delete", "E"], "DELETE /pipelines/E", ""),
    ];
    for (arguments, path, query) in cases {
        gate.on(path, Value::Null);
        let ran = run(&gate, &[&["execution"], arguments].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        assert!(ran.out.starts_with("execution E "), "{arguments:?}: {ran:?}");
        assert_eq!(gate.changes().last().unwrap().0, format!("{path}{query}"));
    }
    let sent = gate.changes().len();
    for verb in ["cancel", "pause", "resume"] {
        let ran = run(&gate, &["execution", verb, "OVER"]);
        let expected = format!("error: execution OVER is over (SUCCEEDED): there is nothing to {verb}");
        assert_eq!((ran.code, ran.err.lines().next()), (5, Some(expected.as_str())), "{verb}");
    }
    assert_eq!(gate.changes().len(), sent);
    gate.refuse("DELETE /pipelines/F", 409, "execution F is RUNNING: cancel it before it is deleted");
    let ran = run(&gate, &["execution", "delete", "F"]);
    assert_eq!(
        (ran.code, ran.err.lines().next()),
        (5, Some("error: execution F is RUNNING: cancel it before it is deleted"))
    );
}

#[test]
fn a_judgment_is_answered_where_one_waits() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E", execution("RUNNING", ""))
        .on("PATCH /pipelines/E/stages/s-2", execution("RUNNING", "stop"));
    let ran = run(&gate, &["execution", "judge", "E", "stop", "--input", "no"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Ask: stop\n"), "{ran:?}");
    let expected = json!({"judgmentStatus": "stop", "judgmentInput": "no"});
    assert_eq!(gate.changes(), [("PATCH /pipelines/E/stages/s-2".to_owned(), expected)]);

    let ran = run(&gate, &["execution", "judge", "E", "--stage", "7", "continue"]);
    assert_eq!(ran.code, 5);
    assert!(ran.err.contains("no stage 7 of execution E waits") && ran.err.contains("--stage 2 continue"), "{ran:?}");
}

#[test]
fn watching_ends_after_its_time_with_4() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E", execution("RUNNING", ""));
    let ran = run(&gate, &["execution", "watch", "E", "--timeout", "1"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("after 1 s the status of execution E is RUNNING"), "{ran:?}");
    assert!(ran.out.contains("Ask: waits for a judgment"), "{ran:?}");
}

#[test]
fn watching_goes_on_after_a_restart_of_gate() {
    let mut gate = FakeGate::start();
    gate.on("GET /pipelines/E", execution("RUNNING", ""));
    let mut watch = Running::start(&gate, &["execution", "watch", "E", "--timeout", "50"]);
    watch.until("or `stop` for `continue`");
    gate.stop();
    watch.until("trying again for 60 s");
    gate.forget("GET /pipelines/E").on_status("GET /pipelines/E", 503, json!({"message": "starting"}));
    gate.on("GET /pipelines/E", execution("SUCCEEDED", "continue"));
    gate.start_again();
    let ran = watch.end();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.matches("trying again").count(), 1, "{}", ran.out);
    assert_eq!(ran.out.matches("Ask: started").count(), 1, "{}", ran.out);
    assert!(
        ran.out.ends_with("   3.0 s  Ask: SUCCEEDED in 3.0 s\n   3.0 s  pipeline: SUCCEEDED in 3.0 s\n"),
        "{}",
        ran.out
    );
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let gate = FakeGate::start();
    let many: Vec<Value> = (0..5000).map(|number| json!({"id": number.to_string(), "application": "shop"})).collect();
    gate.on("GET /applications/shop/pipelines", json!(many));
    let mut list = crate::client::command(&["execution", "list", "-a", "shop"]);
    let mut list = list.env("GENNAKER_GATE", gate.url()).spawn().unwrap();
    drop(list.stdout.take());
    let ended = list.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(141), &[][..]));
}

#[test]
fn the_failed_stage_is_restarted_unless_another_is_named() {
    let gate = FakeGate::start();
    let stage = |id: &str, ref_id: &str, status: &str| json!({"id": id, "refId": ref_id, "type": "wait", "name": id, "status": status});
    let stages = json!([stage("a", "1", "SUCCEEDED"), stage("b", "2", "TERMINAL"), stage("c", "3", "NOT_STARTED")]);
    gate.on("GET /pipelines/E", json!({"id": "E", "application": "shop", "status": "TERMINAL", "stages": stages}));
    gate.on("PUT /pipelines/E/stages/b/restart", Value::Null).on("PUT /pipelines/E/stages/a/restart", Value::Null);
    assert_eq!(run(&gate, &["execution", "restart", "E"]).out, "b runs again in execution E\n");
    assert_eq!(
        run(&gate, &["execution", "restart", "E", "--stage", "1", "--skip"]).out,
        "a is left out in execution E\n"
    );
    let expected = [
        ("PUT /pipelines/E/stages/b/restart".to_owned(), json!({"skip": false})),
        ("PUT /pipelines/E/stages/a/restart".to_owned(), json!({"skip": true})),
    ];
    assert_eq!(gate.changes(), expected);
    let none = run(&gate, &["execution", "restart", "E", "--stage", "9"]);
    assert!(none.code == 5 && none.err.contains("execution E has no stage 9"), "{none:?}");
}

#[test]
fn executions_of_one_pipeline_are_listed_by_its_id() {
    let gate = FakeGate::start();
    gate.on(
        "GET /executions",
        json!([{"id": "E", "name": "p", "application": "shop", "status": "RUNNING", "buildTime": 1}]),
    );
    let ran =
        run(&gate, &["pipeline", "execution", "list", "--pipeline-id", "p-1", "--limit", "3", "-s", "RUNNING", "-q"]);
    assert_eq!(ran.out, "E\n", "{ran:?}");
    assert_eq!(gate.asked()[0].what, "GET /executions?pipelineConfigIds=p-1&expand=false&statuses=RUNNING&limit=3");
}
