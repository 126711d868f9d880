//! The limits of a pipeline's runs: `limitConcurrent`, `maxConcurrentExecutions`, and who of the waiting ones is next.
//!
//! The store keeps the places (see [`gennaker_store::Place`]). Here is only what a pipeline asks for: upstream's
//! `OrcaMessageHandler.shouldQueue` and `StartWaitingExecutionsHandler`. A paused run keeps its place.

use gennaker_store::{Next, Place};
use gennaker_wire::{Execution, Status};

use super::{Error, record};
use crate::planner::{Signal, State};

/// What upstream says of a run that a newer one supersedes: the reason of its cancellation, which clients show.
const SUPERSEDED: &str = "This execution was queued but then canceled because a newer queued execution superceded it. \
                          This pipeline is configured to automatically cancel waiting executions.";

/// The place that the execution needs before it may begin; `limitConcurrent` goes before `maxConcurrentExecutions`.
pub(super) fn place(state: &State) -> Option<Place> {
    let head = state.head();
    if head.status != Status::NotStarted {
        return None;
    }
    let config = head.pipeline_config_id.as_ref().filter(|_| state.needs_place())?;
    let most = if head.limit_concurrent { 1 } else { head.max_concurrent_executions };
    Some(Place { limit: format!("pipeline/{config}"), most: u32::try_from(most).unwrap_or(u32::MAX) })
}

/// Who gets the place that the execution gives back: with `keepWaitingPipelines` the longest waiting run, otherwise the newest, and
/// the others that wait are cancelled.
pub(super) fn next(head: &Execution) -> Result<Next, Error> {
    if head.keep_waiting_pipelines || !(head.limit_concurrent || head.max_concurrent_executions > 0) {
        return Ok(Next::Oldest);
    }
    let superseded = Signal::Cancel { user: "spinnaker".to_owned(), reason: Some(SUPERSEDED.to_owned()), force: false };
    Ok(Next::Newest { superseded: record::signal_body(&head.id, &superseded)? })
}
