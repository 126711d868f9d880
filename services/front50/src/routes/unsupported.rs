//! Upstream's endpoints of what front50 does not keep yet: each answers 501 and says so.

use std::sync::Arc;

use gennaker_http::{Access, Api, Permission, unsupported};
use http::Method;

use crate::app::App;

/// What is not kept. Where upstream's paths differ only in a parameter's name by their methods, one name is used here.
const MISSING: [Missing; 11] = [
    (
        "front50 does not keep strategies yet",
        Owner::Application,
        &[
            (Method::POST, "/actions/strategies/reorder"),
            (Method::GET, "/strategies"),
            (Method::POST, "/strategies"),
            (Method::POST, "/strategies/batchUpdate"),
            (Method::GET, "/strategies/{id}"),
            (Method::DELETE, "/strategies/{application}/{strategy}"),
            (Method::PUT, "/strategies/{id}"),
            (Method::GET, "/strategies/{id}/history"),
        ],
    ),
    ("front50 does not recover deleted objects yet", Owner::Admin, &[(Method::POST, "/admin/recover")]),
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
        "front50 does not keep notifications yet",
        Owner::Application,
        &[
            (Method::GET, "/notifications"),
            (Method::POST, "/notifications/batchUpdate"),
            (Method::GET, "/notifications/global"),
            (Method::POST, "/notifications/global"),
            (Method::DELETE, "/notifications/{type}/{name}"),
            (Method::GET, "/notifications/{type}/{name}"),
            (Method::POST, "/notifications/{type}/{name}"),
        ],
    ),
    (
        "front50 does not keep permissions of applications yet",
        Owner::Application,
        &[
            (Method::GET, "/permissions/applications"),
            (Method::POST, "/permissions/applications"),
            (Method::DELETE, "/permissions/applications/{appName}"),
            (Method::GET, "/permissions/applications/{appName}"),
            (Method::PUT, "/permissions/applications/{appName}"),
        ],
    ),
    (
        "front50 does not keep pipeline templates yet",
        Owner::Application,
        &[
            (Method::GET, "/pipelineTemplates"),
            (Method::POST, "/pipelineTemplates"),
            (Method::DELETE, "/pipelineTemplates/{id}"),
            (Method::GET, "/pipelineTemplates/{id}"),
            (Method::PUT, "/pipelineTemplates/{id}"),
            (Method::GET, "/pipelineTemplates/{id}/dependentPipelines"),
            (Method::GET, "/v2/pipelineTemplates"),
            (Method::POST, "/v2/pipelineTemplates"),
            (Method::GET, "/v2/pipelineTemplates/versions"),
            (Method::DELETE, "/v2/pipelineTemplates/{id}"),
            (Method::GET, "/v2/pipelineTemplates/{id}"),
            (Method::PUT, "/v2/pipelineTemplates/{id}"),
            (Method::GET, "/v2/pipelineTemplates/{id}/dependentPipelines"),
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
    (
        "front50 does not keep service accounts yet",
        Owner::Admin,
        &[
            (Method::GET, "/serviceAccounts"),
            (Method::POST, "/serviceAccounts"),
            (Method::GET, "/serviceAccounts/tokenEligible"),
            (Method::DELETE, "/serviceAccounts/{serviceAccountId}"),
        ],
    ),
    (
        "front50 does not keep snapshots yet",
        Owner::Application,
        &[
            (Method::POST, "/snapshots"),
            (Method::GET, "/snapshots/{id}"),
            (Method::GET, "/snapshots/{id}/history"),
            (Method::GET, "/snapshots/{id}/{timestamp}"),
        ],
    ),
    (
        "front50 does not keep projects yet",
        Owner::Anybody,
        &[
            (Method::GET, "/v2/projects"),
            (Method::POST, "/v2/projects"),
            (Method::POST, "/v2/projects/batchUpdate"),
            (Method::GET, "/v2/projects/search"),
            (Method::DELETE, "/v2/projects/{projectId}"),
            (Method::GET, "/v2/projects/{projectId}"),
            (Method::PUT, "/v2/projects/{projectId}"),
        ],
    ),
    (
        "front50 does not keep entity tags yet",
        Owner::Anybody,
        &[
            (Method::GET, "/v2/tags"),
            (Method::POST, "/v2/tags"),
            (Method::DELETE, "/v2/tags/{*id}"),
            (Method::GET, "/v2/tags/{*id}"),
            (Method::POST, "/v2/tags/batchDelete"),
            (Method::POST, "/v2/tags/batchUpdate"),
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
    Anybody,
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
            Owner::Anybody => Permission::Authenticated,
        };
        api.route(unsupported(method.clone(), path, message).needs(permission))
    })
}
