//! Executions that upstream's orca ran, run again here: the same pipelines and commands must give the same answers.
//!
//! Each file in `recorded/` is one case: what front50 holds, what was sent, what was done while it ran, each answer, and the final
//! executions, with `<time>`, `<execution:N>`, `<stage:REF>` and the like for what differs from run to run. Not compared: the words of
//! exceptions, of expressions' failures and of errors.

use std::{path::Path, time::Duration};

use futures::StreamExt as _;
use gennaker_orca::Options;
use gennaker_store::{Order, Query};
use gennaker_wire::{Execution, Status};
use http::Method;
use serde_json::{Map, Value, json};

use crate::{
    http::call_with,
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
            (case["name"].to_string(), normal_of(expected(&case)), normal_of(found))
        }
    });
    let runs: Vec<_> = futures::stream::iter(runs).buffered(AT_ONCE).collect().await;
    assert!(runs.len() > 110, "cases are missing");
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

/// What came of a case: the executions in the order of their starts, and the answers to its starts.
struct Played {
    executions: Vec<Value>,
    answers: Vec<Value>,
}

fn expected(case: &Value) -> Played {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let executions = list(&case["expected"]["executions"]);
    let executions = executions.into_iter().map(|mut entry| entry["execution"].take()).collect();
    let starts = list(&case["endpointAnswers"]).into_iter().filter(|answer| answer["method"] == "POST");
    let is_start = |answer: &Value| requests(case).iter().any(|request| request["path"] == answer["path"]);
    let answers = starts.filter(is_start).map(|answer| json!([answer["status"], answer["body"]["ref"]])).collect();
    Played { executions, answers }
}

/// The steps of a case.
fn requests(case: &Value) -> Vec<Value> {
    match &case["request"] {
        Value::Array(steps) => steps.clone(),
        one => vec![one.clone()],
    }
}

/// Runs a case to its end.
async fn play(world: &World, case: &Value) -> Played {
    for step in case["setup"].as_array().into_iter().flatten() {
        if (&step["service"], &step["method"], &step["path"])
            == (&json!("front50"), &json!("POST"), &json!("/pipelines"))
        {
            world.front50.put(step["body"].clone());
        }
    }
    let mut run = Run { world, configs: configs(case), ids: Vec::new(), answers: Vec::new() };
    for step in requests(case) {
        run.step(&step).await;
    }
    for action in case["actions"].as_array().into_iter().flatten() {
        run.act(action).await;
    }
    let wanted = case["expected"]["executions"].as_array().map_or(0, Vec::len);
    let mut executions = Vec::new();
    for number in 1..=wanted {
        let Some(id) = run.id(number).await else { continue };
        // A case that cancels a parent goes on until its child is cancelled too, and one that fails until its child says why.
        let settled = |execution: &Execution| execution.status.is_complete() && is_told(case, number, execution);
        executions.push(serde_json::to_value(world.until(&id, settled).await).expect("JSON"));
    }
    // The older cases have no answers.
    let answers = if case["endpointAnswers"].is_array() { run.answers } else { Vec::new() };
    Played { executions, answers }
}

/// Whether an execution that is over has been told whatever the recorded one was.
fn is_told(case: &Value, number: usize, execution: &Execution) -> bool {
    case["expected"]["executions"][number - 1]["execution"]["canceled"] == execution.canceled
}

/// The pipelines whose executions belong to a case.
fn configs(case: &Value) -> Vec<String> {
    let of_requests = requests(case);
    let ids = of_requests.iter().flat_map(|request| [&request["ids"], &request["body"]["id"]]);
    let ids = ids.chain(case["configIds"].as_array().into_iter().flatten());
    ids.filter_map(Value::as_str).map(str::to_owned).collect()
}

struct Run<'w> {
    world: &'w World,
    configs: Vec<String>,
    /// The executions that were answered.
    ids: Vec<String>,
    answers: Vec<Value>,
}

