//! What instances and jobs write.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use http::header;

use super::{Api, Name, Parameters};
use crate::{
    agent::{error::Refusal, files::blocking, validate},
    protocol::OutputPiece,
};

const DEFAULT_TAIL: u64 = 64 * 1024;

pub(super) async fn log(State(api): State<Api>, id: Name, parameters: Parameters) -> Result<Response, Refusal> {
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
pub(super) async fn output(State(api): State<Api>, id: Name, parameters: Parameters) -> Result<Response, Refusal> {
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
