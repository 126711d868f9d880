//! `gennaker doctor`, `execution replay` and `pipeline plan`.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use crate::{
    client::{run, run_with_input},
    gate::FakeGate,
};

fn diagnosis() -> Value {
    let stage = json!({"id": "s-2", "refId": "2", "type": "deploy", "name": "Deploy"});
    json!({
        "at": 60_000, "verdict": "RETRYING", "summary": "Something fails that may pass: away.",
        "subject": {"id": "E", "type": "PIPELINE", "application": "shop", "name": "Deploy it", "trigger": "manual",
                    "user": "ann", "status": "RUNNING", "accepted": 0, "started": 1000,
                    "stages": {"over": 1, "underWay": 1, "toCome": 2}},
        "causes": [{"kind": "DEAD_OWNER", "message": "its owner one (epoch 7) is dead", "since": 50_000}],
        "waits": [{"stage": stage, "phase": "tasks", "generation": 0, "task": {"id": "1", "name": "monitorDeploy"},
                   "waitsFor": "BACK_OFF", "since": 30_000, "due": 65_000, "timesOut": 3_630_000, "failures": 3,
                   "error": "clouddriver is away\u{1b}[2J\nsince noon", "overdue": true}],
        "failures": [{"stage": stage, "status": "STOPPED", "reasons": ["no free port"]}],
        "remedies": [
            {"message": "leave it out", "call": {"method": "PATCH", "path": "/pipelines/E/stages/s-2", "body": {"manualSkip": true}}},
            {"message": "give it up", "command": ["execution", "cancel", "E"]},
            {"message": "start a node", "command": ["serve"]},
        ],
        "ownership": {
            "owner": {"epoch": 7, "node": "one", "lives": false},
            "tenures": [{"owner": {"epoch": 7, "node": "one", "lives": false}, "first": 2, "last": 9, "from": 1000, "until": 50_000}],
            "nodes": [{"epoch": 9, "node": "two", "lives": true, "leaseEnds": 70_000}],
        },
        "calls": [{"stage": stage, "task": {"id": "1", "name": "monitorDeploy"}, "requestId": "s-2-1-0",
                   "fences": ["E/7", "E/9"], "steps": 4, "from": 1000, "until": 50_000, "result": "FAILED",
                   "error": "away"}],
        "commands": [{"at": 55_000, "user": "bob", "command": "pause"}],
        "record": {"events": 9, "last": 50_000, "replayed": {"events": 9, "same": true}},
    })
}

#[test]
fn a_diagnosis_is_one_page() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E/diagnosis", diagnosis());
    let ran = run(&gate, &["doctor", "execution", "E"]);
    let url = gate.url();
    let expected = format!(
        "\
Something fails that may pass: away.

execution:    E
pipeline:     Deploy it
application:  shop
status:       RUNNING
started by:   ann (manual)
accepted:     1970-01-01 00:00:00Z (1 m 00 s ago)
started:      1970-01-01 00:00:01Z (59.0 s ago)
stages:       1 over, 1 under way, 2 to come

WHY IT STANDS SO
  its owner one (epoch 7) is dead, since 1970-01-01 00:00:50Z (10.0 s ago)
  Deploy (2, deploy), task monitorDeploy: LATE, waits to be tried again
    since 1970-01-01 00:00:30Z (30.0 s ago)
    goes on 1970-01-01 00:01:05Z (in 5.0 s)
    times out 1970-01-01 01:00:30Z (in 59 m 30 s)
    failed 3 times in a row, the last time: clouddriver is away [2J
    since noon
    phase tasks, generation 0
  Deploy (2, deploy): STOPPED
    no free port

WHAT WOULD HELP
  leave it out
    curl -X PATCH -H 'Content-Type: application/json' -d '{{\"manualSkip\":true}}' {url}/pipelines/E/stages/s-2
  give it up
    gennaker execution cancel E --gate {url}
  start a node
    gennaker serve

WHO OWNED IT
  one owns it under epoch 7; it is dead
  living nodes: two (epoch 9)
  EPOCH  NODE  NOW   EVENTS  FROM                  UNTIL
  7      one   dead  2 to 9  1970-01-01 00:00:01Z  1970-01-01 00:00:50Z

WHAT ITS TASKS DID
  STAGE   TASK           KEY      FENCE    STEPS  LAST                  RESULT
  Deploy  monitorDeploy  s-2-1-0  E/7, /9  4      1970-01-01 00:00:50Z  FAILED: away

COMMANDS TO IT
  WHEN                  EVENT          USER  COMMAND  STAGE  DETAIL
  1970-01-01 00:00:55Z  not taken yet  bob   pause

WHAT IS RECORDED
  9 events, the last one 1970-01-01 00:00:50Z (10.0 s ago)
  replayed: 9 events, the same execution
"
    );
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, expected);
    let json = run(&gate, &["doctor", "execution", "E", "--output", "json"]).out;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), diagnosis());
    assert_eq!(run(&gate, &["doctor", "execution", "E", "-q"]).out, "Something fails that may pass: away.\n");
}

