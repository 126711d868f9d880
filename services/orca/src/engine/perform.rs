//! Performing actions: asking stage definitions, making steps of tasks. Whatever happens comes back as one event.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use gennaker_base::Kind;
use gennaker_clients::Caller;
use gennaker_orca_stages::{
    ComposeContext, Composition, NewStage, StageDefinition, StageView, Task, TaskContext, TaskError, TaskLimits,
    TaskResult,
};
use gennaker_store::Owner;
use gennaker_wire::{Object, Stage};

use super::Inner;
use crate::planner::{Action, Event, State};

type Outcome<T> = Result<T, TaskError>;

/// The work of an action; `None` where there is nothing to do but to drop what was under way.
pub(super) fn action(
    inner: &Arc<Inner>,
    owner: &Owner,
    state: &State,
    action: Action,
) -> Option<impl Future<Output = Event> + Send + 'static> {
    if matches!(action, Action::Abandon { .. }) {
        return None;
    }
    let place = state.place(action.stage())?;
    let generation = state.at(place).run.generation;
    let started = state.at(place).run.task.as_ref().map(|task| task.started);
    let view = view(state, place);
    let context = ComposeContext { caller: caller(owner, &view), clients: inner.deps.clients.clone(), view };
    let inner = inner.clone();
    let stage = action.stage().to_owned();
    Some(async move {
        match action {
            Action::Compose { .. } => {
                let result = guarded(&inner, compose(&inner, &context)).await;
                Event::Composed { stage, generation, result }
            }
            Action::ComposeAfter { .. } => {
                let result = guarded(&inner, compose_after(&inner, &context)).await;
                Event::ComposedAfter { stage, generation, result }
            }
            Action::ComposeOnFailure { .. } => {
                let result = guarded(&inner, compose_on_failure(&inner, &context)).await;
                Event::ComposedOnFailure { stage, generation, result }
            }
            Action::Step { task, .. } => {
                let now = inner.deps.clock.now();
                let context = TaskContext {
                    request_id: format!("{stage}-{task}-{generation}"),
                    caller: context.caller,
                    clients: context.clients,
                    view: context.view,
                    now,
                    started: started.unwrap_or(now),
                };
                let result = guarded(&inner, step(&inner, &task, &context)).await;
                Event::Stepped { stage, generation, task, result }
            }
            Action::Abandon { .. } => Event::Woken,
        }
    })
}

/// Within the deadline, and with a panic turned into an error.
async fn guarded<T>(inner: &Inner, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let limit = inner.options.step_deadline;
    match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(TaskError::new(
            Kind::Bug,
            "InternalError",
            "the stage failed by a defect of gennaker: see its log, and please report it",
        )),
        Err(_elapsed) => {
            Err(TaskError::new(Kind::Timeout, "TimeoutException", format!("no answer within {} s", limit.as_secs())))
        }
    }
}

async fn compose(inner: &Inner, context: &ComposeContext) -> Outcome<Composition> {
    let settings = context.view.context();
    let definition = definition(inner, &context.view.stage)?;
    refuse_expressions(settings)?;
    let problems = definition.validate(settings);
    if !problems.is_empty() {
        return Err(TaskError::invalid(problems.join("; ")));
    }
    let mut composition = definition.compose(context).await?;
    for template in &mut composition.tasks {
        let task = task(inner, &template.class)?;
        template.limits = TaskLimits {
            timeout: task.timeout().map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)),
            longest_wait: u64::try_from(task.longest_wait().as_millis()).unwrap_or(u64::MAX),
        };
    }
    Ok(composition)
}

async fn compose_after(inner: &Inner, context: &ComposeContext) -> Outcome<Vec<NewStage>> {
    definition(inner, &context.view.stage)?.after(context).await
}

async fn compose_on_failure(inner: &Inner, context: &ComposeContext) -> Outcome<Vec<NewStage>> {
    definition(inner, &context.view.stage)?.on_failure(context).await
}

async fn step(inner: &Inner, id: &str, context: &TaskContext) -> Outcome<TaskResult> {
    let class = context.view.stage.tasks.iter().find(|task| task.id == id).map(|task| task.implementing_class.as_str());
    let class =
        class.ok_or_else(|| TaskError::new(Kind::Bug, "InternalError", format!("the stage has no task {id}")))?;
    task(inner, class)?.step(context).await
}

fn definition<'a>(inner: &'a Inner, stage: &Stage) -> Outcome<&'a Arc<dyn StageDefinition>> {
    inner.deps.catalogue.stage(&stage.kind).ok_or_else(|| {
        TaskError::new(
            Kind::Unsupported,
            "NoSuchStageDefinitionBuilderException",
            format!("the stage type {:?} is not supported; GET /capabilities/stages lists those that are", stage.kind),
        )
    })
}

fn task<'a>(inner: &'a Inner, class: &str) -> Outcome<&'a Arc<dyn Task>> {
    let missing = || TaskError::new(Kind::Unsupported, "NoSuchTaskException", format!("there is no task {class}"));
    inner.deps.catalogue.task(class).ok_or_else(missing)
}

/// Expressions are not evaluated in this build. A stage that has one fails before it does anything with it.
fn refuse_expressions(settings: &Object) -> Outcome<()> {
    let found = settings.iter().find(|(_, value)| contains_expression(value));
    match found {
        None => Ok(()),
        Some((name, _)) => Err(TaskError::new(
            Kind::Unsupported,
            "UserException",
            format!("expressions (${{...}}) are not supported yet: write the value itself in {name}"),
        )),
    }
}

fn contains_expression(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains("${"),
        serde_json::Value::Array(items) => items.iter().any(contains_expression),
        serde_json::Value::Object(fields) => fields.values().any(contains_expression),
        _ => false,
    }
}

/// The execution as the stage at `place` sees it.
fn view(state: &State, place: usize) -> StageView {
    StageView {
        execution: state.head().clone(),
        stages: state.stages().iter().map(|stage| stage.stage.clone()).collect(),
        stage: state.at(place).stage.clone(),
    }
}

/// Who the execution acts for, with its fence.
fn caller(owner: &Owner, view: &StageView) -> Caller {
    let execution = &view.execution;
    let user = execution.authentication.user.clone().filter(|user| !user.is_empty());
    Caller {
        user: user.unwrap_or_else(|| "anonymous".to_owned()),
        roles: Vec::new(),
        accounts: execution.authentication.allowed_accounts.clone(),
        execution: Some(execution.id.clone()),
        fence: Some(format!("{}/{}", execution.id, owner.epoch.0)),
        idempotency_key: None,
        request: execution.id.clone(),
    }
}
