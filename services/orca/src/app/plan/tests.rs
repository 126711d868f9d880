use std::sync::Arc;

use async_trait::async_trait;
use gennaker_base::{ManualClock, SharedClock, Timestamp};
use gennaker_clients::{Caller, Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient, Transport};
use gennaker_http::TransportOptions;
use gennaker_http::outbound::Outbound;
use gennaker_orca_stages::{
    Catalogue, ComposeContext, Composition, NewStage, Next, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};
use gennaker_wire::{Execution, Object, ObjectExt, Outcome, Plan, Severity, Stage, WaitsFor};
use serde_json::{Value, json};

use super::*;

/// Computes: puts out its setting `value`, or waits for as many seconds as its setting `until`.
struct Pure(&'static str);

#[async_trait]
impl StageDefinition for Pure {
    fn kind(&self) -> &'static str {
        self.0
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        context.text("invalid").into_iter().collect()
    }

    async fn expected_after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let kinds = context.view.context().texts("after");
        Ok(kinds.into_iter().map(|kind| NewStage::then(&kind, "later", Object::new())).collect())
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let settings = context.view.context();
        if let Some(message) = settings.text("broken") {
            return Err(TaskError::invalid(message));
        }
        let before = settings.texts("before").into_iter().map(|kind| NewStage::then(&kind, "child", Object::new()));
        let tasks = vec![TaskTemplate::new("compute", settings.text("class").as_deref().unwrap_or("test.Compute"))];
        Ok(Composition { before: before.collect(), tasks, ..Composition::default() })
    }
}

struct Compute;

#[async_trait]
impl Task for Compute {
    fn class(&self) -> &'static str {
        "test.Compute"
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        if let Some(seconds) = settings.integer("until") {
            return Ok(TaskResult::running(Next::At(Timestamp::from_millis(seconds * 1000))));
        }
        Ok(TaskResult::succeeded().with_output("value", settings.get("value").cloned().unwrap_or_default()))
    }
}

/// The plan of an execution with these stages and parameters.
async fn plan_with(parameters: Value, stages: Value) -> Plan {
    let mut catalogue = Catalogue::standard();
    catalogue.add_stage(Pure("compute"));
    catalogue.add_task(Compute);
    let nowhere = |name| Transport::in_process(name, axum::Router::new(), TransportOptions::default());
    let clients = Clients {
        front50: Front50Client::new(nowhere("front50")),
        orca: OrcaClient::new(nowhere("orca")),
        clouddriver: ClouddriverClient::new(nowhere("clouddriver")),
        echo: EchoClient::new(nowhere("echo")),
    };
    let clock: SharedClock = Arc::new(ManualClock::at(Timestamp::from_millis(1000)));
    let expressions =
        Expressions::new(clients.clone(), Outbound::new(Default::default()).expect("it can be made"), clock.clone());
    let caller = Caller::service("ann");
    let planner =
        Planner { catalogue: &catalogue, expressions: &expressions, clients: &clients, clock, caller: &caller };
    let text = |stage: &Value, name: &str| stage[name].as_str().map(str::to_owned);
    let stages = stages.as_array().expect("a list").iter().enumerate().map(|(number, stage)| {
        let mut context = stage.as_object().cloned().expect("an object");
        ["refId", "type", "name", "requisiteStageRefIds"].iter().for_each(|own| _ = context.shift_remove(*own));
        Stage {
            id: format!("s{number}"),
            ref_id: text(stage, "refId"),
            kind: text(stage, "type").expect("a type"),
            name: text(stage, "name"),
            requisite_stage_ref_ids: serde_json::from_value(stage["requisiteStageRefIds"].clone()).unwrap_or_default(),
            context,
            ..Stage::default()
        }
    });
    let trigger = json!({"type": "manual", "parameters": parameters}).as_object().cloned().expect("an object");
    let execution = Execution { id: "01E".into(), stages: stages.collect(), trigger, ..Execution::default() };
    let mut plan = Plan::default();
    planner.stages(&execution, &mut plan).await;
    plan
}

async fn plan_of_stages(stages: Value) -> Plan {
    plan_with(json!({}), stages).await
}

fn said(plan: &Plan) -> Vec<(Severity, &str)> {
    plan.remarks.iter().map(|remark| (remark.severity, remark.message.as_str())).collect()
}

#[tokio::test]
async fn stages_stand_in_order_with_their_tasks_and_what_they_wait_for() {
    let plan = plan_of_stages(json!([
        {"refId": "2", "type": "manualJudgment", "name": "Ask", "requisiteStageRefIds": ["1"]},
        {"refId": "1", "type": "compute", "name": "C", "requisiteStageRefIds": [], "before": ["compute"]},
    ]))
    .await;
    let names: Vec<_> = plan.steps.iter().map(|step| step.name.clone().unwrap_or_default()).collect();
    assert_eq!(names, ["C", "Ask"]);
    let (first, second) = (&plan.steps[0], &plan.steps[1]);
    assert_eq!((first.outcome, first.steps[0].name.as_deref()), (Outcome::Runs, Some("compute")));
    assert_eq!((first.before[0].ref_id.as_deref(), first.before[0].kind.as_deref()), (Some("1<1"), Some("compute")));
    assert_eq!((second.outcome, second.waits[0].waits_for), (Outcome::Waits, WaitsFor::Person));
    assert_eq!(second.steps[0].timeout_ms, Some(3 * 24 * 3600 * 1000));
    assert!(!plan.fails() && plan.outcome == Outcome::Runs, "{plan:?}");
}

