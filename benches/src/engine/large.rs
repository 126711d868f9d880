//! Large executions: a thousand stages, and two hundred children of a large trigger.

use std::time::Duration;

use anyhow::Context as _;
use gennaker_harness::{Install, Service};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    idle::resident,
    report::{Report, Row, mebibytes, millis},
};

const STAGES: usize = 1_000;
const CHILDREN: usize = 200;
const PATIENCE: Duration = Duration::from_secs(240);

/// 1,000 stages in a row, each with an expression.
pub(super) async fn thousand_stages(install: &Install, report: &mut Report) -> anyhow::Result<()> {
    let load = super::load(install)?;
    let stages: Vec<Value> = (1..=STAGES)
        .map(|number| {
            let before: Vec<String> = (number > 1).then(|| (number - 1).to_string()).into_iter().collect();
            json!({
                "refId": number.to_string(), "requisiteStageRefIds": before, "type": "evaluateVariables",
                "name": format!("variables {number}"),
                "variables": [{"key": format!("v{number}"), "value": "${execution.name}-${trigger.user}"}],
            })
        })
        .collect();
    // Evaluated stage by stage, as the name of the execution is known only then.
    let pipeline = json!({
        "application": "large", "id": "bench-thousand", "name": "thousand", "stages": stages, "spelEvaluator": "v4",
        "trigger": {"type": "manual", "user": "bench"},
    });
    let begin = Instant::now();
    let id = load.start(pipeline.to_string()).await?;
    load.ended(&id, PATIENCE).await?;
    let took = begin.elapsed();
    report.add(Row {
        what: "one execution of 1,000 stages".to_owned(),
        target: Some(("< 3 s".to_owned(), took < Duration::from_secs(3))),
        original: "-",
        measured: millis(took),
        method: "1,000 `evaluateVariables` stages in a row, each with two expressions that are evaluated when it starts (`v4`): from \
                 the submit until a client that looks every 20 ms sees the end."
            .to_owned(),
    });
    Ok(())
}

/// A pipeline with a trigger of 1 MB starts 200 children at once and waits for them.
pub(super) async fn children_of_a_large_trigger(install: &mut Install, report: &mut Report) -> anyhow::Result<()> {
    let front50 = install.client(Service::Front50);
    front50.post("/v2/applications", &json!({"name": "large", "email": "bench@example.com"})).await?.ok()?;
    let child = json!({
        "application": "large", "name": "child", "id": "bench-child",
        "stages": [{"refId": "1", "type": "wait", "name": "wait", "waitTime": 0}],
    });
    front50.post("/pipelines", &child).await?.ok()?;
    let load = super::load(install)?;
    let stages: Vec<Value> = (1..=CHILDREN)
        .map(|number| {
            json!({
                "refId": number.to_string(), "requisiteStageRefIds": [], "type": "pipeline", "name": format!("child {number}"),
                "application": "large", "pipeline": "bench-child", "waitForCompletion": true,
            })
        })
        .collect();
    let payload = "x".repeat(1 << 20);
    let pipeline = json!({
        "application": "large", "id": "bench-parent", "name": "parent", "stages": stages,
        "trigger": {"type": "webhook", "user": "bench", "payload": {"text": payload}},
    });
    let pid = install.control_plane().pid();
    let begin = Instant::now();
    let id = load.start(pipeline.to_string()).await?;
    let parent = load.ended(&id, PATIENCE).await.context("the parent of 200 children")?;
    let took = begin.elapsed();
    let stages = parent["stages"].as_array().map_or(0, Vec::len);
    report.add(Row {
        what: "200 children of a trigger of 1 MB".to_owned(),
        target: None,
        original: "-",
        measured: format!("{}, {} resident", millis(took), mebibytes(resident(pid)?)),
        method: format!(
            "a pipeline whose trigger has a payload of 1 MB starts {stages} children beside each other and waits for all: from the \
             submit until a client that looks every 20 ms sees the end; resident memory (`VmRSS`) right after that.",
        ),
    });
    Ok(())
}
