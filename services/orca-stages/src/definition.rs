//! What a stage type is: its tasks and its synthetic stages, decided when it starts.

use async_trait::async_trait;
use gennaker_clients::{Caller, Clients};
use gennaker_wire::Object;

use crate::{Schema, StageView, TaskError};

/// What a definition may ask while it decides.
pub struct ComposeContext {
    /// The stage.
    pub view: StageView,
    /// Who asks other services.
    pub caller: Caller,
    /// The other services.
    pub clients: Clients,
}

/// What a definition is given when its stage was cancelled or failed.
pub struct CancelContext {
    /// The stage, its context evaluated.
    pub view: StageView,
    /// Who asks other services: the execution's user, with its fence.
    pub caller: Caller,
    /// The other services.
    pub clients: Clients,
    /// The id of the one side effect of this clean-up.
    pub request_id: String,
}

/// A task of a stage, by its names.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaskTemplate {
    /// The name, for example `monitorDeploy`.
    pub name: String,
    /// The key of its [`crate::Task`] in the catalogue: upstream's class name, which clients see.
    pub class: String,
    /// The limits of its task, which the engine fills in from the catalogue.
    #[serde(default)]
    pub limits: TaskLimits,
    /// Whether a loop begins with it: a task that ends with `Redirect` sends the stage back to this one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub loop_start: bool,
    /// Whether that loop ends with it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub loop_end: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// How long a task may take and how rarely it may be looked at, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskLimits {
    /// The time after which it fails; `None` is forever.
    pub timeout: Option<u64>,
    /// The longest wait between two looks.
    pub longest_wait: u64,
    /// Whether it has something to do when its execution is cancelled.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cleans_up: bool,
}

impl Default for TaskLimits {
    fn default() -> Self {
        TaskLimits { timeout: None, longest_wait: 5000, cleans_up: false }
    }
}

impl TaskTemplate {
    /// A task called `name` that is carried out by `class`.
    pub fn new(name: &str, class: &str) -> Self {
        TaskTemplate {
            name: name.to_owned(),
            class: class.to_owned(),
            limits: TaskLimits::default(),
            loop_start: false,
            loop_end: false,
        }
    }

    /// Marks these tasks as a loop: one that ends with `Redirect` sends the stage back to the first of them.
    pub fn looped(mut tasks: Vec<TaskTemplate>) -> Vec<TaskTemplate> {
        if let Some(first) = tasks.first_mut() {
            first.loop_start = true;
        }
        if let Some(last) = tasks.last_mut() {
            last.loop_end = true;
        }
        tasks
    }
}

/// A cluster that a stage changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct ChangedCluster {
    /// The account.
    pub account: String,
    /// The cluster's name, for example `shop-web`.
    pub name: String,
}

/// A synthetic stage to add.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct NewStage {
    /// Its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its context.
    pub context: Object,
    /// Whether it starts only after the new stage listed before it; else beside it.
    pub after_previous: bool,
}

impl NewStage {
    /// A stage that starts after the one listed before it.
    pub fn then(kind: &str, name: &str, context: Object) -> Self {
        NewStage { kind: kind.to_owned(), name: name.to_owned(), context, after_previous: true }
    }

    /// A stage that starts beside the one listed before it.
    pub fn beside(kind: &str, name: &str, context: Object) -> Self {
        NewStage { after_previous: false, ..NewStage::then(kind, name, context) }
    }
}

/// What a stage consists of.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Composition {
    /// The context to go on with, if the definition corrects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Object>,
    /// The stages before its tasks.
    #[serde(default)]
    pub before: Vec<NewStage>,
    /// Its tasks.
    #[serde(default)]
    pub tasks: Vec<TaskTemplate>,
    /// Whether the stage cleans up when it halts, which the engine fills in from its definition.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cleans_up: bool,
}

/// A stage type.
///
/// What it answers is recorded before anything of it starts, so it is asked once in the life of a stage, unless the node
/// dies before the answer is recorded. It changes nothing outside.
#[async_trait]
pub trait StageDefinition: Send + Sync + 'static {
    /// The type in pipelines, for example `deploy`.
    fn kind(&self) -> &'static str;

    /// Other names of the type.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// The field of its context that lists variables, `[{"key": ..., "value": ...}]`, where each may name those before it. They are
    /// evaluated one after the other in a pipeline with `"spelEvaluator": "v4"`: upstream's
    /// `ExpressionAwareStageDefinitionBuilder`.
    fn variables(&self) -> Option<&'static str> {
        None
    }

    /// What it reads from its context; an open object if the type does not say.
    fn schema(&self) -> Schema {
        Schema::open()
    }

    /// The settings that count: of a stage in a strategy pipeline, some are those of the deployment that runs it.
    fn settings(&self, view: &StageView) -> Object {
        view.context().clone()
    }

    /// What is wrong with the settings that count, for the author of the pipeline; empty if nothing is. Checked before the stage
    /// starts and when a pipeline is planned. By default what the schema says of them.
    fn validate(&self, context: &Object) -> Vec<String> {
        self.schema().problems(context)
    }

    /// The clusters that it changes. Where an install asks for it, no stage of another execution changes one of them meanwhile. A
    /// stage of a pipeline answers for the stages that are added to it.
    fn clusters(&self, _view: &StageView) -> Vec<ChangedCluster> {
        Vec::new()
    }

    /// Its tasks and before-stages, when it starts.
    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError>;

    /// Its after-stages, once its tasks have succeeded.
    async fn after(&self, _context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        Ok(Vec::new())
    }

    /// What would come after its tasks, as far as that can be said before they have run: for plans. It looks at how things stand
    /// now, and takes it that every task succeeds.
    async fn expected_after(&self, _context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        Ok(Vec::new())
    }

    /// The stages that clean up after its failure.
    async fn on_failure(&self, _context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        Ok(Vec::new())
    }

    /// Whether a person may leave the stage out while it runs, by `manualSkip: true` in its context (upstream's
    /// `StageDefinitionBuilder.canManuallySkip`).
    fn can_skip(&self, _context: &Object) -> bool {
        false
    }

    /// Whether [`StageDefinition::cancel`] has something to do.
    fn cleans_up(&self) -> bool {
        false
    }

    /// Undoes what the stage began, after it was cancelled or failed (upstream's `CancellableStage.cancel`); returns fields for
    /// its context. A transient failure is tried again, so it has one side effect at most, under the request id.
    async fn cancel(&self, _context: &CancelContext) -> Result<Object, TaskError> {
        Ok(Object::new())
    }

    /// Takes out of its context what a former run left there, before it runs again (upstream's
    /// `StageDefinitionBuilder.prepareStageForRestart`).
    fn prepare_restart(&self, _context: &mut Object) {}
}
