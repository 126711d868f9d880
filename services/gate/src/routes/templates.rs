//! Pipeline templates of both versions: front50 keeps them, orca's tasks change them and orca plans with them.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_http::{Api, Caller, Json, Path, Query, Result};
use gennaker_wire::Object;
use http::{StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::{KNOWN, READ, WRITE, input::Asked, table};
use crate::{
    Gate,
    app::{
        tasks,
        templates::{self, Version},
    },
    forward::{
        Forward,
        Service::{Front50, Orca},
        get, list, post, text,
    },
};

pub(super) const FORWARDED: &[Forward] = &[
    get("/pipelineTemplates", Front50, "/pipelineTemplates", KNOWN).asks(&[list("scopes")]),
    get("/pipelineTemplates/{id}", Front50, "/pipelineTemplates/{id}", KNOWN),
    get("/pipelineTemplates/resolve", Orca, "/pipelineTemplate", KNOWN).asks(&[
        text("source").needed(),
        text("executionId"),
        text("pipelineConfigId"),
    ]),
    get("/v2/pipelineTemplates", Front50, "/v2/pipelineTemplates", KNOWN).asks(&[list("scopes")]),
    get("/v2/pipelineTemplates/versions", Front50, "/v2/pipelineTemplates/versions", KNOWN).asks(&[list("scopes")]),
    get("/v2/pipelineTemplates/{id}", Front50, "/v2/pipelineTemplates/{id}", KNOWN)
        .asks(&[text("tag"), text("digest")]),
    post("/v2/pipelineTemplates/plan", Orca, "/v2/pipelineTemplates/plan", KNOWN),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::{delete, get, post};
    table(FORWARDED)
        .route(post("/pipelineTemplates", create_v1).needs(WRITE))
        .route(post("/pipelineTemplates/{id}", update_v1).needs(WRITE).reads(["skipPlanDependents"]))
        .route(delete("/pipelineTemplates/{id}", delete_v1).needs(WRITE).reads(["application"]))
        .route(get("/pipelineTemplates/{id}/dependents", dependents_v1).needs(KNOWN).reads(["recursive"]))
        .route(post("/v2/pipelineTemplates/create", create_v2).needs(WRITE).reads(["tag"]))
        .route(post("/v2/pipelineTemplates/update/{id}", update_v2).needs(WRITE).reads(["tag", "skipPlanDependents"]))
        .route(delete("/v2/pipelineTemplates/{id}", delete_v2).needs(WRITE).reads(["tag", "digest", "application"]))
        .route(get("/v2/pipelineTemplates/{id}/dependents", dependents_v2).needs(KNOWN))
        .route(get("/pipelineConfigs/{pipelineConfigId}/convertToTemplate", convert).needs(READ))
}

async fn create_v1(State(gate): State<Gate>, caller: Caller, Json(template): Json<Object>) -> Result<Response> {
    let job = json!({
        "type": "createPipelineTemplate",
        "pipelineTemplate": templates::encoded(&template),
        "user": caller.user,
    });
    start(&gate, &caller, &templates::application(&template)?, &templates::described("Create", &template), job).await
}

async fn update_v1(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
    Json(template): Json<Object>,
) -> Result<Response> {
    let job = json!({
        "type": "updatePipelineTemplate",
        "id": id,
        "pipelineTemplate": templates::encoded(&template),
        "skipPlanDependents": query.flag("skipPlanDependents")?.unwrap_or(false),
        "user": caller.user,
    });
    start(&gate, &caller, &templates::application(&template)?, &templates::described("Update", &template), job).await
}

async fn delete_v1(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<Response> {
    let job = json!({ "type": "deletePipelineTemplate", "pipelineTemplateId": id, "user": caller.user });
    let application = query.text("application").unwrap_or(templates::APPLICATION);
    start(&gate, &caller, application, &format!("Delete pipeline template '{id}'"), job).await
}

/// Version 1's changes are answered at once, with the task.
async fn start(gate: &Gate, caller: &Caller, application: &str, description: &str, job: Value) -> Result<Response> {
    let reference = tasks::start(&gate.clients, caller, application, description, job).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "ref": reference }))).into_response())
}

async fn create_v2(
    State(gate): State<Gate>,
    caller: Caller,
    Query(query): Asked,
    Json(template): Json<Object>,
) -> Result<Json<Value>> {
    let template = templates::of_version_2(template)?;
    let mut job = json!({
        "type": "createV2PipelineTemplate",
        "pipelineTemplate": templates::encoded(&template),
        "user": caller.user,
    });
    if let Some(tag) = query.text("tag") {
        job["tag"] = tag.into();
    }
    let (application, description) = (templates::application(&template)?, templates::described("Create", &template));
    tasks::finish(&gate.clients, &caller, &application, &description, job).await.map(Json)
}

async fn update_v2(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
    Json(template): Json<Object>,
) -> Result<Json<Value>> {
    let mut job = json!({
        "type": "updateV2PipelineTemplate",
        "id": id,
        "pipelineTemplate": templates::encoded(&template),
        "skipPlanDependents": query.flag("skipPlanDependents")?.unwrap_or(false),
        "user": caller.user,
    });
    if let Some(tag) = query.text("tag") {
        job["tag"] = tag.into();
    }
    let (application, description) = (templates::application(&template)?, templates::described("Update", &template));
    tasks::finish(&gate.clients, &caller, &application, &description, job).await.map(Json)
}

async fn delete_v2(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let job = json!({
        "type": "deleteV2PipelineTemplate",
        "pipelineTemplateId": id,
        "tag": query.text("tag"),
        "digest": query.text("digest"),
        "user": caller.user,
    });
    let application = query.text("application").unwrap_or(templates::APPLICATION);
    let description = format!("Delete pipeline template '{id}'");
    tasks::finish(&gate.clients, &caller, application, &description, job).await.map(Json)
}

async fn dependents_v1(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let version = Version::One { recursive: query.flag("recursive")?.unwrap_or(false) };
    templates::dependents(&gate.clients, &caller.onward(), &id, version).await.map(Json)
}

async fn dependents_v2(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>> {
    templates::dependents(&gate.clients, &caller.onward(), &id, Version::Two).await.map(Json)
}

/// A template made of a pipeline, as orca writes it.
async fn convert(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let template = templates::from_pipeline(&gate.clients, &caller.onward(), &id).await?;
    Ok(([(CONTENT_TYPE, "application/yaml")], template).into_response())
}
