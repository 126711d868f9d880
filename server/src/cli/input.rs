//! JSON objects from files or the standard input.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use gennaker_wire::Object;
use serde_json::Value;

use super::exit::Error;

/// The JSON object in `file`, or in the standard input for `-`.
///
/// # Errors
/// `Usage` if the file cannot be read, is YAML, or is not one JSON object.
pub(super) fn object(file: &str) -> Result<Object, Error> {
    if is_yaml(file) {
        return Err(Error::Usage(format!(
            "{file}: YAML files are not supported yet; write it as JSON, for example: yq -o=json . {file}"
        )));
    }
    let text = if file == "-" { standard_input() } else { fs::read_to_string(file) };
    let (text, place) = match text {
        Ok(text) => (text, if file == "-" { "the standard input" } else { file }),
        Err(error) => return Err(Error::Usage(format!("{file} cannot be read: {error}"))),
    };
    parse(&text).map_err(|problem| Error::Usage(format!("{place}: {problem}")))
}

fn is_yaml(file: &str) -> bool {
    let extension = Path::new(file).extension().map(|extension| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| extension == "yml" || extension == "yaml")
}

fn standard_input() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

fn parse(text: &str) -> Result<Object, String> {
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(Value::Array(_)) => Err("a JSON object is expected, not a list: save one at a time".to_owned()),
        Ok(_) => Err("a JSON object is expected".to_owned()),
        Err(_) if text.trim().is_empty() => Err("it is empty; a JSON object is expected".to_owned()),
        Err(error) => Err(format!("it is not JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_object_says_so() {
        let cases = [
            ("", "it is empty"),
            ("[{}]", "save one at a time"),
            ("7", "a JSON object is expected"),
            ("{\n  \"a\": }", "line 2 column 8"),
            ("name: x", "it is not JSON"),
        ];
        for (text, expected) in cases {
            let problem = parse(text).expect_err(text);
            assert!(problem.contains(expected), "{text:?}: {problem}");
        }
        assert_eq!(parse("\u{feff}{\"a\": 1}").expect("an object")["a"], 1);
    }

    #[test]
    fn yaml_is_refused_before_it_is_looked_for() {
        for file in ["p.yml", "dir/P.YAML"] {
            let error = object(file).expect_err("YAML");
            assert!(error.to_string().contains("not supported yet"), "{error}");
        }
        assert!(object("no-such-file.json").expect_err("no file").to_string().contains("cannot be read"));
    }
}
