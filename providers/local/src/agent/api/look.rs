//! What is read: the agent's state as it was published last.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use http::header;
use serde::Serialize;
use tokio::time::timeout;

use super::{Api, Name, Parameters};
use crate::{
    agent::error::Refusal,
    protocol::{Health, LONG_POLL_MS, Snapshot},
};

/// All things of a kind.
pub(super) fn all<T: Serialize + 'static>(of: fn(&Snapshot) -> &Vec<T>) -> MethodRouter<Api> {
    get(move |State(api): State<Api>| async move { Json(of(&api.current())).into_response() })
}

/// The thing that the path names, of a kind that is called `what`.
pub(super) fn one<T: Serialize + 'static>(
    what: &'static str,
    of: fn(&Snapshot) -> &Vec<T>,
    name_of: fn(&T) -> &str,
) -> MethodRouter<Api> {
    get(move |State(api): State<Api>, name: Name| async move {
        let Path(name) = name?;
        match of(&api.current()).iter().find(|thing| name_of(thing) == name) {
            Some(thing) => Ok(Json(thing).into_response()),
            None => Err(Refusal::not_found(format!("{what} {name} does not exist"))),
        }
    })
}

pub(super) async fn health(State(api): State<Api>) -> Json<Health> {
    Json((*api.health).clone())
}

pub(super) async fn state(State(mut api): State<Api>, parameters: Parameters) -> Result<Response, Refusal> {
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

pub(super) async fn traffic(State(api): State<Api>) -> Response {
    let meters = api.meters.borrow().clone();
    Json(meters.traffic()).into_response()
}

pub(super) async fn metrics(State(api): State<Api>) -> Response {
    let meters = api.meters.borrow().clone();
    let text = meters.metrics(&api.health.account);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

impl Api {
    pub(super) fn current(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }
}
