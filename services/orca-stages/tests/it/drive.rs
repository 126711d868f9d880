//! Drives a stage by hand: composes it, makes the steps of its tasks, keeps what they find.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use gennaker_base::Timestamp;
use gennaker_clients::{Caller, Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient, Transport};
use gennaker_http::{TransportOptions, outbound::UrlRuleOptions};
use gennaker_orca_stages::{
    CancelContext, Catalogue, ComposeContext, Composition, Evaluate, Next, Options, StageView, TaskContext, TaskError,
    TaskResult,
};
use gennaker_wire::{Execution, Object, Stage, Status, Task};
use serde_json::Value;

/// Evaluates nothing.
struct Nothing;

#[async_trait]
impl Evaluate for Nothing {
    async fn evaluate(&self, _view: &StageView, _caller: &Caller, settings: &Object) -> Object {
        settings.clone()
    }
}

/// A stage on its way.
pub(crate) struct Driven {
    pub(crate) catalogue: Catalogue,
    pub(crate) stage: Stage,
    pub(crate) execution: Execution,
    /// The other stages of the execution.
    pub(crate) others: Vec<Stage>,
    pub(crate) caller: Caller,
    pub(crate) clouddriver: Router,
    pub(crate) front50: Router,
    pub(crate) now: Timestamp,
    started: Timestamp,
}

/// The options of an install whose stages may call this machine.
pub(crate) fn local() -> Options {
    let urls = UrlRuleOptions {
        reject_localhost: false,
        reject_verbatim_ips: false,
        allowed_hostnames_regex: ".*".into(),
        ..UrlRuleOptions::default()
    };
    Options { urls, ..Options::default() }
}

impl Driven {
    pub(crate) fn new(options: &Options, kind: &str, settings: Value) -> Self {
        let context = settings.as_object().cloned().expect("an object");
        let now = Timestamp::from_millis(1_000_000);
        Driven {
            catalogue: Catalogue::new(options).expect("a catalogue"),
            stage: Stage {
                id: "S".into(),
                ref_id: Some("1".into()),
                kind: kind.into(),
                context,
                start_time: Some(now),
                ..Stage::default()
            },
            execution: Execution { id: "E".into(), application: "shop".into(), ..Execution::default() },
            others: Vec::new(),
            caller: Caller::service("ann"),
            clouddriver: Router::new(),
            front50: Router::new(),
            now,
            started: now,
        }
    }

    fn view(&self) -> StageView {
        let stage = Arc::new(self.stage.clone());
        let others = self.others.iter().cloned().map(Arc::new);
        let stages = [stage.clone()].into_iter().chain(others).collect();
        StageView { execution: Arc::new(self.execution.clone()), stages, stage }
    }

    fn clients(&self) -> Clients {
        let to = |name, router| Transport::in_process(name, router, TransportOptions::default());
        Clients {
            front50: Front50Client::new(to("front50", self.front50.clone())),
            orca: OrcaClient::new(to("orca", Router::new())),
            clouddriver: ClouddriverClient::new(to("clouddriver", self.clouddriver.clone())),
            echo: EchoClient::new(to("echo", Router::new())),
        }
    }

    /// Composes the stage, and gives it the tasks.
    pub(crate) async fn compose(&mut self) -> Result<Vec<String>, TaskError> {
        let definition = self.catalogue.definition_for(&self.execution, &self.stage).expect("a definition");
        let problems = definition.validate(&definition.settings(&self.view()));
        if !problems.is_empty() {
            return Err(TaskError::invalid(problems.join("; ")));
        }
        let context = ComposeContext { view: self.view(), caller: self.caller.clone(), clients: self.clients() };
        let Composition { context, tasks, .. } = definition.compose(&context).await?;
        if let Some(context) = context {
            self.stage.context = context;
        }
        let named = tasks.iter().enumerate().map(|(place, task)| Task {
            id: (place + 1).to_string(),
            name: task.name.clone(),
            implementing_class: task.class.clone(),
            ..Task::default()
        });
        self.stage.tasks = named.collect();
        Ok(tasks.into_iter().map(|task| task.name).collect())
    }

    /// What the stage consists of.
    pub(crate) async fn composition(&self) -> Result<Composition, TaskError> {
        let definition = self.catalogue.definition_for(&self.execution, &self.stage).expect("a definition");
        let context = ComposeContext { view: self.view(), caller: self.caller.clone(), clients: self.clients() };
        definition.compose(&context).await
    }

    fn context(&self, id: &str) -> TaskContext {
        TaskContext {
            view: self.view(),
            expressions: Arc::new(Nothing),
            caller: self.caller.clone(),
            clients: self.clients(),
            request_id: format!("S-{id}-0"),
            now: self.now,
            started: self.started,
        }
    }

    fn task(&self, name: &str) -> Task {
        self.stage.tasks.iter().find(|task| task.name == name).expect("the stage has the task").clone()
    }

    /// One step of the task, which is not recorded.
    pub(crate) async fn step(&self, name: &str) -> Result<TaskResult, TaskError> {
        let Task { id, implementing_class, .. } = self.task(name);
        let task = self.catalogue.task(&implementing_class).expect("the task is there").clone();
        task.step(&self.context(&id)).await
    }

    /// Records what a step found.
    pub(crate) fn record(&mut self, name: &str, result: TaskResult) {
        self.stage.context.extend(result.context);
        self.stage.outputs.extend(result.outputs);
        for task in self.stage.tasks.iter_mut().filter(|task| task.name == name) {
            task.status = result.status;
        }
    }

    /// Steps of the task until it is over; time goes on to when each is due.
    pub(crate) async fn run(&mut self, name: &str) -> Status {
        self.started = self.now;
        for _ in 0..50 {
            let result = self.step(name).await.expect("a result");
            let (status, next) = (result.status, result.next);
            self.record(name, result);
            match next {
                _ if status != Status::Running => return status,
                Next::At(due) => self.now = due,
                other => panic!("{name} does not say when it is due: {other:?}"),
            }
        }
        panic!("{name} does not end");
    }

    /// What the task does when its execution is cancelled.
    pub(crate) async fn cancel_task(&self, name: &str) -> TaskResult {
        let Task { id, implementing_class, .. } = self.task(name);
        let task = self.catalogue.task(&implementing_class).expect("the task is there").clone();
        assert!(task.cleans_up(), "{name}");
        task.on_cancel(&self.context(&id)).await.expect("a result")
    }

    /// What the stage does when it was cancelled or has failed, and what it keeps of that.
    pub(crate) async fn cancel_stage(&self) -> Result<Object, TaskError> {
        let definition = self.catalogue.definition_for(&self.execution, &self.stage).expect("a definition");
        assert!(definition.cleans_up());
        let context = CancelContext {
            view: self.view(),
            caller: self.caller.clone(),
            clients: self.clients(),
            request_id: "S-cancel-0".into(),
        };
        definition.cancel(&context).await
    }

    /// The stage is as if it had not run yet.
    pub(crate) fn restart(&mut self) {
        let definition = self.catalogue.definition_for(&self.execution, &self.stage).expect("a definition");
        definition.prepare_restart(&mut self.stage.context);
        self.stage.tasks.clear();
    }

    /// What was found under `webhook`.
    pub(crate) fn webhook(&self) -> &Value {
        &self.stage.context["webhook"]
    }
}
