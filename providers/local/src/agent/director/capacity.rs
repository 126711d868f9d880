//! The size of a server group: more instances, fewer, other ones.
//!
//! What is to be is written in one piece (the capacity, who leaves, who comes) before the first process is started or
//! stopped, so that an agent that is killed meanwhile leaves it to the next one to finish.

use std::{cmp::Reverse, collections::BTreeMap, time::Duration};

use super::{
    Director, Purpose,
    groups::{Group, json, missing},
    instances::Instance,
    mutation::Outcome,
};
use crate::{
    agent::{error::Refusal, instance::Running, record::InstanceRecord, validate},
    protocol::{Capacity, CapacityChange, InstanceState, Need, ResizeRequest, Terminated, TerminationRequest},
};

/// What becomes of a newcomer that cannot be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfOneFails {
    /// None of them stays, and nothing has changed.
    Undo,
    /// It is tried again later, as an instance is whose process ended.
    TryAgain,
}

impl Director {
    /// Gives a server group another capacity.
    pub(super) async fn resize(&mut self, name: &str, resize: &ResizeRequest, again: bool) -> Outcome {
        validate::drain(resize.drain_timeout_ms)?;
        if resize.capacity.is_empty() {
            return Err(Refusal::invalid("`capacity` is empty; give at least one of min, max and desired"));
        }
        let group = self.living(name)?;
        let capacity = group.capacity.changed(&resize.capacity);
        validate::capacity(&capacity)?;
        // What a crash cut short has changed the capacity already.
        if !(again && group.capacity == capacity) && group.capacity != group.capacity.changed(&resize.expected) {
            return Err(Refusal::conflict(unexpected(name, &group.capacity, &resize.expected)));
        }
        let drain = Duration::from_millis(resize.drain_timeout_ms);
        self.reshape(name, capacity, &[], drain, IfOneFails::Undo).await?;
        json(200, &self.view_of_group(self.living(name)?))
    }

    /// Ends instances, with others in their place or without.
    pub(super) async fn terminate(&mut self, end: &TerminationRequest, again: bool) -> Outcome {
        validate::drain(end.drain_timeout_ms)?;
        if end.instances.is_empty() {
            return Err(Refusal::invalid("`instances` is empty; name the instances to end"));
        }
        let mut by_group: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for id in &end.instances {
            match self.groups.values().find(|group| group.instances.iter().any(|instance| instance.record.id == *id)) {
                Some(group) if group.deleting || !group.staying().any(|instance| instance.record.id == *id) => {}
                Some(group) => by_group.entry(group.spec().name.clone()).or_default().push(id.clone()),
                None if again => {}
                None => return Err(Refusal::not_found(format!("instance {id} does not exist"))),
            }
        }
        let mut wanted = Vec::new();
        for (name, ids) in by_group {
            let capacity = capacity_without(&name, self.living(&name)?.capacity, ids.len(), end)?;
            wanted.push((name, ids, capacity));
        }
        let mut replacements = Vec::new();
        for (name, ids, capacity) in wanted {
            let drain = Duration::from_millis(end.drain_timeout_ms);
            replacements.extend(self.reshape(&name, capacity, &ids, drain, IfOneFails::TryAgain).await?);
        }
        json(200, &Terminated { instances: end.instances.clone(), replacements })
    }

