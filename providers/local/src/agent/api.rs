//! The routes of the agent: read the request, ask the director or the snapshot, answer in JSON.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{
        Path, Query, Request, State,
        rejection::{PathRejection, QueryRejection},
    },
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{
    artifacts::Artifacts,
    body::{named, read_body, read_body_with_content},
    director::{Command, Mutation},
    error::Refusal,
    files::blocking,
    logs::Logs,
    meters::Meters,
    relay::{self, Relay},
    requests::Answer,
    validate,
};
use crate::protocol::{
    CODE_INVALID, FENCE_HEADER, Fence, Health, JobSpec, LONG_POLL_MS, LoadBalancerSpec, OutputPiece, ScalingPolicy,
    SecurityGroupSpec, ServerGroupSpec, Snapshot, TrafficRequest,
};

const DEFAULT_TAIL: u64 = 64 * 1024;
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
type Names = Result<Path<(String, String)>, PathRejection>;
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
        .route("/serverGroups", get(server_groups))
        .route("/serverGroups/{name}", get(server_group).put(put_server_group).delete(delete_server_group))
        .route("/serverGroups/{name}/traffic", post(set_traffic))
        .route("/serverGroups/{name}/capacity", post(resize))
        .route("/serverGroups/{name}/scalingPolicies/{policy}", put(put_policy).delete(delete_policy))
        .route("/loadBalancers", get(load_balancers))
        .route("/loadBalancers/{name}", get(load_balancer).put(put_load_balancer).delete(delete_load_balancer))
        .route("/images", get(images))
        .route("/images/{name}", delete(delete_image))
        .route("/images/{name}/tags", post(tag_image))
        .route("/jobs", get(jobs))
        .route("/jobs/{name}", get(job).put(put_job).delete(delete_job))
        .route("/jobs/{name}/cancel", post(cancel_job))
        .route("/jobs/{name}/log", get(log))
        .route("/securityGroups", get(security_groups))
        .route("/securityGroups/{name}", get(security_group).put(put_security_group).delete(delete_security_group))
        .route("/instances/terminate", post(terminate))
        .route("/instances/registration", post(register))
        .route("/instances/{id}/log", get(log))
        .route("/instances/{id}/output", get(output))
        .fallback(|| async { Refusal::not_found("there is no such path; the agent's paths are in its documentation") })
        .method_not_allowed_fallback(|| async {
            Refusal { status: 405, code: CODE_INVALID, message: "this path does not take this method".to_owned() }
        })
        .layer(middleware::from_fn_with_state(relay, relay::relay))
        .with_state(api)
}

async fn health(State(api): State<Api>) -> Json<Health> {
    Json((*api.health).clone())
}

async fn state(State(mut api): State<Api>, parameters: Parameters) -> Result<Response, Refusal> {
    let Query(given) = parameters?;
    if let Some(after) = given.after {
        let changed = api.snapshots.wait_for(|snapshot| snapshot.version != after);
        tokio::select! {
            _ = timeout(Duration::from_millis(LONG_POLL_MS), changed) => {}
            () = api.shutdown.cancelled() => {}
        }
    }
    Ok(Json(&*api.current()).into_response())
}

async fn traffic(State(api): State<Api>) -> Response {
    let meters = api.meters.borrow().clone();
    Json(meters.traffic()).into_response()
}

async fn metrics(State(api): State<Api>) -> Response {
    let meters = api.meters.borrow().clone();
    let text = meters.metrics(&api.health.account);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn server_groups(State(api): State<Api>) -> Response {
    Json(&api.current().server_groups).into_response()
}

async fn server_group(State(api): State<Api>, name: Name) -> Result<Response, Refusal> {
    let Path(name) = name?;
    let snapshot = api.current();
    let group = snapshot.server_groups.iter().find(|group| group.spec.name == name);
    group
        .map(|group| Json(group).into_response())
        .ok_or_else(|| Refusal::not_found(format!("server group {name} does not exist")))
}

async fn images(State(api): State<Api>) -> Response {
    Json(&api.current().images).into_response()
}

async fn tag_image(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path(id), Query(given)) = (name?, parameters?);
    let (headers, body) = read_body(request).await?;
    api.carry_out(Mutation::TagImage { id, request: validate::read(body)? }, given, &headers).await
}

async fn delete_image(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path(id), Query(given)) = (name?, parameters?);
    api.carry_out(Mutation::DeleteImage { id }, given, &headers).await
}

async fn jobs(State(api): State<Api>) -> Response {
    Json(&api.current().jobs).into_response()
}

async fn job(State(api): State<Api>, name: Name) -> Result<Response, Refusal> {
    let Path(name) = name?;
    let snapshot = api.current();
    let job = snapshot.jobs.iter().find(|job| job.spec.name == name);
    job.map(|job| Json(job).into_response()).ok_or_else(|| Refusal::not_found(format!("job {name} does not exist")))
}

async fn load_balancers(State(api): State<Api>) -> Response {
    Json(&api.current().load_balancers).into_response()
}

async fn load_balancer(State(api): State<Api>, name: Name) -> Result<Response, Refusal> {
    let Path(name) = name?;
    let snapshot = api.current();
    let balancer = snapshot.load_balancers.iter().find(|balancer| balancer.spec.name == name);
    balancer
        .map(|balancer| Json(balancer).into_response())
        .ok_or_else(|| Refusal::not_found(format!("load balancer {name} does not exist")))
}

async fn security_groups(State(api): State<Api>) -> Response {
    Json(&api.current().security_groups).into_response()
}

async fn security_group(State(api): State<Api>, name: Name) -> Result<Response, Refusal> {
    let Path(name) = name?;
    let snapshot = api.current();
    let group = snapshot.security_groups.iter().find(|group| group.spec.name == name);
    group
        .map(|group| Json(group).into_response())
        .ok_or_else(|| Refusal::not_found(format!("security group {name} does not exist")))
}

