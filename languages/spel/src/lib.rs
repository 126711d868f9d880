//! The expressions of pipelines: the Spring Expression Language, as Spinnaker evaluates it in the settings of a stage.
//!
//! Pipelines of many years are full of `${trigger.parameters.tag ?: 'latest'}` and `${#stage('Bake').context.ami}`, and they mean
//! what the original's engine makes of them: Java's numbers and strings, Spring's choice between overloads, its oddities where they
//! can be seen. So do they here.
//!
//! ```
//! use gennaker_spel::{Nothing, pipeline::{self, Context, Options}};
//! use serde_json::json;
//!
//! let execution = json!({
//!     "id": "01",
//!     "type": "PIPELINE",
//!     "trigger": {"type": "manual", "parameters": {"regions": "us-east-1,us-west-2"}},
//!     "stages": [{"id": "s1", "refId": "1", "name": "Bake", "type": "bake", "status": "SUCCEEDED", "context": {"ami": "ami-1"}}],
//! });
//! let context = Context::of_execution(execution.as_object().unwrap());
//! let options = Options::default();
//! let value = |text: &str| pipeline::evaluate(text, &context, &Nothing, &options);
//!
//! assert_eq!(value("${#stage('Bake').context.ami}")?, Some(json!("ami-1")));
//! assert_eq!(value("${parameters.regions.split(',').?[#this.startsWith('us-e')]}")?, Some(json!(["us-east-1"])));
//! assert_eq!(value("deploy-${parameters.tag ?: 'latest'}")?, Some(json!("deploy-latest")));
//!
//! let error = value("${#stage('Bkae').context.ami}").unwrap_err();
//! assert!(error.to_string().ends_with("did you mean 'Bake'?"));
//! # Ok::<(), gennaker_spel::Error>(())
//! ```
//!
//! Guarantees: an evaluation is pure but for what it asks its [`Host`], and ends: [`Limits`] bound its depth, its operations and what
//! it makes. Nothing but the classes of upstream's allow list can be reached. It panics on no input.
//!
//! It is not Spring's whole language: there are no beans and no fields, and of Java's classes those of the allow list. What differs
//! from the original, and stays so:
//! - What an expression changes (`list.add('x')`, `name = 1`) is seen by the expressions after it in the same evaluation, and the
//!   execution itself stays as it was; the original changes its lists and maps for good.
//! - Numbers with a fraction are written with the shortest digits that read back as the same number; Java 17 sometimes writes one more.
//! - Dates lie in the years -9999 to 9999; names of months and days are English; `java.util.Date` and `SimpleDateFormat` are in UTC.
//! - The wording of errors is ours.
//!
//! Sources: Spring Framework 6.2 (`spring-expression`, the conversions of `spring-core`), `kork-expressions` and the expression classes of
//! `orca-core` as of August 2026, the documentation of Java 17; each item names its class.

mod beans;
mod class;
mod classes;
mod convert;
mod cost;
mod error;
mod evaluate;
mod functions;
mod host;
mod limits;
mod method;
mod parser;
pub mod pipeline;
mod suggest;
mod syntax;
mod template;
mod token;
mod value;

pub use self::{
    class::{Class, Element, Primitive, Type},
    error::{Error, Kind},
    host::{Host, Nothing, Question},
    limits::Limits,
    value::{Array, Bean, List, Map, Object, Outputs, Root, Text, Value},
};
