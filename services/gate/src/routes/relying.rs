//! Which endpoints of handlers are nothing without an endpoint behind, for the documentation: an endpoint of ours is there as
//! far as that one is.

use crate::forward::Service::{self, Clouddriver, Echo, Front50, Orca};

/// An endpoint, and the one behind.
pub(crate) struct Relying {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) service: Service,
    pub(crate) to_method: &'static str,
    pub(crate) to: &'static str,
}

const fn on(
    method: &'static str,
    path: &'static str,
    service: Service,
    to_method: &'static str,
    to: &'static str,
) -> Relying {
    Relying { method, path, service, to_method, to }
}

const ADHOC: &str = "/v1/data/adhoc/{groupId}/{bucketId}/{*objectId}";

pub(crate) const RELYING: &[Relying] = &[
    on("PUT", "/artifacts/fetch", Clouddriver, "PUT", "/artifacts/fetch"),
    on("GET", "/v1/data/static/{id}", Clouddriver, "GET", "/v1/data/static/{id}"),
    on("GET", ADHOC, Clouddriver, "GET", ADHOC),
    on("POST", ADHOC, Clouddriver, "GET", ADHOC),
    on("PUT", ADHOC, Clouddriver, "GET", ADHOC),
    on("PATCH", ADHOC, Clouddriver, "GET", ADHOC),
    on("DELETE", ADHOC, Clouddriver, "GET", ADHOC),
    on("GET", "/tags/{*id}", Clouddriver, "GET", "/tags/{*id}"),
    on("DELETE", "/tags/{id}/{tag}", Clouddriver, "GET", "/tags/{*id}"),
    on(
        "GET",
        "/applications/{applicationName}/jobs/{account}/{region}/{name}",
        Clouddriver,
        "GET",
        "/applications/{application}/jobs/{account}/{region}/{name}",
    ),
    on("GET", "/pipelineTemplates/{id}/dependents", Front50, "GET", "/pipelineTemplates/{id}/dependentPipelines"),
    on("GET", "/v2/pipelineTemplates/{id}/dependents", Front50, "GET", "/v2/pipelineTemplates/{id}/dependentPipelines"),
    on("GET", "/pipelineConfigs/{pipelineConfigId}/convertToTemplate", Orca, "POST", "/convertPipelineToTemplate"),
    on("POST", "/webhooks/{type}/{source}", Echo, "POST", "/webhooks/{type}/{source}"),
    on("POST", "/webhooks/cdevents/{source}", Echo, "POST", "/webhooks/cdevents/{source}"),
    on("GET", "/cron/validate", Echo, "GET", "/validateCronExpression"),
];
