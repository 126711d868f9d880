//! echo's endpoints: they read requests and write answers, and leave what is done to the app.

mod events;
mod lists;
mod unsupported;

use std::sync::Arc;

use gennaker_http::Api;

use crate::app::App;

const SERVICE: &str = "echo";

/// All routes but `/health`.
pub(crate) fn api() -> Api<Arc<App>> {
    events::api().merge(lists::api()).merge(unsupported::api())
}
