//! What upstream's orca answered about executions, asked again here: the same status and body.
//!
//! Each file in `answered/` is one case: what was sent, and what was asked after the end (or, with `whileRunning`, before it) with the
//! answers. Not compared: the names of Java's exceptions, the time, and what [`DIFFERS`] lists.

use std::path::Path;

use gennaker_orca::Options;
use http::Method;
use serde_json::{Map, Value, json};

use crate::{
    http::{call, call_with},
    world::World,
};

/// Where ours differs on purpose: a mistake of the caller's is told without the names of Java's classes.
const DIFFERS: [(&str, u16); 1] = [("statuses=NONSENSE", 400)];

#[tokio::test]
async fn questions_about_executions_are_answered_as_upstream_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/answered");
    let mut asked = 0;
    for file in std::fs::read_dir(cases).expect("cases") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a file");
        asked += play(&world, &serde_json::from_str(&text).expect("a case")).await;
    }
    assert!(asked > 30, "cases are missing");
}

/// Plays one case and returns how many questions it has.
async fn play(world: &World, case: &Value) -> usize {
    let request = &case["request"];
    let path = request["path"].as_str().expect("a path");
    let body = request["body"].to_string();
    let (status, answer) = call_with(world, Method::POST, path, &body, &request["headers"]).await;
    assert!(status.is_success(), "{}: {answer}", case["name"]);
    let id = answer["ref"].as_str().expect("a reference").rsplit_once('/').expect("an id").1.to_owned();
    if case["whileRunning"] == true {
        world.until(&id, |execution| execution.stages[0].status.name() == "RUNNING").await;
    } else {
        world.ended(&id).await;
    }
    let execution = serde_json::to_value(world.orca.engine().load(&id).await.expect("it is there")).expect("JSON");
    let answers = case["answers"].as_array().expect("answers");
    for expected in answers {
        let path = expected["path"].as_str().expect("a path").replace("{execution}", &id);
        let method: Method = expected["method"].as_str().expect("a method").parse().expect("a method");
        let (status, found) =
            call(world, method, &path, &expected["sent"].to_string().replace("{execution}", &id)).await;
        let differs = DIFFERS.iter().find(|(part, _)| path.contains(part));
        let wanted = differs.map_or(expected["status"].as_u64(), |(_, status)| Some(u64::from(*status)));
        assert_eq!(Some(u64::from(status.as_u16())), wanted, "{path}: {found}");
        if differs.is_none() {
            let mut found = found;
            // Ours may go on and say what to do.
            let words = expected["body"]["message"].as_str();
            if words.is_some_and(|words| found["message"].as_str().is_some_and(|ours| ours.starts_with(words))) {
                found["message"] = expected["body"]["message"].clone();
            }
            assert_eq!(common(&found, &execution), common(&expected["body"], &execution), "{path}");
        }
    }
    answers.len()
}

/// The body with symbols for what differs from run to run; of an error what both have.
fn common(body: &Value, execution: &Value) -> Value {
    match body {
        Value::Array(items) => items.iter().map(|item| common(item, execution)).collect(),
        Value::Object(fields) if fields.contains_key("stages") => normal(body.clone()),
        Value::Object(fields) if fields.get("status").is_some_and(Value::is_number) => {
            let named = ["status", "detail", "instance"].map(|name| body[name].clone());
            // Upstream has no message where it has a detail.
            let message = if body["detail"].is_null() { body["message"].clone() } else { Value::Null };
            symbols(&json!([named, message]), execution)
        }
        // Nothing at all.
        Value::String(text) if text.is_empty() => Value::Null,
        other => symbols(other, execution),
    }
}

/// The ids of an execution and its stages as the recordings write them.
fn symbols(value: &Value, execution: &Value) -> Value {
    let mut text = value.to_string().replace(execution["id"].as_str().expect("an id"), "<execution>");
    for stage in execution["stages"].as_array().expect("stages") {
        let name = format!("<stage:{}>", stage["refId"].as_str().unwrap_or_default());
        text = text.replace(stage["id"].as_str().expect("an id"), &name);
    }
    serde_json::from_str(&text).expect("JSON")
}

/// The execution with symbols for what differs from run to run, its stages sorted.
fn normal(mut execution: Value) -> Value {
    let Some(stages) = execution["stages"].as_array_mut() else { return execution };
    let name = |stage: &Value| {
        let name = stage["refId"].as_str().or(stage["name"].as_str());
        format!("<stage:{}>", name.unwrap_or_default())
    };
    stages.sort_by_key(name);
    let mut names: Map<String, Value> =
        stages.iter().map(|stage| (stage["id"].as_str().unwrap_or_default().to_owned(), name(stage).into())).collect();
    names.extend(execution["id"].as_str().map(|id| (id.to_owned(), "<execution>".into())));
    normalise(&mut execution, &names);
    execution
}

fn normalise(value: &mut Value, names: &Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match name.as_str() {
                    "startTime" | "endTime" | "buildTime" => *field = "<time>".into(),
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
