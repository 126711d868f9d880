//! gate's HTTP API: upstream's paths, methods and JSON.
//!
//! A file a subject. What is only passed on stands in its table; a handler is where something is decided.

mod accounts;
mod admin;
mod applications;
mod artifacts;
mod capabilities;
mod clusters;
mod configs;
mod data;
mod diagnosis;
mod documentation;
mod empty;
mod events;
mod executions;
mod expressions;
mod infrastructure;
pub(crate) mod input;
mod notifications;
mod projects;
mod relying;
mod search;
mod session;
mod snapshots;
mod start;
mod strategies;
mod tags;
mod tasks;
mod templates;
mod unsupported;
mod webhooks;

use gennaker_http::{Access, Api, Permission};

pub(crate) use self::relying::{RELYING, Relying};

use crate::{
    Gate,
    forward::{self, Forward},
};

/// Looking at an application and what belongs to it.
const READ: Permission = Permission::of("application", Access::Read);
/// Starting and steering its pipelines.
const EXECUTE: Permission = Permission::of("application", Access::Execute);
/// Changing it and its pipelines.
const WRITE: Permission = Permission::of("application", Access::Write);
/// Looking at an account and what runs there.
const READ_ACCOUNT: Permission = Permission::of("account", Access::Read);
/// Changing an account.
const WRITE_ACCOUNT: Permission = Permission::of("account", Access::Write);
/// Known callers; what they may not see is left out.
const KNOWN: Permission = Permission::Authenticated;

/// The subjects, each with its routes.
pub(crate) fn subjects() -> Vec<(&'static str, Api<Gate>)> {
    vec![
        ("session", session::api()),
        ("applications", applications::api()),
        ("pipeline configs", configs::api()),
        ("pipeline templates", templates::api()),
        ("strategies", strategies::api()),
        ("start", start::api()),
        ("executions", executions::api()),
        ("expressions", expressions::api()),
        ("diagnosis", diagnosis::api()),
        ("live events", events::api()),
        ("tasks", tasks::api()),
        ("projects", projects::api()),
        ("notifications", notifications::api()),
        ("webhooks", webhooks::api()),
        ("capabilities", capabilities::api()),
        ("accounts", accounts::api()),
        ("artifacts", artifacts::api()),
        ("clusters", clusters::api()),
        ("infrastructure", infrastructure::api()),
        ("search", search::api()),
        ("entity tags", tags::api()),
        ("snapshots", snapshots::api()),
        ("data", data::api()),
        ("banners and plugins", empty::api()),
        ("administration", admin::api()),
        ("documentation", documentation::api()),
        ("not supported", unsupported::api()),
    ]
}

/// All routes.
pub(crate) fn api() -> Api<Gate> {
    subjects().into_iter().fold(Api::new("gate"), |all, (_, api)| all.merge(api))
}

/// Everything that is passed on.
pub(crate) fn forwarded() -> impl Iterator<Item = &'static Forward> {
    [
        accounts::FORWARDED,
        admin::FORWARDED,
        applications::FORWARDED,
        artifacts::FORWARDED,
        capabilities::FORWARDED,
        clusters::FORWARDED,
        configs::FORWARDED,
        diagnosis::FORWARDED,
        executions::FORWARDED,
        expressions::FORWARDED,
        infrastructure::FORWARDED,
        notifications::FORWARDED,
        projects::FORWARDED,
        snapshots::FORWARDED,
        strategies::FORWARDED,
        tags::FORWARDED,
        tasks::FORWARDED,
        templates::FORWARDED,
        webhooks::FORWARDED,
    ]
    .into_iter()
    .flatten()
}

/// The routes of a table.
fn table(endpoints: &'static [Forward]) -> Api<Gate> {
    endpoints.iter().fold(Api::new("gate"), |api, endpoint| api.route(forward::route(endpoint)))
}
