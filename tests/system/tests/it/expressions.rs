//! A pipeline with expressions: the parameters of its start, and what one stage tells the next.

use gennaker_harness::{Client, delivery::APPLICATION};
use serde_json::{Value, json};

use crate::support::{delivery, install, succeeded};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_fills_in_its_parameters_and_the_outputs_of_its_stages() {
    let install = install().await;
    let delivery = delivery(&install).await;
    let gate = delivery.gate();
    let pipeline = json!({
        "application": APPLICATION,
        "name": "expressions",
        "triggers": [],
        "parameterConfig": [{"name": "tag", "required": true}, {"name": "size", "default": "2"}],
        "stages": [
            {"refId": "1", "type": "evaluateVariables", "name": "names", "requisiteStageRefIds": [], "variables": [
                {"key": "image", "value": "shop:${parameters.tag}"},
                {"key": "double", "value": "${#toInt(parameters.size) * 2}"},
            ]},
            {"refId": "2", "type": "wait", "name": "told", "requisiteStageRefIds": ["1"], "waitTime": "${1 - 1}",
             "comments": "${#stage('names').outputs.image} by ${execution.authentication.user}",
             "size": "${#stage('names').outputs.double}", "unknown": "${nosuch.field}"},
            {"refId": "3", "type": "wait", "name": "left out", "requisiteStageRefIds": ["2"],
             "stageEnabled": {"type": "expression", "expression": "parameters.tag == 'none'"}},
        ],
    });
    gate.post("/pipelines", &pipeline).await.expect("an answer").ok().expect("it is saved");
    let trigger = json!({"type": "manual", "user": "demo", "parameters": {"tag": "1.2"}});
    let started = gate.post(&format!("/pipelines/{APPLICATION}/expressions"), &trigger).await.expect("an answer");
    let reference = started.ok().expect("it starts")["ref"].as_str().expect("a reference").to_owned();
    let id = reference.trim_start_matches("/pipelines/");
    succeeded(&delivery, id).await;

    let execution = read(gate, &reference).await;
    let stage = |name: &str| {
        let stages = execution["stages"].as_array().expect("stages").iter();
        stages.clone().find(|stage| stage["name"] == name).unwrap_or_else(|| panic!("{name} in {execution}")).clone()
    };
    assert_eq!(stage("names")["outputs"], json!({"image": "shop:1.2", "double": 4}));
    let told = stage("told")["context"].clone();
    let user = execution["authentication"]["user"].as_str().expect("a user");
    assert_eq!(told["comments"], format!("shop:1.2 by {user}"));
    assert_eq!((&told["size"], &told["unknown"]), (&json!(4), &json!("${nosuch.field}")));
    assert_eq!(told["expressionEvaluationSummary"]["nosuch.field"][0]["level"], "ERROR");
    assert_eq!(stage("left out")["status"], "SKIPPED");

    let tried = format!("{reference}/evaluateExpression?expression=$%7B%23stage('names').outputs.double%2B1%7D");
    assert_eq!(read(gate, &tried).await, json!({"result": 5}));
    install.stop().await.expect("both programs end by themselves");
}

async fn read(client: &Client, path: &str) -> Value {
    client.get(path).await.expect("an answer").ok().expect("it is there")
}
