//! Cron triggers: pipelines that are started at a time, each once, also over a death or a stop.
//!
//! One node fires: it holds the lease `echo/cron` as long as it lives, and the next one takes over. How far it has come is a
//! document of the store, so what came due while nobody was there is made up for, within the window
//! (`scheduler.compensationJob`). Where there is no such document yet, nothing that is past fires.
//!
//! A time that came due is started with its trigger and that time as `Idempotency-Key`: a node that fires what another one
//! has fired already starts nothing. It counts as over once orca has accepted or refused the start; until then it is tried
//! again. A time that is late by more than [`LATE`] is made up for once, not as often as it was missed.
//!
//! Upstream: `PipelineTriggerJob`, `PipelineConfigsPollingJob`, `MissedPipelineTriggerCompensationJob`.

mod cursor;
mod timetable;

use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt as _, stream::FuturesUnordered};
use gennaker_base::{SharedClock, Timestamp};
use gennaker_clients::Caller;
use gennaker_http::{Health, HealthComponent, HealthStatus};
use gennaker_wire::{Object, ObjectExt};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use self::{
    cursor::{Cursor, Term},
    timetable::{Entry, Key, Tick, Timetable},
};
use super::{
    event,
    known::Known,
    pipelines::{ECHO, Pipelines},
    start::{Identity, Sender, Start, Starter},
};
use crate::{SchedulerOptions, service::Cluster};

/// The trigger type.
pub(crate) const CRON: &str = "cron";
/// Upstream's word for where a start comes from that no person asked for.
const ORIGIN: &str = "unknown";
/// How often pipelines are looked at for new triggers, at the most: times of cron are whole seconds.
const BEAT: Duration = Duration::from_secs(1);
/// How long a node waits before it asks again for the lease, or for what it could not read.
const AGAIN: Duration = Duration::from_secs(2);
/// How often it is recorded how far this node has come, if nothing fires; otherwise with the next beat. What fires again
/// after a death in between starts nothing.
const RECORDED: Duration = Duration::from_secs(10);
/// A time that is later than that is made up for.
const LATE: Duration = Duration::from_secs(60);
/// How many starts are under way at a time; each waits for its turn at orca besides.
const AT_ONCE: usize = 64;

/// Fires cron triggers.
pub(crate) struct Cron {
    zone: TimeZone,
    zone_name: String,
    window: Duration,
    cursor: Option<Cursor>,
    clock: SharedClock,
    health: Option<HealthComponent>,
}

impl Cron {
    /// Without a cluster, or with `scheduler.enabled` false, none fires here.
    pub(crate) fn new(
        options: &SchedulerOptions,
        cluster: Option<Cluster>,
        clock: SharedClock,
        health: &Health,
    ) -> Cron {
        let zone = TimeZone::get(&options.cron.timezone).unwrap_or_else(|error| {
            tracing::error!(%error, "scheduler.cron.timezone is no time zone: cron triggers fire by UTC");
            TimeZone::UTC
        });
        let made_up = options.compensation_job.enabled;
        let window = if made_up { options.compensation_job.window() } else { LATE };
        let cursor = cluster.filter(|_| options.enabled).map(Cursor::new);
        let health = cursor.as_ref().map(|_| health.component(CRON));
        if let Some(health) = &health {
            // Another node may fire them: that this one does not is no fault.
            say(health, HealthStatus::Up, [("firesHere", json!(false))]);
        }
        Cron { zone, zone_name: options.cron.timezone.clone(), window, cursor, clock, health }
    }

    /// The triggers that fire, as upstream lists its scheduled actions, with the time at which each fires next.
    pub(crate) fn list(&self, known: &Known) -> Vec<Value> {
        let now = self.clock.now();
        let (table, _) = Timetable::of(known, &self.zone, now);
        table.entries().map(|(entry, next)| self.described(entry, next)).collect()
    }

