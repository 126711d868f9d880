//! clouddriver's HTTP API: upstream's paths, methods and JSON.

mod applications;
mod artifacts;
mod cache;
mod clusters;
mod credentials;
mod images;
mod instances;
mod jobs;
mod lists;
mod load_balancers;
mod logs;
mod operations;
mod projects;
mod scaling_activities;
mod search;
mod security_groups;
mod server_groups;
mod tags;
mod tasks;
mod unsupported;

use gennaker_http::{Access, Api, Error, Permission, Result};

use crate::{
    Clouddriver,
    app::{inventory, operations as app, providers::AccountNow},
};

/// A known caller; what it may see is filtered from the answer.
const KNOWN: Permission = Permission::Authenticated;
/// Looking at an application.
const READ_APPLICATION: Permission = Permission::of("application", Access::Read);
/// Looking at an account.
const READ_ACCOUNT: Permission = Permission::of("account", Access::Read);
/// Changing what runs in an account.
const WRITE_ACCOUNT: Permission = Permission::of("account", Access::Write);

/// All routes.
pub(crate) fn api() -> Api<Clouddriver> {
    operations::api()
        .merge(tasks::api())
        .merge(credentials::api())
        .merge(applications::api())
        .merge(clusters::api())
        .merge(server_groups::api())
        .merge(load_balancers::api())
        .merge(instances::api())
        .merge(logs::api())
        .merge(images::api())
        .merge(lists::api())
        .merge(jobs::api())
        .merge(scaling_activities::api())
        .merge(security_groups::api())
        .merge(tags::api())
        .merge(projects::api())
        .merge(search::api())
        .merge(cache::api())
        .merge(artifacts::api())
        .merge(unsupported::api())
}

impl From<inventory::Error> for Error {
    fn from(error: inventory::Error) -> Self {
        Error::new(error.kind(), error.to_string())
    }
}

impl From<app::Error> for Error {
    fn from(error: app::Error) -> Self {
        let answer = Error::new(error.kind(), error.to_string());
        match error {
            app::Error::Refused { findings, .. } => answer.with_field("errors", findings),
            app::Error::Fenced { .. } => answer.with_field("code", "fenced"),
            app::Error::NotRetryable(_) => answer.with_field("retryable", false),
            _ => answer,
        }
    }
}

/// The account of that name.
///
/// # Errors
/// If there is none; `Unavailable` while one may be about to come.
fn account(service: &Clouddriver, name: &str) -> Result<AccountNow> {
    let complete = service.providers.is_complete();
    match service.providers.account(name) {
        Some(account) => Ok(account),
        None if complete => Err(Error::not_found(format!("Account does not exist (name: {name})"))),
        None => Err(inventory::Error::incomplete().into()),
    }
}

/// What a cloud said, for its caller.
fn of_provider(error: gennaker_provider_api::Error) -> Error {
    Error::new(error.kind, error.message)
}

/// A boolean of a query as upstream reads it: `true` in any case, else no.
fn flag(text: Option<&String>, default: bool) -> bool {
    text.map_or(default, |text| text.eq_ignore_ascii_case("true"))
}

/// The parts of a list separated by commas.
fn texts(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
