//! `startPipeline`: starts the child of a `pipeline` stage.

use async_trait::async_trait;
use gennaker_base::{Kind, id};
use gennaker_clients::Caller;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{EXECUTION_ID, EXECUTION_NAME, START};
use crate::{StageView, Task, TaskContext, TaskError, TaskResult};

pub(super) struct StartPipelineTask;

#[async_trait]
impl Task for StartPipelineTask {
    fn class(&self) -> &'static str {
        START
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let view = &context.view;
        let mut parameters = match view.get("pipelineParameters") {
            Some(Value::Object(parameters)) => parameters,
            _ => Object::new(),
        };
        let is_strategy = is_true(parameters.get("strategy"));
        let config = config(context, is_strategy).await?;
        if is_true(config.get("disabled")) {
            return Err(misconfigured(format!("The referenced {} is disabled", noun(is_strategy))));
        }
        if is_strategy {
            add_deployment_details(view, &mut parameters);
        }
        let name = config.get("name").cloned().unwrap_or_default();
        let child = json!({
            "executionId": child_id(view).unwrap_or_else(|| id::derive(context.started, &identity(view))),
            "pipeline": config,
            "parameters": parameters,
            "user": text(view, "user"),
        });
        let caller = Caller { idempotency_key: Some(context.request_id.clone()), ..context.caller.clone() };
        let (parent, stage) = (&view.execution.id, &view.stage.id);
        let reference = context.clients.orca.start_child(&caller, parent, stage, &child).await?;
        let child = reference.trim_start_matches("/pipelines/").to_owned();
        Ok(TaskResult::succeeded().with_context(EXECUTION_ID, child).with_context(EXECUTION_NAME, name))
    }
}

/// The id of the child that this run of the stage starts, if its task has begun: everybody who looks at the stage finds the same.
pub(super) fn child_id(view: &StageView) -> Option<String> {
    let task = view.stage.tasks.iter().find(|task| task.implementing_class == START)?;
    Some(id::derive(task.start_time?, &identity(view)))
}

fn identity(view: &StageView) -> [&str; 3] {
    ["child", &view.execution.id, &view.stage.id]
}

/// The config of the child: by its id, or else by its name in its application.
async fn config(context: &TaskContext, is_strategy: bool) -> Result<Object, TaskError> {
    let front50 = &context.clients.front50;
    let view = &context.view;
    let id = text(view, if is_strategy { "pipelineId" } else { "pipeline" });
    let application = text(view, "pipelineApplication").or_else(|| text(view, "application"));
    let missing = || {
        let id = id.as_deref().unwrap_or("null");
        misconfigured(format!("The referenced {} cannot be located ({id})", noun(is_strategy)))
    };
    let Some(wanted) = &id else { return Err(missing()) };
    if !is_strategy && let Some(config) = front50.pipeline_config(&context.caller, wanted).await? {
        return Ok(config);
    }
    let Some(application) = application else { return Err(missing()) };
    if is_strategy {
        let strategies = front50.strategies(&context.caller, &application).await?;
        return strategies.into_iter().find(|strategy| strategy.text("id") == id).ok_or_else(missing);
    }
    let pipelines = front50.pipelines(&context.caller, &application).await?;
    let named = pipelines.into_iter().find(|pipeline| pipeline.name == id).and_then(|pipeline| pipeline.id);
    let Some(named) = named else { return Err(missing()) };
    front50.pipeline_config(&context.caller, &named).await?.ok_or_else(missing)
}

fn noun(is_strategy: bool) -> &'static str {
    if is_strategy { "custom strategy" } else { "pipeline" }
}

fn misconfigured(problem: String) -> TaskError {
    TaskError::new(Kind::Invalid, "ConfigurationException", problem)
}

/// A setting of the stage that is not empty, or an output of a stage before it.
fn text(view: &StageView, name: &str) -> Option<String> {
    let found = Object::from_iter([(name.to_owned(), view.get(name)?)]);
    found.text(name).filter(|text| !text.is_empty())
}