#[test]
fn a_diagnosis_of_nothing_or_by_an_older_gate_is_refused() {
    let gate = FakeGate::start();
    let ran = run(&gate, &["doctor", "execution", "nope"]);
    assert_eq!((ran.code, ran.out.as_str()), (5, ""));
    assert!(ran.err.starts_with("error: there is no execution nope\n"), "{ran:?}");
    gate.on("GET /pipelines/E/diagnosis", json!({"waits": "?"}));
    assert_eq!(run(&gate, &["doctor", "execution", "E"]).code, 3);
    // An empty object of a newer or older gate is a page without sections.
    gate.on("GET /pipelines/F/diagnosis", json!({}));
    assert_eq!(run(&gate, &["doctor", "execution", "F"]).code, 0);
}

fn case() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../services/orca/tests/it/replays/judged.json")
}

#[test]
fn a_replay_says_the_same_or_where_it_differs() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E/replay", json!({"events": 12, "same": true}));
    let ran = run(&gate, &["execution", "replay", "E"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "12 events, the same execution\n", ""));
    let differs = json!({
        "events": 12, "same": false, "ignored": [{"number": 7, "at": 1, "kind": "stepped", "stage": "s-2"}],
        "difference": {"path": "stages/0/status", "stage": "Deploy", "stored": "SUCCEEDED", "replayed": "TERMINAL"},
    });
    gate.on("GET /pipelines/F/replay", differs.clone());
    let ran = run(&gate, &["execution", "replay", "F"]);
    let expected = "\
event 7 (stepped of stage s-2): today's planner would not have waited for it
stages/0/status (stage Deploy): stored \"SUCCEEDED\", today \"TERMINAL\"
";
    assert_eq!((ran.code, ran.out.as_str()), (1, expected));
    assert_eq!(ran.err, "error: F: today's planner decides otherwise than was recorded\n");
    assert_eq!(run(&gate, &["execution", "replay", "F", "-q"]).out, "different\n");
    let json = run(&gate, &["execution", "replay", "F", "--output", "json"]).out;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), differs);
    gate.refuse("GET /pipelines/OLD/replay", 501, "execution OLD cannot be replayed: nothing is recorded of it");
    let ran = run(&gate, &["execution", "replay", "OLD"]);
    assert_eq!(ran.code, 5);
    assert!(ran.err.contains("nothing is recorded of it"), "{ran:?}");
    assert_eq!(run(&gate, &["execution", "replay", "nope"]).code, 5);
}

#[test]
fn an_export_is_replayed_without_a_server_and_can_be_redacted() {
    let gate = FakeGate::start();
    let exported: Value = serde_json::from_str(&fs::read_to_string(case()).unwrap()).unwrap();
    gate.on("GET /pipelines/E/replay", exported.clone());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (plain, redacted) = (file("plain.json"), file("redacted.json"));

    let ran = run(&gate, &["execution", "replay", "E", "--export", &plain]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(gate.asked().last().unwrap().what, "GET /pipelines/E/replay?export=true");
    assert!(ran.err.contains("secrets among them"), "{ran:?}");
    let written: Value = serde_json::from_str(&fs::read_to_string(&plain).unwrap()).unwrap();
    assert_eq!(written, exported);
    let ran = run(&gate, &["execution", "replay", "E", "--export", &redacted, "--redact"]);
    assert_eq!((ran.code, ran.err.contains("secrets")), (0, false), "{ran:?}");
    assert!(!fs::read_to_string(&redacted).unwrap().contains("shop:1.2"), "a value of this pipeline");

    let asked = gate.asked().len();
    let again = run(&gate, &["execution", "replay", "E", "--export", &plain]);
    assert_eq!(again.code, 2, "a file that is there is not replaced: {again:?}");
    for file in [&plain, &redacted] {
        let ran = run(&gate, &["execution", "replay", "--file", file]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "24 events, the same execution\n"), "{ran:?}");
    }
    let mut changed = exported;
    changed["expected"]["status"] = "TERMINAL".into();
    let ran = run_with_input(&gate, &["execution", "replay", "--file", "-"], &changed.to_string());
    assert_eq!((ran.code, ran.out.as_str()), (1, "status: stored \"TERMINAL\", today \"SUCCEEDED\"\n"), "{ran:?}");
    for (wrong, says) in [("{}", "missing field `format`"), (r#"{"format": 99}"#, "format 99"), ("[]", "one object")] {
        let ran = run_with_input(&gate, &["execution", "replay", "--file", "-"], wrong);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong}: {ran:?}");
        assert!(ran.err.contains(says), "{wrong}: {ran:?}");
    }
    assert_eq!(gate.asked().len(), asked, "gate is not asked");
}

