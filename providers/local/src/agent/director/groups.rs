//! A server group as the director holds it. It is made in [`super::creation`], changes in [`super::capacity`],
//! [`super::traffic`] and [`super::registration`], and ends in [`super::deletion`].

use std::{collections::HashSet, sync::Arc};

use gennaker_base::Timestamp;
use serde_json::Value;

use super::{Director, configuration::Configuration, instances::Instance, mutation::Outcome};
use crate::{
    agent::{
        balancer::Upstream,
        error::Refusal,
        record::{FORMAT, GroupRecord},
    },
    protocol::{Capacity, Deleted, ScalingActivity, ScalingPolicy, ServerGroupSpec},
};

/// A server group.
pub(super) struct Group {
    /// What its next instances run.
    pub(super) configuration: Arc<Configuration>,
    pub(super) enabled: bool,
    pub(super) weight: u32,
    pub(super) deleting: bool,
    pub(super) created_at: Timestamp,
    pub(super) capacity: Capacity,
    pub(super) policies: Vec<ScalingPolicy>,
    pub(super) activities: Vec<ScalingActivity>,
    pub(super) instances: Vec<Instance>,
    /// What may still be running on it from before it was disabled.
    pub(super) closing: Vec<Arc<Upstream>>,
    /// The requests that wait for its end.
    pub(super) deletions: Vec<u64>,
    pub(super) cut: usize,
}

impl Group {
    /// Without instances.
    fn new(record: &GroupRecord, configuration: Arc<Configuration>) -> Group {
        Group {
            configuration,
            enabled: record.enabled,
            weight: record.weight,
            deleting: record.deleting,
            created_at: record.created_at,
            capacity: record.capacity.unwrap_or(record.spec.capacity),
            policies: record.policies.clone(),
            activities: record.activities.clone(),
            instances: Vec::new(),
            closing: Vec::new(),
            deletions: Vec::new(),
            cut: 0,
        }
    }

    /// What was asked for, and changed since.
    pub(super) fn spec(&self) -> &ServerGroupSpec {
        &self.configuration.spec
    }

    pub(super) fn record(&self) -> GroupRecord {
        GroupRecord {
            format: FORMAT,
            spec: self.spec().clone(),
            enabled: self.enabled,
            weight: self.weight,
            deleting: self.deleting,
            created_at: self.created_at,
            capacity: Some(self.capacity),
            policies: self.policies.clone(),
            activities: self.activities.clone(),
            artifact: self.configuration.artifact.clone(),
            user: self.configuration.launch.user.clone(),
            launch_version: self.configuration.version,
            earlier: self.earlier_configurations(),
            instances: self.instances.iter().map(|instance| instance.record.clone()).collect(),
        }
    }

    /// The instances that are not on their way out, the oldest first.
    pub(super) fn staying(&self) -> impl Iterator<Item = &Instance> {
        self.instances.iter().filter(|instance| !instance.record.leaving)
    }

    /// Takes the instances' upstreams out of service. What may still be running on it now or from before is returned.
    pub(super) fn close(&mut self) -> Vec<Arc<Upstream>> {
        self.close_of(|_| true);
        self.closing.clone()
    }

    /// Takes the upstreams of some instances out of service. What may still be running on these instances, now or from before,
    /// is returned.
    pub(super) fn close_of(&mut self, chosen: impl Fn(&Instance) -> bool) -> Vec<Arc<Upstream>> {
        self.closing.retain(|upstream| upstream.in_flight() > 0);
        let mut ids = HashSet::new();
        for instance in self.instances.iter_mut().filter(|instance| chosen(instance)) {
            if let Some(upstream) = instance.upstream.take() {
                upstream.close();
                self.closing.push(upstream);
            }
            ids.insert(instance.record.id.as_str());
        }
        self.closing.iter().filter(|upstream| ids.contains(upstream.target().instance.as_str())).cloned().collect()
    }

    /// What requests may be sent to, and what something may be running on besides.
    pub(super) fn take_upstreams(&mut self) -> (Vec<Arc<Upstream>>, Vec<Arc<Upstream>>) {
        let open = self.instances.iter_mut().filter_map(|instance| instance.upstream.take()).collect();
        (open, std::mem::take(&mut self.closing))
    }

    /// Keeps an upstream in sight that was replaced by another one while requests may be running on it.
    pub(super) fn retire(&mut self, upstream: Arc<Upstream>) {
        upstream.close();
        self.closing.push(upstream);
    }
}

impl Director {
    /// A server group without instances.
    pub(super) fn group_of(&self, record: &GroupRecord) -> Group {
        Group::new(record, self.configuration_of(record.launch()))
    }
}

/// A success with `value` as its body.
pub(super) fn json(status: u16, value: &impl serde::Serialize) -> Outcome {
    let body: Value = serde_json::to_value(value)
        .map_err(|error| Refusal::unavailable(format!("cannot write the answer: {error}")))?;
    Ok((status, body))
}

/// The answer to a deletion that a crash cut short after its work was done.
pub(super) fn gone(name: &str) -> Deleted {
    Deleted { name: name.to_owned(), cut: 0 }
}

pub(super) fn missing(name: &str) -> Refusal {
    Refusal::not_found(format!("server group {name} does not exist"))
}
