//! front50's endpoints: they read requests and write answers, and leave what is done to the app.

mod answer;
mod applications;
mod body;
mod fence;
mod pipelines;
mod query;
mod unsupported;

use std::sync::Arc;

use gennaker_http::Api;

pub(crate) use self::fence::admit;
use crate::app::App;

const SERVICE: &str = "front50";

/// All routes but `/health`.
pub(crate) fn api() -> Api<Arc<App>> {
    applications::api().merge(pipelines::api()).merge(unsupported::api())
}
