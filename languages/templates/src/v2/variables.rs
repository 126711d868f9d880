//! The variables of a v2 template. Upstream: `V2TemplateLoaderHandler`, `V2DefaultVariableAssignmentTransform`.

use serde_json::Value;

use crate::{
    Object,
    problem::Failure,
    read,
    v1::{check_variables, pipeline_in_words},
};

/// A variable.
pub(super) struct Variable {
    pub(super) name: String,
    kind: String,
    /// `null` is none.
    pub(super) default: Value,
    pub(super) is_nullable: bool,
}

impl Variable {
    fn of(of: &Object) -> Result<Self, String> {
        Ok(Variable {
            name: read::text(of, "name")?.unwrap_or_default(),
            kind: read::text(of, "type")?.unwrap_or_else(|| "object".to_owned()),
            default: of.get("defaultValue").cloned().unwrap_or_default(),
            is_nullable: read::flag(of, "nullable")?,
        })
    }
}

pub(super) fn read(template: &Object) -> Result<Vec<Variable>, String> {
    Ok(read::each(template, "variables", Variable::of)?.unwrap_or_default())
}

/// The variables of a template, each as it is written; `None` for those that are not evaluated: they may be null, and have no default.
pub fn variables(template: &Object) -> Vec<Option<Object>> {
    let variables = template.get("variables").and_then(Value::as_array).into_iter().flatten();
    let evaluated = |variable: &Value| {
        let variable = variable.as_object()?;
        let has_default = variable.get("defaultValue").is_some_and(|default| !default.is_null());
        let is_nullable = variable.get("nullable") == Some(&Value::Bool(true));
        (has_default || !is_nullable).then(|| variable.clone())
    };
    variables.map(evaluated).collect()
}

/// Puts the variables back that were evaluated.
pub fn put_variables(template: &mut Object, evaluated: Vec<Option<Object>>) {
    let Some(Value::Array(variables)) = template.get_mut("variables") else { return };
    for (variable, evaluated) in variables.iter_mut().zip(evaluated) {
        if let Some(evaluated) = evaluated {
            *variable = evaluated.into();
        }
    }
}

/// The values of those variables that the template has: given, or their defaults.
pub(super) fn values(
    variables: &[Variable],
    given: &Object,
    [application, name, id]: [Option<&str>; 3],
) -> Result<Object, Failure> {
    let mut values: Object = given
        .iter()
        .filter(|(name, _)| variables.iter().any(|variable| variable.name == **name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for variable in variables.iter().filter(|variable| !variable.default.is_null()) {
        values.entry(variable.name.clone()).or_insert_with(|| variable.default.clone());
    }
    let each = variables.iter().map(|variable| (variable.name.as_str(), variable.kind.as_str(), variable.is_nullable));
    check_variables(&pipeline_in_words(application, name, id), each, &values)?;
    Ok(values)
}
