//! Operations on the cloud: submitting them to clouddriver once, and following the task until it is over.
//!
//! Upstream: `KatoService`, `MonitorKatoTask`. The stage's context names the task (`kato.last.task.id`) and keeps what is
//! known of it (`kato.tasks`), which is where clients read a failure.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_clients::{Caller, Clients};
use gennaker_wire::{Object, ObjectExt, Operation, OperationTask, Status};
use serde_json::{Value, json};

use super::settings::DEPLOYED;
use crate::{Catalogue, Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

/// The class of the task that follows an operation.
const MONITOR: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.MonitorKatoTask";
/// The class of the task that follows an operation which starts a job.
const MONITOR_JOB: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.job.MonitorJobTask";
/// How long one look waits for news, where clouddriver can wait.
const WAIT_FOR_NEWS: Duration = Duration::from_secs(10);
/// The context field that names the stage's last operation.
const LAST: &str = "kato.last.task.id";

/// The context field with the names of the jobs that an operation has started, by place.
pub(crate) const JOBS: &str = "deploy.jobs";

/// Adds the tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(MonitorTask { class: MONITOR });
    catalogue.add_task(MonitorTask { class: MONITOR_JOB });
}

/// The task called `name` that follows the stage's last operation.
pub(crate) fn monitor(name: &str) -> TaskTemplate {
    TaskTemplate::new(name, MONITOR)
}

/// The task that follows the operation which has started a job.
pub(crate) fn monitor_job() -> TaskTemplate {
    TaskTemplate::new("monitorDeploy", MONITOR_JOB)
}

/// Submits operations under the task's request id, and returns what the context keeps of it. Submitting again after a crash
/// finds the same task.
pub(crate) async fn submit(
    context: &TaskContext,
    provider: &str,
    account: &str,
    operations: &[Operation],
) -> Result<TaskResult, TaskError> {
    let kind = operations.first().map(|operation| operation.name.to_ascii_lowercase()).unwrap_or_default();
    let clouddriver = &context.clients.clouddriver;
    let submitted = clouddriver.submit(&context.caller, provider, &context.request_id, operations).await?;
    Ok(TaskResult::succeeded()
        .with_context("notification.type", kind)
        .with_context(LAST, json!({ "id": submitted.id }))
        .with_context("deploy.account.name", account))
}

/// Takes the last operation of a former run out of a context: a run that has nothing to be done must not follow that.
pub(crate) fn forget(context: &mut Object) {
    for field in [LAST, "kato.task.lastStatus", JOBS] {
        context.remove(field);
    }
}

/// What the stage's last operation has started, by place, for a stage that ends before its monitor has found that out.
///
/// # Errors
/// Transiently while the operation is under way: it may start something yet.
pub(crate) async fn started(clients: &Clients, caller: &Caller, settings: &Object) -> Result<Option<Value>, TaskError> {
    let Some(id) = settings.object(LAST).and_then(|task| task.text("id")) else { return Ok(None) };
    let task = match clients.clouddriver.task(caller, &id, None).await {
        Ok(task) => task,
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !task.status.completed && !task.status.failed {
        let message = format!("operation {id} is still under way, and may start something yet");
        return Err(TaskError::new(Kind::Unavailable, "OperationUnderWay", message));
    }
    Ok(deployed_names(&task))
}

struct MonitorTask {
    class: &'static str,
}

#[async_trait]
impl Task for MonitorTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let Some(id) = settings.object(LAST).and_then(|task| task.text("id")) else {
            // Nothing was to be done.
            return Ok(TaskResult::succeeded());
        };
        // The first look answers at once where the operation is over already; later ones wait for news.
        let known = known_task(settings, &id).is_some();
        let wait = known.then_some(WAIT_FOR_NEWS);
        let task = context.clients.clouddriver.task(&context.caller, &id, wait).await?;
        if !task.status.completed && !task.status.failed {
            let next = if known { Next::Soon } else { Next::At(context.now) };
            return Ok(TaskResult::running(next)
                .with_context("kato.task.lastStatus", Status::Running.name())
                .with_context("kato.tasks", merged(settings, &task)));
        }
        let result = match failure(&task) {
            Some(error) => TaskResult::failed(error).with_context("kato.task.lastStatus", Status::Terminal.name()),
            None => TaskResult::succeeded().with_context("kato.task.lastStatus", Status::Succeeded.name()),
        };
        let mut result = result.with_context("kato.tasks", merged(settings, &task));
        if let Some(names) = deployed_names(&task).filter(|_| !settings.contains_key(JOBS)) {
            result = result.with_context(JOBS, names.clone()).with_output(JOBS, names);
        }
        if result.status != Status::Succeeded || settings.contains_key(DEPLOYED) {
            return Ok(result);
        }
        let groups = json!(server_groups(&task));
        Ok(result.with_context(DEPLOYED, groups.clone()).with_output(DEPLOYED, groups))
    }
}

