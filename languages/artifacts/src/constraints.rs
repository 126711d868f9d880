//! Payload constraints: does a trigger fire for what an event says.
//!
//! A constraint is a key and a pattern of Java's that has to be found in the value's text; it need not match the whole
//! of it. `null` asks only that there is a value.
//!
//! Source: echo `ArtifactMatcher`.

use gennaker_javaregex::Regex;
use gennaker_jsonpath::{Options, Path};
use serde_json::{Map, Value};

use crate::{Error, java::text_of};

/// Whether every key has a value in the payload, and every pattern is found in its value. Patterns that cannot be read
/// are found nowhere.
///
/// Values that are no text are compared as Java prints them: `{branch=main}`, `[a, b]`, `1.5`.
///
/// ```
/// use gennaker_artifacts::constraints::satisfied;
/// use serde_json::{Value, json};
///
/// let [Value::Object(constraints), Value::Object(payload)] =
///     [json!({"branch": "^(main|release-.*)$"}), json!({"branch": "release-7"})] else { unreachable!() };
/// assert!(satisfied(&constraints, &payload)?);
/// # Ok::<(), gennaker_artifacts::Error>(())
/// ```
///
/// # Errors
/// [`Error::PatternLimit`]. Source: `isConstraintInPayload`, for Pub/Sub messages and build properties.
pub fn satisfied(constraints: &Map<String, Value>, payload: &Map<String, Value>) -> Result<bool, Error> {
    for (key, pattern) in constraints {
        match given(payload, key) {
            Some(value) if value_fits(pattern, value)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// As [`satisfied`], but a key without a value may be a JSONPath. What it finds is a text (also a number, a boolean or
/// an empty object) or a list of texts, of which one has to fit; nothing, or an object, does not fit.
///
/// # Errors
/// [`Error::Constraint`] for a list with something else in it, unless a text before it fits; [`Error::Missing`] if the
/// pattern is `null` and the path finds something; [`Error::EmptyPath`]; [`Error::PatternLimit`] and
/// [`Error::PathLimit`]. Source: `isJsonPathConstraintInPayload`, for webhooks.
pub fn satisfied_by_path(constraints: &Map<String, Value>, payload: &Map<String, Value>) -> Result<bool, Error> {
    // Copied at most once, and only if a key is a path: paths read a whole value.
    let mut document = None;
    for (key, pattern) in constraints {
        let fits = match given(payload, key) {
            Some(value) => value_fits(pattern, value)?,
            None => path_fits(key, pattern, document.get_or_insert_with(|| Value::Object(payload.clone())))?,
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

fn given<'p>(payload: &'p Map<String, Value>, key: &str) -> Option<&'p Value> {
    payload.get(key).filter(|value| !value.is_null())
}

fn value_fits(pattern: &Value, value: &Value) -> Result<bool, Error> {
    if pattern.is_null() { Ok(true) } else { Pattern::new(&text_of(pattern))?.is_found_in(&text_of(value)) }
}

fn path_fits(key: &str, pattern: &Value, document: &Value) -> Result<bool, Error> {
    if key.is_empty() {
        return Err(Error::EmptyPath);
    }
    let options = Options { suppress_exceptions: true, ..Options::default() };
    let value = match Path::parse(key).and_then(|path| path.read_with(document, options)) {
        Ok(value) => value,
        Err(source @ gennaker_jsonpath::Error::Limit { .. }) => {
            return Err(Error::PathLimit { path: key.to_owned(), source: Box::new(source) });
        }
        // Upstream logs it and goes on.
        Err(_) => return Ok(false),
    };
    let candidates = match &value {
        Value::Null => return Ok(false),
        // Jayway makes an empty text of an empty object, and nothing of any other.
        Value::Object(fields) if fields.is_empty() => &[Value::String(String::new())],
        Value::Object(_) => return Ok(false),
        Value::Array(elements) => elements.as_slice(),
        scalar => std::slice::from_ref(scalar),
    };
    if pattern.is_null() {
        return Err(Error::missing(format!("the pattern of the payload constraint {key:?}")));
    }
    let pattern = Pattern::new(&text_of(pattern))?;
    for candidate in candidates {
        let fits = match candidate {
            Value::String(text) => pattern.is_found_in(text)?,
            scalar if !value.is_array() => pattern.is_found_in(&text_of(scalar))?,
            Value::Null if pattern.0.is_none() => false,
            Value::Null => return Err(Error::missing(format!("a text in the list at {key:?}"))),
            other => return Err(Error::Constraint { path: key.to_owned(), found: in_a_list(other) }),
        };
        if fits {
            return Ok(true);
        }
    }
    Ok(false)
}

fn in_a_list(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "a boolean in a list",
        Value::Number(_) => "a number in a list",
        Value::Array(_) => "a list in a list",
        _ => "an object in a list",
    }
}

/// `None` is found nowhere.
struct Pattern(Option<Regex>);

impl Pattern {
    fn new(text: &str) -> Result<Self, Error> {
        match Regex::new(text) {
            Ok(regex) => Ok(Pattern(Some(regex))),
            Err(gennaker_javaregex::Error::Syntax { .. }) => Ok(Pattern(None)),
            Err(source) => Err(limit(text, source)),
        }
    }

    fn is_found_in(&self, text: &str) -> Result<bool, Error> {
        let Some(regex) = &self.0 else { return Ok(false) };
        Ok(regex.find(text).map_err(|source| limit(regex.as_str(), source))?.is_some())
    }
}

fn limit(pattern: &str, source: gennaker_javaregex::Error) -> Error {
    Error::PatternLimit { pattern: pattern.to_owned(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload() -> Map<String, Value> {
        let payload = json!({
            "type": "push", "n": 5, "f": 1.5, "nested": {"branch": "main", "z": null}, "list": ["a", "b"],
            "mixed": ["a", 1], "nulls": [null], "nul": null, "e": {}, "el": [],
        });
        serde_json::from_value(payload).unwrap()
    }

    fn by_key(key: &str, pattern: Value) -> bool {
        satisfied(&Map::from_iter([(key.to_owned(), pattern)]), &payload()).unwrap()
    }

    fn by_path(key: &str, pattern: Value) -> Result<bool, Error> {
        satisfied_by_path(&Map::from_iter([(key.to_owned(), pattern)]), &payload())
    }

    #[test]
    fn a_pattern_is_found_anywhere_in_the_text() {
        for (key, pattern) in [
            ("type", json!("us")),
            ("type", json!(null)),
            ("n", json!(5)),
            ("f", json!("^1.5$")),
            ("nested", json!("^\\{branch=main, z=null\\}$")),
            ("list", json!("^\\[a, b\\]$")),
            ("e", json!("^\\{\\}$")),
        ] {
            assert!(by_key(key, pattern.clone()), "{key} {pattern}");
            assert!(by_path(key, pattern.clone()).unwrap(), "{key} {pattern}");
        }
        for (key, pattern) in [
            ("type", json!("^us")),
            ("missing", json!(null)),
            ("nul", json!(null)),
            ("type", json!("[")),
            ("$.type", json!("p")),
        ] {
            assert!(!by_key(key, pattern.clone()), "{key} {pattern}");
        }
        assert!(satisfied(&Map::new(), &Map::new()).unwrap());
    }

    #[test]
    fn a_path_finds_a_text_or_a_list_of_texts() {
        for (path, pattern) in [
            ("$.nested.branch", "main"),
            ("nested.branch", "ai"),
            ("$.n", "5"),
            ("$.list", "b"),
            ("$.list[*]", "^b$"),
            ("$.mixed", "a"),
            ("$.e", ""),
        ] {
            assert!(by_path(path, json!(pattern)).unwrap(), "{path}");
        }
        for (path, pattern) in [
            ("$.nested.branch", "dev"),
            ("$.nested", "main"),
            ("$.nested.z", ""),
            ("$.nope", ""),
            ("$..nope", ""),
            ("$.el", ""),
            ("$.list", "a, b"),
            ("$.nulls", "["),
            ("not a path[", ""),
        ] {
            assert!(!by_path(path, json!(pattern)).unwrap(), "{path}");
        }
        assert!(!by_path("$.nope", json!(null)).unwrap());
    }

    #[test]
    fn what_upstream_stumbles_over_is_refused() {
        for (path, pattern, exception) in [
            ("$.mixed", json!("x"), "ClassCastException"),
            ("$.nested.branch", json!(null), "NullPointerException"),
            ("$.el", json!(null), "NullPointerException"),
            ("$.nulls", json!("x"), "NullPointerException"),
            ("", json!("x"), "IllegalArgumentException"),
        ] {
            assert_eq!(by_path(path, pattern).unwrap_err().exception(), Some(exception), "{path}");
        }
    }
}
