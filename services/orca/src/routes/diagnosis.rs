//! Why an execution stands where it does, and whether today's planner would decide likewise.

use axum::extract::State;
use gennaker_base::Kind;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_store::Standing;
use gennaker_wire::Diagnosis;
use serde::Deserialize;
use serde_json::Value;

use super::{READ, engine_error};
use crate::{
    Orca,
    app::{diagnosis, standing},
    engine::{self, history::Evidence},
    planner::replay::{self, Recorded},
    recording::{self, Case, CaseEvent},
};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(get("/pipelines/{id}/diagnosis", diagnose).needs(READ).beyond())
        .route(get("/pipelines/{id}/replay", replay).needs(READ).beyond())
}

/// Of a pipeline's execution as well as of a task's.
async fn diagnose(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<Json<Diagnosis>> {
    let evidence = evidence(&orca, &id).await?;
    let others = match &evidence.state.head().pipeline_config_id {
        Some(definition) if evidence.row.place == Standing::Waiting => {
            let query = standing::unfinished_runs(definition);
            orca.engine.list(&query).await.map_err(|error| engine_error("pipeline", &id, &error))?
        }
        _ => Vec::new(),
    };
    Ok(Json(diagnosis::diagnose(&evidence, &others, orca.engine.now())))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    export: bool,
}

/// What comes of a replay; with `export=true` the recording itself, which can be replayed without a server.
async fn replay(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>> {
    let evidence = evidence(&orca, &id).await?;
    if let Some(problem) = &evidence.unreadable {
        return Err(Error::unsupported(format!("execution {id} cannot be replayed: {problem}")));
    }
    let answer = if wanted.export {
        let events = evidence.events.iter().map(|event| CaseEvent {
            number: event.recorded.sequence,
            at: event.recorded.at,
            epoch: event.epoch.map(|epoch| epoch.0),
            what: event.recorded.event.clone(),
        });
        serde_json::to_value(Case::new(evidence.state.to_execution(), events.collect()))
    } else {
        let recorded: Vec<Recorded> = evidence.events.iter().map(|event| event.recorded.clone()).collect();
        let replay = replay::replay(evidence.state.head(), &recorded, None)
            .map_err(|reason| engine_error("pipeline", &id, &engine::Error::NotReplayed { id: id.clone(), reason }))?;
        serde_json::to_value(recording::replayed(&recorded, &replay, &evidence.state))
    };
    answer.map(Json).map_err(|error| Error::new(Kind::Bug, format!("the answer cannot be written as JSON: {error}")))
}

async fn evidence(orca: &Orca, id: &str) -> Result<Evidence> {
    orca.engine.evidence(id).await.map_err(|error| engine_error("pipeline", id, &error))
}
