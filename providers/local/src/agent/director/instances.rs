//! Instances: their supervisors, what these report, and new processes for them.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use gennaker_base::Timestamp;
use tokio::sync::watch;

use super::{Director, configuration::Configuration, groups::Group};
use crate::{
    agent::{
        balancer::{Counters, Upstream},
        error::Refusal,
        instance::{CRASH_LOOP, End, FromInstance, Order, Report, Running, Supervisor},
        ports::is_free,
        record::InstanceRecord,
    },
    protocol::{Exit, InstanceState},
};

/// An instance.
pub(super) struct Instance {
    pub(super) record: InstanceRecord,
    /// What it runs, for as long as it is there.
    pub(super) configuration: Arc<Configuration>,
    pub(super) state: InstanceState,
    pub(super) since: Timestamp,
    pub(super) message: Option<String>,
    pub(super) last_exit: Option<Exit>,
    /// How often in a row its process ended soon after its start.
    early_ends: u32,
    /// What it said last when something was wrong with it.
    pub(super) log_tail: Option<String>,
    pub(super) orders: watch::Sender<Order>,
    pub(super) counters: Arc<Counters>,
    /// While its server group is enabled.
    pub(super) upstream: Option<Arc<Upstream>>,
    /// Its supervisor has ended.
    pub(super) stopped: bool,
}

impl Instance {
    /// Where the balancers send its requests.
    pub(super) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.record.port))
    }

    /// Tells its process to end, with the time between SIGTERM and SIGKILL that its configuration gives, at most `most`.
    pub(super) fn stop(&self, most: Duration) {
        let grace = Duration::from_millis(self.configuration.spec.stop_grace_ms).min(most);
        self.orders.send_replace(Order::Stop(grace));
    }

    pub(super) fn is_in_crash_loop(&self) -> bool {
        self.early_ends >= CRASH_LOOP && self.state != InstanceState::Up
    }

    fn enter(&mut self, state: InstanceState, message: Option<String>, now: Timestamp) {
        if self.state != state {
            self.since = now;
        }
        if state == InstanceState::Up {
            self.log_tail = None;
        }
        self.state = state;
        self.message = message;
        self.record.up = state == InstanceState::Up;
    }
}

impl Director {
    /// Starts the supervisor of an instance. Without a process it begins by asking for one.
    pub(super) fn supervise(
        &mut self,
        configuration: &Arc<Configuration>,
        record: InstanceRecord,
        running: Option<Running>,
        up: bool,
    ) -> Instance {
        let (orders, receiver) = watch::channel(Order::Run);
        let supervisor = Supervisor {
            instance: record.id.clone(),
            spec: configuration.spec.clone(),
            launch: configuration.launch.clone(),
            launcher: self.launcher.clone(),
            director: self.reports.0.clone(),
            orders: receiver,
        };
        let over = record.over && running.is_none();
        self.supervisors.spawn(supervisor.run(running, up, over));
        Instance {
            state: match (up, over) {
                (true, _) => InstanceState::Up,
                (false, true) => InstanceState::Failed,
                (false, false) => InstanceState::Starting,
            },
            record: InstanceRecord { up, ..record },
            configuration: configuration.clone(),
            since: self.now(),
            message: over.then(|| "the process has ended; its restart policy leaves it so".to_owned()),
            last_exit: None,
            early_ends: 0,
            log_tail: None,
            orders,
            counters: Arc::default(),
            upstream: None,
            stopped: false,
        }
    }

    /// Takes note of what an instance says.
    pub(super) async fn hear(&mut self, from: FromInstance) {
        let FromInstance { group: name, instance: id, report } = from;
        let now = self.now();
        if let Report::Restart(reply) = report {
            // Unanswered, it waits for the order to stop.
            let stays = |group: &Group| !group.deleting && group.staying().any(|instance| instance.record.id == id);
            if self.groups.get(&name).is_some_and(stays) {
                let restarted = self.restart(&name, &id).await;
                if let Err(Ok(mut running)) = reply.send(restarted) {
                    tracing::error!(instance = id, "a new process has no supervisor; stopping it");
                    running.process.stop(Duration::ZERO).await;
                }
            }
            return;
        }
        let last_words = match &report {
            Report::Ended(..) | Report::Failed(_) | Report::State(InstanceState::Down, _) => self.logs.last_words(&id),
            _ => String::new(),
        };
        let Some(group) = self.groups.get_mut(&name) else { return };
        let Some(instance) = group.instances.iter_mut().find(|instance| instance.record.id == id) else { return };
        let before = instance.record.clone();
        match report {
            Report::State(state, message) => {
                if instance.state != state {
                    tracing::info!(instance = id, ?state, message, "an instance's state changed");
                }
                if state == InstanceState::Down {
                    instance.log_tail = Some(last_words);
                }
                instance.enter(state, message, now);
            }
            Report::Ended(End { ending, message, early_ends, for_good }) => {
                tracing::warn!(instance = id, message, "an instance's process ended");
                instance.record.process = None;
                instance.record.over = for_good;
                instance.early_ends = early_ends;
                instance.log_tail = Some(last_words.clone());
                instance.last_exit = Some(Exit {
                    at: now,
                    code: ending.code,
                    signal: ending.signal,
                    out_of_memory: ending.out_of_memory,
                    log_tail: last_words,
                });
                instance.enter(InstanceState::Failed, Some(message), now);
            }
            Report::Failed(message) => {
                instance.log_tail = Some(last_words);
                instance.enter(InstanceState::Failed, Some(message), now);
            }
            Report::Stopped => {
                instance.stopped = true;
                instance.record.process = None;
            }
            Report::Restart(_) => {}
        }
        let gone = instance.stopped && instance.record.leaving;
        let changed = instance.record != before;
        let frees_artifact = gone && instance.configuration.artifact != group.configuration.artifact;
        if gone {
            group.instances.retain(|instance| instance.record.id != id);
        }
        if frees_artifact {
            self.drop_unused_artifacts();
        }
        if changed || gone {
            self.write_group(&name).await;
        }
        self.publish();
        self.forget_if_stopped(&name).await;
    }

    /// A new process for an instance, on its old port unless somebody else took that.
    async fn restart(&mut self, name: &str, id: &str) -> Result<Running, Refusal> {
        let gone = || Refusal::not_found(format!("instance {id} does not exist"));
        let taken = self.taken_ports();
        let now = self.now();
        let group = self.groups.get_mut(name).ok_or_else(gone)?;
        let instance = group.instances.iter_mut().find(|instance| instance.record.id == id).ok_or_else(gone)?;
        let launch = instance.configuration.launch.clone();
        let mut retired = None;
        if !is_free(instance.record.port) {
            instance.record.port = self.ports.take(&taken)?;
            retired = instance.upstream.take();
        }
        let port = instance.record.port;
        let process = self.launcher.start(&launch, id, Some(port))?;
        instance.record.process = Some(process.identity().clone());
        instance.record.restarts += 1;
        instance.enter(InstanceState::Starting, None, now);
        if let Some(upstream) = retired {
            group.retire(upstream);
        }
        self.write_group(name).await;
        self.publish();
        Ok(Running { process, port })
    }

    /// Writes a server group as it is. If that fails the next change writes it; an agent that is killed before finds
    /// the processes by their mark.
    pub(super) async fn write_group(&self, name: &str) {
        if let Some(record) = self.groups.get(name).map(Group::record)
            && let Err(error) = self.group_files.write(name, &record).await
        {
            tracing::error!(%error, name, "cannot write a server group's record; make room on the disk");
        }
    }
}
