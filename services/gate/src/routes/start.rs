//! Starting pipelines.

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, Result, post};
use gennaker_wire::Object;
use http::StatusCode;
use serde_json::{Value, json};

use super::{EXECUTE, input::MaybeObject};
use crate::{
    Gate,
    app::{
        optional::prefixed,
        start::{self, Asked},
    },
};

pub(super) fn api() -> Api<Gate> {
    let by_hand = "no build information or artifacts are looked up";
    Api::new("gate")
        .route(post("/pipelines/{application}/{pipelineName}", by_name).needs(EXECUTE).partly(by_hand))
        .route(post("/pipelines/v2/{application}/{pipelineNameOrId}", by_event).needs(EXECUTE).partly(by_hand))
        .route(
            post("/applications/{application}/pipelineConfigs/{pipelineName}", by_name).needs(EXECUTE).partly(by_hand),
        )
        .route(post("/pipelines/start", whole).needs(EXECUTE))
}

/// Starts a pipeline by name or id; a failure says which pipeline it was.
async fn by_name(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, name_or_id)): Path<(String, String)>,
    MaybeObject(body): MaybeObject,
) -> Result<(StatusCode, Json<Value>)> {
    let asked = Asked { caller: &caller, application: &application, name_or_id: &name_or_id };
    let started = start::start(&gate.clients, &gate.clock, asked, body).await;
    let started = started.map_err(|error| {
        let which = format!("application: {application}, pipelineNameOrId: {name_or_id}");
        prefixed(&error, &format!("Unable to trigger pipeline ({which}). Error: "))
    })?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "ref": started.reference }))))
}

/// The same over an event, whose id the answer has, too.
async fn by_event(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, name_or_id)): Path<(String, String)>,
    MaybeObject(body): MaybeObject,
) -> Result<(StatusCode, Json<Value>)> {
    let asked = Asked { caller: &caller, application: &application, name_or_id: &name_or_id };
    let started = start::start_by_event(&gate.clients, &gate.clock, asked, body).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "eventId": started.event, "ref": started.reference }))))
}

/// Starts a pipeline that the caller sends whole.
async fn whole(State(gate): State<Gate>, caller: Caller, Json(pipeline): Json<Object>) -> Result<Json<Value>> {
    let caller = Caller { fence: None, ..caller };
    let reference = gate.clients.orca.start_pipeline(&caller, &Value::Object(pipeline)).await?;
    Ok(Json(json!({ "ref": reference })))
}
