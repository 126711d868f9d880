//! `waitOnJobCompletion`: waits for the end of a job, and reads what it has left.
//!
//! Upstream: `WaitOnJobCompletion`, `JobUtils`. A provider's own limit (`jobRuntimeLimit`) is the provider's to keep.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, naming::Moniker};
use serde_json::{Value, json};

use crate::{
    Catalogue, Next, StageView, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    server_group::{operation::JOBS, settings::account},
};

const WAIT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.job.WaitOnJobCompletion";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(WaitTask);
}

/// The task that waits for the job's end.
pub(super) fn wait() -> TaskTemplate {
    TaskTemplate::new("waitOnJobCompletion", WAIT)
}

/// The stage's job: its place and name.
pub(super) fn job(settings: &Object) -> Option<(String, String)> {
    let jobs: BTreeMap<String, Vec<String>> = settings.typed(JOBS)?;
    jobs.into_iter().find_map(|(place, names)| Some((place, names.into_iter().next()?)))
}

/// The application that the job belongs to.
pub(super) fn application(view: &StageView) -> String {
    let settings = view.context();
    let moniker: Option<Moniker> = settings.typed("moniker");
    let named = moniker.and_then(|moniker| moniker.app).or_else(|| settings.text("application"));
    named.unwrap_or_else(|| view.execution.application.clone())
}

struct WaitTask;

#[async_trait]
impl Task for WaitTask {
    fn class(&self) -> &'static str {
        WAIT
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(2 * 3600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let Some((place, name)) = job(settings) else {
            return Err(TaskError::invalid("there is no job to wait for: the operation has started none"));
        };
        let (account, application) = (account(settings)?, application(&context.view));
        let clouddriver = &context.clients.clouddriver;
        let status = clouddriver.job(&context.caller, &application, &account, &place, &name).await?;
        let status = status.as_object().cloned().unwrap_or_default();
        let state = status.text("jobState").unwrap_or_default();
        let mut result = match state.as_str() {
            "Succeeded" => TaskResult::succeeded(),
            "Failed" => TaskResult::failed(failure(&status)),
            _ => TaskResult::running(Next::Soon),
        };
        let is_over = result.status.is_complete();
        if is_over || settings.object("jobStatus") != Some(&status) {
            let details = json!(status.get("completionDetails"));
            result = noting(result, "completionDetails", details);
            result = noting(result, "jobStatus", Value::Object(status));
        }
        let Some(file) = settings.text("propertyFile").filter(|file| !file.is_empty() && is_over) else {
            return Ok(result);
        };
        let found = clouddriver.job_file(&context.caller, &application, &account, &place, &name, &file).await;
        match found {
            Ok(Value::Object(properties)) if !properties.is_empty() => {
                for (name, value) in &properties {
                    result = noting(result, name, value.clone());
                }
                Ok(noting(result, "propertyFileContents", Value::Object(properties)))
            }
            Err(error) if error.kind().is_transient() => Err(error.into()),
            // Why it failed is worth more than that it left nothing.
            _ if state == "Failed" => Ok(result),
            _ => {
                let message = format!(
                    "job {name} in {account}/{place} has left no properties in {file}: have it write lines like name=value, \
                     or remove propertyFile"
                );
                result.status = gennaker_wire::Status::Terminal;
                result.error = Some(TaskError::new(Kind::Invalid, "ConfigurationException", message));
                Ok(result)
            }
        }
    }
}

fn noting(result: TaskResult, name: &str, value: Value) -> TaskResult {
    result.with_context(name, value.clone()).with_output(name, value)
}

/// Why the job failed, as far as its provider says.
fn failure(job: &Object) -> TaskError {
    let said = |name: &str| {
        let details = job.object("completionDetails");
        job.text(name).or_else(|| details?.text(name)).filter(|text| !text.is_empty())
    };
    let mut message = format!("job {} failed", job.text("name").unwrap_or_default());
    for (name, before) in [("reason", ": "), ("message", ": "), ("exitCode", ", exit code ")] {
        if let Some(text) = said(name) {
            message = format!("{message}{before}{text}");
        }
    }
    let mut error = TaskError::new(Kind::Invalid, "JobFailedException", message);
    error.details = said("failureDetails").into_iter().collect();
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_the_provider_does() {
        let job = json!({
            "name": "backup", "failureDetails": "line 1", "completionDetails": {"exitCode": 3, "message": "no space"},
        });
        let error = failure(job.as_object().expect("an object"));
        assert_eq!(error.message, "job backup failed: no space, exit code 3");
        assert_eq!(error.details, ["line 1"]);
    }

    #[test]
    fn a_stage_has_one_job() {
        let found = |settings: Value| job(settings.as_object().expect("an object"));
        assert_eq!(found(json!({JOBS: {"here": ["j"]}})), Some(("here".to_owned(), "j".to_owned())));
        assert_eq!(found(json!({JOBS: {"here": []}})), None);
        assert_eq!(found(json!({})), None);
    }
}
