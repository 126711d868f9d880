//! What is wrong with a template that is to be saved, as upstream's tasks refuse it: `SavePipelineTemplateTask`,
//! `SaveV2PipelineTemplateTask`.

use serde_json::Value;

use crate::{Object, java, v1::SavedTemplate};

/// The id of a v1 template that may be saved.
///
/// # Errors
/// In a sentence.
pub fn check_v1(template: &Object) -> Result<String, String> {
    let read = SavedTemplate::of(&without_rendered_stages(template))?;
    let id = id(template)?;
    let metadata = &read.metadata;
    refuse(&missing(metadata.name.as_deref(), metadata.description.as_deref(), &metadata.scopes))?;
    let dashed: Vec<&str> =
        read.variables.iter().map(|variable| variable.name.as_str()).filter(|name| name.contains('-')).collect();
    if !dashed.is_empty() {
        return Err(format!("Variable names cannot include dashes (-). Invalid variable names: {}", dashed.join(", ")));
    }
    Ok(id)
}

/// Stages may be one text, which is rendered for each pipeline.
fn without_rendered_stages(template: &Object) -> Object {
    let mut template = template.clone();
    if template.get("stages").is_some_and(Value::is_string) {
        template.shift_remove("stages");
    }
    template
}

/// The id of a v2 template that may be saved.
///
/// # Errors
/// In a sentence.
pub fn check_v2(template: &Object) -> Result<String, String> {
    let id = id(template)?;
    let metadata = template.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let text = |of: &Object, name: &str| of.get(name).filter(|value| !value.is_null()).map(java::text);
    let (name, description) = (text(&metadata, "name"), text(&metadata, "description"));
    let scopes = metadata.get("scopes").and_then(Value::as_array).into_iter().flatten();
    let scopes: Vec<String> = scopes.map(java::text).collect();
    let mut missing = missing(name.as_deref(), description.as_deref(), &scopes);
    let schema = text(template, "schema").unwrap_or_default();
    missing.extend(schema.is_empty().then_some("schema"));
    refuse(&missing)?;
    if schema != "v2" {
        return Err(format!("Invalid schema version: {schema}"));
    }
    let name = name.unwrap_or_default();
    // `A-z` is upstream's: it has what stands between Z and a in ASCII.
    let may_name = |letter: char| {
        ('A'..='z').contains(&letter) || letter.is_ascii_digit() || "-& \t\n\u{b}\u{c}\r".contains(letter)
    };
    if !name.chars().all(may_name) {
        let rule = r"^[a-zA-z0-9-&\s]+$";
        return Err(format!("Illegal template name: {name}. Name must match the regex: {rule}"));
    }
    let variables = template.get("variables").and_then(Value::as_array).into_iter().flatten();
    let names = variables.filter_map(|variable| text(variable.as_object()?, "name"));
    let is_word =
        |name: &String| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let illegal: Vec<String> = names.filter(|name| !is_word(name)).collect();
    if !illegal.is_empty() {
        let illegal = illegal.join(", ");
        let rule = "^[a-zA-Z0-9_]+$";
        return Err(format!("Illegal variable names: {illegal}. Variable names must match the regex: {rule}"));
    }
    Ok(id)
}

fn id(template: &Object) -> Result<String, String> {
    let id = template.get("id").filter(|id| !id.is_null()).map(java::text);
    match id {
        None => Err("the template has no id: give it one".to_owned()),
        Some(id) if id.contains('.') => Err("Pipeline Template IDs cannot have dots".to_owned()),
        Some(id) => Ok(id),
    }
}

fn missing(name: Option<&str>, description: Option<&str>, scopes: &[String]) -> Vec<&'static str> {
    let is_empty = |text: Option<&str>| text.is_none_or(str::is_empty);
    let fields = [
        (is_empty(name), "metadata.name"),
        (is_empty(description), "metadata.description"),
        (scopes.is_empty(), "metadata.scopes"),
    ];
    fields.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, field)| field).collect()
}

fn refuse(missing: &[&str]) -> Result<(), String> {
    if missing.is_empty() { Ok(()) } else { Err(format!("Missing required fields: {}", missing.join(","))) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn v1(template: Value) -> Result<String, String> {
        check_v1(template.as_object().expect("an object"))
    }

    fn v2(template: Value) -> Result<String, String> {
        check_v2(template.as_object().expect("an object"))
    }

    #[test]
    fn a_template_needs_an_id_without_dots_and_metadata() {
        let metadata = json!({"name": "a & b", "description": "d", "scopes": ["global"]});
        assert_eq!(v1(json!({"id": "t", "metadata": metadata, "stages": "{% for a in b %}"})), Ok("t".into()));
        assert_eq!(v1(json!({"id": "a.b"})), Err("Pipeline Template IDs cannot have dots".into()));
        assert_eq!(
            v1(json!({"id": "t", "metadata": {"name": ""}})),
            Err("Missing required fields: metadata.name,metadata.description,metadata.scopes".into())
        );
        assert!(v1(json!({"id": "t", "metadata": metadata, "variables": [{"name": "a-b"}]})).is_err());
        assert_eq!(v2(json!({"id": "t", "metadata": metadata, "schema": "v2"})), Ok("t".into()));
        assert_eq!(v2(json!({"id": "t", "metadata": metadata})), Err("Missing required fields: schema".into()));
        assert_eq!(
            v2(json!({"id": "t", "metadata": metadata, "schema": "1"})),
            Err("Invalid schema version: 1".into())
        );
        let named = json!({"name": "a/b", "description": "d", "scopes": ["global"]});
        assert!(v2(json!({"id": "t", "metadata": named, "schema": "v2"})).is_err_and(|error| error.contains("a/b")));
        let variables = json!([{"name": "a b"}, {"name": "ok_1"}]);
        let wrong = v2(json!({"id": "t", "metadata": metadata, "schema": "v2", "variables": variables}));
        assert!(wrong.is_err_and(|error| error.contains("a b.")));
    }
}
