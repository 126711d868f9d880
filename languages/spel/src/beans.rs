//! The properties of executions, stages and triggers, as the original's classes have them.
//!
//! An expression reaches an execution in two ways: as `trigger`, which is a map, and as `execution` and `#stage(...)`, which
//! are objects with the properties of this table and no others. Their types are upstream's (`PipelineExecution`,
//! `StageExecution`, `Trigger` and what they hold): times are longs, statuses enums; a property of another class, such as
//! an execution's `type`, cannot be read.

mod ancestors;
mod properties;

use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::{Map as JsonMap, Value as Json};

use crate::{
    Value,
    class::Class,
    classes, convert,
    value::{Bean, List, Map, Object, Outputs, Root},
};

pub(crate) use self::ancestors::ancestors;
use self::properties::{ARTIFACT, Kind, Properties, properties};

/// The value of a property; `None` if the class has none of that name.
pub(crate) fn property<'a>(bean: &Bean<'a>, name: &str) -> Option<Value<'a>> {
    let [own, of_some] = properties(bean.class);
    let find = |properties: Properties| properties.iter().find(|(property, _)| *property == name);
    let (property, kind) = match find(own) {
        Some(found) => found,
        None => find(of_some)
            .filter(|(property, _)| bean.json.contains_key(*property) || *property == "action" && is_git(bean.json))?,
    };
    Some(read(bean, property, *kind))
}

/// Whether a trigger is a push to a repository (`TriggerDeserializer.looksLikeGit`).
pub(crate) fn is_git(trigger: &JsonMap<String, Json>) -> bool {
    let has = |key: &str| trigger.get(key).is_some_and(|value| !value.is_null());
    ["source", "project", "branch", "slug", "hash"].into_iter().all(has)
}

/// What a getter gives: `getName`, `isName`, or a method without arguments; `None` if the class has none of that name.
pub(crate) fn getter<'a>(bean: &Bean<'a>, method: &str) -> Option<Value<'a>> {
    let suffix = method.strip_prefix("get").or_else(|| method.strip_prefix("is")).filter(|suffix| !suffix.is_empty());
    match suffix {
        Some(suffix) => {
            let mut letters = suffix.chars();
            let first = letters.next()?;
            property(bean, &first.to_lowercase().chain(letters).collect::<String>())
        }
        None if method == "ancestors" => property(bean, method),
        None => None,
    }
}

/// What a method with one argument gives: `stageById` and `stageByRef` of an execution; `None` if there is none such.
pub(crate) fn found<'a>(bean: &Bean<'a>, method: &str, argument: &str) -> Option<Value<'a>> {
    let key = match (bean.class, method) {
        (Class::Execution, "stageById") => "id",
        (Class::Execution, "stageByRef") => "refId",
        _ => return None,
    };
    stages(bean.json).find(|stage| stage.text(key) == Some(argument)).map(bean_value)
}

/// The names of a class's properties.
pub(crate) fn names(class: Class) -> impl Iterator<Item = &'static str> {
    let [own, of_some] = properties(class);
    own.iter().chain(of_some).map(|(name, _)| *name)
}

