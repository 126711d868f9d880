//! Any text as a template, in a context that has one of everything.

#![no_main]

use std::sync::LazyLock;

use gennaker_spel::{
    Nothing,
    pipeline::{self, Context, Options},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

static EXECUTION: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "id": "01", "type": "PIPELINE", "application": "shop", "status": "RUNNING",
        "trigger": {"type": "manual", "user": "ann", "parameters": {"tag": "v7", "n": 3}},
        "stages": [
            {"id": "s1", "refId": "1", "type": "bake", "name": "Bake", "status": "SUCCEEDED", "context": {}, "outputs": {"ami": "ami-1"}},
            {"id": "s2", "refId": "2", "type": "deploy", "name": "Deploy", "status": "RUNNING", "requisiteStageRefIds": ["1"],
             "context": {"a": "text", "n": 7, "d": 2.5, "list": [1, "b", null, [2]], "map": {"k": {"z": "v"}}, "none": null}},
        ],
    })
});

fuzz_target!(|text: &str| {
    let Some(execution) = EXECUTION.as_object() else { return };
    let options = Options::default();
    if let Some(context) = Context::of_stage(execution, "s2") {
        let _ = pipeline::evaluate(text, &context, &Nothing, &options);
        let _ = pipeline::evaluate(&format!("${{{text}}}"), &context, &Nothing, &options);
    }
});