fn plan(outcome: &str) -> Value {
    let remarks = match outcome {
        "FAILS" => json!([{"severity": "PROBLEM", "message": "the stage type \"moon\" is not supported"}]),
        _ => json!([{"severity": "DOUBT", "message": "it may not be there"}]),
    };
    json!({
        "of": "PIPELINE", "name": "Deploy it", "outcome": outcome,
        "waits": [{"for": "PLACE", "behind": ["E"], "message": "1 at a time may run, 1 do"}],
        "steps": [
            {"of": "STAGE", "type": "deploy", "name": "Deploy", "refId": "1", "outcome": outcome, "remarks": remarks,
             "before": [{"of": "STAGE", "type": "createServerGroup", "name": "Deploy in west", "refId": "1<1", "outcome": "RUNS",
                         "steps": [{"of": "TASK", "name": "createServerGroup", "outcome": "RUNS"}]}],
             "steps": [{"of": "TASK", "name": "completeParallelDeploy", "outcome": "RUNS"}]},
            {"of": "STAGE", "type": "wait", "name": "Wait", "refId": "2", "requisiteStageRefIds": ["1"], "outcome": "WAITS",
             "waits": [{"for": "TIME", "until": 60_000, "message": "it waits"}],
             "unresolved": [{"expression": "a.b", "reason": "no a"}]},
        ],
    })
}

#[test]
fn a_plan_of_a_file_is_shown_and_one_that_fails_ends_with_1() {
    let gate = FakeGate::start();
    gate.on("POST /pipelines/plan", plan("RUNS"));
    let pipeline = json!({"application": "shop", "name": "Deploy it", "stages": []});
    let ran = run_with_input(&gate, &["pipeline", "plan", "-", "-p", "tag=1.2"], &pipeline.to_string());
    let expected = "\
Deploy it: runs
  waits: 1 at a time may run, 1 do; behind E
1  Deploy (deploy): runs
  doubt: it may not be there
  before its tasks:
    1<1  Deploy in west (createServerGroup): runs
      tasks: createServerGroup
  tasks: completeParallelDeploy
2  Wait (wait, after 1): waits
  waits: it waits, until 1970-01-01 00:01:00Z if it were reached now
  no value yet: a.b (no a)
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
    let sent = &gate.changes()[0].1;
    assert_eq!(sent["trigger"], json!({"type": "manual", "parameters": {"tag": "1.2"}}));

    gate.forget("POST /pipelines/plan").on("POST /pipelines/plan", plan("FAILS"));
    let ran = run_with_input(&gate, &["pipeline", "plan", "-"], &pipeline.to_string());
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("  problem: the stage type \"moon\" is not supported\n"), "{ran:?}");
    assert_eq!(ran.err, "error: Deploy it could not run as it is: Deploy: the stage type \"moon\" is not supported\n");
    let json = run_with_input(&gate, &["pipeline", "plan", "-", "--output", "json"], &pipeline.to_string());
    assert_eq!((json.code, serde_json::from_str::<Value>(&json.out).unwrap()), (1, plan("FAILS")));
    assert_eq!(run_with_input(&gate, &["pipeline", "plan", "-", "-q"], &pipeline.to_string()).out, "FAILS\n");
}

#[test]
fn a_saved_pipeline_is_planned_by_its_name() {
    let gate = FakeGate::start();
    let saved = json!({"id": "p-1", "application": "shop", "name": "Deploy it", "stages": []});
    gate.on("GET /applications/shop/pipelineConfigs/Deploy%20it", saved).on("POST /pipelines/plan", plan("RUNS"));
    let ran = run(&gate, &["pipeline", "plan", "-a", "shop", "-n", "Deploy it", "-p", "a=b"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let sent = &gate.changes()[0].1;
    assert_eq!((&sent["id"], &sent["trigger"]["parameters"]), (&json!("p-1"), &json!({"a": "b"})));
    let ran = run(&gate, &["pipeline", "plan", "-a", "shop", "-n", "nope"]);
    assert_eq!(ran.code, 5);
    assert!(ran.err.contains("application shop has no pipeline nope"), "{ran:?}");
    gate.forget("POST /pipelines/plan").refuse("POST /pipelines/plan", 400, "stages is a list, not {}");
    let ran = run_with_input(&gate, &["pipeline", "plan", "-"], r#"{"stages": {}}"#);
    assert_eq!((ran.code, ran.err.lines().next()), (5, Some("error: stages is a list, not {}")));
}
