//! Upstream's endpoints that this build does not answer yet: 501, and what is missing.
//!
//! The permissions are those that the endpoints will need at the least.

mod managed_delivery;
mod services;

use gennaker_http::{Api, Permission, unsupported};
use http::Method;

use super::{KNOWN, READ, READ_ACCOUNT, WRITE};
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
        message: "saved deployment strategies are not supported yet: choose red/black, highlander or none in the stage",
        permission: WRITE,
        endpoints: &[
            (POST, "/actions/strategies/reorder"),
            (POST, "/strategies"),
            (POST, "/strategies/move"),
            (DELETE, "/strategies/{application}/{strategyName}"),
            (PUT, "/strategies/{id}"),
            (GET, "/strategyConfigs/{strategyConfigId}/history"),
        ],
    },
    Missing {
        message: "who is an administrator is not known yet: there is no sign-in",
        permission: Permission::Admin,
        endpoints: &[(GET, "/admin")],
    },
    Missing {
        message: "snapshots are not supported",
        permission: READ,
        endpoints: &[
            (GET, "/applications/{application}/snapshots/{account}"),
            (GET, "/applications/{application}/snapshots/{account}/history"),
        ],
    },
    Missing {
        message: "artifacts are not supported yet",
        permission: KNOWN,
        endpoints: &[
            (GET, "/artifacts/account/{accountName}/names"),
            (GET, "/artifacts/account/{accountName}/versions"),
            (GET, "/artifacts/content-address/{application}/{hash}"),
            (PUT, "/artifacts/fetch"),
            (GET, "/artifacts/{provider}/{packageName}"),
            (GET, "/artifacts/{provider}/{packageName}/{version}"),
        ],
    },
    Missing {
        message: "sign-in, roles and tokens are not supported yet",
        permission: KNOWN,
        endpoints: &[
            (GET, "/auth/apiTokens"),
            (POST, "/auth/apiTokens"),
            (GET, "/auth/apiTokens/admin/users"),
            (GET, "/auth/apiTokens/serviceAccounts"),
            (DELETE, "/auth/apiTokens/{id}"),
            (POST, "/auth/deleteSessionCache"),
            (GET, "/auth/loggedOut"),
            (GET, "/auth/rawUser"),
            (GET, "/auth/redirect"),
            (POST, "/auth/roles/sync"),
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
        message: "entity tags are not supported yet",
        permission: READ,
        endpoints: &[
            (POST, "/batch/tags"),
            (GET, "/tags"),
            (POST, "/tags"),
            (GET, "/tags/{*rest}"),
            (DELETE, "/tags/{*rest}"),
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
        message: "accounts are not kept here yet: they stand in the configuration of clouddriver",
        permission: KNOWN,
        endpoints: &[
            (POST, "/credentials"),
            (PUT, "/credentials"),
            (GET, "/credentials/type/{accountType}"),
            (DELETE, "/credentials/{account}"),
        ],
    },
    Missing {
        message: "cron triggers are not supported yet: there is no echo",
        permission: KNOWN,
        endpoints: &[(GET, "/cron/validate")],
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
            (GET, "/plugins/installed"),
            (POST, "/plugins/publish/{pluginId}/{pluginVersion}"),
        ],
    },
    Missing {
        message: "notifications are not supported yet: there is no echo",
        permission: WRITE,
        endpoints: &[
            (POST, "/notifications/callbacks/{source}"),
            (DELETE, "/notifications/{type}/{application}"),
            (POST, "/notifications/{type}/{application}"),
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
        message: "pipeline templates are not supported yet: save the pipeline with its own stages",
        permission: KNOWN,
        endpoints: &[
            (GET, "/pipelineConfigs/{pipelineConfigId}/convertToTemplate"),
            (GET, "/pipelineTemplates"),
            (POST, "/pipelineTemplates"),
            (GET, "/pipelineTemplates/resolve"),
            (DELETE, "/pipelineTemplates/{id}"),
            (GET, "/pipelineTemplates/{id}"),
            (POST, "/pipelineTemplates/{id}"),
            (GET, "/pipelineTemplates/{id}/dependents"),
            (GET, "/v2/pipelineTemplates"),
            (POST, "/v2/pipelineTemplates/create"),
            (POST, "/v2/pipelineTemplates/plan"),
            (POST, "/v2/pipelineTemplates/update/{id}"),
            (GET, "/v2/pipelineTemplates/versions"),
            (DELETE, "/v2/pipelineTemplates/{id}"),
            (GET, "/v2/pipelineTemplates/{id}"),
            (GET, "/v2/pipelineTemplates/{id}/dependents"),
        ],
    },
    Missing {
        message: "this way of renaming is gone from the original too: rename with PUT /pipelines/{id}",
        permission: WRITE,
        endpoints: &[(POST, "/pipelines/move")],
    },
    Missing {
        message: "projects are not supported yet",
        permission: KNOWN,
        endpoints: &[(GET, "/projects/{id}/clusters")],
    },
    Missing {
        message: "proxies to other services are not supported",
        permission: KNOWN,
        endpoints: &[(GET, "/proxies"), (DELETE, "/proxies/{proxy}/{*rest}")],
    },
    Missing {
        message: "webhooks and subscriptions are not supported yet: there is no echo; start a pipeline with POST /pipelines/{application}/{pipelineNameOrId}",
        permission: KNOWN,
        endpoints: &[
            (GET, "/pubsub/subscriptions"),
            (POST, "/webhooks/cdevents/{source}"),
            (POST, "/webhooks/{type}/{source}"),
        ],
    },
    Missing {
        message: "static and ad-hoc data are not supported",
        permission: KNOWN,
        endpoints: &[
            (GET, "/v1/data/adhoc/{groupId}/{bucketId}/{*rest}"),
            (POST, "/v1/data/adhoc/{groupId}/{bucketId}/{*rest}"),
            (PUT, "/v1/data/adhoc/{groupId}/{bucketId}/{*rest}"),
            (PATCH, "/v1/data/adhoc/{groupId}/{bucketId}/{*rest}"),
            (DELETE, "/v1/data/adhoc/{groupId}/{bucketId}/{*rest}"),
            (GET, "/v1/data/static/{id}"),
        ],
    },
];
