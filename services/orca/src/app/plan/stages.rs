//! One stage: what its definition says of it, and what its tasks would wait for.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use gennaker_base::{Kind, Timestamp};
use gennaker_orca_stages::{
    ComposeContext, Composition, EXECUTION_WINDOW, Evaluate, NewStage, Next, StageDefinition, StageView, TaskContext,
    TaskError, TaskTemplate, window_stage, without_window,
};
use gennaker_spel::pipeline::{SUMMARY, has_expression};
use gennaker_wire::{
    ExecutionKind, Object, ObjectExt, Outcome, Plan, Planned, PlannedWait, Severity, Stage, Status, SyntheticOwner,
    Unresolved, WaitsFor,
};
use serde_json::Value;

use super::Planner;
use crate::expressions::contains_expression;

/// How long the definition of one stage may look at other services.
pub(super) const ONE_STAGE: Duration = Duration::from_secs(5);
/// So deep may stages stand before each other's tasks.
const DEEPEST: usize = 8;

/// Looks at stages.
pub(super) struct Look<'a> {
    pub(super) planner: &'a Planner<'a>,
    /// What is not looked at by then is not known.
    pub(super) until: Timestamp,
}

/// What came of a look.
pub(super) struct Looked {
    pub(super) plan: Plan,
    /// The stage with what is known of it: one that only computes has succeeded.
    pub(super) stage: Arc<Stage>,
}

/// Whether a stage is to run at all.
enum Enabled {
    Yes,
    No,
    Unknown(String),
}

