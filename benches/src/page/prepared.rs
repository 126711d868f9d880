//! What the page is to show, made through gate as its users make it.

use std::time::Duration;

use anyhow::Context as _;
use gennaker_harness::{
    Client,
    delivery::{stages, stages::wait},
    eventually,
};
use serde_json::{Value, json};

/// The application with 30 pipelines.
pub(super) const MANY: &str = "many";
/// The application with one large pipeline.
pub(super) const LARGE: &str = "large";
/// The pipeline of one judgment.
pub(super) const JUDGED: &str = "approve";

/// How many applications there are.
pub(super) const APPLICATIONS: usize = 100;
/// How many pipelines [`MANY`] has.
pub(super) const PIPELINES: usize = 30;
/// How many executions each of them has.
pub(super) const EXECUTIONS: usize = 5;
/// How many stages the large pipeline has beside one another, and behind one another.
const LARGE_SHAPE: (usize, usize) = (10, 20);
const PATIENCE: Duration = Duration::from_secs(120);

/// Makes the applications, each by a task.
pub(super) async fn applications(gate: &Client) -> anyhow::Result<()> {
    let others = (2..APPLICATIONS).map(|number| format!("app{number}"));
    for name in [MANY.to_owned(), LARGE.to_owned()].into_iter().chain(others) {
        let application = json!({"name": name, "email": "bench@example.com", "cloudProviders": "local"});
        let job = json!({"type": "createApplication", "user": "bench", "application": application});
        let task = json!({"application": name, "description": format!("Create {name}"), "job": [job]});
        gate.post("/tasks", &task).await?.ok()?;
    }
    eventually(PATIENCE, "all applications", async || {
        let all = gate.get("/applications").await.and_then(|answer| answer.ok()).map_err(|error| error.to_string())?;
        match all.as_array().map_or(0, Vec::len) {
            APPLICATIONS => Ok(()),
            some => Err(format!("{some} of {APPLICATIONS}")),
        }
    })
    .await?;
    Ok(())
}

/// Saves `pipeline-1` to `pipeline-30`, and runs each five times to its end.
pub(super) async fn executions(gate: &Client) -> anyhow::Result<()> {
    let names: Vec<String> = (1..=PIPELINES).map(|number| format!("pipeline-{number}")).collect();
    for name in &names {
        let steps = [variable("Prepare"), wait(1), variable("Build"), wait(1), variable("Check"), variable("Publish")];
        save(gate, MANY, name, stages(steps)).await?;
    }
    for name in names.iter().cycle().take(PIPELINES * EXECUTIONS) {
        gate.post(&format!("/pipelines/{MANY}/{name}"), &json!({"type": "manual", "user": "bench"})).await?.ok()?;
    }
    let path = format!("/applications/{MANY}/pipelines?limit={EXECUTIONS}&expand=false");
    eventually(PATIENCE, "the end of all executions", async || {
        let all = gate.get(&path).await.and_then(|answer| answer.ok()).map_err(|error| error.to_string())?;
        let ended = all.as_array().into_iter().flatten().filter(|one| one["status"] == "SUCCEEDED").count();
        if ended == PIPELINES * EXECUTIONS { Ok(()) } else { Err(format!("{ended} have succeeded")) }
    })
    .await?;
    Ok(())
}

/// Saves the pipeline of one judgment.
pub(super) async fn judged(gate: &Client) -> anyhow::Result<()> {
    save(gate, MANY, JUDGED, stages([stages::judgment()])).await?;
    Ok(())
}

/// Saves the pipeline of 200 stages, each of which waits for two of the column before it, and returns its id.
pub(super) async fn large(gate: &Client) -> anyhow::Result<String> {
    let (rows, columns) = LARGE_SHAPE;
    let reference = |column: usize, row: usize| (column * rows + row % rows + 1).to_string();
    let places = (0..columns).flat_map(|column| (0..rows).map(move |row| (column, row)));
    let stages = places.map(|(column, row)| {
        let mut stage = variable(&format!("Stage {}", reference(column, row)));
        stage["refId"] = reference(column, row).into();
        stage["requisiteStageRefIds"] = match column.checked_sub(1) {
            Some(before) => json!([reference(before, row), reference(before, row + 1)]),
            None => json!([]),
        };
        stage
    });
    save(gate, LARGE, "large", stages.collect()).await
}

fn variable(name: &str) -> Value {
    json!({"type": "evaluateVariables", "name": name, "variables": [{"key": "sum", "value": "${1 + 1}"}]})
}

/// Saves a pipeline and returns its id.
async fn save(gate: &Client, application: &str, name: &str, stages: Vec<Value>) -> anyhow::Result<String> {
    let pipeline = json!({
        "application": application, "name": name, "stages": stages, "triggers": [], "limitConcurrent": false,
    });
    gate.post("/pipelines", &pipeline).await?.ok()?;
    let all = gate.get(&format!("/applications/{application}/pipelineConfigs")).await?.ok()?;
    let saved = all.as_array().into_iter().flatten().find(|saved| saved["name"] == name);
    let id = saved.and_then(|saved| saved["id"].as_str());
    Ok(id.with_context(|| format!("{name} is not there after it was saved"))?.to_owned())
}
