//! The set `spel`: expressions of pipelines (`gennaker-spel`).
//!
//! A case evaluates `expression`, put under the key `value`, or every key and value of `source`, in `context` or in the execution
//! that `executionRef` names, of which `stage` (a refId) is the stage at work and `user` who is signed in. `urls` are the only
//! addresses that can be fetched. Compared are the result, and of the summary which expressions it names and which levels it has; the
//! wording of errors is ours. The file's `executions` go into each case that names one.

use gennaker_spel::{
    Host, Question,
    pipeline::{self, Context, Options, SUMMARY},
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{Case, Failure, Set};

/// The set `spel`.
pub(super) struct Spel;

impl Set for Spel {
    fn name(&self) -> &'static str {
        "spel"
    }

    fn about(&self) -> &'static str {
        "expressions of pipelines"
    }

    fn cases(&self, document: &Value) -> anyhow::Result<Vec<Case>> {
        let mut cases = crate::set::listed(document)?;
        for case in &mut cases {
            if let Some(name) = case.json.get("executionRef").and_then(Value::as_str) {
                let execution = document["executions"].get(name).cloned();
                let execution = execution.ok_or_else(|| {
                    anyhow::anyhow!("case {} names the execution {name:?}, which is not in the file", case.id)
                })?;
                case.json["execution"] = execution;
            }
        }
        Ok(cases)
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let answer = play(&case.json).map_err(Failure::NotPlayed)?;
        let texts = |key: &str| {
            let mut texts: Vec<Value> = case.json[key].as_array().cloned().unwrap_or_default();
            texts.sort_by_key(Value::to_string);
            texts
        };
        let expected = json!({
            "value": as_recorded(&case.json["expected"]),
            "summaryKeys": texts("summaryKeys"),
            "summaryLevels": texts("summaryLevels"),
        });
        Failure::unless_equal(&expected, answer)
    }
}

fn play(case: &Value) -> Result<Value, String> {
    let object = |key: &str| case.get(key).and_then(Value::as_object);
    let empty = Map::new();
    let given = object("context").unwrap_or(&empty);
    let context = match (object("execution"), case["stage"].as_str()) {
        (Some(execution), Some(stage)) => {
            Context::of_stage(execution, stage).ok_or_else(|| format!("the execution has no stage {stage}"))?
        }
        (Some(execution), None) => Context::of_execution(execution),
        (None, _) => Context::of_map(given),
    };
    let context = context.with_user(case["user"].as_str());
    let source = match (&case["expression"], object("source")) {
        (Value::String(_), _) => Map::from_iter([("value".to_owned(), case["expression"].clone())]),
        (_, Some(source)) => source.clone(),
        _ => return Err("it has neither an expression nor a source".into()),
    };
    let options = Options { allow_unknown_keys: case["allowUnknownKeys"] != false, ..Options::default() };
    let host = Recorded { urls: object("urls") };
    let mut processed = if case["asPipeline"] == true {
        pipeline::process_pipeline(&source, &context, &host, &options)
    } else {
        pipeline::process(&source, &context, &host, &options)
    };
    processed.value.shift_remove(SUMMARY);
    let failures = processed.summary.failures();
    let mut keys: Vec<Value> = failures.keys().map(|key| key.as_str().into()).collect();
    keys.sort_by_key(Value::to_string);
    let mut levels: Vec<Value> = failures.values().flatten().map(|failure| failure.level.as_str().into()).collect();
    levels.sort_by_key(Value::to_string);
    levels.dedup();
    let value = match case["expression"] {
        Value::String(_) => processed.value.shift_remove("value").unwrap_or(Value::Null),
        _ => Value::Object(processed.value),
    };
    Ok(json!({"value": as_recorded(&value), "summaryKeys": keys, "summaryLevels": levels}))
}

/// Text that is JSON by its value: in which order the original wrote the keys of a map cannot be known from the file.
fn as_recorded(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('{') => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

/// The addresses of a case, and no others.
struct Recorded<'a> {
    urls: Option<&'a Map<String, Value>>,
}

impl Host for Recorded<'_> {
    fn ask(&self, question: &Question<'_>) -> Result<Value, String> {
        match question {
            Question::Url(url) => {
                let found = self.urls.and_then(|urls| urls.get(*url)).cloned();
                found.ok_or_else(|| format!("{url} is not one of the case's addresses"))
            }
            _ => Err("the case asks no services".into()),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn random(&self) -> u64 {
        4
    }
}