fn read<'a>(bean: &Bean<'a>, name: &'static str, kind: Kind) -> Value<'a> {
    let json = bean.json.get(name).filter(|json| !json.is_null());
    match (kind, json) {
        (Kind::Derived, _) => derived(bean, name),
        (Kind::Text, None) if name == "action" => Value::from("undefined"),
        (Kind::Text, Some(Json::String(text))) => Value::from(text.as_str()),
        (Kind::Text, Some(other)) => Value::text(other.to_string()),
        (Kind::Boolean, json) => Value::Boolean(json.and_then(Json::as_bool).unwrap_or(false)),
        (Kind::Int, json) => Value::Integer(json.and_then(Json::as_i64).unwrap_or(0) as i32),
        (Kind::Long, Some(json)) => json.as_i64().map_or(Value::Null, Value::Long),
        (Kind::Status, json) => {
            let name = json.and_then(Json::as_str).unwrap_or("NOT_STARTED");
            classes::constant(Class::ExecutionStatus, name)
                .map_or(Value::Null, |name| Value::Object(Object::Enum(Class::ExecutionStatus, name)))
        }
        (Kind::Map | Kind::MapOrNull, Some(Json::Object(map))) => Value::Map(Map::Json(map)),
        (Kind::Map, _) => Value::Map(Map::of([])),
        (Kind::List, Some(Json::Array(items))) => Value::List(List::Json(items)),
        (Kind::Set, Some(Json::Array(items))) => Value::Set(convert::distinct(&List::Json(items))),
        (Kind::Set, _) => Value::Set(List::of(Vec::new())),
        (Kind::Beans(class), Some(Json::Array(items))) => {
            let items = items.iter().filter_map(Json::as_object);
            Value::list(items.map(|json| part(bean, class, json)).collect())
        }
        (Kind::List | Kind::Beans(_), _) => Value::list(Vec::new()),
        (Kind::Bean(class), Some(Json::Object(json))) => part(bean, class, json),
        (Kind::Text | Kind::Long | Kind::Bean(_) | Kind::MapOrNull, _) => Value::Null,
    }
}

/// A part of the same execution, or an execution of its own.
fn part<'a>(bean: &Bean<'a>, class: Class, json: &'a JsonMap<String, Json>) -> Value<'a> {
    let execution = if class == Class::Execution { json } else { bean.execution };
    Value::Object(Object::Bean(Bean { class, json, execution }))
}

fn derived<'a>(bean: &Bean<'a>, name: &str) -> Value<'a> {
    let text = |key: &str| bean.json.get(key).and_then(Json::as_str);
    let number = |key: &str| bean.json.get(key).and_then(Json::as_i64);
    match name {
        "execution" => part(bean, Class::Execution, bean.execution),
        "context" if bean.class == Class::Stage => stage_context(bean),
        "context" => execution_context(bean),
        "trigger" => match bean.json.get("trigger") {
            Some(Json::Object(json)) => part(bean, trigger_class(json), json),
            _ => Value::Null,
        },
        "other" => Value::Map(Map::Json(bean.json)),
        "parent" => parent(bean).map_or(Value::Null, bean_value),
        "topLevelStage" => {
            let mut top = *bean;
            // A stage is below fewer others than there are.
            for _ in 0..stages(bean.execution).count() {
                match parent(&top) {
                    Some(parent) => top = parent,
                    None => break,
                }
            }
            bean_value(top)
        }
        "ancestors" => Value::list(ancestors(bean).into_iter().map(bean_value).collect()),
        "hasSucceeded" => Value::Boolean(text("status") == Some("SUCCEEDED")),
        "hasFailed" => Value::Boolean(text("status") == Some("TERMINAL")),
        "join" => {
            let before = bean.json.get("requisiteStageRefIds").and_then(Json::as_array);
            Value::Boolean(before.is_some_and(|before| before.len() > 1))
        }
        "manualJudgmentType" => Value::Boolean(text("type") == Some("manualJudgment")),
        "fullDisplayName" => {
            Value::text(format!("{}#{}", text("name").unwrap_or("null"), number("number").unwrap_or(0)))
        }
        "paused" => Value::Boolean(number("pauseTime").is_some() && number("resumeTime").is_none()),
        "pausedMs" => match (number("pauseTime"), number("resumeTime")) {
            (Some(pause), Some(resume)) => Value::Long(resume.wrapping_sub(pause)),
            _ => Value::Long(0),
        },
        _ => Value::Null,
    }
}

/// A stage's context, in which a key that it has not is looked up in the outputs of itself and of the stages before
/// (`StageContext`).
fn stage_context<'a>(stage: &Bean<'a>) -> Value<'a> {
    let outputs = Outputs::before(*stage);
    let root = Root { base: stage.map("context"), outputs, ..Root::default() };
    Value::Map(Map::Root(Rc::new(root)))
}

