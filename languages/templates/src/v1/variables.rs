//! The values of variables: given, or their defaults, and of the right types. Upstream: `DefaultVariableAssignmentTransform`.

use serde_json::Value;

use super::model::{Config, Variable};
use crate::{Object, java, problem::Failure};

/// Gives the configuration the defaults of what it leaves out.
///
/// # Errors
/// A variable has no value, or one of another type.
pub(super) fn assign_defaults(variables: &[Variable], config: &mut Config) -> Result<(), Failure> {
    if variables.is_empty() {
        return Ok(());
    }
    for variable in variables.iter().filter(|variable| variable.has_default()) {
        config.variables.entry(variable.name.clone()).or_insert_with(|| variable.default.clone());
    }
    let whose = pipeline(config.application.as_deref(), config.name.as_deref(), config.pipeline_id.as_deref());
    let each = variables.iter().map(|variable| (variable.name.as_str(), variable.kind(), variable.is_nullable));
    check(&whose, each, &config.variables)
}

/// Whose variables they are, for who has to mend them.
pub(crate) fn pipeline(application: Option<&str>, name: Option<&str>, id: Option<&str>) -> String {
    let parts = [("application", application), ("name", name), ("id", id)];
    let parts = parts.into_iter().filter_map(|(what, value)| Some((what, value.filter(|value| !value.is_empty())?)));
    let parts: Vec<String> = parts.map(|(what, value)| format!("{what}='{value}'")).collect();
    let parts = if parts.is_empty() { "unknown".to_owned() } else { parts.join(", ") };
    format!("[Pipeline Config: {parts}]")
}

/// Checks the values of variables: their names, types, and whether they may be null.
pub(crate) fn check<'v>(
    whose: &str,
    variables: impl Iterator<Item = (&'v str, &'v str, bool)> + Clone,
    values: &Object,
) -> Result<(), Failure> {
    let missing = variables.clone().filter(|(name, _, is_nullable)| !values.contains_key(*name) && !is_nullable);
    let missing: Vec<&str> = missing.map(|(name, ..)| name).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(Failure::Configuration(format!("{whose} Missing variable values for: {missing}")));
    }
    let wrong = |found: Vec<String>| match found.is_empty() {
        true => Ok(()),
        false => {
            let found = found.join(", ");
            Err(Failure::Configuration(format!("{whose} Incorrectly defined variable(s): {found}")))
        }
    };
    let null = |name: &str| values.get(name).is_none_or(Value::is_null);
    let nulls = variables.clone().filter(|(name, _, is_nullable)| !is_nullable && null(name));
    let sentence = |name: &str| format!("variable '{name}' supplied value is null but variable is not nullable\n");
    wrong(nulls.map(|(name, ..)| sentence(name)).collect())?;
    let mistaken = variables.filter_map(|(name, kind, _)| {
        let value = values.get(name).filter(|value| !value.is_null())?;
        let class = class_of_wrong_type(kind, value)?;
        Some(format!("{name} (expected type '{kind}' found type '{class}')"))
    });
    wrong(mistaken.collect())
}

/// The class of a value that is not of that type.
pub(crate) fn class_of_wrong_type(kind: &str, value: &Value) -> Option<&'static str> {
    let class = java::class(value);
    let is_whole = value.as_f64().is_some_and(|number| number.fract() == 0.0);
    let fits = match kind.to_ascii_lowercase().as_str() {
        "object" => true,
        "int" => class == "Integer" || value.is_f64() && is_whole,
        "bool" => value.is_boolean(),
        "list" => value.is_array(),
        "string" => value.is_string(),
        "float" => value.is_f64(),
        kind => class.eq_ignore_ascii_case(kind),
    };
    (!fits).then_some(class)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_have_the_types_that_are_asked_for() {
        let fits = [
            ("int", json!(1)),
            ("INT", json!(2.0)),
            ("string", json!("a")),
            ("list", json!([])),
            ("float", json!(1.5)),
            ("bool", json!(true)),
            ("object", json!(1)),
            ("boolean", json!(false)),
        ];
        for (kind, value) in fits {
            assert_eq!(class_of_wrong_type(kind, &value), None, "{kind} {value}");
        }
        let wrong = [
            ("int", json!("1"), "String"),
            ("int", json!(1.5), "Double"),
            ("float", json!(1), "Integer"),
            ("map", json!({}), "LinkedHashMap"),
            ("string", json!([1]), "ArrayList"),
        ];
        for (kind, value, class) in wrong {
            assert_eq!(class_of_wrong_type(kind, &value), Some(class), "{kind} {value}");
        }
    }

    #[test]
    fn who_has_to_mend_it_is_told_which_pipeline() {
        assert_eq!(pipeline(Some("a"), Some(""), Some("7")), "[Pipeline Config: application='a', id='7']");
        assert_eq!(pipeline(None, None, None), "[Pipeline Config: unknown]");
    }
}
