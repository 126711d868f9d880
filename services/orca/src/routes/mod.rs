//! orca's HTTP API: upstream's paths, methods and JSON.

mod admin;
mod children;
mod commands;
mod diagnosis;
mod events;
mod executions;
mod expressions;
mod feed;
mod last_good;
mod plan;
mod query;
mod schemas;
mod search;
mod start;
mod stream;
mod tasks;
mod templates;
mod unsupported;

use gennaker_http::{Access, Api, Error, Permission};
use http::StatusCode;

use crate::{
    Orca,
    app::{Refusal, start as starting},
    engine,
};

/// Looking at an application's executions.
const READ: Permission = Permission::of("application", Access::Read);
/// Starting and steering them.
const EXECUTE: Permission = Permission::of("application", Access::Execute);
/// Deleting them.
const WRITE: Permission = Permission::of("application", Access::Write);

/// All routes.
pub(crate) fn api() -> Api<Orca> {
    start::api()
        .merge(children::api())
        .merge(executions::api())
        .merge(tasks::api())
        .merge(search::api())
        .merge(events::api())
        .merge(feed::api())
        .merge(schemas::api())
        .merge(expressions::api())
        .merge(commands::api())
        .merge(admin::api())
        .merge(diagnosis::api())
        .merge(plan::api())
        .merge(last_good::api())
        .merge(templates::api())
        .merge(unsupported::api())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = Error::new(refusal.kind, refusal.message);
        let error = if refusal.errors.is_empty() { error } else { error.with_field("errors", refusal.errors) };
        if refusal.fails_upstream { error.with_status(StatusCode::INTERNAL_SERVER_ERROR) } else { error }
    }
}

impl From<starting::Error> for Error {
    fn from(error: starting::Error) -> Self {
        match error {
            starting::Error::Refused(refusal) => refusal.into(),
            starting::Error::Engine(error) => Error::new(error.kind(), error.to_string()),
            starting::Error::Client(error) => error,
        }
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
