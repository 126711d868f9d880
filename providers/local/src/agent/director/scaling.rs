//! Scaling: policies come and go, and every few seconds it is measured what they ask for.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    Director,
    capacity::IfOneFails,
    groups::{Group, gone, json},
    mutation::Outcome,
};
use crate::{
    agent::{
        error::Refusal,
        identity::cpu_time,
        scaling::{Decision, Measured, decide},
        validate,
    },
    protocol::{Capacity, InstanceState, MOST_POLICIES, ScalingActivity, ScalingPolicy},
};

/// How long requests on instances may take that are one too many.
const DRAIN: Duration = Duration::from_secs(30);
/// How many activities of a server group are kept.
const MOST_ACTIVITIES: usize = 20;

/// What was read of the instances of a server group at one moment.
pub(super) struct Sample {
    at: Instant,
    /// By the instance's id: its process, its time on a processor, and its requests so far.
    instances: HashMap<String, (u32, Duration, u64)>,
}

impl Director {
    /// Adds a policy, or replaces the one of that name.
    pub(super) async fn put_policy(&mut self, name: &str, policy: ScalingPolicy) -> Outcome {
        validate::policy(&policy)?;
        let mut policies = self.living(name)?.policies.clone();
        policies.retain(|known| known.name != policy.name);
        policies.push(policy);
        policies.sort_by(|one, other| one.name.cmp(&other.name));
        if policies.len() > MOST_POLICIES {
            let message = format!("server group {name} has {MOST_POLICIES} scaling policies already; delete one first");
            return Err(Refusal::invalid(message));
        }
        self.set_policies(name, policies).await?;
        json(200, &self.view_of_group(self.living(name)?))
    }

    pub(super) async fn delete_policy(&mut self, name: &str, policy: &str, again: bool) -> Outcome {
        let mut policies = self.living(name)?.policies.clone();
        if !again && policies.iter().all(|known| known.name != policy) {
            let message = format!("server group {name} has no scaling policy {policy}");
            return Err(Refusal::not_found(message));
        }
        policies.retain(|known| known.name != policy);
        self.set_policies(name, policies).await?;
        json(200, &gone(policy))
    }

    async fn set_policies(&mut self, name: &str, policies: Vec<ScalingPolicy>) -> Result<(), Refusal> {
        let mut record = self.living(name)?.record();
        record.policies.clone_from(&policies);
        self.group_files.write(name, &record).await.map_err(|error| Refusal::storage(&error))?;
        if let Some(group) = self.groups.get_mut(name) {
            group.policies = policies;
        }
        self.samples.remove(name);
        self.publish();
        Ok(())
    }

    /// Measures the server groups that have policies, and changes those that ask for it.
    pub(super) async fn scale(&mut self) {
        let now = self.now();
        let mut before: BTreeMap<String, Sample> = std::mem::take(&mut self.samples);
        let mut decisions: Vec<(String, Capacity, Decision)> = Vec::new();
        // Who is out of traffic keeps its size: what it measures there says nothing of what it will need.
        let scaled = |group: &Group| !group.policies.is_empty() && group.enabled && !group.deleting;
        for (name, group) in self.groups.iter().filter(|(_, group)| scaled(group)) {
            let sample = sample(group);
            if let Some(measured) = before.remove(name).and_then(|before| measured(&before, &sample)) {
                let last = group.activities.last().map(|activity| now.millis() - activity.at.millis());
                let since = last.map(|since| u64::try_from(since).unwrap_or(0));
                if let Some(decision) = decide(&group.capacity, &group.policies, &measured, since) {
                    decisions.push((name.clone(), group.capacity, decision));
                }
            }
            self.samples.insert(name.clone(), sample);
        }
        for (name, capacity, decision) in decisions {
            self.carry_out_decision(&name, capacity, decision).await;
        }
    }

    async fn carry_out_decision(&mut self, name: &str, capacity: Capacity, decision: Decision) {
        let Decision { desired, cause } = decision;
        let wanted = Capacity { desired, ..capacity };
        tracing::info!(server_group = name, from = capacity.desired, to = desired, cause, "scaling a server group");
        let problem = self.reshape(name, wanted, &[], DRAIN, IfOneFails::Undo).await.err();
        if let Some(problem) = &problem {
            tracing::warn!(server_group = name, problem = problem.message, "cannot scale a server group");
        }
        let now = self.now();
        let Some(group) = self.groups.get_mut(name) else { return };
        group.activities.push(ScalingActivity {
            id: format!("{name}-{}", now.millis()),
            at: now,
            from: capacity.desired,
            to: desired,
            cause,
            problem: problem.map(|refusal| refusal.message),
        });
        let too_many = group.activities.len().saturating_sub(MOST_ACTIVITIES);
        group.activities.drain(..too_many);
        self.write_group(name).await;
        self.publish();
    }
}

fn sample(group: &Group) -> Sample {
    let up = group.staying().filter(|instance| instance.state == InstanceState::Up);
    let instances = up.filter_map(|instance| {
        let pid = instance.record.process.as_ref()?.pid;
        Some((instance.record.id.clone(), (pid, cpu_time(pid)?, instance.counters.read().begun)))
    });
    Sample { at: Instant::now(), instances: instances.collect() }
}

/// The averages over the instances whose process was the same in both samples.
fn measured(before: &Sample, after: &Sample) -> Option<Measured> {
    let seconds = after.at.duration_since(before.at).as_secs_f64();
    let mut sums = (0_u32, 0.0, 0.0);
    for (id, (pid, cpu, requests)) in &after.instances {
        let Some((_, cpu_before, requests_before)) = before.instances.get(id).filter(|known| known.0 == *pid) else {
            continue;
        };
        sums.0 += 1;
        sums.1 += cpu.saturating_sub(*cpu_before).as_secs_f64();
        sums.2 += requests.saturating_sub(*requests_before) as f64;
    }
    let count = f64::from(sums.0);
    (sums.0 > 0 && seconds > 0.0).then(|| Measured {
        instances: sums.0,
        cpu_percent: sums.1 / seconds / count * 100.0,
        requests_per_second: sums.2 / seconds / count,
    })
}
