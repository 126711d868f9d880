//! orca's HTTP API: upstream's paths, methods and JSON.

mod commands;
mod diagnosis;
mod executions;
mod expressions;
mod plan;
mod start;
mod unsupported;

use gennaker_http::{Access, Api, Error, Permission};

use crate::{Orca, app::parse::Refusal, engine};

/// Looking at an application's executions.
const READ: Permission = Permission::of("application", Access::Read);
/// Starting and steering them.
const EXECUTE: Permission = Permission::of("application", Access::Execute);
/// Deleting them.
const WRITE: Permission = Permission::of("application", Access::Write);

/// All routes.
pub(crate) fn api() -> Api<Orca> {
    start::api()
        .merge(executions::api())
        .merge(expressions::api())
        .merge(commands::api())
        .merge(diagnosis::api())
        .merge(plan::api())
        .merge(unsupported::api())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::new(refusal.kind, refusal.message)
    }
}

/// The answer to an engine's error about the execution `id`.
fn engine_error(noun: &str, id: &str, error: &engine::Error) -> Error {
    match error {
        engine::Error::Store(gennaker_store::Error::NotFound { .. }) => {
            Error::not_found(format!("No {noun} found for {id}"))
        }
        error => Error::new(error.kind(), error.to_string()),
    }
}
