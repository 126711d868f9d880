//! What a pipeline would do, without starting it: [`wire::Plan`](gennaker_wire::Plan).
//!
//! The pipeline is read as a start reads it, and each stage is asked as the engine would ask it: its expressions are evaluated, its
//! settings validated, its definition asked what it consists of. A stage that only computes is computed, so that what it puts out is
//! seen by the stages after it. Everything else is not done: what depends on it stays unresolved, and is said so.
//!
//! It stores nothing. Definitions may look at other services, as the caller and within a deadline; what they see is how things
//! stand now, not when their stage will start.

mod expected;
mod graph;
mod limits;
mod stages;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use gennaker_base::{Kind, SharedClock};
use gennaker_clients::{Caller, Clients};
use gennaker_orca_stages::{Catalogue, StageView};
use gennaker_wire::{Execution, Object, ObjectExt, Outcome, Plan, Planned, Severity, Stage};
use serde_json::Value;

use self::{graph::Graph, limits::limit, stages::Look};
use super::{
    Refusal, standing,
    start::{Asked, Error, flow},
};
use crate::{engine::Engine, expressions::Expressions};

/// How long stages may be looked at; those that come later are not known. A call to orca may take 30 s in all.
const LONGEST: Duration = Duration::from_secs(20);

/// The plan of a pipeline that is sent as for `POST /orchestrate`.
///
/// # Errors
/// If it is no pipeline at all, or the store refuses. One that would be refused at its start is a plan that fails.
pub(crate) async fn of_pipeline(
    engine: &Engine,
    catalogue: &Catalogue,
    asked: &Asked,
    config: Object,
) -> Result<Plan, Error> {
    check_shape(&config)?;
    let mut plan = Plan { of: Planned::Pipeline, name: config.text("name"), ..Plan::default() };
    for name in missing_parameters(&config) {
        plan.remark(Severity::Problem, format!("the parameter {name} is required, and the trigger does not give it"));
    }
    let (execution, problem) = match flow::sketch(engine, asked, config).await {
        Ok(sketched) => sketched,
        Err(Error::Refused(refusal)) => {
            plan.remark(Severity::Problem, refusal.reason());
            return Ok(plan);
        }
        Err(error) => return Err(error),
    };
    if let Some(problem) = problem {
        plan.remark(Severity::Problem, problem.reason());
    }
    plan.name = execution.name.clone();
    let planner = Planner {
        catalogue,
        expressions: engine.expressions(),
        clients: engine.clients(),
        clock: engine.clock(),
        caller: &asked.caller,
    };
    planner.stages(&execution, &mut plan).await;
    let others = match &execution.pipeline_config_id {
        Some(definition) if execution.limit_concurrent || execution.max_concurrent_executions > 0 => {
            engine.list(&standing::unfinished_runs(definition)).await?
        }
        _ => Vec::new(),
    };
    limit(&mut plan, &execution, &others);
    Ok(plan)
}

/// What plans are made with.
struct Planner<'a> {
    catalogue: &'a Catalogue,
    expressions: &'a Expressions,
    clients: &'a Clients,
    clock: SharedClock,
    caller: &'a Caller,
}

