//! Tasks of one job that gate itself has orca run, as upstream's `TaskService` does.

use std::time::Duration;

use gennaker_base::Backoff;
use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Result};
use serde_json::{Value, json};

/// How long the end of a task is waited for; upstream looks 32 times, once a second.
const PATIENCE: Duration = Duration::from_secs(32);
/// The first wait before a task is looked at again, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Starts a task of one job; returns its reference, `/tasks/ID`. A second start with the same `Idempotency-Key` is the
/// first one.
pub(crate) async fn start(
    clients: &Clients,
    caller: &Caller,
    application: &str,
    description: &str,
    job: Value,
) -> Result<String> {
    let task = json!({ "application": application, "description": description, "job": [job] });
    clients.orca.start_task(&Caller { fence: None, ..caller.clone() }, &task).await
}

/// The same, and waits for its end: the whole task, as it is then or when patience is over.
pub(crate) async fn finish(
    clients: &Clients,
    caller: &Caller,
    application: &str,
    description: &str,
    job: Value,
) -> Result<Value> {
    let reference = start(clients, caller, application, description, job).await?;
    let id = reference.rsplit('/').next().unwrap_or_default();
    let caller = caller.onward();
    let mut task = Value::Null;
    let ended = async {
        let mut backoff = Backoff::new(WAITS.0, WAITS.1);
        loop {
            task = clients.orca.forward(&caller, Call::get(&["tasks", id])).await?;
            if is_over(&task) {
                return Ok(());
            }
            tokio::time::sleep(backoff.next_wait()).await;
        }
    };
    match tokio::time::timeout(PATIENCE, ended).await {
        Ok(Err(error)) => return Err(error),
        Ok(Ok(())) => {}
        Err(_) => tracing::warn!(id, patience = ?PATIENCE, "the task goes on, and is answered as it is"),
    }
    // Nothing was read in all the time.
    Ok(if task.is_null() { json!({ "ref": reference }) } else { task })
}

fn is_over(task: &Value) -> bool {
    ["SUCCEEDED", "TERMINAL", "CANCELED", "STOPPED"].iter().any(|status| task["status"] == *status)
}