    fn described(&self, entry: &Entry, next: Timestamp) -> Value {
        json!({
            "id": entry.id,
            "application": entry.pipeline.application(),
            "pipelineId": entry.pipeline.id(),
            "cronExpression": entry.trigger.text("cronExpression"),
            "timezone": self.zone_name,
            "runAsUser": entry.trigger.text("runAsUser"),
            "forceRebake": entry.trigger.boolean("rebake").unwrap_or(false),
            "nextFireTime": next.millis(),
        })
    }

    /// Fires them whenever it is this node's turn, until `shutdown`.
    pub(super) async fn run(&self, pipelines: &Pipelines, starter: &Starter, shutdown: CancellationToken) {
        let (Some(cursor), Some(health)) = (&self.cursor, &self.health) else { return };
        while !shutdown.is_cancelled() {
            match cursor.take_over(self.clock.now()).await {
                Ok(Some(term)) => {
                    tracing::info!(reached = term.reached().millis(), "this node fires cron triggers from now on");
                    Work::new(self, pipelines, starter, health, term).until_it_is_over(&shutdown).await;
                    say(health, HealthStatus::Up, [("firesHere", json!(false))]);
                }
                Ok(None) => say(health, HealthStatus::Up, [("firesHere", json!(false))]),
                Err(error) => {
                    tracing::warn!(%error, "it is not known who fires cron triggers; it is asked again");
                    say(health, HealthStatus::Unknown, [("reason", json!(error.to_string()))]);
                }
            }
            tokio::select! {
                biased;
                () = shutdown.cancelled() => {}
                () = self.clock.sleep_until(self.clock.now().after(AGAIN)) => {}
            }
        }
        cursor.give_back().await;
    }
}

/// The time in which this node fires.
struct Work<'c> {
    cron: &'c Cron,
    pipelines: &'c Pipelines,
    starter: &'c Starter,
    health: &'c HealthComponent,
    term: Term,
    /// The pipelines that the table is of.
    known: Option<Arc<Known>>,
    table: Timetable,
    /// Up to when times were taken from the table.
    reached: Timestamp,
    /// What came due and has no place yet.
    waiting: VecDeque<Tick>,
    /// What came due and is not over.
    open: BTreeSet<Key>,
    recorded_at: Timestamp,
    /// Whether something is over since.
    is_settled: bool,
    /// Why triggers do not fire, as far as it was said.
    warned: HashSet<String>,
}

impl<'c> Work<'c> {
    fn new(
        cron: &'c Cron,
        pipelines: &'c Pipelines,
        starter: &'c Starter,
        health: &'c HealthComponent,
        term: Term,
    ) -> Self {
        Work {
            cron,
            pipelines,
            starter,
            health,
            reached: term.reached(),
            term,
            known: None,
            table: Timetable::default(),
            waiting: VecDeque::new(),
            open: BTreeSet::new(),
            recorded_at: Timestamp::ZERO,
            is_settled: false,
            warned: HashSet::new(),
        }
    }

