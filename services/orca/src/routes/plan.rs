//! What a pipeline would do, without starting it.

use axum::{extract::State, http::HeaderMap};
use gennaker_http::{Api, Caller, Json, Result, post};
use gennaker_wire::{Object, Plan};

use super::{READ, start::asked};
use crate::{Orca, app::plan};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca").route(post("/pipelines/plan", plan).needs(READ).beyond())
}

/// Of a pipeline that the caller sends whole, as for `POST /orchestrate`. Nothing is stored.
async fn plan(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Json(config): Json<Object>,
) -> Result<Json<Plan>> {
    let asked = asked(caller, &headers)?;
    Ok(Json(plan::of_pipeline(&orca.engine, &orca.catalogue, &asked, config).await?))
}