impl Look<'_> {
    /// What the stage would do.
    pub(super) fn stage(&self, view: StageView, depth: usize) -> Pin<Box<dyn Future<Output = Looked> + Send + '_>> {
        Box::pin(async move {
            let stage = view.stage.clone();
            let mut plan = Plan {
                of: Planned::Stage,
                kind: Some(stage.kind.clone()),
                name: stage.name.clone(),
                ref_id: stage.ref_id.clone(),
                requisite_stage_ref_ids: stage.requisite_stage_ref_ids.clone(),
                ..Plan::default()
            };
            if self.planner.clock.now() > self.until || depth > DEEPEST {
                plan.outcome = Outcome::Unknown;
                plan.remark(Severity::Doubt, "it was not looked at: the plan took too long, or goes too deep");
                return Looked { plan, stage };
            }
            let after = self.look(&mut plan, view, depth).await;
            Looked { plan, stage: after.unwrap_or(stage) }
        })
    }

    /// Fills in the plan; returns the stage as it would be after it if that can be known.
    async fn look(&self, plan: &mut Plan, view: StageView, depth: usize) -> Option<Arc<Stage>> {
        let kind = view.stage.kind.clone();
        let Some(definition) = self.planner.catalogue.definition_for(&view.execution, &view.stage) else {
            plan.settings = view.context().clone();
            let kind = view.context().text("alias").unwrap_or(kind);
            let message =
                format!("the stage type {kind:?} is not supported; GET /capabilities/stages lists those that are");
            plan.remark(Severity::Problem, message);
            return None;
        };
        match self.enabled(&view).await {
            Enabled::Yes => {}
            Enabled::No => {
                plan.outcome = Outcome::Skipped;
                plan.settings = view.context().clone();
                return Some(Arc::new(Stage { status: Status::Skipped, ..(*view.stage).clone() }));
            }
            Enabled::Unknown(reason) => {
                plan.remark(Severity::Doubt, format!("whether it runs depends on what is not known yet: {reason}"));
            }
        }
        let view = self.evaluated(plan, view, definition.variables()).await;
        let certain = plan.unresolved.is_empty();
        if !certain && view.context().boolean("failOnFailedExpressions") == Some(true) {
            let message = "failOnFailedExpressions is on: it fails if these expressions have no value then either";
            plan.remark(Severity::Doubt, message);
        }
        let problems = definition.validate(&definition.settings(&view));
        let weight = if certain { Severity::Problem } else { Severity::Doubt };
        problems.iter().for_each(|problem| plan.remark(weight, problem.clone()));
        if !problems.is_empty() {
            return None;
        }
        let composition = self.composed(plan, &view, definition.as_ref()).await?;
        let view = match composition.context {
            Some(context) => view.with_context(context),
            None => view,
        };
        self.tasks(plan, &composition.tasks);
        let (view, before_is_known) = self.before(plan, view, composition.before, depth).await;
        self.expected(plan, &view, definition.as_ref()).await;
        if kind == "manualJudgment" {
            let message = "it waits until a person judges".to_owned();
            plan.waits.push(PlannedWait { waits_for: WaitsFor::Person, message, ..PlannedWait::default() });
        }
        let after = if certain && before_is_known { self.computed(plan, view).await } else { None };
        if !plan.waits.is_empty() && plan.outcome == Outcome::Runs {
            plan.outcome = Outcome::Waits;
        }
        after.filter(|_| plan.waits.is_empty() && plan.outcome == Outcome::Runs)
    }

    /// Whether its own condition lets it run, as far as that can be said.
    async fn enabled(&self, view: &StageView) -> Enabled {
        let condition = view
            .context()
            .object("stageEnabled")
            .filter(|enabled| enabled.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("expression")));
        let Some(condition) = condition.filter(|_| view.execution.kind == ExecutionKind::Pipeline) else {
            return Enabled::Yes;
        };
        let mut settings = Object::new();
        settings.insert("expression".to_owned(), condition.get("expression").cloned().unwrap_or_default());
        if contains_expression(&settings) {
            settings = self.planner.expressions.evaluate(view, self.planner.caller, &settings).await;
        }
        let Some(expression) = settings.text("expression").filter(|text| !text.trim().is_empty()) else {
            return Enabled::Yes;
        };
        settings.insert("expression".to_owned(), format!("${{{expression}}}").into());
        settings.shift_remove(SUMMARY);
        let value = self.planner.expressions.evaluate(view, self.planner.caller, &settings).await;
        match value.boolean("expression") {
            Some(true) => Enabled::Yes,
            Some(false) => Enabled::No,
            None => Enabled::Unknown(expression),
        }
    }

    /// The stage with its context evaluated; what has no value yet is noted.
    async fn evaluated(&self, plan: &mut Plan, view: StageView, variables: Option<&str>) -> StageView {
        let evaluated = self.planner.expressions.stage_context(self.planner.caller, &view, variables).await;
        let Some(mut context) = evaluated else {
            plan.settings = view.context().clone();
            return view;
        };
        let summary = context.shift_remove(SUMMARY);
        plan.unresolved = unresolved(&context, summary.as_ref());
        plan.settings = context.clone();
        view.with_context(context)
    }

    /// What the definition says that it consists of.
    async fn composed(
        &self,
        plan: &mut Plan,
        view: &StageView,
        definition: &dyn StageDefinition,
    ) -> Option<Composition> {
        let (caller, clients) = (self.planner.caller.onward(), self.planner.clients.clone());
        let context = ComposeContext { view: view.clone(), caller, clients };
        match tokio::time::timeout(ONE_STAGE, definition.compose(&context)).await {
            Ok(Ok(composition)) => Some(composition),
            Ok(Err(error)) => {
                let weight = if is_certain(plan, &error) { Severity::Problem } else { Severity::Doubt };
                plan.remark(weight, format!("asked now, it says: {}", error.message));
                None
            }
            Err(_elapsed) => {
                let seconds = ONE_STAGE.as_secs();
                let message =
                    format!("what it consists of is not known: what it asks did not answer within {seconds} s");
                plan.remark(Severity::Doubt, message);
                None
            }
        }
    }

    /// Its tasks, by their names.
    fn tasks(&self, plan: &mut Plan, templates: &[TaskTemplate]) {
        for template in templates {
            let mut task = Plan {
                of: Planned::Task,
                kind: Some(template.class.clone()),
                name: Some(template.name.clone()),
                ..Plan::default()
            };
            match self.planner.catalogue.task(&template.class) {
                Some(known) => {
                    task.timeout_ms = known.timeout().and_then(|limit| u64::try_from(limit.as_millis()).ok());
                }
                None => task.remark(Severity::Problem, format!("there is no task {}", template.class)),
            }
            if task.outcome == Outcome::Fails {
                plan.outcome = Outcome::Fails;
            }
            plan.steps.push(task);
        }
    }

    /// The stages before its tasks; returns the stage as it sees them, and whether they are over in it.
    async fn before(
        &self,
        plan: &mut Plan,
        view: StageView,
        mut added: Vec<NewStage>,
        depth: usize,
    ) -> (StageView, bool) {
        added.splice(0..0, window_stage(view.context()));
        let parent = view.stage.clone();
        let mut view = view;
        let mut known = true;
        let (mut previous, mut window): (Option<String>, Option<String>) = (None, None);
        for (number, mut new) in added.into_iter().enumerate() {
            let ref_id = format!("{}<{}", parent.ref_id.clone().unwrap_or_default(), number + 1);
            let requisite = previous.filter(|_| new.after_previous).or_else(|| window.clone());
            without_window(&mut new);
            if new.kind == EXECUTION_WINDOW {
                window.get_or_insert_with(|| ref_id.clone());
            }
            let stage = Stage {
                id: format!("{}<{}", parent.id, number + 1),
                ref_id: Some(ref_id.clone()),
                kind: new.kind,
                name: Some(new.name),
                context: new.context,
                requisite_stage_ref_ids: requisite.into_iter().collect(),
                synthetic_stage_owner: Some(SyntheticOwner::StageBefore),
                parent_stage_id: Some(parent.id.clone()),
                ..Stage::default()
            };
            let looked = self.stage(view.with(stage), depth + 1).await;
            known &= looked.stage.status.is_successful();
            view = view.with((*looked.stage).clone());
            plan.outcome = match looked.plan.outcome {
                Outcome::Fails => Outcome::Fails,
                outcome @ (Outcome::Waits | Outcome::Unknown) if plan.outcome == Outcome::Runs => outcome,
                _ => plan.outcome,
            };
            plan.before.push(looked.plan);
            previous = Some(ref_id);
        }
        (view.with((*parent).clone()), known)
    }

    /// Makes the steps of those tasks that only compute: the stage after them if all of them do, and what they would wait for.
    async fn computed(&self, plan: &mut Plan, view: StageView) -> Option<Arc<Stage>> {
        let mut view = view;
        for step in plan.steps.clone() {
            let class = step.kind.unwrap_or_default();
            let task = self.planner.catalogue.task(&class).filter(|task| task.is_pure())?;
            match tokio::time::timeout(ONE_STAGE, task.step(&self.task_context(&view))).await {
                Ok(Ok(result)) if result.status == Status::Running => {
                    plan.waits.extend(waits(&view.stage.kind, result.next));
                    return None;
                }
                Ok(Ok(result)) if result.status.is_successful() => {
                    let mut stage = (*view.stage).clone();
                    stage.context.extend(result.context);
                    stage.outputs.extend(result.outputs);
                    view = view.with(stage);
                }
                Ok(Ok(result)) => {
                    let why = result.error.map(|error| format!(": {}", error.message)).unwrap_or_default();
                    let weight = if has_requisites(&view) { Severity::Doubt } else { Severity::Problem };
                    let name = step.name.unwrap_or_default();
                    plan.remark(weight, format!("asked now, its task {name} ends as {}{why}", result.status));
                    return None;
                }
                Ok(Err(error)) => {
                    let weight = if has_requisites(&view) { Severity::Doubt } else { Severity::Problem };
                    plan.remark(weight, format!("asked now, it says: {}", error.message));
                    return None;
                }
                Err(_elapsed) => return None,
            }
        }
        // What stands after its tasks is asked of its definition then.
        Some(Arc::new(Stage { status: Status::Succeeded, ..(*view.stage).clone() }))
    }

    fn task_context(&self, view: &StageView) -> TaskContext {
        let now = self.planner.clock.now();
        TaskContext {
            view: view.clone(),
            expressions: Arc::new(self.planner.expressions.clone()),
            caller: self.planner.caller.onward(),
            clients: self.planner.clients.clone(),
            // It has no side effect under it.
            request_id: "plan".to_owned(),
            now,
            started: now,
        }
    }
}

