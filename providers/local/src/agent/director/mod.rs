//! The one task that decides and writes: it takes requests and the instances' reports one after the other, so that a
//! fence is judged, recorded and acted on without another request in between.
//!
//! What takes long (a drain, a stop) goes on beside it and is answered when it ends.

mod account;
mod artifacts;
mod balancers;
mod capacity;
mod configuration;
mod creation;
mod deletion;
mod drains;
mod groups;
mod hand_over;
mod images;
mod instances;
mod jobs;
mod mutation;
mod registration;
mod scaling;
mod security_groups;
mod startup;
mod traffic;
mod view;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::TcpListener,
    sync::Arc,
    time::Duration,
};

use gennaker_base::{SharedClock, Timestamp};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

pub(super) use self::mutation::{Command, Mutation};
use self::{
    artifacts::AfterFetch,
    balancers::BalancerState,
    drains::{Drained, Purpose},
    groups::Group,
    jobs::JobHandle,
    mutation::RunningRequest,
    scaling::Sample,
};
use super::{
    Options,
    artifacts::Artifacts,
    balancer::Connections,
    disk::Disk,
    files::{Files, blocking},
    handover::{Asked, Predecessor, Retired, Successor},
    images::Images,
    instance::{FromInstance, Order},
    job::JobOver,
    logs::Logs,
    meters::Meters,
    ports::Ports,
    process::Launcher,
    requests::Requests,
    reserve::Reserve,
};
use crate::protocol::{Image, JobEndReason, SecurityGroupSpec, Snapshot};

/// How long requests may finish when the agent is told to end.
const LAST_REQUESTS: Duration = Duration::from_secs(3);
/// The grace of processes when the agent is told to end: together with the requests' less than ten seconds.
const LAST_GRACE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_secs(1);
const TICKS_BETWEEN_TIDYING: u32 = 30;
const TICKS_BETWEEN_LOOKS_FOR_IMAGES: u32 = 5;
const REPORTS: usize = 1_024;

/// The agent's state and what changes it.
pub(super) struct Director {
    options: Options,
    clock: SharedClock,
    group_files: Files,
    balancer_files: Files,
    security_group_files: Files,
    request_files: Files,
    reserve: Reserve,
    job_files: Files,
    logs: Logs,
    artifacts: Artifacts,
    disk: Disk,
    fetches: JoinSet<AfterFetch>,
    launcher: Launcher,
    ports: Ports,
    groups: BTreeMap<String, Group>,
    balancers: BTreeMap<String, BalancerState>,
    /// What was measured last of the server groups that have scaling policies.
    samples: BTreeMap<String, Sample>,
    images: Images,
    image_tags: BTreeMap<String, BTreeMap<String, String>>,
    known_images: BTreeMap<String, Image>,
    jobs: BTreeMap<String, JobHandle>,
    job_watches: JoinSet<JobOver>,
    security_groups: BTreeMap<String, SecurityGroupSpec>,
    connections: Connections,
    /// Listening sockets that no balancer has taken yet.
    inherited: HashMap<u16, TcpListener>,
    /// Who still has connections of before.
    predecessor: Option<Predecessor>,
    /// Cancelled when the balancers may accept.
    opened: CancellationToken,
    requests: Requests,
    running: HashMap<u64, RunningRequest>,
    next_ticket: u64,
    reports: (mpsc::Sender<FromInstance>, mpsc::Receiver<FromInstance>),
    /// The instances' supervisors.
    supervisors: JoinSet<()>,
    drains: JoinSet<Drained>,
    /// Balancers that are ending, and the tidying of logs.
    chores: JoinSet<()>,
    version: u64,
    snapshot: watch::Sender<Arc<Snapshot>>,
    meters: watch::Sender<Arc<Meters>>,
}

