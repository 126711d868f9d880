//! Artifacts: their accounts, what there is, and their content.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_artifacts::Artifact;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get, put};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Deserialize;

use super::{KNOWN, READ_ACCOUNT};
use crate::{
    Clouddriver,
    artifacts::{self, ArtifactCredentials},
};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/artifacts/credentials", credentials).needs(KNOWN))
        // What is fetched has a deadline of its own.
        .route(put("/artifacts/fetch", fetch).needs(KNOWN).no_deadline())
        .route(get("/artifacts/account/{accountName}/names", names).needs(READ_ACCOUNT).reads(["type"]).no_deadline())
        .route(
            get("/artifacts/account/{accountName}/versions", versions)
                .needs(READ_ACCOUNT)
                .reads(["type", "artifactName"])
                .no_deadline(),
        )
}

impl From<artifacts::Error> for Error {
    fn from(error: artifacts::Error) -> Self {
        Error::new(error.kind(), error.to_string())
    }
}

async fn credentials(State(service): State<Clouddriver>, _caller: Caller) -> Json<Vec<ArtifactCredentials>> {
    Json(service.artifacts.credentials())
}

async fn fetch(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Json(artifact): Json<Artifact>,
) -> Result<Response> {
    let content = service.artifacts.fetch(&artifact).await?;
    let headers =
        [(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_LENGTH, content.length().to_string())];
    Ok((headers, Body::from_stream(content.into_stream())).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(rename = "type")]
    kind: Option<String>,
    artifact_name: Option<String>,
}

impl Listed {
    fn kind(&self) -> Result<&str> {
        self.kind.as_deref().ok_or_else(|| missing("type"))
    }
}

fn missing(parameter: &str) -> Error {
    Error::invalid(format!("{parameter} is missing: say {parameter}=... in the query"))
}

async fn names(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(account): Path<String>,
    Query(listed): Query<Listed>,
) -> Result<Json<Vec<String>>> {
    Ok(Json(service.artifacts.names(&account, listed.kind()?).await?))
}

async fn versions(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(account): Path<String>,
    Query(listed): Query<Listed>,
) -> Result<Json<Vec<String>>> {
    let name = listed.artifact_name.as_deref().ok_or_else(|| missing("artifactName"))?;
    Ok(Json(service.artifacts.versions(&account, listed.kind()?, name).await?))
}
