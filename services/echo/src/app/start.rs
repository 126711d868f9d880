//! Starting pipelines: each once, and before the event that starts them is answered.
//!
//! A start is posted to orca with the event's identity as `Idempotency-Key`: whatever is sent again, here or by the sender
//! of the event, starts the pipeline once. A start that orca refuses is over with, and logged; so is one that orca fails at
//! (500) each time that it is tried. One that could not be settled in time makes the event fail, so that its sender sends it
//! again. echo keeps nothing: what was answered is in orca's store.
//!
//! Upstream: `PipelineInitiator`, which answers first, tries for as long, and then drops it.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use gennaker_artifacts::Artifact;
use gennaker_base::{Backoff, Kind, SharedClock, Timestamp};
use gennaker_clients::{Caller, OrcaClient};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{Error, Quiet, known::Config};
use crate::options::OrcaOptions;

/// Whom a start is for if nobody else is.
const NOBODY: &str = "anonymous";
/// The first wait before a start is tried again.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// One pipeline with the trigger that starts it.
pub(crate) struct Start {
    /// The pipeline.
    pub(crate) config: Config,
    /// The trigger, with what the event brought.
    pub(crate) trigger: Object,
    /// The artifacts that the event brought.
    pub(crate) artifacts: Vec<Artifact>,
    /// Whether it is started in the name of whoever sent the event: upstream's `propagateAuth`.
    pub(crate) as_sender: bool,
}

/// What an event is called, wherever it comes again.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// The key.
    pub(crate) key: String,
    /// When it happened, if that is as sure as the key.
    pub(crate) time: Option<Timestamp>,
}

/// Who sent the event.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    /// Who.
    pub(crate) caller: Caller,
    /// Where he asked, for example `deck`.
    pub(crate) origin: String,
}

/// Starts pipelines.
pub(crate) struct Starter {
    orca: OrcaClient,
    clock: SharedClock,
    quiet: Quiet,
    places: Arc<Semaphore>,
    is_enabled: bool,
    runs_as_users: bool,
    patience: Duration,
    longest_wait: Duration,
}

impl Starter {
    pub(super) fn new(
        orca: OrcaClient,
        clock: SharedClock,
        quiet: Quiet,
        options: &OrcaOptions,
        runs_as_users: bool,
    ) -> Starter {
        let longest_wait = Duration::from_millis(options.pipeline_initiator_retry_delay_millis.max(1));
        if !options.enabled {
            tracing::warn!("orca.enabled is false: no event starts a pipeline");
        }
        Starter {
            orca,
            clock,
            quiet,
            places: Arc::new(Semaphore::new(options.pipeline_initiator_threadpool_size.max(1))),
            is_enabled: options.enabled,
            runs_as_users,
            patience: longest_wait.saturating_mul(options.pipeline_initiator_retry_count),
            longest_wait,
        }
    }

    /// Starts them all, and returns once each is started or refused.
    ///
    /// # Errors
    /// If of some neither is known.
    pub(crate) async fn start_all(
        &self,
        starts: Vec<Start>,
        identity: &Identity,
        sender: &Sender,
    ) -> Result<(), Error> {
        let starts: Vec<Start> = starts.into_iter().filter(|start| self.is_wanted(start)).collect();
        let outcomes = join_all(starts.iter().map(|start| self.start(start, identity, sender))).await;
        let all = outcomes.len();
        let reasons: Vec<gennaker_http::Error> = outcomes.into_iter().filter_map(Result::err).collect();
        match reasons.first() {
            Some(reason) => Err(Error::NotStarted { failed: reasons.len(), all, reason: reason.to_string() }),
            None => Ok(()),
        }
    }

