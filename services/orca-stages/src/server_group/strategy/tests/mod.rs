//! The trees of each strategy, as upstream's classes build them for the same settings.

mod by_steps;
mod failed;
mod replaced;
mod uncreated;

use std::sync::Arc;

use gennaker_wire::{Execution, Object, Stage, Status, Task};
use serde_json::{Value, json};

use super::{Deployment, Strategies, failure, stage::CREATE};
use crate::{DeploymentMonitorOptions, MonitoredDeployOptions, NewStage, Options, StageView};

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

/// The settings of a deployment that replaces `shop-web-v001` by `shop-web-v002`, with these besides.
fn settings(own: Value) -> Object {
    let mut settings = object(json!({
        "account": "test", "region": "here", "cloudProvider": "local", "application": "shop", "stack": "web",
        "source": {"asgName": "shop-web-v001", "serverGroupName": "shop-web-v001", "account": "test", "region": "here"},
        "deploy.server.groups": {"here": ["shop-web-v002"]},
    }));
    settings.extend(object(own));
    settings
}

/// What every stage after it is told.
fn base(own: Value) -> Value {
    let mut base =
        object(json!({"region": "here", "cluster": "shop-web", "credentials": "test", "cloudProvider": "local"}));
    base.extend(object(own));
    Value::Object(base)
}

fn source() -> Value {
    json!({
        "region": "here", "serverGroupName": "shop-web-v001", "credentials": "test", "cloudProvider": "local",
        "location": "here",
    })
}

fn view(settings: Object, failed: bool) -> StageView {
    let status = if failed { Status::Terminal } else { Status::Succeeded };
    let task = Task { status, ..Task::default() };
    let stage = Stage { id: "S".into(), kind: CREATE.into(), context: settings, tasks: vec![task], ..Stage::default() };
    let stage = Arc::new(stage);
    let execution = Arc::new(Execution { id: "E".into(), application: "shop".into(), ..Execution::default() });
    StageView { execution, stages: Arc::new([stage.clone()]), stage }
}

fn strategies() -> Strategies {
    let monitor = DeploymentMonitorOptions { id: "m".into(), ..DeploymentMonitorOptions::default() };
    let monitored_deploy = MonitoredDeployOptions { enabled: true, deployment_monitors: vec![monitor] };
    Strategies::new(&Options { monitored_deploy, ..Options::default() })
}

fn shown(stages: Vec<NewStage>) -> Vec<(String, String, Value)> {
    assert!(stages.iter().all(|stage| stage.after_previous), "each follows the one before");
    stages.into_iter().map(|stage| (stage.kind, stage.name, Value::Object(stage.context))).collect()
}

fn after(settings: Object) -> Vec<(String, String, Value)> {
    let view = view(settings, false);
    let strategies = strategies();
    assert_eq!(strategies.problems(view.context()), Vec::<String>::new());
    shown(strategies.of(view.context()).after(&Deployment::of(&view)).expect("stages"))
}

fn after_failure(settings: Object, of_a_task: bool) -> Vec<(String, String, Value)> {
    let view = view(settings, of_a_task);
    let strategies = strategies();
    shown(failure::stages(strategies.of(view.context()), &Deployment::of(&view)).expect("stages"))
}

fn names(stages: &[(String, String, Value)]) -> Vec<String> {
    stages.iter().map(|(kind, name, _)| format!("{kind}: {name}")).collect()
}

/// The table's lines: type, name, context.
fn tree<const N: usize>(lines: [(&str, &str, Value); N]) -> Vec<(String, String, Value)> {
    lines.into_iter().map(|(kind, name, context)| (kind.to_owned(), name.to_owned(), context)).collect()
}
