//! What a rendered text is: YAML, with exceptions. Upstream: `YamlRenderedValueConverter`.

use gennaker_yaml::Error;
use serde_json::Value;

/// Texts that YAML 1.1 takes for booleans and pipelines do not.
const WORDS: [&str; 4] = ["yes", "no", "on", "off"];
/// What begins so stays a text, without this.
const NOT_EXPANDED: &str = "noexpand:";

/// Why a text is no value.
#[derive(Debug, PartialEq)]
pub(super) enum Problem {
    /// Its parts do not fit together.
    Composed,
    /// It is no YAML, and why.
    Syntax(String),
}

pub(super) fn convert(rendered: &str) -> Result<Value, Problem> {
    let is_word = WORDS.contains(&rendered.to_lowercase().as_str());
    let is_expression = rendered.trim_start().starts_with("${");
    if is_expression || is_word || rendered.starts_with('*') || rendered.starts_with("@class") {
        return Ok(rendered.into());
    }
    if let Some(rest) = rendered.strip_prefix(NOT_EXPANDED) {
        return Ok(rest.into());
    }
    match gennaker_yaml::read_json(rendered) {
        _ if rendered.is_empty() => Ok(Value::Null),
        Ok(Value::String(text)) if text.is_empty() => Ok(Value::Null),
        Ok(Value::String(_) | Value::Null) => Ok(rendered.into()),
        Ok(value) => Ok(value),
        Err(Error::Syntax { problem, .. }) if problem.starts_with("the document is over") => Ok(rendered.into()),
        Err(
            Error::SecondDocument { .. }
            | Error::UnknownAlias { .. }
            | Error::RecursiveAlias { .. }
            | Error::Limit { .. },
        ) => Err(Problem::Composed),
        Err(error) => Err(Problem::Syntax(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_what_yaml_makes_of_it_with_exceptions() {
        let cases = [
            ("5", json!(5)),
            ("0010", json!(8)),
            ("1.10", json!(1.1)),
            ("true", json!(true)),
            ("Yes", json!("Yes")),
            ("[a, b]", json!(["a", "b"])),
            ("a: 1", json!({"a": 1})),
            ("", json!(null)),
            ("''", json!(null)),
            ("null", json!("null")),
            ("\"quoted\"", json!("\"quoted\"")),
            ("${ a: b: c }", json!("${ a: b: c }")),
            ("* a list", json!("* a list")),
            ("noexpand:[1]", json!("[1]")),
            ("'a' and 'b'", json!("'a' and 'b'")),
        ];
        for (rendered, expected) in cases {
            assert_eq!(convert(rendered), Ok(expected), "{rendered}");
        }
        assert_eq!(convert("a\n---\nb"), Err(Problem::Composed));
        assert!(matches!(convert("a: b: c"), Err(Problem::Syntax(_))));
    }
}