    async fn until_it_is_over(mut self, shutdown: &CancellationToken) {
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(tick) = self.waiting.pop_front()
            {
                under_way.push(fire(self.cron, self.starter, tick));
            }
            let beat = self.cron.clock.now().after(BEAT);
            let due = self.table.next().map_or(beat, |next| next.min(beat));
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(settled) = under_way.next(), if !under_way.is_empty() => {
                    self.open.remove(&settled);
                    self.is_settled = true;
                    continue;
                }
                () = self.cron.clock.sleep_until(due) => {}
            }
            if !self.term.is_running() {
                tracing::warn!("this node is not in the cluster any more: another one fires cron triggers");
                return;
            }
            self.look().await;
            let now = self.cron.clock.now();
            if self.is_settled || now.since(self.recorded_at) >= RECORDED {
                (self.recorded_at, self.is_settled) = (now, false);
                if !self.record().await {
                    return;
                }
            }
        }
        self.record().await;
    }

    /// Puts in the queue what came due since the last look, of the pipelines as they are now.
    async fn look(&mut self) {
        // What is due stays in the table while the pipelines are not known.
        let Ok(fresh) = self.pipelines.fresh().await else { return };
        let now = self.cron.clock.now();
        let is_other = self.known.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &fresh.known));
        if is_other || now < self.reached {
            // A clock that was set back: what fires again has the same identity.
            self.reached = self.reached.min(now);
            let (table, unreadable) = Timetable::of(&fresh.known, &self.cron.zone, self.reached);
            (self.table, self.known) = (table, Some(fresh.known));
            for problem in unreadable.into_iter().filter(|problem| self.warned.insert(problem.clone())) {
                tracing::warn!("a cron trigger does not fire: {problem}");
            }
        }
        let (ticks, missed) = self.table.take(now, LATE, self.cron.window);
        if missed > 0 {
            metrics::counter!("echo_cron_missed_total").increment(missed);
            tracing::warn!(missed, "times of cron triggers passed while no node fired them, and are not made up for");
        }
        self.open.extend(ticks.iter().map(Tick::key));
        self.waiting.extend(ticks);
        self.reached = now;
        let next = self.table.next().map(|next| next.millis());
        let details =
            [("firesHere", json!(true)), ("triggers", json!(self.table.len())), ("nextFireTime", json!(next))];
        say(self.health, HealthStatus::Up, details);
    }

    /// Records up to when every time is over. False if another node has taken over.
    async fn record(&mut self) -> bool {
        let oldest = self.open.first().map(|(time, _)| Timestamp::from_millis(time.millis() - 1));
        let until = oldest.map_or(self.reached, |oldest| oldest.min(self.reached));
        match self.term.record(until).await {
            Ok(still) => still,
            Err(error) => {
                tracing::warn!(%error, "it could not be recorded how far cron triggers have fired");
                true
            }
        }
    }
}

/// Starts what a time is for, and tries until orca has said so, or the window is over.
async fn fire(cron: &Cron, starter: &Starter, tick: Tick) -> Key {
    let key = tick.key();
    let identity = Identity { key: key.1.clone(), time: Some(tick.time) };
    let sender = Sender { caller: Caller::service(ECHO), origin: ORIGIN.to_owned() };
    while let Some(start) = start(&tick) {
        let Err(error) = starter.start_all(vec![start], &identity, &sender).await else { break };
        let (pipeline, time) = (tick.entry.pipeline.title(), tick.time.millis());
        if cron.clock.now().since(tick.time) > cron.window.max(LATE) {
            metrics::counter!("echo_cron_missed_total").increment(1);
            tracing::error!(%error, pipeline, time, "a time of a cron trigger is given up");
            break;
        }
        tracing::warn!(%error, pipeline, time, "a time of a cron trigger is tried again");
        cron.clock.sleep_until(cron.clock.now().after(AGAIN)).await;
    }
    key
}

/// What a time starts; nothing if the pipeline was saved after a time that is made up for, or cannot be decoded.
fn start(tick: &Tick) -> Option<Start> {
    let config = tick.entry.pipeline.config()?;
    let saved = config.text("updateTs").and_then(|text| text.parse().ok()).map(Timestamp::from_millis);
    if tick.is_late && saved.is_some_and(|saved| saved > tick.time) {
        return None;
    }
    let own = &tick.entry.trigger;
    let kept = ["cronExpression", "parameters", "runAsUser", "rebake", "payload", "expectedArtifactIds"];
    let mut trigger: Object =
        kept.iter().filter_map(|name| Some((name.to_string(), own.get(*name)?.clone()))).collect();
    trigger.insert("type".to_owned(), CRON.into());
    trigger.insert("enabled".to_owned(), true.into());
    trigger.insert("id".to_owned(), tick.entry.id.clone().into());
    let (_, identity) = tick.key();
    let id = gennaker_base::id::derive(tick.time, &[&identity]);
    trigger.insert("eventId".to_owned(), event::uuid(&id).into());
    Some(Start { config, trigger, artifacts: Vec::new(), as_sender: false })
}

fn say<const N: usize>(health: &HealthComponent, status: HealthStatus, details: [(&str, Value); N]) {
    health.set(status, Map::from_iter(details.map(|(name, value)| (name.to_owned(), value))));
}
