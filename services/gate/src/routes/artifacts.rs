//! Artifacts: the accounts that clouddriver can fetch them with, what there is, and their content.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use futures::stream;
use gennaker_http::{Api, Caller, Error, Json, Result, put};
use gennaker_wire::Object;
use http::header::CONTENT_TYPE;

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
    table(FORWARDED).route(put("/artifacts/fetch", fetch).needs(KNOWN).no_deadline())
}

/// The content of an artifact, whatever it is, as it comes. How long that may take clouddriver knows.
async fn fetch(State(gate): State<Gate>, caller: Caller, Json(artifact): Json<Object>) -> Result<Response> {
    let content = gate.clients.clouddriver.fetch_artifact(&caller.onward(), &artifact).await?;
    let parts = stream::try_unfold(content, |mut content| async {
        Ok::<_, Error>(content.chunk().await?.map(|part| (part, content)))
    });
    Ok(([(CONTENT_TYPE, "application/octet-stream")], Body::from_stream(parts)).into_response())
}
