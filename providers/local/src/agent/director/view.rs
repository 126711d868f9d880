//! What others see of the state: the snapshot for callers, the routes for the balancers.

use std::{collections::HashMap, sync::Arc};

use super::{Director, balancers::BalancerState, groups::Group, jobs::JobHandle};
use crate::{
    agent::{
        balancer::{Route, Target, Upstream, reopen},
        meters::{GroupMeters, Meters},
    },
    protocol::{FetchedArtifact, Instance, InstanceState, Listener, LoadBalancer, ServerGroup, Snapshot},
};

impl Director {
    /// Shows the state as it is now to the balancers and to whoever follows it.
    pub(super) fn publish(&mut self) {
        self.route();
        let snapshot = Snapshot {
            version: 0,
            account: self.options.account.clone(),
            account_use: self.account_use(None),
            notices: self.notices(),
            server_groups: self.groups.values().map(|group| self.view_of_group(group)).collect(),
            load_balancers: self.balancers.values().map(|state| self.view_of_balancer(state)).collect(),
            images: self.known_images.values().cloned().collect(),
            jobs: self.jobs.values().map(JobHandle::view).collect(),
            security_groups: self.security_groups.values().map(|spec| self.view_of_security_group(spec)).collect(),
        };
        let old = self.snapshot.borrow().clone();
        if *old == (Snapshot { version: old.version, ..snapshot.clone() }) {
            return;
        }
        self.version += 1;
        self.meters.send_replace(Arc::new(self.counted()));
        self.snapshot.send_replace(Arc::new(Snapshot { version: self.version, ..snapshot }));
    }

    /// Where everything that is there now is counted.
    fn counted(&self) -> Meters {
        let groups = self.groups.iter().map(|(name, group)| {
            let instances = group.instances.iter();
            let instances = instances.map(|instance| (instance.record.id.clone(), instance.counters.clone()));
            GroupMeters { name: name.clone(), instances: instances.collect() }
        });
        Meters {
            groups: groups.collect(),
            balancers: self.balancers.iter().map(|(name, state)| (name.clone(), state.balancer.meter())).collect(),
        }
    }

    /// Gives every balancer the healthy instances of the enabled server groups that name it.
    fn route(&mut self) {
        let mut routes: HashMap<String, Vec<Route>> = HashMap::new();
        for group in self.groups.values_mut().filter(|group| group.enabled && !group.deleting) {
            let (spec, closing) = (group.configuration.spec.clone(), &mut group.closing);
            for instance in group.instances.iter_mut().filter(|instance| !instance.record.leaving) {
                let out_of = &instance.record.deregistered_from;
                let balancers: Vec<&String> =
                    spec.load_balancers.iter().filter(|balancer| !out_of.contains(*balancer)).collect();
                if balancers.is_empty() {
                    continue;
                }
                let target = Target {
                    instance: instance.record.id.clone(),
                    address: instance.address(),
                    protocol: spec.instance_protocol,
                };
                let counters = &instance.counters;
                // In traffic again: what was running meanwhile is not cut by the drain of before.
                let upstream = instance
                    .upstream
                    .get_or_insert_with(|| {
                        reopen(closing, &target).unwrap_or_else(|| Upstream::new(target, counters.clone()))
                    })
                    .clone();
                if instance.state == InstanceState::Up {
                    for balancer in balancers {
                        let route = Route { upstream: upstream.clone(), weight: group.weight };
                        routes.entry(balancer.clone()).or_default().push(route);
                    }
                }
            }
        }
        self.route_before(&routes);
        for (name, state) in &self.balancers {
            state.balancer.route(routes.remove(name.as_str()).unwrap_or_default());
        }
    }

    pub(super) fn view_of_group(&self, group: &Group) -> ServerGroup {
        ServerGroup {
            spec: group.spec().clone(),
            launch_version: group.configuration.version,
            capacity: group.capacity,
            notice: self.notice_of(group),
            policies: group.policies.clone(),
            activities: group.activities.clone(),
            enabled: group.enabled,
            weight: group.weight,
            deleting: group.deleting,
            created_at: group.created_at,
            artifact: group
                .configuration
                .artifact
                .as_ref()
                .map(|stored| FetchedArtifact { digest: stored.digest.clone(), folder: self.artifacts.path(stored) }),
            instances: group
                .instances
                .iter()
                .map(|instance| Instance {
                    id: instance.record.id.clone(),
                    state: if instance.record.leaving { InstanceState::Stopping } else { instance.state },
                    since: instance.since,
                    message: instance.message.clone(),
                    port: instance.record.port,
                    pid: instance.record.process.as_ref().map(|process| process.pid),
                    process_start_time: instance.record.process.as_ref().map(|process| process.start_time),
                    restarts: instance.record.restarts,
                    launch_version: instance.configuration.version,
                    crash_loop: instance.is_in_crash_loop(),
                    log_tail: instance.log_tail.clone(),
                    last_exit: instance.last_exit.clone(),
                    deregistered_from: instance.record.deregistered_from.clone(),
                })
                .collect(),
        }
    }

    /// What this machine does not do for anybody.
    fn notices(&self) -> Vec<String> {
        let reason = self.launcher.cgroups.problem();
        reason.map(|reason| format!("limits of processor time and memory are not kept: {reason}")).into_iter().collect()
    }

    /// What a server group asks for and does not get.
    fn notice_of(&self, group: &Group) -> Option<String> {
        let reason = self.launcher.cgroups.problem().filter(|_| !group.spec().limits.is_empty())?;
        Some(format!("its limits are not kept on this machine: {reason}"))
    }

    pub(super) fn view_of_balancer(&self, state: &BalancerState) -> LoadBalancer {
        let name = &state.spec.name;
        let listeners = state.listeners.iter().map(|listener| Listener {
            port: listener.port,
            protocol: listener.protocol,
            listening: state.balancer.listener(listener.port).is_some(),
            message: listener.message.clone(),
        });
        let listeners: Vec<Listener> = listeners.collect();
        LoadBalancer {
            spec: state.spec.clone(),
            address: self.options.bind_address.to_string(),
            port: listeners.first().map_or(0, |listener| listener.port),
            listening: listeners.iter().all(|listener| listener.listening),
            message: listeners.iter().find_map(|listener| listener.message.clone()),
            listeners,
            server_groups: self
                .groups
                .values()
                .filter(|group| group.spec().load_balancers.contains(name))
                .map(|group| group.spec().name.clone())
                .collect(),
        }
    }
}
