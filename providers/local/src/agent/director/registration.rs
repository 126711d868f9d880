//! Single instances in and out of the traffic of their server group's balancers.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    Director, Purpose,
    groups::{Group, json},
    instances::Instance,
    mutation::Outcome,
};
use crate::{
    agent::{balancer::Upstream, error::Refusal, validate},
    protocol::{Registered, RegistrationRequest},
};

impl Director {
    /// Puts instances in or takes them out. Taking out is answered when they are drained.
    pub(super) async fn register(&mut self, ticket: u64, change: &RegistrationRequest) -> Option<Outcome> {
        match self.change_registration(change).await {
            Err(refusal) => Some(Err(refusal)),
            Ok((instances, _)) if change.registered => Some(json(200, &Registered { instances, cut: 0 })),
            Ok((instances, upstreams)) => {
                let drain = Duration::from_millis(change.drain_timeout_ms);
                self.drain(upstreams, drain, Purpose::Deregister { ticket, instances });
                None
            }
        }
    }

    /// Changes it and returns the instances, and what may be running on those that are out of every balancer now.
    async fn change_registration(
        &mut self,
        change: &RegistrationRequest,
    ) -> Result<(Vec<String>, Vec<Arc<Upstream>>), Refusal> {
        validate::drain(change.drain_timeout_ms)?;
        let by_group = self.chosen(change)?;
        for (name, ids) in &by_group {
            let group = self.living(name)?;
            let mut record = group.record();
            for instance in record.instances.iter_mut().filter(|instance| ids.contains(&instance.id)) {
                for balancer in balancers(group, change)? {
                    if change.registered {
                        instance.deregistered_from.remove(balancer);
                    } else {
                        instance.deregistered_from.insert(balancer.clone());
                    }
                }
            }
            if record != group.record() {
                self.group_files.write(name, &record).await.map_err(|error| Refusal::storage(&error))?;
            }
            let Some(group) = self.groups.get_mut(name) else { continue };
            for (instance, record) in group.instances.iter_mut().zip(record.instances) {
                instance.record = record;
            }
        }
        // The balancers learn of it before the upstreams close, so that who finds one closed finds newer routes.
        self.publish();
        let mut upstreams = Vec::new();
        for (name, ids) in &by_group {
            let Some(group) = self.groups.get_mut(name) else { continue };
            let spec = group.configuration.spec.clone();
            upstreams.extend(
                group.close_of(|instance| ids.contains(&instance.record.id) && is_out(instance, &spec.load_balancers)),
            );
        }
        Ok((by_group.into_values().flatten().collect(), upstreams))
    }

    /// The instances by server group.
    fn chosen(&self, change: &RegistrationRequest) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
        let mut by_group: BTreeMap<String, Vec<String>> = BTreeMap::new();
        match (&change.server_group, change.percentage, change.instances.as_slice()) {
            (Some(name), Some(percentage @ 0..=100), []) => {
                let chosen = share(self.living(name)?, change.registered, percentage);
                by_group.insert(name.clone(), chosen);
            }
            (None, None, [_, ..]) => {
                for id in &change.instances {
                    let mut groups = self.groups.values();
                    let group = groups.find(|group| group.staying().any(|instance| instance.record.id == *id));
                    let group = group.ok_or_else(|| Refusal::not_found(format!("instance {id} does not exist")))?;
                    by_group.entry(group.spec().name.clone()).or_default().push(id.clone());
                }
            }
            _ => {
                return Err(Refusal::invalid(
                    "give either `instances`, or `serverGroup` with a `percentage` from 0 to 100",
                ));
            }
        }
        Ok(by_group)
    }
}

/// The balancers that a change is about.
fn balancers<'a>(group: &'a Group, change: &'a RegistrationRequest) -> Result<&'a [String], Refusal> {
    let own = &group.spec().load_balancers;
    if let Some(other) = change.load_balancers.iter().find(|balancer| !own.contains(balancer)) {
        return Err(Refusal::invalid(format!(
            "server group {} does not belong to the load balancer {other}; it belongs to: {}",
            group.spec().name,
            if own.is_empty() { "none".to_owned() } else { own.join(", ") }
        )));
    }
    Ok(if change.load_balancers.is_empty() { own } else { &change.load_balancers })
}

/// Whether no balancer sends it anything.
fn is_out(instance: &Instance, balancers: &[String]) -> bool {
    balancers.iter().all(|balancer| instance.record.deregistered_from.contains(balancer))
}

/// Those that still have to change so that `percentage` of the group is so, rounded up.
fn share(group: &Group, registered: bool, percentage: u32) -> Vec<String> {
    let balancers = &group.spec().load_balancers;
    let total = group.staying().count();
    let (so, other): (Vec<&Instance>, Vec<&Instance>) =
        group.staying().partition(|instance| is_out(instance, balancers) != registered);
    let wanted = (total * percentage as usize).div_ceil(100);
    other.iter().take(wanted.saturating_sub(so.len())).map(|instance| instance.record.id.clone()).collect()
}
