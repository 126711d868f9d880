//! Any text as a templated pipeline with the templates that it names: a pipeline or what is wrong, never a panic.
//!
//! The input is YAML: the pipeline, then each template after a line `>>> spinnaker://ID` with its source. All of it is also
//! rendered as one text of Jinja. How large and how slow an expansion becomes is watched by who runs this.

#![no_main]

use std::{sync::Arc, thread};

use gennaker_templates::{Answers, Object, Question, parse, saving, v1, v2};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// What the crate asks for: templates of strangers may be nested deep.
const STACK: usize = 64 << 20;
/// The most templates.
const AT_MOST: usize = 8;

fuzz_target!(|input: &str| {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || expand(input));
        thread.expect("a thread").join().expect("a panic ends the process before");
    });
});

fn expand(input: &str) {
    let mut sections = input.split("\n>>> ");
    let pipeline = object(sections.next().unwrap_or_default());
    let mut answers = Answers::default();
    let mut templates = Vec::new();
    for section in sections.take(AT_MOST) {
        let (source, text) = section.split_once('\n').unwrap_or((section, ""));
        let template = object(text);
        answers.add(Question::Template(source.to_owned()), template.clone().map(Value::Object));
        templates.extend(template.ok().map(|template| (source, template)));
    }
    let id = Value::from("pipeline-1");
    answers.add(Question::PipelineId { application: "shop".to_owned(), name: "deploy".to_owned() }, Ok(id));
    let answers = Arc::new(answers);

    for (source, template) in &templates {
        let _ = (saving::check_v1(template), saving::check_v2(template), v1::resolve(source, &answers));
    }
    let trigger =
        Object::from_iter([("parameters".to_owned(), serde_json::json!({"tag": "v1", "n": [1, {"a": null}]}))]);
    let _ = v1::rendered_source(input, "shop", &trigger, &answers);
    let Ok(pipeline) = pipeline else { return };

    let mut ids = 0;
    let mut next = || {
        ids += 1;
        format!("id-{ids}")
    };
    let _ = v1::expand(&pipeline, &answers, &mut next);
    let _ = v1::mutate(&mut pipeline.clone(), &answers);
    if let Ok(template) = v1::convert(&pipeline) {
        assert!(parse("convert", &template).is_ok(), "a template that cannot be read: {template}");
    }
    let Ok(config) = v2::Config::of(&pipeline) else { return };
    let own = config.own_template();
    for template in templates.iter().map(|(_, template)| template).chain([&own]) {
        let _ = v2::scope(&config, Some(template), &trigger);
        let mut evaluated = template.clone();
        v2::put_variables(&mut evaluated, v2::variables(template));
        let _ = v2::generate(&pipeline, &config, &evaluated);
    }
}

fn object(text: &str) -> Result<Object, String> {
    match parse("input", text)? {
        Value::Object(object) => Ok(object),
        _ => Err("it is no object".to_owned()),
    }
}
