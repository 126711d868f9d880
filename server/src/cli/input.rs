//! Objects from files or the standard input, in JSON or YAML.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use gennaker_wire::Object;
use serde_json::Value;

use super::exit::Error;

/// What a text may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Json,
    /// YAML 1.1, as upstream reads it.
    Yaml,
    /// JSON; what is not may be YAML.
    Either,
}

/// The object in `file`, or in the standard input for `-`. Files named `.yml` or `.yaml` are YAML, other files JSON; the standard
/// input may be either.
///
/// # Errors
/// `Usage` if the file cannot be read, is not in its language, or is not one object.
pub(super) fn object(file: &str) -> Result<Object, Error> {
    match value(file)? {
        Value::Object(object) => Ok(object),
        other => Err(Error::Usage(format!("{}: {}", place(file), no_object(&other)))),
    }
}

/// The list in `file`, or the one at `key` of the object there.
///
/// # Errors
/// As [`object`].
pub(super) fn list(file: &str, key: &str) -> Result<Value, Error> {
    let list = match value(file)? {
        Value::Object(mut object) => object.remove(key).unwrap_or_default(),
        other => other,
    };
    match list {
        Value::Array(_) => Ok(list),
        _ => Err(Error::Usage(format!("{}: a list is expected, or an object with a list {key}", place(file)))),
    }
}

/// Whatever is in `file`, but not nothing.
pub(super) fn value(file: &str) -> Result<Value, Error> {
    let (text, language) = match file {
        "-" => (standard_input(), Language::Either),
        file => (fs::read_to_string(file), language(file)),
    };
    let text = text.map_err(|error| Error::Usage(format!("{} cannot be read: {error}", place(file))))?;
    parse(&text, language).map_err(|problem| Error::Usage(format!("{}: {problem}", place(file))))
}

fn place(file: &str) -> &str {
    if file == "-" { "the standard input" } else { file }
}

fn language(file: &str) -> Language {
    let extension = Path::new(file).extension().map(|extension| extension.to_ascii_lowercase());
    match extension {
        Some(extension) if extension == "yml" || extension == "yaml" => Language::Yaml,
        _ => Language::Json,
    }
}

fn standard_input() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

fn parse(text: &str, language: Language) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err("it is empty; an object is expected".to_owned());
    }
    read(text, language)
}

fn no_object(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "one object is expected, not a list: save one at a time",
        _ => "an object is expected, such as {\"name\": \"...\"}",
    }
}

fn read(text: &str, language: Language) -> Result<Value, String> {
    let yaml = || gennaker_yaml::read_json(text).map_err(|error| format!("it is not YAML: {error}"));
    if language == Language::Yaml {
        return yaml();
    }
    serde_json::from_str(text).or_else(|error| {
        let problem = format!("it is not JSON: {error}");
        // Who begins with a bracket means JSON, and is told what is wrong with that.
        let looks_like_json = text.trim_start().starts_with(['{', '[']);
        match language {
            Language::Either if looks_like_json => yaml().map_err(|_| problem),
            Language::Either => yaml(),
            _ if looks_like_json => Err(problem),
            _ => Err(format!("{problem}; a YAML file has a name that ends in .yml or .yaml")),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_an_object_says_so() {
        let cases = [
            (Language::Json, "", "it is empty"),
            (Language::Yaml, " \n", "it is empty"),
            (Language::Json, "[{}]", "save one at a time"),
            (Language::Yaml, "- name: x", "save one at a time"),
            (Language::Json, "7", "an object is expected"),
            (Language::Either, "shop", "an object is expected"),
            (Language::Json, "{\n  \"a\": }", "it is not JSON: expected value at line 2 column 8"),
            (Language::Either, "{\n  \"a\": \"}", "it is not JSON: EOF while parsing a string at line 2 column 9"),
            (Language::Json, "name: x", "ends in .yml or .yaml"),
            (Language::Yaml, "a: 1\n  b: 2\n", "it is not YAML: line 2, column 4"),
            (Language::Either, "a: [1\nb: 2\n", "it is not YAML: line 2"),
            (Language::Yaml, "a: 1\n---\nb: 2\n", "line 2, column 1"),
        ];
        for (language, text, expected) in cases {
            let problem = match parse(text, language) {
                Ok(value) => no_object(&value).to_owned(),
                Err(problem) => problem,
            };
            assert!(problem.contains(expected), "{text:?}: {problem}");
        }
    }

    #[test]
    fn json_and_yaml_give_the_same_object() {
        let expected = json!({"name": "shop", "stages": [{"type": "wait", "waitTime": 30}], "enabled": true});
        let yaml = "\u{feff}name: shop\nstages:\n- type: wait\n  waitTime: 30\nenabled: yes\n";
        for (language, text) in [
            (Language::Json, format!("\u{feff}{expected}")),
            (Language::Either, expected.to_string()),
            (Language::Either, yaml.to_owned()),
            (Language::Yaml, yaml.to_owned()),
            (Language::Either, "{name: shop, stages: [{type: wait, waitTime: 30}], enabled: on}".to_owned()),
        ] {
            assert_eq!(parse(&text, language), Ok(expected.clone()), "{text}");
        }
    }

    #[test]
    fn a_files_name_says_its_language() {
        for (file, expected) in [
            ("p.yml", Language::Yaml),
            ("dir/P.YAML", Language::Yaml),
            ("p.json", Language::Json),
            ("dir.yml/pipeline", Language::Json),
        ] {
            assert_eq!(language(file), expected, "{file}");
        }
        let missing = object("no-such-file.yml").expect_err("no file").to_string();
        assert!(missing.contains("no-such-file.yml cannot be read"), "{missing}");
    }
}
