//! Performing actions: evaluating a stage's expressions, asking its definition, making steps of tasks. Whatever happens comes back
//! as one event.
//!
//! Expressions are evaluated when a stage starts, in the stages that its definition adds before it, and for each step of a task
//! (`StartStageHandler`, `RunTaskHandler`, `CompleteTaskHandler` of upstream). What came of it is part of the event, so a replay
//! evaluates nothing.

use std::{collections::BTreeMap, future::Future, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use gennaker_base::{Kind, Timestamp};
use gennaker_clients::Caller;
use gennaker_orca_stages::{
    CancelContext, ComposeContext, Composition, NewStage, StageDefinition, StageView, Task, TaskContext, TaskError,
    TaskLimits, TaskResult, authentication_for, window_stage,
};
use gennaker_store::Owner;
use gennaker_wire::{Object, ObjectExt as _, Stage, Status, SyntheticOwner};

use super::{Inner, cluster_lock};
use crate::{
    expressions::{changed, contains_expression},
    planner::{Action, CleanUp, Event, NO_SUCH_STAGE, State},
};

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
            Action::Compose { .. } => match guarded(&inner, start(&inner, context)).await {
                Ok(Started::Skipped) => Event::Skipped { stage, generation },
                Ok(Started::Composed { evaluated, result }) => Event::Composed { stage, generation, evaluated, result },
                Err(error) => Event::Composed { stage, generation, evaluated: None, result: Err(error) },
            },
            Action::ComposeAfter { .. } => {
                let result = guarded(&inner, compose_after(&inner, &context)).await;
                Event::ComposedAfter { stage, generation, result }
            }
            Action::ComposeOnFailure { .. } => {
                let result = guarded(&inner, compose_on_failure(&inner, &context)).await;
                Event::ComposedOnFailure { stage, generation, result }
            }
            Action::Step { task, .. } => {
                let context = task_context(&inner, context, &task, generation, started);
                let made = guarded(&inner, async { Ok(step(&inner, &task, context).await) }).await;
                let (evaluated, result) = made.unwrap_or_else(|error| (Object::new(), Err(error)));
                Event::Stepped { stage, generation, task, evaluated, result }
            }
            Action::TimeOut { task, .. } => {
                let context = task_context(&inner, context, &task, generation, started);
                let result = guarded(&inner, time_out(&inner, &task, &context)).await;
                let result = result.unwrap_or_else(|error| {
                    tracing::warn!(%stage, %error, "what the task makes of its time-out is not known: it fails by it");
                    None
                });
                Event::TimedOut { stage, generation, task, result }
            }
            Action::CleanUp { task, .. } => {
                let result = guarded(&inner, clean_up(&inner, context, task, generation)).await;
                Event::CleanedUp { stage, generation, result }
            }
            Action::Abandon { .. } => Event::Woken,
        }
    })
}

/// Whether the action changes nothing outside: it may be done before it is recorded.
pub(super) fn changes_nothing(inner: &Inner, state: &State, action: &Action) -> bool {
    match action {
        Action::Compose { .. } if cluster_lock::may_take(inner, state, action) => false,
        Action::Compose { .. } | Action::ComposeAfter { .. } | Action::ComposeOnFailure { .. } => true,
        Action::Step { stage, task } => state.place(stage).is_some_and(|place| {
            let class = class_of(&state.at(place).stage, task);
            class.and_then(|class| inner.deps.catalogue.task(class)).is_some_and(|task| task.is_pure())
        }),
        Action::TimeOut { .. } | Action::CleanUp { .. } | Action::Abandon { .. } => false,
    }
}

/// The contexts of those of the stages that their definitions change before they run again.
pub(super) fn prepared_contexts(inner: &Inner, state: &State, stages: &[String]) -> BTreeMap<String, Object> {
    let places = stages.iter().filter_map(|id| state.place(id));
    let prepared = places.filter_map(|place| {
        let stage = &state.at(place).stage;
        let mut context = stage.context.clone();
        let definition = inner.deps.catalogue.definition_for(state.head(), stage)?;
        definition.prepare_restart(&mut context);
        (context != stage.context).then(|| (stage.id.clone(), context))
    });
    prepared.collect()
}

