//! orca: runs pipelines.
//!
//! [`planner`] decides, without I/O. [`engine`] owns executions: it records what the planner decided and then does it.
//! `expressions/` evaluates what pipelines write between `${` and `}`. `routes/` speaks upstream's HTTP API, `app/` turns requests into executions and executions into answers. What the stages
//! do is in `gennaker-orca-stages`. [`recording`] runs a recorded execution through the planner again.

mod app;
pub mod engine;
mod expressions;
mod options;
pub mod planner;
pub mod recording;
mod routes;
mod service;

pub use self::{
    options::{Cleanup, ClusterLockMode, ClusterLocks, Echo, EchoEvents, FailedStages, Import, Lists, Options},
    service::Orca,
};
