//! Artifacts: the accounts that clouddriver can fetch them with, what there is, and their content.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Json, Result, put};
use gennaker_wire::Object;
use http::{Method, header::CONTENT_TYPE};

use super::{KNOWN, READ, READ_ACCOUNT, table};
use crate::{
    Gate,
    forward::{Forward, Otherwise, Service::Clouddriver, get, text},
};

pub(super) const FORWARDED: &[Forward] = &[
    get("/artifacts/credentials", Clouddriver, "/artifacts/credentials", KNOWN).or(Otherwise::NoneOf),
    get("/artifacts/account/{accountName}/names", Clouddriver, "/artifacts/account/{accountName}/names", READ_ACCOUNT)
        .asks(&[text("type").needed()]),
    get(
        "/artifacts/account/{accountName}/versions",
        Clouddriver,
        "/artifacts/account/{accountName}/versions",
        READ_ACCOUNT,
    )
    .asks(&[text("type").needed(), text("artifactName").needed()]),
    get(
        "/artifacts/content-address/{application}/{hash}",
        Clouddriver,
        "/artifacts/content-address/{application}/{hash}",
        READ,
    ),
];

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED).route(put("/artifacts/fetch", fetch).needs(KNOWN))
}

/// The content of an artifact, whatever it is.
async fn fetch(State(gate): State<Gate>, caller: Caller, Json(artifact): Json<Object>) -> Result<Response> {
    let call = Call::new(Method::PUT, &["artifacts", "fetch"]).body(&artifact)?;
    let content = gate.clients.clouddriver.forward_bytes(&caller.onward(), call).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], content).into_response())
}
