//! Upstream's endpoints of what echo does not do yet: each answers 501 and says so.

use std::sync::Arc;

use gennaker_http::{Access, Api, Permission, unsupported};
use http::Method;

use crate::app::App;

const NO_SCHEDULER: &str = "cron triggers are part of a pipeline here: save them with it";
const NO_NOTIFICATIONS: &str = "echo does not send notifications yet";

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    let execute = Permission::of("application", Access::Execute);
    [
        (Method::POST, "/scheduledActions", NO_SCHEDULER, execute),
        (Method::DELETE, "/scheduledActions/{id}", NO_SCHEDULER, execute),
        (Method::POST, "/notifications", NO_NOTIFICATIONS, Permission::Authenticated),
        (Method::POST, "/notifications/callbacks/{source}", NO_NOTIFICATIONS, Permission::Authenticated),
    ]
    .into_iter()
    .fold(Api::new(super::SERVICE), |api, (method, path, message, permission)| {
        api.route(unsupported(method, path, message).needs(permission))
    })
}
