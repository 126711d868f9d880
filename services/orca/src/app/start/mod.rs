//! How executions start: what a client sends becomes an execution that has not begun, or a refusal.
//!
//! ```text
//! POST /orchestrate        flow::orchestrate   trigger -> parameters -> artifacts -> template -> expressions -> pipeline -> the engine
//! POST /plan               flow::plan          the same up to the template, and nothing is started
//! POST /fail               flow::fail          the same, stored as failed
//! POST /ops                flow::task          trigger -> artifacts -> orchestration -> the engine
//! a stage's child          child::start        the parent's trigger, parameters and artifacts, then as above
//! the end of another       dependent::start    the same, with all the artifacts of the other
//! ```
//!
//! Only [`flow`], [`child`] and [`dependent`] ask anybody; the other modules are functions of what was sent. The rules are upstream's
//! `OperationsController`, `ExecutionLauncher`, `PipelineBuilder`, `TriggerDeserializer` and `DependentPipelineStarter`.
//!
//! What cannot start because of its artifacts, or because it is disabled, is stored as a failed execution, so that its owner sees it
//! among the others; what is not a pipeline at all is refused and leaves nothing behind.

mod asked;
pub(crate) mod child;
pub(crate) mod dependent;
mod error;
pub(crate) mod flow;
mod orchestration;
mod parameters;
mod pipeline;
mod read;
mod stages;
mod trigger;
mod triggered;

pub(crate) use self::{asked::Asked, error::Error, pipeline::UNKNOWN_APPLICATION, read::drop_nulls};
use super::Refusal;
