//! Any path on any document: an answer or an error, and never a panic.
//!
//! The input is a path, a line feed and a document.

#![no_main]

use gennaker_jsonpath::{Options, Path};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: &str| {
    let (text, document) = input.split_once('\n').unwrap_or((input, ""));
    let Ok(path) = Path::parse(text) else { return };
    let fallback = || json!({"a": [{"b": 1, "c": "x"}, {"b": 2.5}, [1, -1, "1"]], "b": {"a": null, "c": true}, "c": "y"});
    let document: Value = serde_json::from_str(document).unwrap_or_else(|_| fallback());
    let all = Options { default_path_leaf_to_null: true, require_properties: true, ..Options::default() };
    for options in [Options::default(), all, Options { as_path_list: true, suppress_exceptions: true, ..all }] {
        let _ = path.read_with(&document, options);
    }
    let nodes = path.nodes(&document);
    let locations = path.locations(&document);
    if let (Ok(nodes), Ok(locations)) = (nodes, locations) {
        assert_eq!(nodes.len(), locations.len());
        for (node, location) in nodes.into_iter().zip(locations) {
            assert_eq!(Some(node), document.pointer(&location.pointer()));
        }
    }
    let _ = path.set(&mut document.clone(), &json!(["set"]));
    let _ = path.update(&mut document.clone(), |value| Some(json!([value])));
    let _ = path.delete(&mut document.clone());
});
