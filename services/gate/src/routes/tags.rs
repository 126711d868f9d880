//! Entity tags: clouddriver finds them, orca's tasks change them.

use axum::{extract::State, response::IntoResponse};
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result};
use gennaker_naming::frigga::Names;
use gennaker_wire::Object;
use http::StatusCode;
use serde_json::{Value, json};

use super::{KNOWN, WRITE, input::Asked, table};
use crate::{
    Gate,
    app::tasks,
    forward::{Forward, Service::Clouddriver, get, rest},
};

/// The application of tags that belong to none.
const ADHOC: &str = "adhoc";

pub(super) const FORWARDED: &[Forward] = &[get("/tags", Clouddriver, "/tags", KNOWN).asks(&[rest()])];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::{delete, get, post};
    let task = "orca has no stage yet that changes entity tags";
    table(FORWARDED)
        .route(get("/tags/{*id}", one).needs(KNOWN))
        .route(post("/tags", save).needs(WRITE).partly(task).reads([
            "entityId",
            "entityType",
            "account",
            "region",
            "cloudProvider",
            "application",
            "isPartial",
        ]))
        .route(delete("/tags/{id}/{tag}", remove).needs(WRITE).partly(task))
        .route(post("/batch/tags", save_all).needs(WRITE).partly(task).reads(["application"]))
}

/// The tags of one entity; ids are in lower case.
async fn one(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>> {
    find(&gate, &caller, &id).await.map(Json)
}

async fn find(gate: &Gate, caller: &Caller, id: &str) -> Result<Value> {
    let id = id.to_lowercase();
    let path: Vec<&str> = ["tags"].into_iter().chain(id.split('/')).collect();
    gate.clients.clouddriver.forward(&caller.onward(), Call::get(&path)).await
}

async fn save(
    State(gate): State<Gate>,
    caller: Caller,
    Query(query): Asked,
    Json(tags): Json<Vec<Object>>,
) -> Result<impl IntoResponse> {
    let needed = |name: &str| {
        let value = query.text(name).map(str::to_owned);
        value.ok_or_else(|| Error::invalid(format!("{name} is missing: say {name}=... in the query")))
    };
    let entity = needed("entityId")?;
    let reference = json!({
        "entityId": entity,
        "entityType": needed("entityType")?,
        "account": needed("account")?,
        "region": needed("region")?,
        "cloudProvider": needed("cloudProvider")?,
    });
    let is_partial = query.flag("isPartial")?.unwrap_or(true);
    let job = json!({ "type": "upsertEntityTags", "entityRef": reference, "isPartial": is_partial, "tags": tags });
    let application = query.text("application").map_or_else(|| application_of(&entity), str::to_owned);
    accepted(&gate, &caller, &application, &format!("Updating Tags on '{entity}'"), job).await
}

async fn remove(
    State(gate): State<Gate>,
    caller: Caller,
    Path((id, tag)): Path<(String, String)>,
) -> Result<impl IntoResponse> {
    let known = find(&gate, &caller, &id).await?;
    let application = known["entityRef"]["entityId"].as_str().map_or_else(|| ADHOC.to_owned(), application_of);
    let tags: Vec<&str> = tag.split(',').collect();
    let job = json!({ "type": "deleteEntityTags", "id": id, "tags": tags });
    accepted(&gate, &caller, &application, &format!("Deleting Tags on '{id}'"), job).await
}

async fn save_all(
    State(gate): State<Gate>,
    caller: Caller,
    Query(query): Asked,
    Json(tags): Json<Vec<Object>>,
) -> Result<impl IntoResponse> {
    let application = query.text("application").unwrap_or(ADHOC);
    let job = json!({ "type": "bulkUpsertEntityTags", "entityTags": tags });
    accepted(&gate, &caller, application, "Bulk upsert Tags", job).await
}

async fn accepted(
    gate: &Gate,
    caller: &Caller,
    application: &str,
    description: &str,
    job: Value,
) -> Result<(StatusCode, Json<Value>)> {
    let reference = tasks::start(&gate.clients, caller, application, description, job).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "ref": reference }))))
}

/// The application that a name of a cluster, server group or load balancer begins with.
fn application_of(entity: &str) -> String {
    Names::parse(entity).app.unwrap_or_else(|| ADHOC.to_owned())
}
