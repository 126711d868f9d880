//! gate's HTTP API: upstream's paths, methods and JSON.

mod admin;
mod applications;
mod configs;
mod diagnosis;
mod events;
mod executions;
mod expressions;
mod infrastructure;
mod input;
mod known_empty;
mod search;
mod session;
mod start;
mod tasks;
mod unsupported;

use gennaker_http::{Access, Api, Permission};

use crate::Gate;

/// Looking at an application and what belongs to it.
const READ: Permission = Permission::of("application", Access::Read);
/// Starting and steering its pipelines.
const EXECUTE: Permission = Permission::of("application", Access::Execute);
/// Changing it and its pipelines.
const WRITE: Permission = Permission::of("application", Access::Write);
/// Looking at an account and what runs there.
const READ_ACCOUNT: Permission = Permission::of("account", Access::Read);
/// Known callers; what they may not see is left out.
const KNOWN: Permission = Permission::Authenticated;

/// All routes.
pub(crate) fn api() -> Api<Gate> {
    session::api()
        .merge(applications::api())
        .merge(configs::api())
        .merge(start::api())
        .merge(executions::api())
        .merge(admin::api())
        .merge(expressions::api())
        .merge(diagnosis::api())
        .merge(events::api())
        .merge(tasks::api())
        .merge(infrastructure::api())
        .merge(search::api())
        .merge(known_empty::api())
        .merge(unsupported::api())
}
