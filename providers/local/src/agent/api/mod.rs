//! The routes of the agent: read the request, ask the director or the snapshot, answer in JSON.
//!
//! What all kinds of things have is written once: [`look`] shows them, [`change`] makes a mutation of a request. The table below
//! says which kind has what.

mod change;
mod look;
mod output;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{
        Path, Query,
        rejection::{PathRejection, QueryRejection},
    },
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, get},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use self::{
    change::{change, put, put_with_content, remove, without_body},
    look::{all, health, metrics, one, state, traffic},
    output::{log, output},
};
use super::{
    artifacts::{Artifacts, Received},
    director::{Command, Mutation},
    error::Refusal,
    logs::Logs,
    meters::Meters,
    relay::{self, Relay},
    requests::Answer,
};
use crate::protocol::{
    CODE_INVALID, FENCE_HEADER, Fence, Health, JobSpec, LoadBalancerSpec, RegistrationRequest, ResizeRequest,
    ScalingPolicy, SecurityGroupSpec, ServerGroupSpec, Snapshot, TagRequest, TerminationRequest, TrafficRequest,
};

const DEFAULT_DRAIN_MS: u64 = 30_000;
const LONGEST_REQUEST_ID: usize = 200;

/// What the routes need.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(super) meters: watch::Receiver<Arc<Meters>>,
    pub(super) director: mpsc::Sender<Command>,
    pub(super) logs: Logs,
    pub(super) artifacts: Artifacts,
    pub(super) health: Arc<Health>,
    pub(super) shutdown: CancellationToken,
}

type Name = Result<Path<String>, PathRejection>;
type Parameters = Result<Query<Given>, QueryRejection>;

/// Every query parameter there is; each is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Given {
    request_id: Option<String>,
    drain_timeout_ms: Option<u64>,
    after: Option<u64>,
    tail_bytes: Option<u64>,
    from: Option<u64>,
    bytes: Option<u64>,
}

pub(super) fn router(api: Api, relay: Relay) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/state", get(state))
        .route("/traffic", get(traffic))
        .route("/metrics", get(metrics))
        .merge(server_groups())
        .merge(jobs())
        .merge(images())
        .merge(load_balancers())
        .merge(instances())
        .fallback(|| async { Refusal::not_found("there is no such path; the agent's paths are in its documentation") })
        .method_not_allowed_fallback(|| async {
            Refusal { status: 405, code: CODE_INVALID, message: "this path does not take this method".to_owned() }
        })
        .layer(middleware::from_fn_with_state(relay, relay::relay))
        .with_state(api)
}

fn server_groups() -> Router<Api> {
    Router::new()
        .route("/serverGroups", all(|snapshot| &snapshot.server_groups))
        .route(
            "/serverGroups/{name}",
            one("server group", |snapshot| &snapshot.server_groups, |group| &group.spec.name)
                .merge(put_with_content(|_: String, spec: ServerGroupSpec, content: Option<Received>| {
                    Mutation::PutServerGroup { spec: Box::new(spec), content }
                }))
                .merge(remove(|name: String, given: &Given| Mutation::DeleteServerGroup {
                    name,
                    drain_timeout_ms: given.drain_timeout_ms.unwrap_or(DEFAULT_DRAIN_MS),
                })),
        )
        .route(
            "/serverGroups/{name}/launchConfiguration",
            put_with_content(|_: String, spec: ServerGroupSpec, content: Option<Received>| Mutation::PutLaunch {
                spec: Box::new(spec),
                content,
            }),
        )
        .route(
            "/serverGroups/{name}/traffic",
            change(|name: String, traffic: TrafficRequest| Mutation::SetTraffic {
                name,
                enabled: traffic.enabled,
                drain_timeout_ms: traffic.drain_timeout_ms,
                weight: traffic.weight,
            }),
        )
        .route(
            "/serverGroups/{name}/capacity",
            change(|name: String, resize: ResizeRequest| Mutation::Resize { name, resize }),
        )
        .route(
            "/serverGroups/{name}/scalingPolicies/{policy}",
            put(|(name, _): (String, String), policy: ScalingPolicy| Mutation::PutPolicy { name, policy })
                .merge(remove(|(name, policy): (String, String), _| Mutation::DeletePolicy { name, policy })),
        )
}