    fn is_wanted(&self, start: &Start) -> bool {
        let respects = start.config.boolean("respectQuietPeriod") == Some(true);
        let kind = start.trigger.text("type").unwrap_or_default();
        let is_quiet = respects && self.quiet.suppresses(self.clock.now(), &kind);
        if is_quiet || !self.is_enabled {
            let (pipeline, reason) = (start.name(), if is_quiet { "it is quiet" } else { "orca.enabled is false" });
            tracing::info!(pipeline, trigger = kind, reason, "a pipeline is not started");
        }
        self.is_enabled && !is_quiet
    }

    /// Tries until orca has said whether it is started; the error is that it did not say so in time.
    async fn start(&self, start: &Start, identity: &Identity, sender: &Sender) -> gennaker_http::Result<()> {
        let Ok(_place) = self.places.acquire().await else { return Ok(()) };
        let caller = Caller { idempotency_key: Some(identity.key.clone()), ..self.caller(start, sender) };
        let config = start.config();
        let until = self.clock.now().after(self.patience);
        let mut backoff = Backoff::new(FIRST_WAIT, self.longest_wait);
        let kind = start.trigger.text("type").unwrap_or_default();
        loop {
            let error = match self.post(&caller, &config, identity.time, &sender.origin).await {
                Ok(reference) => {
                    tracing::info!(pipeline = start.name(), trigger = kind, reference, "a pipeline is started");
                    metrics::counter!("echo_pipelines_triggered_total", "trigger" => kind).increment(1);
                    return Ok(());
                }
                Err(error) => error,
            };
            let again = self.clock.now().after(backoff.next_wait());
            match error.kind() {
                fault if fault.is_transient() && again >= until => return Err(error),
                // What orca itself cannot explain may be over the next time.
                fault if (fault.is_transient() || fault == Kind::Bug) && again < until => {}
                _ => {
                    tracing::error!(pipeline = start.name(), trigger = kind, %error, "orca refuses to start a pipeline");
                    metrics::counter!("echo_pipelines_refused_total", "trigger" => kind).increment(1);
                    return Ok(());
                }
            }
            tracing::warn!(pipeline = start.name(), %error, "the start of a pipeline is tried again");
            self.clock.sleep_until(again).await;
        }
    }

    async fn post(
        &self,
        caller: &Caller,
        config: &Object,
        time: Option<Timestamp>,
        origin: &str,
    ) -> gennaker_http::Result<String> {
        if config.contains_key("errorMessage") {
            return self.orca.record_failure(caller, config).await.map(|()| "a failed one".to_owned());
        }
        self.orca.start_for_event(caller, config, time, origin).await
    }

    /// In whose name it is started.
    fn caller(&self, start: &Start, sender: &Sender) -> Caller {
        if start.as_sender {
            return sender.caller.onward();
        }
        let user = start.trigger.text("runAsUser").map(|user| user.trim().to_owned());
        let user = user.filter(|user| self.runs_as_users && !user.is_empty()).unwrap_or_else(|| NOBODY.to_owned());
        Caller { request: sender.caller.request.clone(), ..Caller::service(&user) }
    }
}

impl Start {
    /// The pipeline's name, for the log.
    fn name(&self) -> String {
        let text = |name: &str| self.config.text(name).unwrap_or_default();
        format!("{}/{}", text("application"), text("name"))
    }

    /// What is sent to orca: the pipeline with its trigger.
    fn config(&self) -> Object {
        let mut config = (*self.config).clone();
        let mut trigger = self.trigger.clone();
        if let Some(id) = trigger.text("executionId").filter(|id| !id.is_empty()) {
            config.insert("executionId".to_owned(), id.into());
        }
        trigger.retain(|name, value| !value.is_null() && name != "secret");
        for name in ["enabled", "rebake", "dryRun", "preferred"] {
            let flag = trigger.boolean(name).unwrap_or(false);
            trigger.insert(name.to_owned(), flag.into());
        }
        let artifacts: Vec<Value> = self.artifacts.iter().map(|artifact| json!(artifact)).collect();
        config.insert("receivedArtifacts".to_owned(), artifacts.into());
        config.insert("trigger".to_owned(), trigger.into());
        config
    }
}