/// The names of what the task has started, by place.
fn deployed_names(task: &OperationTask) -> Option<Value> {
    task.result_objects
        .iter()
        .find_map(|result| result.get("deployedNamesByLocation"))
        .filter(|names| names.is_object())
        .cloned()
}

/// What the context keeps of the task of that id.
fn known_task(settings: &Object, id: &str) -> Option<Value> {
    let tasks = settings.get("kato.tasks")?.as_array()?;
    tasks.iter().find(|task| task.get("id").and_then(Value::as_str) == Some(id)).cloned()
}

/// `kato.tasks` with the newest state of this task.
fn merged(settings: &Object, task: &OperationTask) -> Vec<Value> {
    let mut tasks = settings.get("kato.tasks").and_then(Value::as_array).cloned().unwrap_or_default();
    tasks.retain(|other| other.get("id").and_then(Value::as_str) != Some(&task.id));
    let mut entry = json!({
        "id": task.id,
        "status": task.status,
        "history": task.history,
        "resultObjects": task.result_objects,
        "outputs": task.outputs,
    });
    if let (Some(exception), Some(entry)) = (exception(task), entry.as_object_mut()) {
        entry.insert("exception".to_owned(), Value::Object(exception.clone()));
    }
    tasks.push(entry);
    tasks
}

fn exception(task: &OperationTask) -> Option<&Object> {
    task.result_objects.iter().find(|result| result.text("type").as_deref() == Some("EXCEPTION"))
}

/// Why the task failed, if it did.
fn failure(task: &OperationTask) -> Option<TaskError> {
    if !task.status.failed {
        return None;
    }
    let exception = exception(task);
    let message = exception
        .and_then(|exception| exception.text("message").or_else(|| exception.text("cause")))
        .unwrap_or_else(|| task.status.status.clone());
    let mut error = TaskError::new(Kind::Invalid, "OperationFailed", message);
    error.details = exception.and_then(|exception| exception.text("details")).into_iter().collect();
    Some(error)
}

/// The names that the task deployed, by region; upstream writes them as `region:name`.
fn server_groups(task: &OperationTask) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in task.result_objects.iter().flat_map(|result| result.texts("serverGroupNames")) {
        let (region, name) = name.split_once(':').unwrap_or(("region_missing", &name));
        groups.entry(region.to_owned()).or_default().push(name.to_owned());
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(value: Value) -> OperationTask {
        serde_json::from_value(value).expect("a task")
    }

    #[test]
    fn deployed_names_are_read_by_region() {
        let task = task(json!({"id": "1", "resultObjects": [{"serverGroupNames": ["local:shop-v001", "shop-v002"]}]}));
        assert_eq!(json!(server_groups(&task)), json!({"local": ["shop-v001"], "region_missing": ["shop-v002"]}));
    }

    #[test]
    fn a_failure_has_the_clouds_words() {
        let failed = json!({
            "id": "1", "status": {"failed": true, "completed": true, "status": "Orchestration failed."},
            "resultObjects": [{"type": "EXCEPTION", "message": "no free port", "details": "tried 8000-8010"}],
        });
        let error = failure(&task(failed)).expect("it failed");
        assert_eq!((error.message.as_str(), error.details), ("no free port", vec!["tried 8000-8010".to_owned()]));
        assert_eq!(failure(&task(json!({"id": "1", "status": {"completed": true}}))), None);
    }
}