fn jobs() -> Router<Api> {
    Router::new()
        .route("/jobs", all(|snapshot| &snapshot.jobs))
        .route(
            "/jobs/{name}",
            one("job", |snapshot| &snapshot.jobs, |job| &job.spec.name)
                .merge(put_with_content(|_: String, spec: JobSpec, content: Option<Received>| Mutation::PutJob {
                    spec: Box::new(spec),
                    content,
                }))
                .merge(remove(|name: String, _| Mutation::DeleteJob { name })),
        )
        .route("/jobs/{name}/cancel", without_body(MethodFilter::POST, |name: String, _| Mutation::CancelJob { name }))
        .route("/jobs/{name}/log", get(log))
}

fn images() -> Router<Api> {
    Router::new()
        .route("/images", all(|snapshot| &snapshot.images))
        .route("/images/{name}", remove(|id: String, _| Mutation::DeleteImage { id }))
        .route("/images/{name}/tags", change(|id: String, request: TagRequest| Mutation::TagImage { id, request }))
}

fn load_balancers() -> Router<Api> {
    Router::new()
        .route("/loadBalancers", all(|snapshot| &snapshot.load_balancers))
        .route(
            "/loadBalancers/{name}",
            one("load balancer", |snapshot| &snapshot.load_balancers, |balancer| &balancer.spec.name)
                .merge(put(|_: String, spec: LoadBalancerSpec| Mutation::PutLoadBalancer { spec: Box::new(spec) }))
                .merge(remove(|name: String, _| Mutation::DeleteLoadBalancer { name })),
        )
        .route("/securityGroups", all(|snapshot| &snapshot.security_groups))
        .route(
            "/securityGroups/{name}",
            one("security group", |snapshot| &snapshot.security_groups, |group| &group.spec.name)
                .merge(put(|_: String, spec: SecurityGroupSpec| Mutation::PutSecurityGroup { spec: Box::new(spec) }))
                .merge(remove(|name: String, _| Mutation::DeleteSecurityGroup { name })),
        )
}

fn instances() -> Router<Api> {
    Router::new()
        .route("/instances/terminate", change(|(): (), end: TerminationRequest| Mutation::Terminate { end }))
        .route("/instances/registration", change(|(): (), change: RegistrationRequest| Mutation::Register { change }))
        .route("/instances/{id}/log", get(log))
        .route("/instances/{id}/output", get(output))
}

impl Api {
    /// Hands a mutation to the director and waits for the answer. A client that goes away does not stop it.
    async fn carry_out(&self, mutation: Mutation, given: Given, headers: &HeaderMap) -> Result<Response, Refusal> {
        let request = given.request_id.filter(|id| !id.is_empty());
        if request.as_ref().is_some_and(|id| id.len() > LONGEST_REQUEST_ID) {
            return Err(Refusal::invalid(format!("`requestId` is longer than {LONGEST_REQUEST_ID} characters")));
        }
        let fence = headers
            .get(FENCE_HEADER)
            .map(|value| value.to_str().unwrap_or_default().parse::<Fence>())
            .transpose()
            .map_err(Refusal::invalid)?;
        let ending = || Refusal::unavailable("the agent is ending; send the request again when it is back");
        let (reply, answer) = oneshot::channel();
        let command = Command { mutation, request, fence, reply };
        self.director.send(command).await.map_err(|_| ending())?;
        let Answer { status, body } = answer.await.map_err(|_| ending())?;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Ok((status, Json(body)).into_response())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.body())).into_response()
    }
}

impl From<PathRejection> for Refusal {
    fn from(rejection: PathRejection) -> Self {
        Refusal::invalid(format!("the path cannot be read: {rejection}"))
    }
}

impl From<QueryRejection> for Refusal {
    fn from(rejection: QueryRejection) -> Self {
        Refusal::invalid(format!("the query cannot be read: {rejection}"))
    }
}
