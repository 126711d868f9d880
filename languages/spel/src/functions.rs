//! The helper functions, by their names: what `#toJson(...)` and its like do.
//!
//! Those that are about an execution take it as their first argument, which nobody writes: it is put there before the
//! expression is parsed (`PipelineExpressionEvaluator`; see [`crate::pipeline`]).

mod artifact;
mod deployed;
mod json;
mod lookup;
mod stage;
mod text;
mod url;

use serde_json::{Map as JsonMap, Value as Json};

use crate::{
    Error, Value,
    class::{Class, Element, Type},
    method::{Call, Invoke, Method},
    value::Object,
};

const TEXT: Type = Type::Class(Class::String);
const ANY: Type = Type::Class(Class::Object);
const EXECUTION: Type = Type::Class(Class::Execution);
const TEXTS: Type = Type::Array(Element::Class(Class::String));

const fn function_of(name: &'static str, parameters: &'static [Type], invoke: Invoke) -> Method {
    Method { name, parameters, varargs: false, invoke }
}

/// All of them, in the order of their names.
const FUNCTIONS: &[Method] = &[
    function_of("alphanumerical", &[TEXT], text::alphanumerical),
    function_of("applicationMetadata", &[TEXT], lookup::application_metadata),
    function_of("canaryConfigNameToId", &[TEXT, TEXT], lookup::canary_config_id),
    function_of("currentStage", &[EXECUTION], stage::current_stage),
    function_of("currentUser", &[], stage::current_user),
    Method {
        name: "deployedServerGroups",
        parameters: &[EXECUTION, TEXTS],
        varargs: true,
        invoke: deployed::deployed_server_groups,
    },
    function_of("doNotEval", &[ANY], json::do_not_eval),
    function_of("fetchReference", &[TEXT], artifact::fetch_reference),
    function_of("fromBase64", &[TEXT], text::from_base64),
    function_of("fromUrl", &[TEXT], url::from_url),
    function_of("jsonFromUrl", &[TEXT], url::json_from_url),
    function_of("judgement", &[EXECUTION, TEXT], stage::judgment),
    function_of("judgment", &[EXECUTION, TEXT], stage::judgment),
    function_of("manifestLabelValue", &[EXECUTION, TEXT, TEXT, TEXT], stage::manifest_label_value),
    function_of("pipelineId", &[EXECUTION, TEXT], lookup::pipeline_id),
    function_of("pipelineIdInApplication", &[EXECUTION, TEXT, TEXT], lookup::pipeline_id_in_application),
    function_of("pipelineIdOrNull", &[EXECUTION, TEXT], lookup::pipeline_id_or_null),
    function_of("propertiesFromUrl", &[TEXT], url::properties_from_url),
    function_of("readAllYaml", &[TEXT], json::read_all_yaml),
    function_of("readJson", &[TEXT], json::read_json),
    function_of("readYaml", &[TEXT], json::read_yaml),
    function_of("resolvedArtifacts", &[EXECUTION], artifact::resolved_artifacts),
    function_of("stage", &[EXECUTION, TEXT], stage::stage),
    function_of("stageByRefId", &[EXECUTION, TEXT], stage::stage_by_ref_id),
    function_of("stageExists", &[EXECUTION, TEXT], stage::stage_exists),
    function_of("toBase64", &[TEXT], text::to_base64),
    function_of("toBoolean", &[TEXT], text::to_boolean),
    function_of("toFloat", &[TEXT], text::to_float),
    function_of("toInt", &[TEXT], text::to_int),
    function_of("toJson", &[ANY], json::to_json),
    function_of("triggerResolvedArtifact", &[EXECUTION, TEXT], artifact::trigger_resolved_artifact),
    function_of("triggerResolvedArtifactByType", &[EXECUTION, TEXT], artifact::trigger_resolved_artifact_by_type),
    function_of("yamlFromUrl", &[TEXT], url::yaml_from_url),
];

/// The function of that name, as expressions call it (without the `#`).
pub(crate) fn function(name: &str) -> Option<&'static Method> {
    FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().map(|index| &FUNCTIONS[index])
}

/// Every name, for suggestions and completion.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

/// The names of those whose first argument is the execution.
pub(crate) fn about_executions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().filter(|function| function.parameters.first() == Some(&EXECUTION)).map(|function| function.name)
}

impl<'c, 'a> Call<'c, 'a> {
    /// The execution that is the first argument.
    fn execution(&self) -> Result<&'a JsonMap<String, Json>, Error> {
        match self.arguments.first() {
            Some(Value::Object(Object::Bean(bean))) => Ok(bean.execution),
            _ => Err(Error::thrown("this function needs an execution, and there is none here")),
        }
    }

    /// An argument that is text; `None` for `null`.
    fn argument(&self, index: usize) -> Option<&'c str> {
        self.arguments.get(index).and_then(Value::as_str)
    }
}

/// The id of an execution, for messages.
fn id(execution: &JsonMap<String, Json>) -> &str {
    execution.get("id").and_then(Json::as_str).unwrap_or("without an id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order_so_that_each_is_found() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        assert!(names().all(|name| function(name).is_some_and(|function| function.name == name)));
        assert!(function("nosuch").is_none());
    }
}
