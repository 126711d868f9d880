//! What administrators do: cancel by force, take a node out of service, look for what does not go on, take over executions.

use std::time::Duration;

use axum::{
    body::{HttpBody as _, to_bytes},
    extract::{FromRequest, Request, State},
};
use gennaker_base::Timestamp;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Query, Result, get, post, put, unsupported};
use gennaker_wire::{Execution, ExecutionKind, Object};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{engine_error, executions::load, query::given};
use crate::{
    Orca,
    app::{care, import, standing},
};

const ADMIN: Permission = Permission::Admin;
const NO_QUEUE: &str = "orca has no queue that a message could be put into: executions are driven from what is stored; \
     cancel one by force with PUT /admin/forceCancelExecution";
/// The most executions that a list of active ones has.
const MOST: u32 = 5000;

pub(super) fn api() -> Api<Orca> {
    let (of_application, one) =
        ("/admin/queue/zombies/application/{application}:kill", "/admin/queue/zombies/{executionId}:kill");
    Api::new("orca")
        .route(put("/admin/forceCancelExecution", force_cancel).needs(ADMIN))
        .route(post("/admin/instance/enabled", set_enabled).needs(ADMIN))
        .route(get("/admin/executions/active", active).needs(ADMIN).beyond())
        .route(post("/admin/executions", take_over).needs(ADMIN))
        .route(post("/admin/queue/hydrate", hydrate).needs(ADMIN))
        .route(post("/admin/queue/kickPending", kick_pending).needs(ADMIN))
        .route(unsupported(Method::POST, "/admin/queue/pushMessage", NO_QUEUE).needs(ADMIN))
        .route(post("/admin/queue/zombies:kill", kill_zombies).needs(ADMIN))
        .route(
            post("/admin/queue/zombies/application/{name}", kill_zombies_of).as_upstream(of_application).needs(ADMIN),
        )
        .route(post("/admin/queue/zombies/{name}", kill_zombie).as_upstream(one).needs(ADMIN))
}

/// A command whose parameters stand in its query: what stands in a body would not be read, so that there may be none.
struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        let body = request.into_body();
        let is_empty = body.is_end_stream() || to_bytes(body, 0).await.is_ok_and(|bytes| bytes.is_empty());
        let refused = || Error::invalid("this command takes no body: its parameters stand in the query");
        is_empty.then_some(NoBody).ok_or_else(refused)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Forced {
    execution_id: String,
    #[serde(default)]
    execution_type: ExecutionKind,
    canceled_by: Option<String>,
}

/// Ends an execution whatever its stages do; 202 if its owner has not taken the command yet.
async fn force_cancel(
    State(orca): State<Orca>,
    _caller: Caller,
    Query(asked): Query<Forced>,
    _: NoBody,
) -> Result<StatusCode> {
    let id = &asked.execution_id;
    load(&orca, asked.execution_type, id).await?;
    let user = asked.canceled_by.filter(|user| !user.is_empty()).unwrap_or_else(|| "admin".to_owned());
    let done = care::kill(&orca.engine, id, &user, "Force canceled by admin").await;
    let done = done.map_err(|error| engine_error("execution", id, &error))?;
    Ok(if done { StatusCode::OK } else { StatusCode::ACCEPTED })
}

