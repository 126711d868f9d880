//! Settings of a stage, evaluated in its execution.

use gennaker_spel::{
    Host, Nothing, Question,
    pipeline::{self, Context, Level, Options, SUMMARY},
};
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn process(settings: Value, context: Value) -> Value {
    let (settings, context) = (map(settings), map(context));
    let options = Options::default();
    Value::Object(pipeline::process(&settings, &Context::of_map(&context), &Nothing, &options).value)
}

fn execution() -> Map<String, Value> {
    map(json!({
        "id": "01EXEC",
        "type": "PIPELINE",
        "application": "shop",
        "spelEvaluator": "v4",
        "templateVariables": {"size": 3},
        "trigger": {"type": "manual", "user": "ann@example.com", "parameters": {"tag": "v7"}},
        "stages": [
            {"id": "s1", "refId": "1", "type": "bake", "name": "Bake", "status": "SUCCEEDED", "context": {}, "outputs": {"ami": "ami-1"}},
            {"id": "s2", "refId": "2", "type": "deploy", "name": "Deploy", "status": "RUNNING", "requisiteStageRefIds": ["1"],
             "context": {"own": 1, "region": "us-east-1"}, "outputs": {}},
        ],
    }))
}

#[test]
fn every_string_and_key_at_any_depth_is_evaluated() {
    let settings = json!({
        "plain": "no expression, $ or {}",
        "whole": "${n}",
        "text": "v${n}-${n + 1}",
        "nested": {"list": ["${a}", {"${a}": "${n > 6}"}, 3, null]},
    });
    let expected = json!({
        "plain": "no expression, $ or {}",
        "whole": 7,
        "text": "v7-8",
        "nested": {"list": ["x", {"x": true}, 3, null]},
    });
    assert_eq!(process(settings, json!({"n": 7, "a": "x"})), expected);
}

#[test]
fn what_has_no_value_stays_and_is_summed_up() {
    let (settings, context) =
        (map(json!({"a": "${x}-${n}", "b": "${n.nosuch}", "c": {"d": "${x}"}})), map(json!({"n": 7})));
    let options = Options::default();
    let done = pipeline::process(&settings, &Context::of_map(&context), &Nothing, &options);
    assert_eq!(done.value["a"], "${x}-7");
    assert_eq!(done.value["b"], "${n.nosuch}");
    assert_eq!(done.value["c"], json!({"d": "${x}"}));
    let failures = done.summary.failures();
    assert_eq!(failures["x-n"][0].level, Level::Info);
    assert_eq!(failures["x-n"][0].description, "Failed to evaluate [a] : x-n not found");
    assert_eq!(failures["n.nosuch"][0].level, Level::Error);
    assert_eq!(
        failures["n.nosuch"][0].description,
        "Failed to evaluate [b] at column 5: there is no 'nosuch' on Integer"
    );
    assert_eq!(failures["x"][0].level, Level::Info);
    assert_eq!(done.summary.evaluated(), 3);
    assert_eq!(done.value[SUMMARY]["n.nosuch"][0]["level"], "ERROR");
    assert!(done.summary.has_errors());
}

#[test]
fn a_stage_sees_its_context_then_what_the_stages_before_put_out() {
    let execution = execution();
    let context = Context::of_stage(&execution, "s2").unwrap().with_user(Some("ann@example.com"));
    let options = Options::default();
    let value = |text: &str| pipeline::evaluate(text, &context, &Nothing, &options).unwrap();
    assert_eq!(value("${own}"), Some(json!(1)));
    assert_eq!(value("${ami}"), Some(json!("ami-1")));
    assert_eq!(value("${parameters.tag}"), Some(json!("v7")));
    assert_eq!(value("${trigger.user}"), Some(json!("ann@example.com")));
    assert_eq!(value("${execution.application}/${#stage('Bake').status}"), Some(json!("shop/SUCCEEDED")));
    assert_eq!(value("${#currentStage().name} by ${#currentUser()}"), Some(json!("Deploy by ann@example.com")));
    assert_eq!(value("${templateVariables.size}"), Some(json!(3)));
    assert_eq!(value("${#root.containsKey('ami')}"), Some(json!(false)));
    assert_eq!(value("${nosuch}"), None);
    assert!(Context::of_stage(&execution, "nosuch").is_none());
    assert!(Context::of_stage(&execution, "2").is_some(), "by its refId");
}

#[test]
fn an_orchestration_has_neither_execution_nor_trigger() {
    let mut execution = execution();
    execution.insert("type".into(), json!("ORCHESTRATION"));
    let options = Options::default();
    let context = Context::of_stage(&execution, "s2").unwrap();
    assert_eq!(pipeline::evaluate("${execution}", &context, &Nothing, &options).unwrap(), None);
    assert_eq!(pipeline::evaluate("${own}", &context, &Nothing, &options).unwrap(), Some(json!(1)));
}

#[test]
fn an_assignment_is_seen_later_and_changes_nothing_outside() {
    let (settings, context) = (
        map(
            json!({"a": "${n = 5}", "b": "${n}", "c": "${map.k = 'y'}", "d": "${map}", "e": "${list.add(4)}", "f": "${list}"}),
        ),
        map(json!({"n": 1, "map": {"k": "x", "l": 1}, "list": [3]})),
    );
    let options = Options::default();
    let before = context.clone();
    let done = pipeline::process(&settings, &Context::of_map(&context), &Nothing, &options);
    let expected = json!({"a": 5, "b": 5, "c": "y", "d": {"k": "y", "l": 1}, "e": true, "f": [3, 4]});
    assert_eq!(Value::Object(done.value), expected);
    assert_eq!(context, before);
}

/// Knows one address.
struct OneAddress;

impl Host for OneAddress {
    fn ask(&self, question: &Question<'_>) -> Result<Value, String> {
        match question {
            Question::Url("https://example.com/a.yml") => Ok(json!("a: [1, yes]\n")),
            Question::PipelineId { application: "shop", name: "deploy" } => Ok(json!("p-1")),
            Question::PipelineId { .. } => Ok(Value::Null),
            other => Err(format!("{other:?} is not known")),
        }
    }

    fn now(&self) -> jiff::Timestamp {
        "2024-02-29T12:00:00Z".parse().unwrap()
    }

    fn random(&self) -> u64 {
        42
    }
}

#[test]
fn the_host_answers_for_the_world() {
    let execution = execution();
    let options = Options::default();
    let context = Context::of_execution(&execution);
    let value = |text: &str| pipeline::evaluate(text, &context, &OneAddress, &options);
    assert_eq!(value("${#yamlFromUrl('https://example.com/a.yml').a[1]}").unwrap(), Some(json!(true)));
    assert!(value("${#fromUrl('https://example.com/b')}").unwrap_err().to_string().contains("is not known"));
    assert_eq!(value("${#pipelineId('deploy')}").unwrap(), Some(json!("p-1")));
    assert_eq!(value("${#pipelineIdOrNull('other')}").unwrap(), None);
    assert_eq!(value("${T(java.time.LocalDate).now().toString()}").unwrap(), Some(json!("2024-02-29")));
}