impl Planner<'_> {
    /// Its stages in the order in which they may run, and what keeps some from running at all.
    async fn stages(&self, execution: &Execution, plan: &mut Plan) {
        let graph = Graph::of(&execution.stages);
        if !execution.stages.iter().any(|stage| stage.requisite_stage_ref_ids.is_empty()) {
            let message = "no stage can start: a pipeline needs a stage without requisiteStageRefIds";
            plan.remark(Severity::Problem, message);
        }
        let head = Arc::new(Execution { stages: Vec::new(), ..execution.clone() });
        let mut stages: Arc<[Arc<Stage>]> = execution.stages.iter().cloned().map(Arc::new).collect();
        let until = self.clock.now().after(LONGEST);
        let look = Look { planner: self, until };
        let mut plans: Vec<Option<Plan>> = vec![None; execution.stages.len()];
        for place in graph.in_order() {
            let view = StageView { execution: head.clone(), stages: stages.clone(), stage: stages[place].clone() };
            let looked = look.stage(view, 0).await;
            if *looked.stage != *stages[place] {
                let mut known = stages.to_vec();
                known[place] = looked.stage;
                stages = known.into();
            }
            plans[place] = Some(looked.plan);
        }
        for (place, requisite) in &graph.missing {
            let message = format!("requisiteStageRefIds names {requisite}, which no stage has: it is not waited for");
            plans[*place].iter_mut().for_each(|plan| plan.remark(Severity::Doubt, message.clone()));
        }
        for (place, ref_id) in &graph.repeated {
            let message = format!("another stage has the refId {ref_id} as well: who waits for it waits for both");
            plans[*place].iter_mut().for_each(|plan| plan.remark(Severity::Doubt, message.clone()));
        }
        for place in &graph.ring {
            let message = "it can never start: it waits for itself, by requisiteStageRefIds in a ring";
            plans[*place].iter_mut().for_each(|plan| plan.remark(Severity::Problem, message));
        }
        self.mark_unreached(&graph, execution, &mut plans);
        plan.steps = graph.in_order().filter_map(|place| plans[place].take()).collect();
        plan.outcome = match () {
            () if plan.fails() => Outcome::Fails,
            () if plan.steps.iter().any(|step| step.outcome == Outcome::Unknown) => Outcome::Unknown,
            () => plan.outcome,
        };
    }

    /// What stands behind a stage that fails is not reached, unless the pipeline goes on after that one. After a type that nobody
    /// knows it does not, whatever the stage says: there is no definition to say what comes after it.
    fn mark_unreached(&self, graph: &Graph, execution: &Execution, plans: &mut [Option<Plan>]) {
        for place in graph.in_order() {
            let blocked = graph.requisites[place].iter().any(|&requisite| {
                let stage = &execution.stages[requisite];
                let goes_on = ["continuePipeline", "continuePipelineOnFailure"];
                let goes_on = goes_on.into_iter().any(|flag| stage.context.boolean(flag) == Some(true))
                    && self.catalogue.definition_for(execution, stage).is_some();
                match plans[requisite].as_ref().map(|plan| plan.outcome) {
                    Some(Outcome::Fails) => !goes_on,
                    Some(Outcome::Unreached) => true,
                    _ => false,
                }
            });
            let plan = plans[place].as_mut().filter(|plan| blocked && plan.outcome != Outcome::Fails);
            plan.into_iter().for_each(|plan| plan.outcome = Outcome::Unreached);
        }
    }
}

/// What is no pipeline at all.
fn check_shape(config: &Object) -> Result<(), Refusal> {
    let wrong = |message: String| Err(Refusal::new(Kind::Invalid, message));
    match config.get("stages") {
        None | Some(Value::Null) => {}
        Some(Value::Array(stages)) => {
            if let Some(stage) = stages.iter().find(|stage| !stage.is_object()) {
                return wrong(format!("a stage is an object, not {stage}"));
            }
        }
        Some(other) => return wrong(format!("stages is a list, not {other}")),
    }
    match config.get("trigger") {
        None | Some(Value::Null | Value::Object(_)) => Ok(()),
        Some(other) => wrong(format!("trigger is an object, not {other}")),
    }
}

/// The parameters that a start by hand must give and does not: gate refuses it then.
fn missing_parameters(config: &Object) -> Vec<String> {
    let given = config.object("trigger").and_then(|trigger| trigger.object("parameters"));
    let is_given = |name: &str| given.and_then(|given| given.get(name)).is_some_and(|value| !value.is_null());
    let parameters = config.get("parameterConfig").and_then(Value::as_array).into_iter().flatten();
    let required = parameters.filter_map(Value::as_object).filter(|one| one.boolean("required") == Some(true));
    let required = required.filter(|parameter| parameter.get("default").is_none_or(Value::is_null));
    required.filter_map(|parameter| parameter.text("name")).filter(|name| !is_given(name)).collect()
}
