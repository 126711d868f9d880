//! Live progress of a pipeline, which answers its judgment.

use std::{collections::HashMap, time::Duration};

use anyhow::{bail, ensure};
use gennaker_harness::{Delivery, delivery::Execution};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::say::say;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);
/// How long a pipeline of the demo may take.
const LONGEST: Duration = Duration::from_secs(120);

/// Prints what happens to the execution, answers its judgment with `continue`, and returns when it has succeeded. A control
/// plane that is away is waited for.
pub(crate) async fn follow(delivery: &Delivery, id: &str) -> anyhow::Result<()> {
    let begin = Instant::now();
    let mut shown = HashMap::new();
    let mut judged = false;
    loop {
        let looked = delivery.execution(id).await;
        if let Ok(execution) = &looked {
            show_changes(execution, &mut shown, begin);
            if execution.waiting_judgment().is_some() && !judged {
                delivery.judge(execution, "continue").await?;
                say(format_args!("  {:>5.1} s  judgment: continue", begin.elapsed().as_secs_f64()));
                judged = true;
            }
            if execution.is_over() {
                ensure!(execution.status() == "SUCCEEDED", "{execution}");
                return Ok(());
            }
        }
        if begin.elapsed() > LONGEST {
            match looked {
                Ok(execution) => bail!("not over after {LONGEST:?}: {execution}"),
                Err(error) => bail!("gate does not tell of the execution: {error}"),
            }
        }
        sleep(LOOK).await;
    }
}

/// One line for each stage that has another status than before.
fn show_changes(execution: &Execution, shown: &mut HashMap<String, String>, begin: Instant) {
    for stage in execution.stages_by_start() {
        let text = |name: &str| stage[name].as_str().unwrap_or_default().to_owned();
        let status = text("status");
        if status == "NOT_STARTED" || shown.get(&text("id")) == Some(&status) {
            continue;
        }
        let name = if text("name").is_empty() { text("type") } else { text("name") };
        let inset = if stage["parentStageId"].is_string() { "  " } else { "" };
        let seconds = begin.elapsed().as_secs_f64();
        let took = took(stage).filter(|_| status != "RUNNING");
        let took = took.map(|millis| format!(" in {:.1} s", millis / 1000.0)).unwrap_or_default();
        say(format_args!("  {seconds:>5.1} s  {inset}{name}: {}{took}", status.to_lowercase()));
        shown.insert(text("id"), status);
    }
}

/// How many milliseconds a stage took.
fn took(stage: &Value) -> Option<f64> {
    Some(stage["endTime"].as_f64()? - stage["startTime"].as_f64()?)
}
