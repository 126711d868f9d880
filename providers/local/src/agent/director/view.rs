//! What others see of the state: the snapshot for callers, the routes for the balancers.

use std::{collections::HashMap, sync::Arc};

use super::{Director, balancers::BalancerState, groups::Group};
use crate::{
    agent::balancer::Upstream,
    protocol::{Instance, InstanceState, LoadBalancer, ServerGroup, Snapshot},
};

impl Director {
    /// Shows the state as it is now to the balancers and to whoever follows it.
    pub(super) fn publish(&mut self) {
        self.route();
        let snapshot = Snapshot {
            version: 0,
            account: self.options.account.clone(),
            server_groups: self.groups.values().map(|group| self.view_of_group(group)).collect(),
            load_balancers: self.balancers.values().map(|state| self.view_of_balancer(state)).collect(),
        };
        let old = self.snapshot.borrow().clone();
        if (&old.server_groups, &old.load_balancers) == (&snapshot.server_groups, &snapshot.load_balancers) {
            return;
        }
        self.version += 1;
        self.snapshot.send_replace(Arc::new(Snapshot { version: self.version, ..snapshot }));
    }

    /// Gives every balancer the healthy instances of the enabled server groups that name it.
    fn route(&mut self) {
        let mut routes: HashMap<&str, Vec<Arc<Upstream>>> = HashMap::new();
        for group in self.groups.values_mut().filter(|group| group.enabled && !group.deleting) {
            for instance in group.instances.iter_mut().filter(|instance| !instance.record.leaving) {
                let out_of = &instance.record.deregistered_from;
                let balancers: Vec<&String> =
                    group.spec.load_balancers.iter().filter(|balancer| !out_of.contains(*balancer)).collect();
                if balancers.is_empty() {
                    continue;
                }
                let address = instance.address();
                let upstream =
                    instance.upstream.get_or_insert_with(|| Upstream::new(&instance.record.id, address)).clone();
                if instance.state == InstanceState::Up {
                    for balancer in balancers {
                        routes.entry(balancer).or_default().push(upstream.clone());
                    }
                }
            }
        }
        for (name, state) in &self.balancers {
            if let Some(balancer) = &state.balancer {
                balancer.route(routes.remove(name.as_str()).unwrap_or_default());
            }
        }
    }

    pub(super) fn view_of_group(&self, group: &Group) -> ServerGroup {
        ServerGroup {
            spec: (*group.spec).clone(),
            capacity: group.capacity,
            enabled: group.enabled,
            deleting: group.deleting,
            created_at: group.created_at,
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
                    crash_loop: instance.is_in_crash_loop(),
                    log_tail: instance.log_tail.clone(),
                    last_exit: instance.last_exit.clone(),
                    deregistered_from: instance.record.deregistered_from.clone(),
                })
                .collect(),
        }
    }

    pub(super) fn view_of_balancer(&self, state: &BalancerState) -> LoadBalancer {
        let name = &state.spec.name;
        let address = state.balancer.as_ref().map_or(self.options.bind_address, |balancer| balancer.address().ip());
        LoadBalancer {
            spec: state.spec.clone(),
            address: address.to_string(),
            port: state.port,
            listening: state.balancer.is_some(),
            message: state.message.clone(),
            server_groups: self
                .groups
                .values()
                .filter(|group| group.spec.load_balancers.contains(name))
                .map(|group| group.spec.name.clone())
                .collect(),
        }
    }
}