    /// Makes the server group so: `leaving` leave, and as many others come or leave as it takes. Returns the ids of those
    /// that come.
    pub(super) async fn reshape(
        &mut self,
        name: &str,
        capacity: Capacity,
        leaving: &[String],
        drain: Duration,
        if_one_fails: IfOneFails,
    ) -> Result<Vec<String>, Refusal> {
        let group = self.living(name)?;
        let (launch, before) = (group.configuration.launch.clone(), group.record());
        let staying: Vec<&Instance> =
            group.staying().filter(|instance| !leaving.contains(&instance.record.id)).collect();
        let desired = capacity.desired as usize;
        let mut leaving = leaving.to_vec();
        leaving.extend(surplus(&staying, desired));
        let missing = desired.saturating_sub(staying.len());
        // Those that leave make room for as many.
        self.room_for(&Need::of(missing.saturating_sub(leaving.len()) as u64, &group.spec().limits))?;
        let mut newcomers = self.new_instances(name, missing)?;

        let mut record = before.clone();
        record.capacity = Some(capacity);
        for instance in record.instances.iter_mut().filter(|instance| leaving.contains(&instance.id)) {
            instance.leaving = true;
        }
        let known = record.instances.len();
        record.instances.extend(newcomers.iter().cloned());
        self.group_files.write(name, &record).await.map_err(|error| Refusal::storage(&error))?;

        let mut started: Vec<Option<Running>> = Vec::new();
        let mut failure = None;
        for newcomer in &mut newcomers {
            match self.launcher.start(&launch, &newcomer.id, Some(newcomer.port)) {
                Ok(process) => {
                    newcomer.process = Some(process.identity().clone());
                    started.push(Some(Running { process, port: newcomer.port }));
                }
                Err(refusal) if if_one_fails == IfOneFails::TryAgain => {
                    tracing::warn!(instance = newcomer.id, message = refusal.message, "it is started later");
                    started.push(None);
                }
                Err(refusal) => {
                    failure = Some(refusal);
                    break;
                }
            }
        }
        if failure.is_none() {
            record.instances.truncate(known);
            record.instances.extend(newcomers.iter().cloned());
            let written = self.group_files.write(name, &record).await;
            failure = written.err().map(|error| Refusal::storage(&error));
        }
        if let Some(failure) = failure {
            for mut running in started.into_iter().flatten() {
                running.process.stop(Duration::ZERO).await;
            }
            if let Err(error) = self.group_files.write(name, &before).await {
                tracing::error!(%error, name, "cannot write a server group's record; the next change writes it");
            }
            return Err(failure);
        }
        let ids = newcomers.iter().map(|newcomer| newcomer.id.clone()).collect();
        self.take_in(name, capacity, &leaving, newcomers, started);
        self.leave(name, leaving, drain);
        Ok(ids)
    }

    /// Takes what was written and started into the state.
    fn take_in(
        &mut self,
        name: &str,
        capacity: Capacity,
        leaving: &[String],
        newcomers: Vec<InstanceRecord>,
        started: Vec<Option<Running>>,
    ) {
        let Some(configuration) = self.groups.get(name).map(|group| group.configuration.clone()) else { return };
        let newcomers: Vec<Instance> = newcomers
            .into_iter()
            .zip(started)
            .map(|(record, running)| self.supervise(&configuration, record, running, false))
            .collect();
        let Some(group) = self.groups.get_mut(name) else { return };
        group.capacity = capacity;
        for instance in group.instances.iter_mut().filter(|instance| leaving.contains(&instance.record.id)) {
            instance.record.leaving = true;
        }
        group.instances.extend(newcomers);
    }

    /// Takes instances that are marked as leaving out of traffic and drains them; they are stopped after that.
    fn leave(&mut self, name: &str, instances: Vec<String>, drain: Duration) {
        // The balancers learn of it before the upstreams close, so that who finds one closed finds newer routes.
        self.publish();
        if instances.is_empty() {
            return;
        }
        let chosen = |instance: &Instance| instances.contains(&instance.record.id);
        let upstreams = self.groups.get_mut(name).map(|group| group.close_of(chosen)).unwrap_or_default();
        self.drain(upstreams, drain, Purpose::Leave { group: name.to_owned(), instances });
    }

