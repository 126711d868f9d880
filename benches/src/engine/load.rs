//! Clients that keep their connections, and what they and the program cost.

use std::{fs, future::Future, time::Duration};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::Instant};

/// How long one request may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often it is looked how far the program is.
const LOOK: Duration = Duration::from_millis(20);

/// Clients of one service: cheap to clone; they share their connections.
#[derive(Clone)]
pub(crate) struct Load {
    http: reqwest::Client,
    base: String,
}

impl Load {
    /// Clients of the service at `base`.
    pub(crate) fn new(base: String) -> anyhow::Result<Self> {
        Ok(Load { http: gennaker_http::http_client()?, base })
    }

    /// The answer to a GET, unread.
    pub(crate) async fn bytes(&self, path: &str) -> anyhow::Result<Bytes> {
        let answer =
            self.http.get(format!("{}{path}", self.base)).timeout(DEADLINE).send().await?.error_for_status()?;
        Ok(answer.bytes().await?)
    }

    /// The answer to a GET, as JSON.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.bytes(path).await?)?)
    }

    /// The answer to a POST, as JSON.
    pub(crate) async fn post(&self, path: &str, body: String) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.send(path, body).await?)?)
    }

    /// The answer to a POST, unread.
    pub(crate) async fn send(&self, path: &str, body: String) -> anyhow::Result<String> {
        let request = self.http.post(format!("{}{path}", self.base)).header("content-type", "application/json");
        let answer = request.timeout(DEADLINE).body(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "POST {path} was answered with {status}: {text}");
        Ok(text)
    }

    /// Starts a pipeline and returns its execution's id.
    pub(crate) async fn start(&self, pipeline: String) -> anyhow::Result<String> {
        let answer = self.post("/orchestrate", pipeline).await?;
        let reference = answer["ref"].as_str().context("the start has no ref")?;
        Ok(reference.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// Waits until the execution is over.
    pub(crate) async fn ended(&self, id: &str, within: Duration) -> anyhow::Result<Value> {
        let begin = Instant::now();
        loop {
            let execution = self.get(&format!("/pipelines/{id}")).await;
            // Whoever is too busy to answer says so, and is asked again.
            let busy = |error: &anyhow::Error| {
                let status = error.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::status);
                status == Some(reqwest::StatusCode::SERVICE_UNAVAILABLE)
            };
            let execution = match execution {
                Err(error) if busy(&error) => Value::Null,
                execution => execution?,
            };
            if execution.get("endTime").is_some() {
                ensure!(execution["status"] == "SUCCEEDED", "{id} ended as {}", execution["status"]);
                return Ok(execution);
            }
            ensure!(begin.elapsed() < within, "{id} does not end: it is {}", execution["status"]);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// How many executions the program has ended since it started, by its own count.
    pub(crate) async fn completed(&self) -> anyhow::Result<u64> {
        let answer =
            self.http.get(format!("{}/prometheus", self.base)).timeout(DEADLINE).send().await?.error_for_status()?;
        let text = answer.text().await?;
        let lines = text.lines().filter(|line| line.starts_with("executions_completed_total"));
        let counts = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
        Ok(counts.sum::<f64>() as u64)
    }

    /// Waits until the program has ended `wanted` executions.
    pub(crate) async fn until_completed(&self, wanted: u64, within: Duration) -> anyhow::Result<()> {
        let begin = Instant::now();
        loop {
            let completed = self.completed().await?;
            if completed >= wanted {
                return Ok(());
            }
            ensure!(begin.elapsed() < within, "only {completed} of {wanted} executions have ended");
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Calls `work` `count` times from `clients` tasks at once, with the number of the call; returns what it gave, in no order.
pub(crate) async fn from_clients<T, F>(
    clients: usize,
    count: usize,
    work: impl Fn(usize) -> F + Clone + Send + 'static,
) -> anyhow::Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = anyhow::Result<T>> + Send,
{
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let work = work.clone();
        tasks.spawn(async move {
            let mut results = Vec::new();
            for number in (client..count).step_by(clients) {
                results.push(work(number).await?);
            }
            anyhow::Ok(results)
        });
    }
    let mut all = Vec::with_capacity(count);
    while let Some(results) = tasks.join_next().await {
        all.extend(results??);
    }
    Ok(all)
}

/// Three stages in a row that each evaluate a variable, as JSON text.
pub(crate) fn three_stages(application: &str, config: &str) -> String {
    let stages: Vec<Value> = (1..=3)
        .map(|number| {
            let before: Vec<String> = (1..number).last().map(|before| before.to_string()).into_iter().collect();
            json!({
                "refId": number.to_string(), "requisiteStageRefIds": before, "type": "evaluateVariables",
                "name": format!("variables {number}"),
                "variables": [{"key": format!("v{number}"), "value": format!("${{{number} + 1}}")}],
            })
        })
        .collect();
    let trigger = json!({"type": "manual", "user": "bench", "parameters": {"tag": "v1"}});
    json!({"application": application, "id": config, "name": config, "stages": stages, "trigger": trigger}).to_string()
}

/// The CPU time that a process has used, its threads included.
pub(crate) fn cpu_of(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the program is gone")?;
    let (_, fields) = stat.rsplit_once(')').context("an odd /proc/PID/stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    // Fields 14 and 15, of which the first two stand before the parenthesis; a tick is a hundredth of a second.
    Ok(Duration::from_millis((ticks(11) + ticks(12)) * 10))
}
