//! front50's endpoints: they read requests and write answers, and leave what is done to the app.

mod admin;
mod answer;
mod applications;
mod body;
mod fence;
mod notifications;
mod permissions;
mod pipelines;
mod projects;
mod query;
mod service_accounts;
mod snapshots;
mod strategies;
mod tags;
mod templates;
mod unsupported;

use std::sync::Arc;

use gennaker_http::Api;

pub(crate) use self::fence::admit;
use crate::app::App;

const SERVICE: &str = "front50";

/// All routes but `/health`.
pub(crate) fn api() -> Api<Arc<App>> {
    applications::api()
        .merge(permissions::api())
        .merge(pipelines::api())
        .merge(strategies::api())
        .merge(templates::api())
        .merge(projects::api())
        .merge(notifications::api())
        .merge(service_accounts::api())
        .merge(snapshots::api())
        .merge(tags::api())
        .merge(admin::api())
        .merge(unsupported::api())
}
