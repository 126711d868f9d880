//! Traffic of a whole server group, on and off.

use std::time::Duration;

use super::{
    Director, Purpose,
    groups::{Group, json, missing},
    mutation::Outcome,
};
use crate::{
    agent::{error::Refusal, validate},
    protocol::{TrafficChange, TrafficRequest},
};

impl Director {
    pub(super) async fn set_traffic(&mut self, ticket: u64, name: &str, traffic: TrafficRequest) -> Option<Outcome> {
        let (enabled, drain) = (traffic.enabled, Duration::from_millis(traffic.drain_timeout_ms));
        match self.switch_traffic(name, traffic).await {
            Err(refusal) => Some(Err(refusal)),
            Ok(()) if enabled => Some(json(200, &TrafficChange { name: name.to_owned(), enabled, cut: 0 })),
            Ok(()) => {
                let upstreams = self.groups.get_mut(name).map(Group::close).unwrap_or_default();
                let purpose = Purpose::Disable { group: name.to_owned(), ticket };
                self.drain(upstreams, drain, purpose);
                None
            }
        }
    }

    async fn switch_traffic(&mut self, name: &str, traffic: TrafficRequest) -> Result<(), Refusal> {
        validate::traffic(&traffic)?;
        let group = self.groups.get_mut(name).ok_or_else(|| missing(name))?;
        if group.deleting {
            return Err(Refusal::conflict(format!("server group {name} is being deleted")));
        }
        let mut record = group.record();
        record.enabled = traffic.enabled;
        record.weight = traffic.weight.unwrap_or(group.weight);
        if traffic.enabled {
            for instance in &mut record.instances {
                instance.deregistered_from.clear();
            }
        }
        if record != group.record() {
            let written = match traffic.enabled {
                true => self.group_files.write(name, &record).await,
                // What is destroyed is disabled before.
                false => self.group_files.write_to_make_room(name, &record, &self.reserve).await,
            };
            written.map_err(|error| Refusal::storage(&error))?;
        }
        (group.enabled, group.weight) = (record.enabled, record.weight);
        for (instance, record) in group.instances.iter_mut().zip(record.instances) {
            instance.record = record;
        }
        // The balancers learn of it before the upstreams close, so that who finds one closed finds newer routes.
        self.publish();
        Ok(())
    }
}
