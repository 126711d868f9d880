//! The director at a hand-over: as the one that goes, and as the one that comes.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::TcpListener,
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{Director, Purpose, groups::Group};
use crate::agent::{
    balancer::Route,
    handover::{Asked, Destination, Predecessor, Retired, Successor},
    instance::Order,
};

/// How long it holds still; longer than a successor may take to get ready.
const STILL: Duration = Duration::from_secs(60);
/// How long what an earlier agent drains may take that still has requests; how long it was given is not known.
const DRAIN_BEFORE: Duration = Duration::from_secs(30);

impl Director {
    /// The agent that this one took over from, which learns from now on where requests may go.
    pub(in crate::agent) fn succeed(&mut self, predecessor: Option<Predecessor>) {
        self.predecessor = predecessor;
        self.publish();
    }

    /// How long the requests on instances may take that an earlier agent had begun to take out of traffic.
    pub(super) fn remaining_drain(&self) -> Duration {
        if self.predecessor.is_some() { DRAIN_BEFORE } else { Duration::ZERO }
    }

    /// Gives copies of the listening sockets to a successor and changes nothing until it has decided. None: it does not
    /// take over.
    pub(super) async fn hold_still(&mut self, asked: Asked, shutdown: &CancellationToken) -> Option<Successor> {
        let sockets = self.sockets().map(|sockets| sockets.into_values().collect());
        asked.sockets.send(sockets).ok()?;
        tokio::select! {
            decided = tokio::time::timeout(STILL, asked.decision) => decided.ok()?.ok(),
            () = shutdown.cancelled() => None,
        }
    }

    /// Supervises nothing and accepts nobody any more; what is left are connections. Requests of the control plane that
    /// are being carried out go unanswered here: the successor carries them on.
    pub(super) async fn retire(mut self) -> Retired {
        let sockets = self.sockets().unwrap_or_else(|error| {
            tracing::warn!(%error, "this agent could not serve again if its successor were killed");
            HashMap::new()
        });
        for instance in self.groups.values().flat_map(|group| &group.instances) {
            instance.orders.send_replace(Order::Leave);
        }
        for job in self.jobs.values() {
            job.orders.send_replace(Order::Leave);
        }
        self.drains.shutdown().await;
        self.fetches.shutdown().await;
        self.job_watches.shutdown().await;
        let mut balancers = BTreeMap::new();
        for (name, state) in std::mem::take(&mut self.balancers) {
            balancers.insert(name, state.balancer.retire().await);
        }
        let (open, closed): (Vec<_>, Vec<_>) = self.groups.values_mut().map(Group::take_upstreams).unzip();
        Retired {
            balancers,
            upstreams: open.into_iter().flatten().map(|upstream| (upstream.target().clone(), upstream)).collect(),
            closed: closed.into_iter().flatten().collect(),
            connections: self.connections.clone(),
            predecessor: self.predecessor.take(),
            sockets,
            ending: vec![std::mem::take(&mut self.supervisors), std::mem::take(&mut self.chores)],
        }
    }

    fn sockets(&self) -> io::Result<HashMap<u16, TcpListener>> {
        let mut sockets = HashMap::new();
        for state in self.balancers.values() {
            for socket in state.balancer.sockets()? {
                sockets.insert(socket.local_addr()?.port(), socket);
            }
        }
        Ok(sockets)
    }

    /// Tells the agent before this one where its requests may go.
    pub(super) fn route_before(&self, routes: &HashMap<String, Vec<Route>>) {
        let Some(predecessor) = &self.predecessor else { return };
        let destinations = |routes: &Vec<Route>| {
            routes
                .iter()
                .map(|route| Destination { target: route.upstream.target().clone(), weight: route.weight })
                .collect()
        };
        let table = routes.iter().map(|(name, routes)| (name.clone(), destinations(routes))).collect();
        let ports = self.balancers.values().flat_map(|state| state.balancer.ports()).collect();
        predecessor.route(table, ports);
    }

    /// The instances that a drain is about.
    pub(super) fn instances_of(&self, purpose: &Purpose) -> Vec<String> {
        match purpose {
            Purpose::Disable { group, .. } | Purpose::Delete { group } => {
                let instances = self.groups.get(group).into_iter().flat_map(|group| &group.instances);
                instances.map(|instance| instance.record.id.clone()).collect()
            }
            Purpose::Leave { instances, .. } | Purpose::Deregister { instances, .. } => instances.clone(),
        }
    }
}