/// Whether the definition would say the same when the stage starts: it does not depend on what other stages find out.
fn is_certain(plan: &Plan, error: &TaskError) -> bool {
    let settled = plan.unresolved.is_empty() && plan.requisite_stage_ref_ids.is_empty();
    error.kind == Kind::Unsupported || (settled && !error.kind.is_transient())
}

/// Whether stages come before it, or before the one that it belongs to, whose findings it may look at.
fn has_requisites(view: &StageView) -> bool {
    !view.top_level().requisite_stage_ref_ids.is_empty()
}

/// What a task that still runs waits for.
fn waits(kind: &str, next: Next) -> Option<PlannedWait> {
    let waits_for = if kind == EXECUTION_WINDOW { WaitsFor::Window } else { WaitsFor::Time };
    let (until, message) = match (next, waits_for) {
        (Next::At(due), WaitsFor::Window) => (Some(due), "it waits for its execution window"),
        (Next::At(due), _) => (Some(due), "it waits"),
        (Next::OnChange, WaitsFor::Window) => (None, "it waits for an execution window that never opens"),
        (Next::OnChange | Next::Soon, _) => return None,
    };
    Some(PlannedWait { waits_for, until, behind: Vec::new(), message: message.to_owned() })
}

/// The expressions that have no value: those that failed, and those that are still there.
fn unresolved(context: &Object, summary: Option<&Value>) -> Vec<Unresolved> {
    let mut found: Vec<Unresolved> = Vec::new();
    for (expression, failures) in summary.and_then(Value::as_object).into_iter().flatten() {
        let reason = failures.as_array().and_then(|failures| failures.first()?.get("description")?.as_str());
        found.push(Unresolved { expression: expression.clone(), reason: reason.unwrap_or_default().to_owned() });
    }
    let failed: Vec<String> = found.iter().map(|one| bare(&one.expression)).collect();
    let mut left = Vec::new();
    context.values().for_each(|value| expressions(value, &mut left));
    for text in left.into_iter().filter(|text| !failed.iter().any(|failed| bare(text).contains(failed))) {
        let reason = "it refers to what is not there yet".to_owned();
        found.push(Unresolved { expression: text, reason });
    }
    found
}

fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if has_expression(text) && !found.contains(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| expressions(field, found)),
        _ => {}
    }
}

/// A text as it reads without what tells an expression from its name in a summary.
fn bare(text: &str) -> String {
    let text = text.replace("( #root.execution, ", "(");
    text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '$' | '{' | '}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_failed_and_what_is_left_is_unresolved_once() {
        let context = json!({"a": "x ${b.c}", "list": ["${#stage('s').outputs.y}"], "plain": 1});
        let summary = json!({"b.c": [{"description": "no b"}]});
        let found = unresolved(context.as_object().expect("an object"), Some(&summary));
        let found: Vec<_> = found.iter().map(|one| (one.expression.as_str(), one.reason.as_str())).collect();
        assert_eq!(found, [("b.c", "no b"), ("${#stage('s').outputs.y}", "it refers to what is not there yet")]);
        assert!(unresolved(&Object::new(), None).is_empty());
    }
}