async fn log(State(api): State<Api>, id: Name, parameters: Parameters) -> Result<Response, Refusal> {
    let (Path(id), Query(given)) = (id?, parameters?);
    validate::name("instance", &id)?;
    let logs = api.logs.clone();
    let wanted = id.clone();
    let bytes = given.tail_bytes.unwrap_or(DEFAULT_TAIL);
    match blocking(move || logs.tail(&wanted, bytes)).await {
        Ok(Some(text)) => Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()),
        Ok(None) => Err(Refusal::not_found(format!("there is no log of an instance {id}"))),
        Err(error) => Err(Refusal::unavailable(format!("the log of {id} cannot be read: {error}"))),
    }
}

/// The id is an instance's or a job's name.
async fn output(State(api): State<Api>, id: Name, parameters: Parameters) -> Result<Response, Refusal> {
    let (Path(id), Query(given)) = (id?, parameters?);
    validate::name("instance", &id)?;
    // Looked at before the log is read: what ends in between is said with the next piece.
    let snapshot = api.current();
    let mut instances = snapshot.server_groups.iter().flat_map(|group| &group.instances);
    let goes_on = instances.any(|instance| instance.id == id)
        || snapshot.jobs.iter().any(|job| job.spec.name == id && job.end.is_none());
    let (logs, wanted) = (api.logs.clone(), id.clone());
    let (from, bytes) = (given.from, given.bytes.unwrap_or(DEFAULT_TAIL));
    match blocking(move || logs.piece(&wanted, from, bytes)).await {
        Ok(Some(piece)) => {
            let ended = !goes_on && (piece.content.is_empty() || from.is_none());
            let text = String::from_utf8_lossy(&piece.content).into_owned();
            Ok(Json(OutputPiece { text, start: piece.start, next: piece.next, ended }).into_response())
        }
        Ok(None) => Err(Refusal::not_found(format!("there is no output of {id}"))),
        Err(error) => Err(Refusal::unavailable(format!("the output of {id} cannot be read: {error}"))),
    }
}

async fn put_server_group(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    let (headers, body, content) = read_body_with_content(request, &api.artifacts).await?;
    let spec: ServerGroupSpec = validate::read(named(body, &name)?)?;
    api.carry_out(Mutation::PutServerGroup { spec: Box::new(spec), content }, given, &headers).await
}

async fn delete_server_group(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    let drain_timeout_ms = given.drain_timeout_ms.unwrap_or(DEFAULT_DRAIN_MS);
    api.carry_out(Mutation::DeleteServerGroup { name, drain_timeout_ms }, given, &headers).await
}

async fn set_traffic(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    let (headers, body) = read_body(request).await?;
    let TrafficRequest { enabled, drain_timeout_ms, weight } = validate::read(body)?;
    api.carry_out(Mutation::SetTraffic { name, enabled, drain_timeout_ms, weight }, given, &headers).await
}

async fn resize(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    let (headers, body) = read_body(request).await?;
    api.carry_out(Mutation::Resize { name, resize: validate::read(body)? }, given, &headers).await
}

async fn put_policy(
    State(api): State<Api>,
    names: Names,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path((name, policy)), Query(given)) = (names?, parameters?);
    let (headers, body) = read_body(request).await?;
    let policy: ScalingPolicy = validate::read(named(body, &policy)?)?;
    api.carry_out(Mutation::PutPolicy { name, policy }, given, &headers).await
}

async fn delete_policy(
    State(api): State<Api>,
    names: Names,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path((name, policy)), Query(given)) = (names?, parameters?);
    api.carry_out(Mutation::DeletePolicy { name, policy }, given, &headers).await
}

async fn terminate(State(api): State<Api>, parameters: Parameters, request: Request) -> Result<Response, Refusal> {
    let Query(given) = parameters?;
    let (headers, body) = read_body(request).await?;
    api.carry_out(Mutation::Terminate { end: validate::read(body)? }, given, &headers).await
}

async fn register(State(api): State<Api>, parameters: Parameters, request: Request) -> Result<Response, Refusal> {
    let Query(given) = parameters?;
    let (headers, body) = read_body(request).await?;
    api.carry_out(Mutation::Register { change: validate::read(body)? }, given, &headers).await
}

async fn put_job(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    let (headers, body, content) = read_body_with_content(request, &api.artifacts).await?;
    let spec: JobSpec = validate::read(named(body, &name)?)?;
    api.carry_out(Mutation::PutJob { spec: Box::new(spec), content }, given, &headers).await
}

async fn cancel_job(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    api.carry_out(Mutation::CancelJob { name }, given, &headers).await
}

async fn delete_job(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    api.carry_out(Mutation::DeleteJob { name }, given, &headers).await
}

async fn put_load_balancer(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    let (headers, body) = read_body(request).await?;
    let spec: LoadBalancerSpec = validate::read(named(body, &name)?)?;
    api.carry_out(Mutation::PutLoadBalancer { spec: Box::new(spec) }, given, &headers).await
}

async fn delete_load_balancer(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    api.carry_out(Mutation::DeleteLoadBalancer { name }, given, &headers).await
}

async fn put_security_group(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    let (headers, body) = read_body(request).await?;
    let spec: SecurityGroupSpec = validate::read(named(body, &name)?)?;
    api.carry_out(Mutation::PutSecurityGroup { spec: Box::new(spec) }, given, &headers).await
}

async fn delete_security_group(
    State(api): State<Api>,
    name: Name,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path(name), Query(given)) = (name?, parameters?);
    api.carry_out(Mutation::DeleteSecurityGroup { name }, given, &headers).await
}

impl Api {
    fn current(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

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
