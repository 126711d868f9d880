//! Executions that upstream's orca ran, run again here: the same pipelines and commands must give the same answers.
//!
//! Each file in `recorded/` is one case: what was sent, what was done while it ran, and the final execution, with `<time>`,
//! `<stage:REF>` and the like for what differs from run to run. Not compared: the words of exceptions and of expressions' failures.

use std::{path::Path, time::Duration};

use futures::StreamExt as _;
use gennaker_orca::Options;
use gennaker_wire::Execution;
use http::Method;
use serde_json::{Map, Value, json};

use crate::{
    http::{call, call_with},
    world::{FastClock, World, open},
};

/// The time passes this much faster than in the recordings.
const SPEED: u32 = 4;
/// So many cases run beside each other: their waits are of seconds, and a machine that cannot keep up makes other endings of them.
const AT_ONCE: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn executions_are_what_upstream_made_of_the_same_requests() {
    let folder = tempfile::tempdir().expect("a folder");
    // What waits stays with its owner: the store's clock is not the fast one.
    let options = Options { release_after_ms: 3_600_000, ..Options::default() };
    let clock = FastClock::new(SPEED);
    let world = World::start_by(open(folder.path()).await, "one", &options, clock).await;
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/recorded");
    let mut files: Vec<_> =
        std::fs::read_dir(cases).expect("cases").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let cases = files.iter().map(|file| {
        let text = std::fs::read_to_string(file).expect("a file");
        serde_json::from_str::<Value>(&text).expect("a case")
    });
    let runs = cases.map(|case| {
        let world = &world;
        async move {
            let found = play(world, &case).await;
            let expected = normal(case["expected"]["executions"][0]["execution"].clone());
            (case["name"].to_string(), expected, found)
        }
    });
    let runs: Vec<_> = futures::stream::iter(runs).buffered(AT_ONCE).collect().await;
    assert!(runs.len() > 80, "cases are missing");
    let differing: Vec<String> = runs
        .iter()
        .filter(|(_, expected, found)| expected != found)
        .map(|(name, expected, found)| {
            let mut lines = Vec::new();
            differences("", expected, found, &mut lines);
            format!("{name}:\n  {}", lines.join("\n  "))
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Runs a case to its end.
async fn play(world: &World, case: &Value) -> Value {
    let request = &case["request"];
    let path = request["path"].as_str().expect("a path");
    let (status, answer) =
        call_with(world, Method::POST, path, &request["body"].to_string(), &request["headers"]).await;
    if !status.is_success() {
        return answer;
    }
    let id = answer["ref"].as_str().expect("a reference").rsplit_once('/').expect("an id").1.to_owned();
    for action in case["actions"].as_array().into_iter().flatten() {
        let when = &action["when"];
        let execution = world.until(&id, |execution| holds(when, execution)).await;
        tokio::time::sleep(Duration::from_secs_f64(action["delay"].as_f64().unwrap_or(0.0)) / SPEED).await;
        let path = action["path"].as_str().expect("a path").replace("{execution}", &id);
        let path = path.replace("{stage:1}", &execution.stages[0].id);
        let method = action["method"].as_str().expect("a method").parse().expect("a method");
        let (status, answer) = call(world, method, &path, &action["body"].to_string()).await;
        assert!(status.is_success(), "{}: {answer}", case["name"]);
    }
    normal(serde_json::to_value(world.ended(&id).await).expect("JSON"))
}

fn holds(when: &Value, execution: &Execution) -> bool {
    match when["executionStatus"].as_str() {
        Some(status) => execution.status.name() == status,
        None => execution.stages.iter().any(|stage| {
            stage.ref_id.as_deref() == when["stage"].as_str() && Some(stage.status.name()) == when["status"].as_str()
        }),
    }
}

/// The execution with symbols for what differs from run to run, its stages sorted.
pub(crate) fn normal(mut execution: Value) -> Value {
    let Some(stages) = execution["stages"].as_array_mut() else { return execution };
    let name = |stage: &Value| {
        let name = stage["refId"].as_str().or(stage["name"].as_str());
        format!("<stage:{}>", name.unwrap_or_default())
    };
    stages.sort_by_key(name);
    let names: Map<String, Value> =
        stages.iter().map(|stage| (stage["id"].as_str().unwrap_or_default().to_owned(), name(stage).into())).collect();
    let mut names = names;
    names.extend(execution["id"].as_str().map(|id| (id.to_owned(), "<execution>".into())));
    normalise(&mut execution, &names);
    execution
}

fn normalise(value: &mut Value, names: &Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match name.as_str() {
                    "startTime" | "endTime" | "buildTime" | "pauseTime" | "resumeTime" | "lastModifiedTime"
                    | "timestamp" | "restartTime" => *field = "<time>".into(),
                    "pausedMs" => *field = "<ms>".into(),
                    // The words of an exception.
                    "details" => *field = Value::Null,
                    "expressionEvaluationSummary" => {
                        for failure in field.as_object_mut().into_iter().flat_map(Map::values_mut) {
                            let failures = failure.as_array_mut().into_iter().flatten();
                            failures.for_each(|failure| failure["description"] = Value::Null);
                        }
                        normalise(field, names);
                    }
                    _ => normalise(field, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| normalise(item, names)),
        Value::String(text) => {
            for (id, name) in names {
                if text.contains(id.as_str()) {
                    *text = text.replace(id.as_str(), name.as_str().unwrap_or_default());
                }
            }
        }
        _ => {}
    }
}

fn differences(path: &str, expected: &Value, found: &Value, lines: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let extra = found.keys().filter(|name| !expected.contains_key(*name));
            for name in expected.keys().chain(extra) {
                let of = |fields: &Map<String, Value>| fields.get(name).cloned().unwrap_or("(absent)".into());
                differences(&format!("{path}/{name}"), &of(expected), &of(found), lines);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
                differences(&format!("{path}/{place}"), expected, found, lines);
            }
        }
        _ if expected != found => lines.push(format!("{path}: upstream {expected}, here {found}")),
        _ => {}
    }
}

#[test]
fn differences_name_the_place() {
    let mut lines = Vec::new();
    differences("", &json!({"a": [1, {"b": 2}]}), &json!({"a": [1, {"c": 2}]}), &mut lines);
    assert_eq!(lines, ["/a/1/b: upstream 2, here \"(absent)\"", "/a/1/c: upstream \"(absent)\", here 2"]);
}