#[tokio::test]
async fn what_is_computed_is_seen_by_the_stages_after_it() {
    let parameters = json!({"tag": "1.2", "size": "3"});
    let stages = json!([
        {"refId": "1", "type": "compute", "name": "names", "value": "shop:${parameters.tag}-${parameters.size}"},
        {"refId": "2", "type": "wait", "name": "w", "requisiteStageRefIds": ["1"], "note": "${value}",
         "other": "${#stage('names').outputs.value}", "later": "${nosuch.field}"},
    ]);
    let plan = plan_with(parameters, stages).await;
    let settings = &plan.steps[1].settings;
    assert_eq!((&settings["note"], &settings["other"]), (&json!("shop:1.2-3"), &json!("shop:1.2-3")));
    let unresolved: Vec<_> = plan.steps[1].unresolved.iter().map(|one| one.expression.as_str()).collect();
    assert_eq!((unresolved.as_slice(), &settings["later"]), (&["nosuch.field"][..], &json!("${nosuch.field}")));
    assert!(!settings.contains_key("expressionEvaluationSummary") && plan.steps[0].unresolved.is_empty());
    assert!(!plan.fails());
}

#[tokio::test]
async fn what_could_not_run_says_why_and_what_stands_behind_it_is_not_reached() {
    let plan = plan_of_stages(json!([
        {"refId": "1", "type": "moon", "name": "M", "continuePipeline": true},
        {"refId": "2", "type": "wait", "name": "W", "requisiteStageRefIds": ["1"], "waitTime": 1},
        {"refId": "3", "type": "wait", "name": "Bad", "waitTime": "soon"},
        {"refId": "4", "type": "compute", "name": "Broken", "broken": "no such thing"},
        {"refId": "5", "type": "compute", "name": "Classless", "class": "test.None", "continuePipeline": true},
        {"refId": "6", "type": "compute", "name": "After", "requisiteStageRefIds": ["5"]},
    ]))
    .await;
    let outcomes: Vec<_> = plan.steps.iter().map(|step| step.outcome).collect();
    let fails = Outcome::Fails;
    assert_eq!(outcomes, [fails, Outcome::Unreached, fails, fails, fails, Outcome::Runs]);
    assert_eq!(plan.outcome, fails);
    assert!(plan.steps[0].remarks[0].message.contains("the stage type \"moon\" is not supported"), "{plan:?}");
    assert_eq!(plan.steps[2].remarks[0].message, "waitTime is a number of seconds, not \"soon\"");
    assert_eq!(said(&plan.steps[3]), [(Severity::Problem, "asked now, it says: no such thing")]);
    assert_eq!(said(&plan.steps[4].steps[0]), [(Severity::Problem, "there is no task test.None")]);
}

#[tokio::test]
async fn what_depends_on_something_unknown_is_a_doubt() {
    let plan = plan_of_stages(json!([
        {"refId": "1", "type": "manualJudgment", "name": "Ask"},
        {"refId": "2", "type": "wait", "name": "W", "requisiteStageRefIds": ["1"],
         "waitTime": "${#stage('Ask').context.judgmentInput.length()}"},
        {"refId": "3", "type": "compute", "name": "C", "requisiteStageRefIds": ["1"], "broken": "no such thing now"},
    ]))
    .await;
    assert_eq!(plan.steps[1].unresolved.len(), 1, "{plan:?}");
    assert_eq!(plan.steps[1].remarks[0].severity, Severity::Doubt);
    assert_eq!(said(&plan.steps[2]), [(Severity::Doubt, "asked now, it says: no such thing now")]);
    assert!(!plan.fails());
}

#[tokio::test]
async fn a_condition_leaves_a_stage_out() {
    let stage = |ref_id: &str, expression: &str| {
        json!({"refId": ref_id, "type": "compute", "name": ref_id,
               "stageEnabled": {"type": "expression", "expression": expression}})
    };
    let stages =
        json!([stage("1", "1 > 2"), stage("2", "'a' == 'a'"), stage("3", "nosuch.field == 1"), stage("4", "")]);
    let plan = plan_of_stages(stages).await;
    let outcomes: Vec<_> = plan.steps.iter().map(|step| step.outcome).collect();
    assert_eq!(outcomes, [Outcome::Skipped, Outcome::Runs, Outcome::Runs, Outcome::Runs]);
    assert_eq!(plan.steps[2].remarks[0].severity, Severity::Doubt);
}