/// What Groovy takes for true.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(fields)) => !fields.is_empty(),
    }
}

/// A strategy is told of what is deployed: the images by place, and that of its own place.
fn add_deployment_details(view: &StageView, parameters: &mut Object) {
    let Some(Value::Array(deployed)) = view.get("deploymentDetails") else { return };
    let details: Vec<Object> = deployed.iter().filter_map(Value::as_object).map(detail).collect();
    if details.is_empty() {
        return;
    }
    let asked = (parameters.text("region"), parameters.text("zone"));
    let is_here = |detail: &&Object| {
        let is = |name: &str, asked: &Option<String>| asked.is_some() && detail.text(name) == *asked;
        is("region", &asked.0) || is("zone", &asked.1)
    };
    let here = details.iter().find(is_here).filter(|_| !is_true(parameters.get("amiName")));
    let of_here = here.map(|detail| (detail.get("ami").cloned(), detail.get("imageId").cloned()));
    parameters.insert("deploymentDetails".to_owned(), details.into_iter().map(Value::Object).collect());
    if let Some((ami, image)) = of_here {
        parameters.insert("amiName".to_owned(), ami.unwrap_or_default());
        parameters.insert("imageId".to_owned(), image.unwrap_or_default());
    }
}

fn detail(deployed: &Object) -> Object {
    let place = if is_true(deployed.get("region")) { "region" } else { "zone" };
    let kept = ["ami", "imageName", "imageId", place].into_iter();
    kept.filter_map(|name| Some((name.to_owned(), deployed.get(name).filter(|value| !value.is_null())?.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gennaker_base::Timestamp;
    use gennaker_wire::{Execution, Stage, Task};

    use super::*;

    fn view(context: Value, start: Option<i64>) -> StageView {
        let task =
            Task { implementing_class: START.into(), start_time: start.map(Timestamp::from_millis), ..Task::default() };
        let context = context.as_object().cloned().expect("an object");
        let stage = Arc::new(Stage { id: "S".into(), context, tasks: vec![task], ..Stage::default() });
        let execution = Arc::new(Execution { id: "E".into(), ..Execution::default() });
        StageView { execution, stages: Arc::new([stage.clone()]), stage }
    }

    #[test]
    fn the_childs_id_is_that_of_this_run_of_the_stage() {
        let id = child_id(&view(json!({}), Some(1000))).expect("it began");
        assert_eq!(child_id(&view(json!({"other": 1}), Some(1000))).as_ref(), Some(&id));
        assert_ne!(child_id(&view(json!({}), Some(1001))).as_ref(), Some(&id), "a restart begins at another time");
        assert_eq!(child_id(&view(json!({}), None)), None);
    }

    #[test]
    fn a_strategy_is_told_of_the_image_of_its_place() {
        let details = json!([
            {"ami": "ami-1", "imageId": "i-1", "region": "east", "other": 1}, {"ami": "ami-2", "region": "west", "zone": "z"},
        ]);
        let told = |parameters: Value| {
            let mut parameters = parameters.as_object().cloned().expect("an object");
            add_deployment_details(&view(json!({ "deploymentDetails": details }), None), &mut parameters);
            Value::Object(parameters)
        };
        let kept = json!([{"ami": "ami-1", "imageId": "i-1", "region": "east"}, {"ami": "ami-2", "region": "west"}]);
        let expected = json!({"region": "east", "deploymentDetails": kept, "amiName": "ami-1", "imageId": "i-1"});
        assert_eq!(told(json!({"region": "east"})), expected);
        let own = json!({"region": "east", "amiName": "own", "deploymentDetails": kept});
        assert_eq!(told(json!({"region": "east", "amiName": "own"})), own);
        assert_eq!(told(json!({})), json!({ "deploymentDetails": kept }));
    }
}