/// What a step of the task is given.
fn task_context(
    inner: &Inner,
    context: ComposeContext,
    task: &str,
    generation: u32,
    started: Option<Timestamp>,
) -> TaskContext {
    let now = inner.deps.clock.now();
    TaskContext {
        request_id: format!("{}-{task}-{generation}", context.view.stage.id),
        expressions: Arc::new(inner.expressions.clone()),
        caller: context.caller,
        clients: context.clients,
        view: context.view,
        now,
        started: started.unwrap_or(now),
    }
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

/// How a stage starts.
enum Started {
    Skipped,
    Composed { evaluated: Option<Object>, result: Outcome<Composition> },
}

/// A stage of the pipeline's author is evaluated before it is composed; one that was added to it was when it was added.
async fn start(inner: &Inner, mut context: ComposeContext) -> Outcome<Started> {
    let expressions = &inner.expressions;
    if !expressions.is_enabled(&context.caller, &context.view).await {
        return Ok(Started::Skipped);
    }
    let mut evaluated = None;
    if context.view.stage.parent_stage_id.is_none() {
        let variables = variables(inner, &context.view);
        evaluated = expressions.stage_context(&context.caller, &context.view, variables).await;
    }
    if let Some(settings) = &evaluated {
        context.view = context.view.with_context(settings.clone());
    }
    let mut result = match cluster_lock::take(inner, &context.view).await {
        Ok(()) => compose(inner, &context).await,
        Err(held) => Err(held),
    };
    if let Ok(composition) = &mut result {
        evaluate_added(inner, &context, &mut composition.before).await;
    }
    // What is asked again is evaluated again, too.
    let again = result.as_ref().is_err_and(|error| error.kind.is_transient());
    Ok(Started::Composed { evaluated: evaluated.filter(|_| !again), result })
}

/// The stages that a definition adds before its tasks are evaluated as if they stood in the execution already.
async fn evaluate_added(inner: &Inner, context: &ComposeContext, added: &mut [NewStage]) {
    for new in added.iter_mut().filter(|new| contains_expression(&new.context)) {
        let parent = &context.view.stage;
        let stage = Stage {
            id: format!("{}<", parent.id),
            kind: new.kind.clone(),
            name: Some(new.name.clone()),
            context: new.context.clone(),
            synthetic_stage_owner: Some(SyntheticOwner::StageBefore),
            parent_stage_id: Some(parent.id.clone()),
            ..Stage::default()
        };
        let view = context.view.with(stage);
        let variables = variables(inner, &view);
        if let Some(evaluated) = inner.expressions.stage_context(&context.caller, &view, variables).await {
            new.context = evaluated;
        }
    }
}

/// The field of variables of that type of stage.
fn variables(inner: &Inner, view: &StageView) -> Option<&'static str> {
    inner.deps.catalogue.definition_for(&view.execution, &view.stage)?.variables()
}

async fn compose(inner: &Inner, context: &ComposeContext) -> Outcome<Composition> {
    let settings = context.view.context();
    let definition = definition(inner, &context.view)?;
    let problems = definition.validate(&definition.settings(&context.view));
    if !problems.is_empty() {
        return Err(TaskError::invalid(problems.join("; ")));
    }
    let mut composition = definition.compose(context).await?;
    composition.before.splice(0..0, window_stage(settings));
    if definition.can_skip(settings) {
        composition.context.get_or_insert_with(|| settings.clone()).insert("canManuallySkip".to_owned(), true.into());
    }
    composition.cleans_up = definition.cleans_up();
    for template in &mut composition.tasks {
        let task = task(inner, &template.class)?;
        template.limits = TaskLimits {
            timeout: task.timeout().map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)),
            longest_wait: u64::try_from(task.longest_wait().as_millis()).unwrap_or(u64::MAX),
            cleans_up: task.cleans_up(),
        };
    }
    Ok(composition)
}

async fn compose_after(inner: &Inner, context: &ComposeContext) -> Outcome<Vec<NewStage>> {
    definition(inner, &context.view)?.after(context).await
}

async fn compose_on_failure(inner: &Inner, context: &ComposeContext) -> Outcome<Vec<NewStage>> {
    definition(inner, &context.view)?.on_failure(context).await
}

