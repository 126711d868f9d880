//! Expressions that a person tries on an execution: upstream's `TaskController`, `ExpressionUtils`.

use std::sync::Arc;

use gennaker_clients::Caller;
use gennaker_orca_stages::{Evaluate, StageView};
use gennaker_wire::{Execution, Object, Stage};
use serde_json::{Value, json};

use crate::expressions::Expressions;

const SUMMARY: &str = "expressionEvaluationSummary";
const VARIABLES: &str = "variables";

/// `{"result": ..., "detail": ...}` of an expression in the whole execution, or for one of its stages.
pub(crate) async fn expression(
    expressions: &Expressions,
    caller: &Caller,
    execution: Execution,
    stage: Option<&str>,
    expression: &str,
) -> Option<Object> {
    let settings = Object::from_iter([("expression".to_owned(), expression.into())]);
    let Some(stage) = stage else {
        return Some(answer(expressions.in_execution(caller, &execution, &settings).await, "expression"));
    };
    let stage = execution.stages.iter().find(|other| other.id == stage).cloned()?;
    let view = view(execution, stage);
    Some(answer(expressions.evaluate(&view, caller, &settings).await, "expression"))
}

/// The variables as a stage `evaluateVariables` after the stages of these ref ids would have them. `evaluator` is `v2`, `v3` or `v4`
/// instead of the execution's own.
pub(crate) async fn variables(
    expressions: &Expressions,
    caller: &Caller,
    mut execution: Execution,
    requisites: Vec<String>,
    evaluator: Option<String>,
    variables: Vec<Value>,
) -> Object {
    if let Some(evaluator) = evaluator {
        execution.other.insert("spelEvaluator".to_owned(), evaluator.into());
    }
    let stage = Stage {
        id: "evaluateVariables".to_owned(),
        ref_id: Some("_AD_HOC_EVALUATE_VARIABLES_STAGE_".to_owned()),
        kind: "evaluateVariables".to_owned(),
        requisite_stage_ref_ids: requisites,
        context: Object::from_iter([(VARIABLES.to_owned(), json!(variables))]),
        ..Stage::default()
    };
    execution.stages.push(stage.clone());
    let view = view(execution, stage);
    let evaluated = expressions.stage_context(caller, &view, Some(VARIABLES)).await;
    answer(evaluated.unwrap_or_else(|| view.context().clone()), VARIABLES)
}

fn view(mut execution: Execution, stage: Stage) -> StageView {
    let stages = std::mem::take(&mut execution.stages).into_iter().map(Arc::new).collect();
    StageView { execution: Arc::new(execution), stages, stage: Arc::new(stage) }
}

fn answer(mut evaluated: Object, field: &str) -> Object {
    let fields = [("result", evaluated.remove(field)), ("detail", evaluated.remove(SUMMARY))];
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|value| !value.is_null())?)))
        .collect()
}
