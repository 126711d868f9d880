//! Upstream's endpoints of what front50 does not keep yet: each answers 501 and says so.

use std::sync::Arc;

use gennaker_http::{Access, Api, Permission, unsupported};
use http::Method;

use crate::app::App;

/// What is not kept. Where upstream's paths differ only in a parameter's name by their methods, one name is used here.
const MISSING: [Missing; 2] = [
    (
        "front50 does not keep delivery configs yet",
        Owner::Application,
        &[
            (Method::GET, "/applications/{application}/deliveries"),
            (Method::DELETE, "/applications/{application}/deliveries/{id}"),
            (Method::GET, "/deliveries"),
            (Method::POST, "/deliveries"),
            (Method::GET, "/deliveries/{id}"),
            (Method::PUT, "/deliveries/{id}"),
        ],
    ),
    (
        "front50 does not keep plugins yet",
        Owner::Admin,
        &[
            (Method::GET, "/pluginBinaries/{id}/{version}"),
            (Method::POST, "/pluginBinaries/{id}/{version}"),
            (Method::GET, "/pluginInfo"),
            (Method::POST, "/pluginInfo"),
            (Method::DELETE, "/pluginInfo/{id}"),
            (Method::GET, "/pluginInfo/{id}"),
            (Method::POST, "/pluginInfo/{id}/releases"),
            (Method::PUT, "/pluginInfo/{id}/releases"),
            (Method::DELETE, "/pluginInfo/{id}/releases/{releaseVersion}"),
            (Method::PUT, "/pluginInfo/{id}/releases/{releaseVersion}"),
            (Method::PUT, "/pluginVersions/{serverGroupName}"),
        ],
    ),
];

/// What is said, whose permission is needed, and the endpoints.
type Missing = (&'static str, Owner, &'static [(Method, &'static str)]);

/// Whose permission an endpoint needs.
#[derive(Clone, Copy)]
enum Owner {
    Application,
    Admin,
}

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    let endpoints = MISSING.iter().flat_map(|(message, owner, endpoints)| {
        endpoints.iter().map(move |(method, path)| (method, *path, *message, *owner))
    });
    endpoints.fold(Api::new(super::SERVICE), |api, (method, path, message, owner)| {
        let access = if method == Method::GET { Access::Read } else { Access::Write };
        let permission = match owner {
            Owner::Application => Permission::of("application", access),
            Owner::Admin => Permission::Admin,
        };
        api.route(unsupported(method.clone(), path, message).needs(permission))
    })
}