#[tokio::test]
async fn waits_have_their_ends() {
    let plan = plan_of_stages(json!([{"refId": "1", "type": "compute", "name": "C", "until": 60}])).await;
    let wait = &plan.steps[0].waits[0];
    assert_eq!((wait.waits_for, wait.until), (WaitsFor::Time, Some(Timestamp::from_millis(60_000))));
    assert_eq!(plan.steps[0].outcome, Outcome::Waits);
    let plan = plan_of_stages(json!([
        {"refId": "1", "type": "wait", "name": "W", "waitTime": 30},
        {"refId": "2", "type": "compute", "name": "C", "restrictExecutionDuringTimeWindow": true,
         "restrictedExecutionWindow": {"days": [1]}},
    ]))
    .await;
    assert_eq!(plan.steps[0].waits[0].until, Some(Timestamp::from_millis(31_000)));
    let window = &plan.steps[1].before[0];
    assert_eq!(window.waits[0].waits_for, WaitsFor::Window);
    assert!(window.waits[0].until.is_some(), "{window:?}");
    assert_eq!(plan.steps[1].outcome, Outcome::Waits, "it waits with it");
}

#[tokio::test]
async fn rings_and_missing_requisites_are_named() {
    let plan = plan_of_stages(json!([
        {"refId": "0", "type": "compute", "name": "zero", "requisiteStageRefIds": ["9"]},
        {"refId": "a", "type": "compute", "name": "A", "requisiteStageRefIds": ["b"]},
        {"refId": "b", "type": "compute", "name": "B", "requisiteStageRefIds": ["a"]},
        {"refId": "c", "type": "compute", "name": "C", "requisiteStageRefIds": ["b"]},
    ]))
    .await;
    assert!(plan.remarks[0].message.starts_with("no stage can start"), "{plan:?}");
    assert_eq!(
        said(&plan.steps[0]),
        [(Severity::Doubt, "requisiteStageRefIds names 9, which no stage has: it is not waited for")]
    );
    let outcomes: Vec<_> = plan.steps.iter().map(|step| step.outcome).collect();
    assert_eq!(outcomes, [Outcome::Runs, Outcome::Fails, Outcome::Fails, Outcome::Unreached]);
    let nothing = plan_of_stages(json!([])).await;
    assert!(nothing.fails(), "a pipeline without stages fails at its start");
}

#[test]
fn required_parameters_without_a_value_are_missing() {
    let config = json!({
        "trigger": {"parameters": {"given": 1, "null": null}},
        "parameterConfig": [{"name": "given", "required": true}, {"name": "missing", "required": "true"}, {"name": "free"},
                            {"name": "defaulted", "required": true, "default": ""}, {"name": "null", "required": true}],
    });
    assert_eq!(missing_parameters(config.as_object().expect("an object")), ["missing", "null"]);
}

#[test]
fn what_is_no_pipeline_is_an_error() {
    for config in [json!({"stages": "x"}), json!({"stages": [1]}), json!({"stages": [], "trigger": 5})] {
        let Value::Object(config) = config else { panic!("an object") };
        assert_eq!(check_shape(&config).expect_err("it is refused").kind, Kind::Invalid);
    }
}

#[tokio::test]
async fn what_is_expected_to_follow_is_named() {
    let plan = plan_of_stages(json!([
        {"refId": "1", "type": "compute", "name": "C", "requisiteStageRefIds": [], "after": ["wait", "moon"]},
    ]))
    .await;
    let after: Vec<_> =
        plan.steps[0].after.iter().map(|stage| (stage.ref_id.as_deref(), stage.kind.as_deref())).collect();
    assert_eq!(after, [(Some("1>1"), Some("wait")), (Some("1>2"), Some("moon"))]);
    assert_eq!(plan.steps[0].after[1].requisite_stage_ref_ids, ["1>1"]);
    assert!(plan.fails(), "there is no stage type moon");
}

#[tokio::test]
async fn a_deployment_says_what_its_strategy_would_do() {
    let cluster = json!({
        "account": "local", "region": "local", "cloudProvider": "local", "application": "shop",
        "strategy": "rollingredblack", "targetPercentages": [50], "capacity": {"min": 2, "max": 2, "desired": 2},
    });
    let plan = plan_of_stages(json!([
        {"refId": "1", "type": "deploy", "name": "D", "requisiteStageRefIds": [], "clusters": [cluster]},
    ]))
    .await;
    let create = &plan.steps[0].before[0];
    assert_eq!(create.kind.as_deref(), Some("createServerGroup"));
    let names: Vec<_> = create.after.iter().filter_map(|stage| stage.name.as_deref()).collect();
    assert_eq!(
        names,
        ["Determine Deployed Server Group", "Grow to 50% of Desired Size", "Grow to 100% of Desired Size"],
        "nothing runs yet, so nothing is replaced"
    );
}
