//! Pipelines from templates, as upstream's orca makes them: v1 (Jinja, with modules, partials and inheritance) and v2 (a pipeline with
//! `${ templateVariables.… }`).
//!
//! ```
//! use std::sync::Arc;
//! use gennaker_templates::{Answers, Question, Style, v1};
//! use serde_json::json;
//!
//! let pipeline = json!({
//!     "type": "templatedPipeline", "id": "p-1",
//!     "config": {
//!         "schema": "1",
//!         "pipeline": {"application": "shop", "template": {"source": "spinnaker://wait"}, "variables": {"seconds": 5}},
//!     },
//! });
//! let pipeline = pipeline.as_object().unwrap();
//! assert_eq!(Style::of(pipeline), Some(Style::V1));
//!
//! let mut answers = Answers::default();
//! answers.add(Question::Template("spinnaker://wait".into()), Ok(json!({
//!     "schema": "1", "id": "wait", "variables": [{"name": "seconds", "type": "int"}],
//!     "stages": [{"id": "w", "type": "wait", "config": {"waitTime": "{{ seconds }}"}}],
//! })));
//! let made = v1::expand(pipeline, &Arc::new(answers), &mut || "some-id".into()).unwrap();
//! assert_eq!(made["stages"][0]["waitTime"], 5);
//! ```
//!
//! It asks nobody: what has to be looked up (a template by its source, a pipeline's id by its name) is a [`Question`], and whoever calls
//! repeats the expansion with the [`Answers`] so far until none is open. Ids are made by the caller.
//!
//! | | |
//! |---|---|
//! | [`v1::expand`] | a templated pipeline as it starts, or what is wrong with it |
//! | [`v1::mutate`] | a templated pipeline as it is saved: with the triggers, parameters … that it inherits |
//! | [`v1::resolve`] | a template with all that it inherits |
//! | [`v1::convert`] | a template made of a pipeline, as YAML |
//! | [`v2::Config`], [`v2::generate`] | the same as `expand` for v2; expressions are evaluated by the caller in between |
//! | [`saving`] | what is wrong with a template that is to be saved |
//! | [`render`] | any text of Jinja, outside of pipelines |
//!
//! Guarantees: nothing panics. A rendering ends and stays small: what one expression may do, how many modules are called and how deep,
//! how often a rendered text is rendered again, how large and how deep a value may be is limited. A text of a MiB can still make values
//! nested so deep that dropping them takes more than the usual stack: expand templates of strangers on a thread with 64 MiB.
//!
//! Jinja is rendered by `minijinja`, with upstream's tags and filters and what Jinjava has besides: `&&`, `||`, `!`, `a ? b : c`,
//! `unless`, methods of Java's texts, lists and maps, and values written as Java writes them. What differs stands in the reference page on
//! templates.
//!
//! Upstream: orca-pipelinetemplate.

mod answers;
mod graph;
mod java;
mod jinja;
mod problem;
mod read;
pub mod saving;
mod style;
mod text;
pub mod v1;
pub mod v2;

pub use self::{
    answers::{Answers, Question},
    problem::{Problem, Severity},
    read::parse,
    style::Style,
    text::render,
};

/// A JSON object.
pub type Object = serde_json::Map<String, serde_json::Value>;
