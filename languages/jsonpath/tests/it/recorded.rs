//! `jayway.json`: what json-path 2.9.0 answered.

use gennaker_jsonpath::{Error, Options, Path};
use serde_json::{Value, json};

fn options(case: &Value) -> Options {
    let mut options = Options::default();
    for name in case["options"].as_array().into_iter().flatten() {
        match name.as_str().unwrap_or_default() {
            "DEFAULT_PATH_LEAF_TO_NULL" => options.default_path_leaf_to_null = true,
            "ALWAYS_RETURN_LIST" => options.always_return_list = true,
            "AS_PATH_LIST" => options.as_path_list = true,
            "SUPPRESS_EXCEPTIONS" => options.suppress_exceptions = true,
            "REQUIRE_PROPERTIES" => options.require_properties = true,
            other => panic!("{other}"),
        }
    }
    options
}

fn play(case: &Value, document: &Value) -> Result<Value, Error> {
    let path = Path::parse(case["path"].as_str().unwrap_or_default())?;
    if let Some(definite) = case["definite"].as_bool() {
        assert_eq!(path.is_definite(), definite, "{case}");
    }
    let mut changed = document.clone();
    match case["op"].as_str() {
        Some("set") => path.set(&mut changed, &case["value"]).map(|_| changed),
        Some("delete") => path.delete(&mut changed).map(|_| changed),
        _ => path.read_with(document, options(case)),
    }
}

/// Whether it is the exception that was recorded.
fn is_recorded(error: &Error, class: &str) -> bool {
    match error {
        Error::Syntax { .. } => class == "syntax",
        Error::NotFound { .. } => class == "PathNotFoundException",
        Error::Inapplicable { .. } => class == "InvalidPathException",
        Error::Failed { .. } => !matches!(
            class,
            "syntax" | "PathNotFoundException" | "InvalidPathException" | "InvalidModificationException"
        ),
        Error::Modification { .. } => {
            matches!(
                class,
                "InvalidModificationException" | "ArrayIndexOutOfBoundsException" | "IndexOutOfBoundsException"
            )
        }
        _ => false,
    }
}

#[test]
fn every_recorded_answer_is_ours() {
    let recorded: Value = serde_json::from_str(include_str!("jayway.json")).unwrap();
    let cases = recorded["cases"].as_array().unwrap();
    assert!(cases.len() > 500);
    let mut differ = Vec::new();
    for case in cases {
        let expected = &case["expected"];
        let got = play(case, &recorded["documents"][case["document"].as_str().unwrap()]);
        let same = match &got {
            Ok(value) => expected.get("ok") == Some(value),
            Err(error) => expected["error"].as_str().is_some_and(|class| is_recorded(error, class)),
        };
        if !same {
            differ.push(format!("{case}\n  {got:?}"));
        }
    }
    assert!(differ.is_empty(), "{} of {} differ\n{}", differ.len(), cases.len(), differ.join("\n"));
}

#[test]
fn places_and_values_are_the_same() {
    let recorded: Value = serde_json::from_str(include_str!("jayway.json")).unwrap();
    let mut places = 0;
    for case in recorded["cases"].as_array().unwrap() {
        let Ok(path) = Path::parse(case["path"].as_str().unwrap()) else { continue };
        let document = &recorded["documents"][case["document"].as_str().unwrap()];
        let (Ok(nodes), Ok(locations)) = (path.nodes(document), path.locations(document)) else { continue };
        let found: Vec<_> = locations.iter().map(|at| document.pointer(&at.pointer()).unwrap()).collect();
        assert_eq!(nodes, found, "{path}");
        places += nodes.len();
        // A function makes a value of its own; several names at the end make one object.
        if !path.text().contains('(') && !path.text().contains(',') {
            let values = path.read(document).unwrap_or(json!([]));
            let values = if path.is_definite() && !nodes.is_empty() { json!([values]) } else { values };
            assert_eq!(json!(nodes), values, "{path}");
        }
    }
    assert!(places > 500);
}
