//! Upstream's endpoints of what echo does not do yet: each answers 501 and says so.

use std::sync::Arc;

use gennaker_http::{Access, Api, Permission, unsupported};
use http::Method;

use crate::app::App;

const NO_SCHEDULER: &str = "echo does not schedule actions yet";
const NO_NOTIFICATIONS: &str = "echo does not send notifications yet";

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    let execute = Permission::of("application", Access::Execute);
    let read = Permission::of("application", Access::Read);
    [
        (Method::GET, "/scheduledActions", NO_SCHEDULER, read),
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
