//! Upstream's endpoints that this build does not answer yet: 501, and what is missing.
//!
//! The permissions are those that the endpoints will need at the least.

mod managed_delivery;
mod services;

use gennaker_http::{Api, Permission, unsupported};
use http::Method;

use super::{KNOWN, READ, WRITE};
use crate::Gate;

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

/// Endpoints that wait for the same thing.
struct Missing {
    message: &'static str,
    permission: Permission,
    endpoints: &'static [(Method, &'static str)],
}

pub(super) fn api() -> Api<Gate> {
    let all = [MISSING, services::MISSING, managed_delivery::MISSING].into_iter().flatten();
    let endpoints = all.flat_map(|missing| missing.endpoints.iter().map(move |endpoint| (missing, endpoint)));
    endpoints.fold(Api::new("gate"), |api, (missing, (method, path))| {
        api.route(unsupported(method.clone(), path, missing.message).needs(missing.permission))
    })
}

/// What this build's own services do not do yet.
const MISSING: &[Missing] = &[
    Missing {
        message: "tokens are not supported yet: there is no sign-in",
        permission: KNOWN,
        endpoints: &[
            (GET, "/auth/apiTokens"),
            (POST, "/auth/apiTokens"),
            (GET, "/auth/apiTokens/admin/users"),
            (GET, "/auth/apiTokens/serviceAccounts"),
            (DELETE, "/auth/apiTokens/{id}"),
        ],
    },
    Missing {
        message: "banners cannot be made yet",
        permission: KNOWN,
        endpoints: &[
            (DELETE, "/banners"),
            (PUT, "/banners"),
            (GET, "/banners/all"),
            (POST, "/banners/refresh"),
            (DELETE, "/banners/{id}"),
            (GET, "/banners/{id}"),
            (POST, "/banners/{id}"),
        ],
    },
    Missing {
        message: "the cleanup of unused resources is not supported",
        permission: KNOWN,
        endpoints: &[
            (GET, "/cleanup/resources/deleted"),
            (GET, "/cleanup/resources/marked"),
            (GET, "/cleanup/resources/{namespace}/{resourceId}"),
            (GET, "/cleanup/resources/{namespace}/{resourceId}/optOut"),
        ],
    },
    Missing {
        message: "plugins are not supported",
        permission: KNOWN,
        endpoints: &[
            (GET, "/extensions/{extension}/{*rest}"),
            (POST, "/extensions/{extension}/{*rest}"),
            (PUT, "/extensions/{extension}/{*rest}"),
            (PATCH, "/extensions/{extension}/{*rest}"),
            (DELETE, "/extensions/{extension}/{*rest}"),
            (GET, "/plugins/deck/{pluginId}/{pluginVersion}/{asset}"),
            (GET, "/plugins/info"),
            (POST, "/plugins/info"),
            (PUT, "/plugins/info"),
            (DELETE, "/plugins/info/{id}"),
            (POST, "/plugins/publish/{pluginId}/{pluginVersion}"),
        ],
    },
    Missing {
        message: "what Slack and PagerDuty know is not read here: write the channel or the service's key by hand",
        permission: KNOWN,
        endpoints: &[
            (GET, "/pagerDuty/oncalls"),
            (GET, "/pagerDuty/services"),
            (GET, "/slack/channels"),
            (POST, "/slack/channels"),
            (PUT, "/slack/channels"),
            (PATCH, "/slack/channels"),
            (DELETE, "/slack/channels"),
        ],
    },
    Missing {
        message: "this way of renaming is gone from the original's front50, too: rename with PUT /pipelines/{id} or PUT /strategies/{id}",
        permission: WRITE,
        endpoints: &[(POST, "/pipelines/move"), (POST, "/strategies/move")],
    },
    Missing {
        message: "answers from Slack are not taken yet: judge in the web UI",
        permission: Permission::Public,
        endpoints: &[(POST, "/notifications/callbacks/{source}")],
    },
    Missing {
        message: "proxies to other services are not supported",
        permission: KNOWN,
        endpoints: &[(GET, "/proxies"), (DELETE, "/proxies/{proxy}/{*rest}")],
    },
];
