//! What a pipeline would do, without starting it.

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Result, post};
use gennaker_wire::{Object, Plan};

use super::{READ, engine_error};
use crate::{
    Orca,
    app::plan::{Planner, limit},
};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca").route(post("/pipelines/plan", plan).needs(READ).beyond())
}

/// Of a pipeline that the caller sends whole, as for `POST /orchestrate`. Nothing is stored.
async fn plan(State(orca): State<Orca>, caller: Caller, Json(config): Json<Object>) -> Result<Json<Plan>> {
    let engine = &orca.engine;
    let planner = Planner {
        catalogue: &orca.catalogue,
        expressions: engine.expressions(),
        clients: engine.peers(),
        clock: engine.clock(),
        caller: &caller,
    };
    let made = planner.pipeline(config).await?;
    let mut plan = made.plan;
    if let Some(execution) = &made.execution {
        let others = match &execution.pipeline_config_id {
            Some(definition) if execution.limit_concurrent || execution.max_concurrent_executions > 0 => {
                engine.unfinished(definition).await.map_err(|error| engine_error("pipeline", definition, &error))?
            }
            _ => Vec::new(),
        };
        limit(&mut plan, execution, &others);
    }
    Ok(Json(plan))
}