/// `{"enabled": false}` takes this node out of service: it goes on with what it drives and takes nothing new.
async fn set_enabled(State(orca): State<Orca>, _caller: Caller, Json(asked): Json<Object>) -> Result<StatusCode> {
    match asked.get("enabled") {
        Some(Value::Bool(enabled)) => orca.engine.set_enabled(*enabled),
        None | Some(Value::Null) => return Err(Error::invalid("The field \"enabled\" must be set")),
        Some(other) => return Err(Error::invalid(format!("enabled is true or false, not {other}"))),
    }
    Ok(StatusCode::OK)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Active {
    #[serde(deserialize_with = "given")]
    limit: Option<u32>,
}

/// Which node has which execution.
async fn active(State(orca): State<Orca>, _caller: Caller, Query(asked): Query<Active>) -> Result<Json<Value>> {
    let limit = asked.limit.unwrap_or(MOST).clamp(1, MOST);
    let active = standing::active(&orca.engine, limit).await;
    active.map(Json).map_err(|error| engine_error("execution", "the list", &error))
}

/// Takes over an execution that another orca ran to its end.
async fn take_over(
    State(orca): State<Orca>,
    _caller: Caller,
    Json(execution): Json<Execution>,
) -> Result<(StatusCode, Json<Value>)> {
    if !orca.options.import.enabled {
        return Err(Error::not_found("executions are not taken over: set executions.import.enabled: true in orca.yml"));
    }
    import::check(&execution)?;
    let id = execution.id.clone();
    let answer = import::answer(&execution);
    let created = orca.engine.import(execution).await.map_err(|error| engine_error("execution", &id, &error))?;
    import::stored(&id, &created)?;
    Ok((StatusCode::CREATED, Json(answer)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Hydrate {
    #[serde(deserialize_with = "given")]
    dry_run: Option<bool>,
    execution_id: Option<String>,
    #[serde(deserialize_with = "given")]
    start_ms: Option<i64>,
    #[serde(deserialize_with = "given")]
    end_ms: Option<i64>,
}

async fn hydrate(
    State(orca): State<Orca>,
    _caller: Caller,
    Query(asked): Query<Hydrate>,
    _: NoBody,
) -> Result<Json<care::Hydrated>> {
    let wanted = care::Hydrate {
        dry_run: asked.dry_run.unwrap_or(true),
        execution: asked.execution_id.filter(|id| !id.is_empty()),
        from: asked.start_ms.map(Timestamp::from_millis),
        until: asked.end_ms.map(Timestamp::from_millis),
    };
    let hydrated = care::hydrate(&orca.engine, wanted).await;
    hydrated.map(Json).map_err(|error| engine_error("execution", "the list", &error))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kicked {
    pipeline_config_id: String,
    #[serde(default, deserialize_with = "given")]
    purge: Option<bool>,
}

async fn kick_pending(
    State(orca): State<Orca>,
    caller: Caller,
    Query(asked): Query<Kicked>,
    _: NoBody,
) -> Result<StatusCode> {
    let id = asked.pipeline_config_id;
    let kicked = care::kick(&orca.engine, id.clone(), asked.purge.unwrap_or(false), &caller.user).await;
    kicked.map(|()| StatusCode::OK).map_err(|error| engine_error("execution", &id, &error))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Zombies {
    /// In minutes.
    #[serde(deserialize_with = "given")]
    minimum_activity: Option<u32>,
}

impl Zombies {
    fn inactive(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.minimum_activity.unwrap_or(60)))
    }
}

/// Cancels all zombies, and says which: upstream's answer is empty.
async fn kill_zombies(
    State(orca): State<Orca>,
    caller: Caller,
    Query(asked): Query<Zombies>,
    _: NoBody,
) -> Result<Json<Value>> {
    let killed = care::kill_zombies(&orca.engine, None, asked.inactive(), &caller.user).await;
    let killed = killed.map_err(|error| engine_error("execution", "the list", &error))?;
    Ok(Json(json!({ "killed": killed })))
}

async fn kill_zombies_of(
    State(orca): State<Orca>,
    caller: Caller,
    Path(name): Path<String>,
    Query(asked): Query<Zombies>,
    _: NoBody,
) -> Result<StatusCode> {
    let application = killed(&name)?.to_owned();
    let killed = care::kill_zombies(&orca.engine, Some(application), asked.inactive(), &caller.user).await;
    killed.map(|_| StatusCode::NO_CONTENT).map_err(|error| engine_error("execution", "the list", &error))
}

/// Cancels an execution by force, zombie or not, as upstream's does.
async fn kill_zombie(
    State(orca): State<Orca>,
    caller: Caller,
    Path(name): Path<String>,
    _: NoBody,
) -> Result<StatusCode> {
    let id = killed(&name)?;
    let killed = care::kill(&orca.engine, id, &caller.user, "Identified as a zombie execution").await;
    killed.map(|_| StatusCode::NO_CONTENT).map_err(|error| engine_error("execution", id, &error))
}

/// What stands before `:kill`, the only thing that can be done here.
fn killed(name: &str) -> Result<&str> {
    name.strip_suffix(":kill").ok_or_else(|| Error::not_found(format!("there is no such command: write {name}:kill")))
}