/// A step of a task, in its evaluated context; and what is to be kept of an evaluation after it, if the task is over.
async fn step(inner: &Inner, id: &str, mut context: TaskContext) -> (Object, Outcome<TaskResult>) {
    let recorded = context.view.stage.clone();
    let variables = variables(inner, &context.view);
    let evaluated = inner.expressions.stage_context(&context.caller, &context.view, variables).await;
    let had_expressions = evaluated.is_some();
    if let Some(settings) = evaluated {
        context.view = context.view.with_context(settings);
    }
    let result = make_step(inner, id, &context).await;
    let (found, outputs) = match &result {
        Ok(result) if result.status != Status::Running => (&result.context, result.outputs.clone()),
        Err(error) if !error.kind.is_transient() => (&Object::new(), Object::new()),
        _ => return (Object::new(), result),
    };
    if !had_expressions && !contains_expression(found) {
        return (Object::new(), result);
    }
    let mut stage = (*context.view.stage).clone();
    stage.context.extend(found.clone());
    stage.outputs.extend(outputs);
    let view = context.view.with(stage);
    let after = inner.expressions.stage_context(&context.caller, &view, variables).await;
    let after = after.unwrap_or_else(|| view.context().clone());
    let mut before = recorded.context.clone();
    before.extend(found.clone());
    (changed(&before, after), result)
}

async fn make_step(inner: &Inner, id: &str, context: &TaskContext) -> Outcome<TaskResult> {
    let task = task_of(inner, &context.view.stage, id)?;
    let mut result = task.step(context).await?;
    if result.status == Status::Canceled && task.cleans_up() {
        // What it found out that way goes with what it found before: upstream's `RunTaskHandler`.
        let undone = task.on_cancel(context).await?;
        result.context.extend(undone.context);
        result.outputs.extend(undone.outputs);
    }
    Ok(result)
}

async fn time_out(inner: &Inner, id: &str, context: &TaskContext) -> Outcome<Option<TaskResult>> {
    task_of(inner, &context.view.stage, id)?.on_timeout(context).await
}

/// The task that was under way undoes what it began, then the stage does.
async fn clean_up(inner: &Inner, context: ComposeContext, task: Option<String>, generation: u32) -> Outcome<CleanUp> {
    let mut found = CleanUp::default();
    let mut view = context.view.clone();
    let variables = variables(inner, &view);
    if let Some(settings) = inner.expressions.stage_context(&context.caller, &view, variables).await {
        view = view.with_context(settings);
    }
    let request_id = format!("{}-cancel-{generation}", view.stage.id);
    if let Some(id) = task {
        let context =
            ComposeContext { view: view.clone(), caller: context.caller.clone(), clients: context.clients.clone() };
        let mut context = task_context(inner, context, &id, generation, None);
        context.request_id = format!("{request_id}-{id}");
        let result = task_of(inner, &view.stage, &id)?.on_cancel(&context).await?;
        found = CleanUp { context: result.context, outputs: result.outputs };
    }
    let definition = definition(inner, &view)?;
    if definition.cleans_up() {
        let context = CancelContext { view, caller: context.caller, clients: context.clients, request_id };
        found.context.extend(definition.cancel(&context).await?);
    }
    Ok(found)
}

fn class_of<'a>(stage: &'a Stage, id: &str) -> Option<&'a str> {
    stage.tasks.iter().find(|task| task.id == id).map(|task| task.implementing_class.as_str())
}

fn task_of<'a>(inner: &'a Inner, stage: &Stage, id: &str) -> Outcome<&'a Arc<dyn Task>> {
    let missing = || TaskError::new(Kind::Bug, "InternalError", format!("the stage has no task {id}"));
    task(inner, class_of(stage, id).ok_or_else(missing)?)
}

fn definition(inner: &Inner, view: &StageView) -> Outcome<Arc<dyn StageDefinition>> {
    let stage = &view.stage;
    inner.deps.catalogue.definition_for(&view.execution, stage).ok_or_else(|| {
        let kind = stage.context.text("alias").unwrap_or_else(|| stage.kind.clone());
        TaskError::new(
            Kind::Unsupported,
            NO_SUCH_STAGE,
            format!("the stage type {kind:?} is not supported; GET /capabilities/stages lists those that are"),
        )
    })
}

fn task<'a>(inner: &'a Inner, class: &str) -> Outcome<&'a Arc<dyn Task>> {
    let missing = || TaskError::new(Kind::Unsupported, "NoSuchTaskException", format!("there is no task {class}"));
    inner.deps.catalogue.task(class).ok_or_else(missing)
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
    let authentication = authentication_for(view);
    let user = authentication.user.filter(|user| !user.is_empty());
    Caller {
        user: user.unwrap_or_else(|| "anonymous".to_owned()),
        accounts: authentication.allowed_accounts,
        execution: Some(execution.id.clone()),
        fence: Some(format!("{}/{}", execution.id, owner.epoch.0)),
        request: execution.id.clone(),
        ..Caller::service("orca")
    }
}
