//! What echo does, without HTTP.

mod cron;
mod error;
mod event;
mod known;
mod manual;
mod matcher;
mod pipelines;
mod quiet;
mod start;
pub(crate) mod webhook;

use std::{collections::HashSet, sync::Arc};

use gennaker_artifacts::{ExpectedArtifact, trigger::any_artifact_matches};
use gennaker_base::{SharedClock, Timestamp, id};
use gennaker_http::Health;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use self::{
    cron::Cron,
    known::{Config, Known, Pipeline},
    matcher::Matcher,
    pipelines::Pipelines,
    start::{Identity, Start, Starter},
};
pub(crate) use self::{
    error::Error,
    event::Event,
    quiet::{Quiet, QuietNow},
    start::Sender,
};
use crate::{Deps, Options};

/// Everything that echo works with.
pub(crate) struct App {
    pub(crate) quiet: Quiet,
    pub(crate) clock: SharedClock,
    pub(crate) templates: webhook::Templates,
    pub(crate) webhook_types: Vec<String>,
    cron: Cron,
    pipelines: Pipelines,
    starter: Starter,
    git_secret: String,
}

impl App {
    pub(crate) fn new(options: Options, deps: Deps, health: &Health) -> App {
        let Deps { clients, clock, cluster } = deps;
        let quiet = Quiet::new(&options.quiet_period);
        let pipelines = Pipelines::new(clients.front50, clock.clone(), &options.front50, health);
        let starter = Starter::new(clients.orca, clock.clone(), quiet.clone(), &options.orca, options.fiat.enabled);
        let cron = Cron::new(&options.scheduler, cluster, clock.clone(), health);
        let templates = webhook::Templates::new(&options.webhook_artifacts);
        let (webhook_types, git_secret) = (options.webhook_types, options.git.shared_secret);
        App { quiet, clock, templates, webhook_types, cron, pipelines, starter, git_secret }
    }

    /// Keeps the pipelines at hand and fires cron triggers, until `shutdown`.
    pub(crate) async fn run(&self, shutdown: CancellationToken) {
        let cron = self.cron.run(&self.pipelines, &self.starter, shutdown.clone());
        tokio::join!(self.pipelines.run(shutdown), cron);
    }

    /// The cron triggers that fire, the next first.
    ///
    /// # Errors
    /// If the pipelines are not known.
    pub(crate) async fn scheduled(&self) -> Result<Vec<Value>, Error> {
        let fresh = self.pipelines.fresh().await?;
        Ok(self.cron.list(&fresh.known))
    }

    /// Starts what waits for the event, and returns once that is started. `time` is when it happened, if the sender says so.
    ///
    /// # Errors
    /// If it is not what an event of its type is: then nothing is started; or if it is not known whether everything is: send it
    /// again.
    pub(crate) async fn take(&self, event: &Event, sender: &Sender, time: Option<Timestamp>) -> Result<(), Error> {
        metrics::counter!("echo_events_processed_total").increment(1);
        if event.is("manual") {
            let starts = manual::starts(event, &self.pipelines).await?;
            return self.starter.start_all(starts, &self.identity(event, None, sender, time), sender).await;
        }
        let Some(matcher) = matcher::read(event, &self.git_secret)? else {
            tracing::debug!(kind = event.kind, "no trigger fires by such an event");
            return Ok(());
        };
        let fresh = self.pipelines.fresh().await?;
        let starts = matching(&fresh.known, matcher.as_ref());
        let identity = self.identity(event, Some(matcher.as_ref()), sender, time);
        self.starter.start_all(starts, &identity, sender).await
    }

    /// What the event is called: by its sender, else by what it is about. One that has no name of its own is another one each
    /// time that it comes.
    fn identity(
        &self,
        event: &Event,
        matcher: Option<&dyn Matcher>,
        sender: &Sender,
        time: Option<Timestamp>,
    ) -> Identity {
        let kind = event.kind.to_ascii_lowercase();
        let source = event.source.as_deref().unwrap_or_default();
        if let Some(key) = &sender.caller.idempotency_key {
            return Identity { key: format!("{kind}/{source}/{key}"), time };
        }
        if event.has_identity {
            return Identity { key: format!("{kind}/{}", event.id), time };
        }
        match matcher.and_then(Matcher::identity) {
            Some((key, own)) => Identity { key, time: time.or(own.map(Timestamp::from_millis)) },
            None => Identity { key: format!("{kind}/{}", event.id), time: Some(time.unwrap_or(self.clock.now())) },
        }
    }
}

/// The pipelines that the event starts: each once, by the first of its triggers that fires.
fn matching(known: &Known, matcher: &dyn Matcher) -> Vec<Start> {
    let mut starts: Vec<Start> = Vec::new();
    let mut started: HashSet<*const Pipeline> = HashSet::new();
    for (pipeline, trigger) in matcher.types().iter().flat_map(|kind| known.triggers(kind)) {
        if started.contains(&Arc::as_ptr(pipeline)) {
            continue;
        }
        let Some(mut fired) = matcher.fire(trigger) else { continue };
        let Some(config) = pipeline.config() else { continue };
        if !has_expected(&config, trigger, matcher) {
            continue;
        }
        if fired.text("id").is_none_or(|id| id.is_empty()) {
            fired.insert("id".to_owned(), own_id(pipeline.id(), trigger).into());
        }
        started.insert(Arc::as_ptr(pipeline));
        starts.push(Start { config, trigger: fired, artifacts: matcher.artifacts().to_vec(), as_sender: false });
    }
    starts
}

/// The id of a trigger that front50 gave none: the same one as long as the trigger stays as it is.
fn own_id(pipeline: Option<&str>, trigger: &Object) -> String {
    let trigger = Value::Object(trigger.clone()).to_string();
    event::uuid(&id::derive(Timestamp::default(), &[pipeline.unwrap_or_default(), &trigger]))
}

/// Whether the event brings what the trigger asks for: any of its expected artifacts, if it has some.
fn has_expected(config: &Config, trigger: &Object, matcher: &dyn Matcher) -> bool {
    let ids = trigger.texts("expectedArtifactIds");
    if ids.is_empty() {
        return true;
    }
    let expected = config.get("expectedArtifacts").and_then(Value::as_array).into_iter().flatten();
    let matches = expected
        .map(ExpectedArtifact::from_value)
        .collect::<Result<Vec<_>, _>>()
        .and_then(|expected| any_artifact_matches(matcher.artifacts(), &ids, &expected));
    matches.unwrap_or_else(|error| {
        let pipeline = config.text("name").unwrap_or_default();
        tracing::warn!(%error, pipeline, "the artifacts that a trigger expects cannot be compared: it does not fire");
        false
    })
}