impl Run<'_> {
    async fn step(&mut self, step: &Value) {
        if let Some(seconds) = step["sleep"].as_f64() {
            tokio::time::sleep(Duration::from_secs_f64(seconds) / SPEED).await;
        } else if let Some(awaited) = step["awaitExecution"].as_object() {
            let number = awaited["n"].as_u64().and_then(|number| usize::try_from(number).ok()).expect("a number");
            let id = self.id(number).await.expect("it was started");
            let wanted = &awaited["status"];
            let is = |status: Status| {
                wanted == status.name() || wanted.as_array().is_some_and(|all| all.contains(&json!(status.name())))
            };
            self.world.until(&id, |execution| is(execution.status)).await;
        } else {
            let path = step["path"].as_str().expect("a path");
            let body = step["rawBody"].as_str().map_or_else(|| step["body"].to_string(), str::to_owned);
            let (status, answer) = call_with(self.world, Method::POST, path, &body, &step["headers"]).await;
            let reference = answer["ref"].as_str().map(str::to_owned);
            self.ids.extend(
                reference.iter().filter_map(|reference| reference.rsplit_once('/')).map(|(_, id)| id.to_owned()),
            );
            self.answers.push(json!([status.as_u16(), reference]));
        }
    }

    /// Sends a command once the execution that it waits for is so far.
    async fn act(&self, action: &Value) {
        let when = &action["when"];
        let number = when["n"].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(1);
        let id = self.id(number).await.expect("it was started");
        let execution = self.world.until(&id, |execution| holds(when, execution)).await;
        tokio::time::sleep(Duration::from_secs_f64(action["delay"].as_f64().unwrap_or(0.0)) / SPEED).await;
        let path = action["path"].as_str().expect("a path").replace("{stage:1}", &execution.stages[0].id);
        let path = path.replace("{execution}", &id).replace(&format!("{{execution:{number}}}"), &id);
        let method = action["method"].as_str().expect("a method").parse().expect("a method");
        let (status, answer) = call_with(self.world, method, &path, &action["body"].to_string(), &Value::Null).await;
        assert!(status.is_success(), "{path}: {answer}");
    }

    /// The id of the execution of that number, once there is one: answered, or a child, or stored without an answer.
    async fn id(&self, number: usize) -> Option<String> {
        for _ in 0..500 {
            let mut ids = self.ids.clone();
            let query = Query { definitions: self.configs.clone(), order: Order::OldestFirst, ..Query::default() };
            if !self.configs.is_empty() {
                let stored = self.world.orca.engine().list(&query).await.expect("a list");
                let new = stored.into_iter().map(|execution| execution.id).filter(|id| !self.ids.contains(id));
                ids.extend(new);
            }
            if let Some(id) = ids.get(number - 1) {
                return Some(id.clone());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        None
    }
}

fn holds(when: &Value, execution: &Execution) -> bool {
    match when["executionStatus"].as_str() {
        Some(status) => execution.status.name() == status,
        None => execution.stages.iter().any(|stage| {
            let task = when["task"].as_str();
            let has_task = |task: &str| {
                stage
                    .tasks
                    .iter()
                    .any(|other| other.name == task && Some(other.status.name()) == when["status"].as_str())
            };
            stage.ref_id.as_deref() == when["stage"].as_str()
                && Some(stage.status.name()) == when["status"].as_str()
                && task.is_none_or(has_task)
        }),
    }
}

/// What was played with symbols for what differs from run to run, the stages sorted.
fn normal_of(played: Played) -> Value {
    let Played { mut executions, mut answers } = played;
    let mut names = Map::new();
    for (place, execution) in executions.iter_mut().enumerate() {
        let number = place + 1;
        let own = execution["id"].as_str().unwrap_or_default().to_owned();
        names.insert(own, format!("<execution:{number}>").into());
        let Some(stages) = execution["stages"].as_array_mut() else { continue };
        let name = |stage: &Value| {
            let name = stage["refId"].as_str().or(stage["name"].as_str()).unwrap_or_default();
            if number == 1 { format!("<stage:{name}>") } else { format!("<stage:{number}/{name}>") }
        };
        stages.sort_by_key(name);
        names.extend(
            stages.iter().map(|stage| (stage["id"].as_str().unwrap_or_default().to_owned(), name(stage).into())),
        );
    }
    executions.iter_mut().chain(&mut answers).for_each(|value| normalise(value, &names));
    json!({ "executions": executions, "answers": answers })
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
                    // It ends with the start of the parent.
                    "correlationId" => {
                        normalise(field, names);
                        let text = field.as_str().unwrap_or_default();
                        let rest = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
                        if text.len() - rest.len() >= 13 {
                            *field = format!("{rest}<time>").into();
                        }
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
            let is_other_id = text.starts_with("<id:")
                || (text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
            if is_other_id {
                *text = "<id>".to_owned();
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
