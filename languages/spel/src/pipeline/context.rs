//! The context: what names in an expression refer to, built from an execution (upstream's `ContextParameterProcessor`,
//! `StageContext`).

use std::rc::Rc;

use serde_json::{Map as JsonMap, Value as Json};

use super::{Options, is_v4, trigger};
use crate::{
    Host, Value, beans,
    class::Class,
    evaluate::Evaluation,
    value::{Bean, Map, Object, Outputs, Root, Text},
};

/// What expressions are evaluated in.
///
/// Besides what it is made of it has `parameters` (those of the trigger) and `scmInfo` (the commit of a build).
#[derive(Debug, Clone)]
pub struct Context<'a> {
    root: Root<'a>,
    stage: Option<Bean<'a>>,
    user: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// That of a map: its keys are the names. A `trigger` in it gives `parameters`.
    pub fn of_map(map: &'a JsonMap<String, Json>) -> Self {
        let root = Root { base: Some(map), ..Root::default() };
        Context { root, stage: None, user: None }.computed(map.get("trigger").and_then(Json::as_object))
    }

    /// That of an execution, as orca's API shows it: `execution` and `trigger`; of an orchestration neither.
    pub fn of_execution(execution: &'a JsonMap<String, Json>) -> Self {
        let mut context = Context { root: Root::default(), stage: None, user: None };
        context.add_execution(execution);
        context.computed(execution.get("trigger").and_then(Json::as_object))
    }

    /// That of a stage: its context, what the stages before it put out, `execution` and `trigger`.
    ///
    /// `stage` is its `id` or `refId`; `None` if the execution has none such.
    pub fn of_stage(execution: &'a JsonMap<String, Json>, stage: &str) -> Option<Self> {
        let by = |key: &'static str| beans::stages(execution).find(|bean| bean.text(key) == Some(stage));
        let bean = by("id").or_else(|| by("refId"))?;
        Some(Self::of_stage_with(execution, bean, bean.map("context")))
    }

    /// As [`Context::of_stage`], with another context than the execution has: that of a stage which has not been stored yet.
    pub fn of_stage_context(
        execution: &'a JsonMap<String, Json>,
        stage: &str,
        context: &'a JsonMap<String, Json>,
    ) -> Option<Self> {
        let bean = beans::stages(execution).find(|bean| bean.text("id") == Some(stage))?;
        Some(Self::of_stage_with(execution, bean, Some(context)))
    }

    fn of_stage_with(
        execution: &'a JsonMap<String, Json>,
        stage: Bean<'a>,
        base: Option<&'a JsonMap<String, Json>>,
    ) -> Self {
        let outputs = Outputs::before(stage);
        let mut context = Context { root: Root { base, outputs, ..Root::default() }, stage: Some(stage), user: None };
        context.add_execution(execution);
        let templates = execution.get("templateVariables").and_then(Json::as_object).filter(|map| !map.is_empty());
        if let Some(templates) = templates.filter(|_| is_v4(execution.get("spelEvaluator"))) {
            context.set("templateVariables", Value::Map(Map::Json(templates)));
        }
        let trigger = context.root.current("trigger").and(execution.get("trigger")).and_then(Json::as_object);
        context.computed(trigger)
    }

    /// With who is signed in: `#currentUser`.
    #[must_use]
    pub fn with_user(mut self, user: Option<&'a str>) -> Self {
        self.user = user;
        self
    }

    fn add_execution(&mut self, execution: &'a JsonMap<String, Json>) {
        if execution.get("type").and_then(Json::as_str).is_some_and(|kind| !kind.eq_ignore_ascii_case("pipeline")) {
            return;
        }
        self.set(
            "execution",
            Value::Object(Object::Bean(Bean { class: Class::Execution, json: execution, execution })),
        );
        if let Some(trigger) = execution.get("trigger").and_then(Json::as_object) {
            self.set("trigger", trigger::as_map(trigger));
        }
    }

    /// With what is worked out of the trigger (`precomputeValues`).
    fn computed(mut self, trigger: Option<&'a JsonMap<String, Json>>) -> Self {
        let parameters =
            trigger.and_then(|trigger| trigger.get("parameters")?.as_object()).filter(|map| !map.is_empty());
        match parameters {
            Some(parameters) => self.set("parameters", Value::Map(Map::Json(parameters))),
            None if self.root.current("parameters").is_none() => self.set("parameters", Value::Map(Map::of([]))),
            None => {}
        }
        let given = self.root.base.and_then(|base| base.get("scmInfo")).filter(|info| !info.is_null());
        let commit = match (given, trigger.and_then(trigger::commits)) {
            (Some(Json::Array(commits)), _) => trigger::commit(commits),
            (Some(other), _) => Some(other),
            (None, Some(commits)) => trigger::commit(commits),
            (None, None) => None,
        };
        self.set("scmInfo", commit.map_or(Value::Null, Value::from));
        self
    }

    fn set(&mut self, key: &'static str, value: Value<'a>) {
        self.root.set(Text::Borrowed(key), value);
    }

    pub(super) fn evaluation(&self, host: &'a dyn Host, options: &'a Options) -> Evaluation<'a> {
        let root = Value::Map(Map::Root(Rc::new(self.root.clone())));
        let mut evaluation = Evaluation::new(root, host, &options.limits, options.allow_unknown_keys);
        evaluation.stage = self.stage;
        evaluation.user = self.user;
        evaluation
    }
}