    /// Goes on with what an earlier agent had begun.
    pub(super) fn go_on_leaving(&mut self) {
        let leaving: Vec<(String, Vec<String>)> = self
            .groups
            .values()
            .filter(|group| !group.deleting)
            .map(|group| {
                let leaving = group.instances.iter().filter(|instance| instance.record.leaving);
                (group.spec().name.clone(), leaving.map(|instance| instance.record.id.clone()).collect())
            })
            .collect();
        for (name, instances) in leaving {
            self.leave(&name, instances, self.remaining_drain());
        }
    }

    /// Stops instances that were drained.
    pub(super) fn stop_leaving(&mut self, name: &str, instances: &[String]) {
        let Some(group) = self.groups.get(name) else { return };
        for instance in group.instances.iter().filter(|instance| instances.contains(&instance.record.id)) {
            instance.stop(Duration::MAX);
        }
    }

    /// The server group, unless it is on its way out.
    pub(super) fn living(&self, name: &str) -> Result<&Group, Refusal> {
        let group = self.groups.get(name).ok_or_else(|| missing(name))?;
        if group.deleting {
            return Err(Refusal::conflict(format!("server group {name} is being deleted")));
        }
        Ok(group)
    }
}

/// The ids of those that are too many: what serves least first, and among equals the oldest.
fn surplus(staying: &[&Instance], desired: usize) -> Vec<String> {
    let mut by_worth: Vec<(Reverse<u8>, usize)> =
        staying.iter().enumerate().map(|(age, instance)| (Reverse(uselessness(instance.state)), age)).collect();
    by_worth.sort_unstable();
    let surplus = by_worth.into_iter().take(staying.len().saturating_sub(desired));
    surplus.map(|(_, index)| staying[index].record.id.clone()).collect()
}

fn uselessness(state: InstanceState) -> u8 {
    match state {
        InstanceState::Up => 0,
        InstanceState::Starting => 1,
        InstanceState::Down => 2,
        InstanceState::Failed | InstanceState::Stopping => 3,
    }
}

/// The capacity when `count` instances end: the same, or with `decrement` a smaller one.
fn capacity_without(
    name: &str,
    capacity: Capacity,
    count: usize,
    end: &TerminationRequest,
) -> Result<Capacity, Refusal> {
    if !end.decrement {
        return Ok(capacity);
    }
    let desired = capacity.desired.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
    if desired < capacity.min && !end.adjust_min {
        return Err(Refusal::conflict(format!(
            "server group {name} may not have fewer instances ({capacity}); allow its minimum to be adjusted, or resize it"
        )));
    }
    let max = if end.set_max_to_desired { desired } else { capacity.max };
    Ok(Capacity { min: capacity.min.min(desired), max, desired })
}

fn unexpected(name: &str, capacity: &Capacity, expected: &CapacityChange) -> String {
    let wanted = capacity.changed(expected);
    format!(
        "server group {name} has another capacity than expected (it has {capacity}; expected was {wanted}); somebody \
         resized it meanwhile: look at it and send the request again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(decrement: bool, adjust_min: bool, set_max_to_desired: bool) -> TerminationRequest {
        TerminationRequest { instances: Vec::new(), decrement, adjust_min, set_max_to_desired, drain_timeout_ms: 0 }
    }

    #[test]
    fn the_minimum_gives_way_only_if_it_may() {
        let capacity = Capacity { min: 2, max: 4, desired: 2 };
        let without = |end: &TerminationRequest| capacity_without("a-v000", capacity, 1, end);
        assert_eq!(without(&end(false, false, false)), Ok(capacity));
        assert_eq!(without(&end(true, false, false)).unwrap_err().status, 409);
        assert_eq!(without(&end(true, true, false)), Ok(Capacity { min: 1, max: 4, desired: 1 }));
        assert_eq!(without(&end(true, true, true)), Ok(Capacity::fixed(1)));
        let free = Capacity { min: 0, ..capacity };
        assert_eq!(capacity_without("a", free, 5, &end(true, false, false)), Ok(Capacity { desired: 0, ..free }));
    }
}