impl Director {
    /// Follows the state.
    pub(super) fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.subscribe()
    }

    /// Where artifacts are kept.
    pub(super) fn artifacts(&self) -> Artifacts {
        self.artifacts.clone()
    }

    /// The counters of what there is.
    pub(super) fn meters(&self) -> watch::Receiver<Arc<Meters>> {
        self.meters.subscribe()
    }

    /// Works until `shutdown`, then ends or leaves the processes, as the options say (None), or until another agent takes
    /// over, which it says by `handed_over`.
    pub(super) async fn run(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut successors: mpsc::Receiver<Asked>,
        handed_over: CancellationToken,
        shutdown: CancellationToken,
    ) -> Option<(Retired, Successor)> {
        self.opened.cancel();
        self.go_on();
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tick: u32 = 0;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(report) = self.reports.1.recv() => self.hear(report).await,
                Some(drained) = self.drains.join_next(), if !self.drains.is_empty() => match drained {
                    Ok(drained) => self.after_drain(drained).await,
                    Err(error) => tracing::error!(%error, "a drain failed"),
                },
                Some(fetched) = self.fetches.join_next(), if !self.fetches.is_empty() => match fetched {
                    Ok(fetched) => self.after_fetch(fetched).await,
                    Err(error) => tracing::error!(%error, "a fetch failed"),
                },
                Some(asked) = successors.recv() => {
                    if let Some(successor) = self.hold_still(asked, &shutdown).await {
                        handed_over.cancel();
                        return Some((self.retire().await, successor));
                    }
                }
                Some(over) = self.job_watches.join_next(), if !self.job_watches.is_empty() => match over {
                    Ok(over) => self.after_job(over).await,
                    Err(error) => tracing::error!(%error, "a job's watch failed; restart the agent to watch it again"),
                },
                Some(command) = commands.recv() => self.take(command).await,
                Some(ended) = self.supervisors.join_next(), if !self.supervisors.is_empty() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "an instance's supervisor failed; restart the agent to watch it again");
                    }
                }
                Some(_) = self.chores.join_next(), if !self.chores.is_empty() => {}
                _ = ticks.tick() => {
                    self.listen_again();
                    self.show_disk();
                    if tick.is_multiple_of(TICKS_BETWEEN_LOOKS_FOR_IMAGES) {
                        self.look_for_images();
                    }
                    if tick.is_multiple_of(self.options.ticks_between_measuring()) {
                        self.scale().await;
                    }
                    if tick.is_multiple_of(TICKS_BETWEEN_TIDYING) {
                        self.tidy().await;
                    }
                    tick = tick.wrapping_add(1);
                }
            }
        }
        self.end().await;
        None
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Frees the ports, then ends the processes. Requests that are being carried out go unanswered and are carried on
    /// when they are sent again.
    async fn end(mut self) {
        let predecessor = self.predecessor.take();
        if let Some(predecessor) = &predecessor {
            predecessor.end();
        }
        let balancers = std::mem::take(&mut self.balancers);
        futures::future::join_all(balancers.into_values().map(|state| state.balancer.stop(LAST_REQUESTS))).await;
        for instance in self.groups.values().flat_map(|group| &group.instances) {
            if self.options.keep_processes {
                instance.orders.send_replace(Order::Leave);
            } else {
                instance.stop(LAST_GRACE);
            }
        }
        for job in self.jobs.values().filter(|job| !job.is_over()) {
            if self.options.keep_processes {
                job.orders.send_replace(Order::Leave);
            } else {
                let grace = Duration::from_millis(job.record.spec.stop_grace_ms).min(LAST_GRACE);
                job.stop(JobEndReason::AgentStopped, grace);
            }
        }
        self.drains.shutdown().await;
        self.fetches.shutdown().await;
        while !self.supervisors.is_empty() {
            tokio::select! {
                _ = self.supervisors.join_next() => {}
                // Taken, so that no supervisor waits for room; a wish for a restart is dropped unanswered.
                _ = self.reports.1.recv() => {}
            }
        }
        while let Some(over) = self.job_watches.join_next().await {
            if let Ok(over) = over {
                self.after_job(over).await;
            }
        }
        self.chores.shutdown().await;
        self.connections.stop().await;
        if let Some(predecessor) = predecessor {
            // Else it would take this agent for killed, and serve in its place.
            let _ = tokio::time::timeout(LAST_REQUESTS, predecessor.gone()).await;
        }
    }

    async fn tidy(&mut self) {
        let now = self.now();
        for name in self.requests.expire(now) {
            if let Err(error) = self.request_files.remove(&name).await {
                tracing::warn!(%error, name, "cannot remove old request records");
            }
        }
        self.expire_jobs().await;
        self.launcher.cgroups.tidy();
        let instances = self.groups.values().flat_map(|group| &group.instances);
        let living: HashSet<String> =
            instances.map(|instance| instance.record.id.clone()).chain(self.jobs.keys().cloned()).collect();
        let (logs, disk, reserve) = (self.logs.clone(), self.disk.clone(), self.reserve.clone());
        self.chores.spawn(async move {
            let tidied = blocking(move || {
                let tidied = logs.tidy(&living, now);
                reserve.fill();
                tidied
            });
            if let Err(error) = tidied.await {
                tracing::warn!(%error, "cannot tidy the logs");
            }
            if let Err(error) = blocking(move || disk.measure()).await {
                tracing::warn!(%error, "cannot measure how much of the disk is used");
            }
        });
    }
}
