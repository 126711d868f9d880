//! Paths into JSON as Jayway's json-path 2.9.0 reads them: its dialect, its results, its oddities.
//!
//! Pipelines carry such paths: where a webhook's answer has its status, what a trigger's payload must hold, which images
//! of a manifest an artifact replaces. They were tried out against Jayway's reader, which is older than RFC 9535 and
//! knows `.length()`, `=~`, `in`, `$.a-b` and paths without `$`.
//!
//! ```
//! use gennaker_jsonpath::Path;
//! use serde_json::json;
//!
//! let mut manifest = json!({"spec": {"containers": [{"name": "a", "image": "nginx"}, {"name": "b", "image": "redis"}]}});
//! let image = Path::parse("$.spec.containers[?( @.image == 'nginx' )].image")?;
//! assert_eq!(image.read(&manifest)?, json!(["nginx"]));
//! assert_eq!(image.locations(&manifest)?[0].to_string(), "$['spec']['containers'][0]['image']");
//!
//! assert_eq!(image.set(&mut manifest, &json!("nginx:1.27"))?, 1);
//! assert_eq!(Path::parse("spec.containers[0].image")?.read(&manifest)?, json!("nginx:1.27"));
//! assert_eq!(Path::parse("$.spec.containers.length()")?.read(&manifest)?, json!(2));
//! # Ok::<(), gennaker_jsonpath::Error>(())
//! ```
//!
//! | | |
//! |---|---|
//! | `$`, `@` | the document; in a filter the element. Without either, `$.` is put before the path |
//! | `.a`, `['a']`, `["a"]` | a property; `\` escapes within quotes |
//! | `['a','b']` | several; at the end of a path one object of them |
//! | `[0]`, `[-1]`, `[0,2]` | elements, from the end if negative |
//! | `[1:]`, `[:2]`, `[1:2]` | slices; a step is read over |
//! | `*`, `[*]` | all properties or elements |
//! | `..a`, `..*`, `..[0]`, `..[?(...)]` | the same at every level below |
//! | `[?(...)]` | elements for which a filter holds |
//! | `[?]` | elements that a [`Predicate`] of the program accepts |
//! | `== != === !== < <= > >=` | numbers by their value, strings by their characters; `===` asks for the same type too |
//! | `=~ /pattern/i` | the whole text matches a regular expression of Java; flags are `dimsuxU` |
//! | `in nin anyof noneof subsetof contains` | with lists, `['a', 1]` |
//! | `size empty exists` | `@.a size 2`, `@.a empty true` |
//! | `&& \|\| ! ( )` | a path on its own asks whether it leads anywhere |
//! | `.length() .size() .keys()` `.min() .max() .avg() .sum() .stddev()` `.concat(...) .append(...)` `.first() .last() .index(n)` | functions; they are given paths and JSON |
//!
//! A path is definite if it leads to one place at most ([`Path::is_definite`]); it then gives the value, otherwise the
//! list of values. [`Options`] changes that, and what a missing place is.
//!
//! Guarantees: nothing panics or runs without end; paths, evaluations and results beyond [`MAX_LENGTH`], [`MAX_TOKENS`],
//! [`MAX_NESTING`], [`MAX_DEPTH`] and [`MAX_STEPS`] end in [`Error::Limit`]. Reading changes nothing. What is found comes
//! in the order of the document.
//!
//! It is not RFC 9535, and not a way to build filters in code (`Criteria`) beyond predicates. Four things are not as in
//! Jayway: every evaluation is as the first one of a path (there, `..[0].a` and a wildcard in what a function is given
//! leave traces in the path); `append` makes a copy instead of changing the document; a place that a path leads to twice
//! is changed once; `keys()` within a text is a list as JSON has it.
//!
//! Source: json-path 2.9.0 with json-smart 2.5.0; each module names the classes that its rules are from.

mod change;
mod error;
mod evaluate;
mod lenient;
mod limits;
mod location;
mod number;
mod options;
mod parse;
mod path;
mod predicate;
mod syntax;

pub use self::{
    error::Error,
    limits::{MAX_DEPTH, MAX_LENGTH, MAX_NESTING, MAX_STEPS, MAX_TOKENS},
    location::{Location, Step},
    options::Options,
    path::Path,
    predicate::Predicate,
};
