//! The end of an execution, told to those who wait for it: pipelines whose trigger it is are started, and echo gets the event.
//!
//! The engine sees to it that each end is told until that has succeeded, so it may be told more than once: a pipeline is started
//! once all the same, and the event has the same `eventId`. Upstream: `DependentPipelineExecutionListener`,
//! `EchoNotifyingExecutionListener`, which tell it once or never.

mod event;
mod notifications;

use gennaker_base::Kind;
use gennaker_clients::Caller;
use gennaker_wire::{Execution, ExecutionKind, Object, ObjectExt};

use super::start::{self, dependent};
use crate::engine::{Engine, News};

/// Why somebody does not know yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A service does not answer.
    #[error("{0}")]
    Client(#[from] gennaker_clients::Error),
    /// A pipeline that it starts could not be started.
    #[error("the pipeline {pipeline:?} that it starts could not be started: {source}")]
    Dependent {
        /// The pipeline's name.
        pipeline: String,
        /// Why.
        #[source]
        source: Box<start::Error>,
    },
}

/// Who asks other services about an execution that is over: those who waited for it, not its user.
fn caller(execution: &Execution) -> Caller {
    Caller { request: execution.id.clone(), ..Caller::service("orca") }
}

/// Tells everybody of it. One who does not answer keeps nobody else from being told.
///
/// # Errors
/// If somebody is to be told again.
pub(crate) async fn tell(engine: &Engine, execution: &Execution) -> Result<(), Error> {
    let (started, told) = tokio::join!(start_dependents(engine, execution), event::ended(engine, execution));
    started.and(told)
}

/// Tells echo what happened while it goes on, once or never.
pub(crate) async fn progress(engine: &Engine, execution: &Execution, news: &[News]) {
    event::progress(engine, execution, news).await;
}

/// Starts the pipelines that wait for the end.
async fn start_dependents(engine: &Engine, execution: &Execution) -> Result<(), Error> {
    let Some(id) = execution.pipeline_config_id.as_ref().filter(|_| execution.kind == ExecutionKind::Pipeline) else {
        return Ok(());
    };
    let word = dependent::status_word(execution.status);
    let found = engine.clients().front50.triggered_by(&caller(execution), id, word).await;
    let found = match settled(found, "which pipelines its end starts is not known")? {
        Some(found) => found,
        None => return Ok(()),
    };
    let mut outcome = Ok(());
    for config in found.into_iter().filter(|config| dependent::waits_for(config, execution)) {
        outcome = outcome.and(start_dependent(engine, execution, config).await);
    }
    outcome
}

async fn start_dependent(engine: &Engine, execution: &Execution, config: Object) -> Result<(), Error> {
    let pipeline = config.text("name").unwrap_or_default();
    match dependent::start(engine, execution, config).await {
        Ok(id) => {
            tracing::info!(execution = %execution.id, pipeline, started = id, "its end starts a pipeline");
            Ok(())
        }
        Err(source) if source.kind().is_transient() => Err(Error::Dependent { pipeline, source: Box::new(source) }),
        Err(error) => {
            tracing::error!(execution = %execution.id, pipeline, %error, "a pipeline that its end starts cannot be started");
            Ok(())
        }
    }
}

/// What a service answered. One that refuses, or has not what it is asked for, does so the next time too.
fn settled<T>(answer: gennaker_clients::Result<T>, otherwise: &str) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind().is_transient() => Err(error.into()),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Unsupported) => Ok(None),
        Err(error) => {
            tracing::warn!(%error, "{otherwise}");
            Ok(None)
        }
    }
}