/// What all stages have put out; of two lists of one name both (`PipelineExecutionImpl.getContext`).
fn execution_context<'a>(execution: &Bean<'a>) -> Value<'a> {
    let mut merged: IndexMap<&'a str, Value<'a>> = IndexMap::new();
    for outputs in stages(execution.json).filter_map(|stage| stage.map("outputs")) {
        for (key, value) in outputs {
            let value = match (merged.get(key.as_str()), Value::from(value)) {
                (Some(Value::List(before)), Value::List(list)) => {
                    let both = List::of(before.iter().chain(list.iter()).collect());
                    Value::List(convert::distinct(&both))
                }
                (_, value) => value,
            };
            merged.insert(key, value);
        }
    }
    Value::Map(Map::of(merged.into_iter().map(|(key, value)| (Value::from(key), value))))
}

/// As the original's mapper writes the object: what every object of its class has, and what is not `null`.
pub(crate) fn to_json(bean: &Bean<'_>) -> Json {
    if matches!(bean.class, Class::Trigger | Class::JenkinsTrigger | Class::PipelineTrigger) {
        return crate::pipeline::trigger_map(bean.json).to_json();
    }
    let mut json = JsonMap::new();
    if bean.class == Class::Execution {
        let kind = bean.json.get("type").and_then(Json::as_str).unwrap_or("PIPELINE");
        json.insert("type".to_owned(), kind.to_uppercase().into());
    }
    for (name, kind) in properties(bean.class)[0] {
        let value = match (bean.class, *name) {
            // These two are no fields, or refer back.
            (Class::Execution, "context") | (Class::Stage, "additionalMetricTags") => continue,
            (Class::Stage, "context") => read(bean, name, Kind::Map),
            (Class::Execution, "trigger") | (_, "fullDisplayName" | "pausedMs") => derived(bean, name),
            _ if matches!(kind, Kind::Derived) => continue,
            _ => read(bean, name, *kind),
        };
        if !value.is_null() {
            json.insert((*name).to_owned(), value.to_json());
        }
    }
    if bean.class == Class::Artifact {
        let known = |key: &str| ARTIFACT.iter().any(|(name, _)| *name == key) || key == "kind";
        let unknown = bean.json.iter().filter(|(key, _)| !known(key)).map(|(key, value)| (key.clone(), value.clone()));
        let mut metadata: JsonMap<String, Json> = bean.map("metadata").cloned().unwrap_or_default();
        metadata.extend(unknown);
        json.insert("metadata".to_owned(), Json::Object(metadata));
    }
    Json::Object(json)
}

fn bean_value<'a>(bean: Bean<'a>) -> Value<'a> {
    Value::Object(Object::Bean(bean))
}

/// The class of a trigger, by what it has (`TriggerDeserializer`).
pub(crate) fn trigger_class(trigger: &JsonMap<String, Json>) -> Class {
    let has = |key: &str| trigger.get(key).is_some_and(|value| !value.is_null());
    if has("master") && has("job") && has("buildNumber") {
        Class::JenkinsTrigger
    } else if has("parentExecution") {
        Class::PipelineTrigger
    } else {
        Class::Trigger
    }
}

/// How many stages the execution of a bean has.
pub(crate) fn stage_count(bean: &Bean<'_>) -> usize {
    bean.execution.get("stages").and_then(Json::as_array).map_or(0, Vec::len)
}

/// The stages of an execution, in order.
pub(crate) fn stages<'a>(execution: &'a JsonMap<String, Json>) -> impl Iterator<Item = Bean<'a>> {
    let stages = execution.get("stages").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    stages.iter().filter_map(Json::as_object).map(move |json| Bean { class: Class::Stage, json, execution })
}

fn parent<'a>(stage: &Bean<'a>) -> Option<Bean<'a>> {
    let id = stage.json.get("parentStageId")?.as_str()?;
    stages(stage.execution).find(|other| other.text("id") == Some(id))
}

impl<'a> Bean<'a> {
    /// A field that is text.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.json.get(key)?.as_str()
    }

    /// A field that is an object.
    pub(crate) fn map(&self, key: &str) -> Option<&'a JsonMap<String, Json>> {
        self.json.get(key)?.as_object()
    }
}
