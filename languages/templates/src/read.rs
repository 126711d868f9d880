//! Reading what was written by hand, as leniently as Jackson does. A `null` is a field that is not there.

use serde_json::Value;

use crate::Object;

/// A template's text, as JSON if its source ends with `.json` and as YAML otherwise.
///
/// # Errors
/// If it is neither, in a sentence that does not quote it.
pub fn parse(source: &str, text: &str) -> Result<Value, String> {
    if source.to_lowercase().ends_with(".json") {
        return serde_json::from_str(text)
            .map_err(|error| format!("the template is no JSON: line {}, column {}", error.line(), error.column()));
    }
    gennaker_yaml::read_json(text).map_err(|error| format!("the template is no YAML: {}", error.place()))
}

fn given<'a>(of: &'a Object, name: &str) -> Option<&'a Value> {
    of.get(name).filter(|value| !value.is_null())
}

fn wrong<T>(name: &str, wanted: &str, value: &Value) -> Result<T, String> {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Err(format!("{name} is {wanted}, not {is}"))
}

/// A text, or a number or boolean as text.
pub(crate) fn text(of: &Object, name: &str) -> Result<Option<String>, String> {
    match given(of, name) {
        None => Ok(None),
        Some(value) => scalar(value).map_or_else(|| wrong(name, "a text", value), |text| Ok(Some(text))),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

pub(crate) fn flag(of: &Object, name: &str) -> Result<bool, String> {
    match given(of, name) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(Value::String(text)) if text == "true" || text == "false" => Ok(text == "true"),
        Some(other) => wrong(name, "true or false", other),
    }
}

pub(crate) fn list(of: &Object, name: &str) -> Result<Option<Vec<Value>>, String> {
    match given(of, name) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items.clone())),
        Some(other) => wrong(name, "a list", other),
    }
}

pub(crate) fn texts(of: &Object, name: &str) -> Result<Option<Vec<String>>, String> {
    let Some(items) = list(of, name)? else { return Ok(None) };
    let text = |item: &Value| scalar(item).map_or_else(|| wrong(&format!("an item of {name}"), "a text", item), Ok);
    items.iter().map(text).collect::<Result<_, _>>().map(Some)
}

pub(crate) fn objects(of: &Object, name: &str) -> Result<Option<Vec<Object>>, String> {
    let Some(items) = list(of, name)? else { return Ok(None) };
    let object = |item: Value| match item {
        Value::Object(object) => Ok(object),
        other => wrong(&format!("an item of {name}"), "an object", &other),
    };
    items.into_iter().map(object).collect::<Result<_, _>>().map(Some)
}

pub(crate) fn object(of: &Object, name: &str) -> Result<Option<Object>, String> {
    match given(of, name) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object.clone())),
        Some(other) => wrong(name, "an object", other),
    }
}

/// A list of what `read` makes of each object.
pub(crate) fn each<T>(
    of: &Object,
    name: &str,
    read: impl Fn(&Object) -> Result<T, String>,
) -> Result<Option<Vec<T>>, String> {
    let Some(items) = objects(of, name)? else { return Ok(None) };
    let item = |item: &Object| read(item).map_err(|problem| format!("{name}: {problem}"));
    items.iter().map(item).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_ending_says_how_a_template_is_written() {
        assert_eq!(parse("http://x/t.JSON", "{\"a\": 1}"), Ok(json!({"a": 1})));
        assert_eq!(parse("http://x/t.yml", "a: yes"), Ok(json!({"a": true})));
        let problem = parse("http://x/t.json", "secret").expect_err("no JSON");
        assert!(!problem.contains("secret"), "{problem}");
    }

    #[test]
    fn what_is_of_another_shape_is_named() {
        let of = json!({"a": 1, "b": [true, "x"], "c": {}, "d": null, "e": [{}]});
        let of = of.as_object().expect("an object");
        assert_eq!(text(of, "a"), Ok(Some("1".into())));
        assert_eq!(texts(of, "b"), Ok(Some(vec!["true".into(), "x".into()])));
        assert_eq!(texts(of, "d"), Ok(None));
        assert_eq!(text(of, "c"), Err("c is a text, not an object".into()));
        assert_eq!(texts(of, "e"), Err("an item of e is a text, not an object".into()));
    }
}
