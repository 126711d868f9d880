//! Server groups: create, traffic on and off, delete. Their size changes in [`super::capacity`].

use std::{collections::HashSet, path::PathBuf, sync::Arc, time::Duration};

use gennaker_base::{Timestamp, id};
use serde_json::Value;

use super::{Director, Drained, Purpose, artifacts::Waiting, instances::Instance, mutation::Outcome};
use crate::{
    agent::{
        artifacts::{Received, Stored, take_content},
        balancer::Upstream,
        error::Refusal,
        instance::{Order, Running},
        launch::Launch,
        ports::is_free,
        record::{FORMAT, GroupRecord, InstanceRecord},
        validate,
    },
    protocol::{
        Capacity, DEFAULT_WEIGHT, Deleted, Registered, ScalingActivity, ScalingPolicy, ServerGroupSpec, TrafficChange,
        TrafficRequest,
    },
};

/// A server group.
pub(super) struct Group {
    pub(super) spec: Arc<ServerGroupSpec>,
    pub(super) artifact: Option<Stored>,
    /// How its processes are started.
    pub(super) launch: Arc<Launch>,
    pub(super) enabled: bool,
    pub(super) weight: u32,
    pub(super) deleting: bool,
    pub(super) created_at: Timestamp,
    pub(super) capacity: Capacity,
    pub(super) policies: Vec<ScalingPolicy>,
    pub(super) activities: Vec<ScalingActivity>,
    pub(super) instances: Vec<Instance>,
    /// What may still be running on it from before it was disabled.
    closing: Vec<Arc<Upstream>>,
    /// The requests that wait for its end.
    deletions: Vec<u64>,
    cut: usize,
}

impl Group {
    /// Without instances; its artifact is in the folder `artifact`.
    fn new(record: &GroupRecord, artifact: Option<PathBuf>) -> Group {
        Group {
            spec: Arc::new(record.spec.clone()),
            artifact: record.artifact.clone(),
            launch: Arc::new(Launch::of_group(&record.spec, artifact)),
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

    pub(super) fn record(&self) -> GroupRecord {
        GroupRecord {
            format: FORMAT,
            spec: (*self.spec).clone(),
            enabled: self.enabled,
            weight: self.weight,
            deleting: self.deleting,
            created_at: self.created_at,
            capacity: Some(self.capacity),
            policies: self.policies.clone(),
            activities: self.activities.clone(),
            artifact: self.artifact.clone(),
            instances: self.instances.iter().map(|instance| instance.record.clone()).collect(),
        }
    }

    /// The instances that are not on their way out, the oldest first.
    pub(super) fn staying(&self) -> impl Iterator<Item = &Instance> {
        self.instances.iter().filter(|instance| !instance.record.leaving)
    }

    /// Takes the instances' upstreams out of service. What may still be running on it now or from before is returned.
    fn close(&mut self) -> Vec<Arc<Upstream>> {
        self.close_of(|_| true);
        self.closing.clone()
    }

    /// Takes the upstreams of some instances out of service and returns them.
    pub(super) fn close_of(&mut self, chosen: impl Fn(&Instance) -> bool) -> Vec<Arc<Upstream>> {
        self.closing.retain(|upstream| upstream.in_flight() > 0);
        let before = self.closing.len();
        let chosen = self.instances.iter_mut().filter(|instance| chosen(instance));
        for upstream in chosen.filter_map(|instance| instance.upstream.take()) {
            upstream.close();
            self.closing.push(upstream);
        }
        self.closing[before..].to_vec()
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
    /// Creates a server group, once its artifact is there; None: it is answered under `ticket` then.
    pub(super) async fn put_server_group(
        &mut self,
        ticket: u64,
        mut spec: ServerGroupSpec,
        received: Option<Received>,
    ) -> Option<Outcome> {
        if let Err(refusal) = validate::server_group(&spec) {
            return Some(Err(refusal));
        }
        let content = match take_content(spec.artifact.as_mut(), received) {
            Ok(content) => content,
            Err(refusal) => return Some(Err(refusal)),
        };
        if let Err(refusal) = self.apply_image(&mut spec) {
            return Some(Err(refusal));
        }
        if let Some(answer) = self.before_creation(&spec) {
            return Some(answer);
        }
        let Some(artifact) = &spec.artifact else { return Some(self.create_server_group(spec, None).await) };
        if let Some(stored) = self.artifacts.known(artifact) {
            return Some(self.create_server_group(spec, Some(stored)).await);
        }
        self.fetch(ticket, artifact.clone(), content, Waiting::ServerGroup(Box::new(spec)));
        None
    }

    /// What is answered to a creation without creating anything, if so.
    fn before_creation(&self, spec: &ServerGroupSpec) -> Option<Outcome> {
        if let Some(group) = self.groups.get(&spec.name) {
            if group.deleting {
                return Some(Err(Refusal::conflict(format!(
                    "server group {} is being deleted; wait until it is gone, or take another name",
                    spec.name
                ))));
            }
            if *group.spec == *spec {
                return Some(json(200, &self.view_of_group(group)));
            }
            return Some(Err(Refusal::conflict(format!(
                "server group {} exists with another specification; take the next version's name",
                spec.name
            ))));
        }
        if let Some(missing) = spec.load_balancers.iter().find(|name| !self.balancers.contains_key(*name)) {
            let message = format!("load balancer {missing} does not exist; create it first");
            return Some(Err(Refusal::invalid(message)));
        }
        if let Some((variable, port)) = spec.own_port().filter(|(_, port)| !is_free(*port)) {
            // Whoever listens there would answer the health check in its place.
            return Some(Err(Refusal::conflict(format!(
                "something else listens on port {port} (`{variable}`) already; end that, or choose another port"
            ))));
        }
        self.room_for(spec.capacity.desired).err().map(Err)
    }

    /// A server group without instances.
    pub(super) fn group_of(&self, record: &GroupRecord) -> Group {
        Group::new(record, self.folder_of(record))
    }

    /// Creates a server group whose artifact is there.
    pub(super) async fn create_server_group(&mut self, spec: ServerGroupSpec, artifact: Option<Stored>) -> Outcome {
        // Again: much may have happened while the artifact was fetched.
        if let Some(answer) = self.before_creation(&spec) {
            return answer;
        }
        let mut record = GroupRecord {
            format: FORMAT,
            enabled: spec.enabled,
            weight: DEFAULT_WEIGHT,
            deleting: false,
            created_at: self.now(),
            capacity: Some(spec.capacity),
            policies: Vec::new(),
            activities: Vec::new(),
            artifact,
            instances: self.new_instances(&spec.name, spec.capacity.desired as usize)?,
            spec,
        };
        // Written first: an agent that is killed from here on leaves a record by which the next one finds the processes.
        let name = record.spec.name.clone();
        self.group_files.write(&name, &record).await.map_err(|error| Refusal::storage(&error))?;
        let mut started = Vec::new();
        let mut group = self.group_of(&record);
        if let Err(refusal) = self.start_all(&group.launch, &mut record, &mut started).await {
            for Running { mut process, .. } in started {
                process.stop(Duration::ZERO).await;
            }
            if let Err(error) = self.group_files.remove(&name).await {
                tracing::error!(%error, name, "cannot remove the record of a server group that did not start");
            }
            return Err(refusal);
        }
        for (record, running) in record.instances.into_iter().zip(started) {
            let instance = self.supervise(&group.spec, &group.launch, record, Some(running), false);
            group.instances.push(instance);
        }
        self.groups.insert(name.clone(), group);
        self.publish();
        match self.groups.get(&name) {
            Some(group) => json(201, &self.view_of_group(group)),
            None => Err(Refusal::not_found(format!("server group {name} does not exist"))),
        }
    }

    /// Starts every instance and writes down which processes they are.
    async fn start_all(
        &mut self,
        launch: &Launch,
        record: &mut GroupRecord,
        started: &mut Vec<Running>,
    ) -> Result<(), Refusal> {
        for instance in &mut record.instances {
            let process = self.launcher.start(launch, &instance.id, Some(instance.port))?;
            instance.process = Some(process.identity().clone());
            started.push(Running { process, port: instance.port });
        }
        self.group_files.write(&record.spec.name, record).await.map_err(|error| Refusal::storage(&error))
    }

    /// Whether so many more processes may be started.
    pub(super) fn room_for(&self, more: u32) -> Result<(), Refusal> {
        let instances: usize = self.groups.values().map(|group| group.staying().count()).sum();
        let processes = instances + self.jobs.values().filter(|job| !job.is_over()).count();
        let most = self.options.limits.processes;
        if processes + more as usize <= most {
            return Ok(());
        }
        Err(Refusal::limit(format!(
            "{more} more processes would be over the limit of {most} ({processes} are there); destroy a server group or \
             raise the agent's limit"
        )))
    }

    /// Instances of the server group `name` that do not run yet, each with a new id and a free port.
    pub(super) fn new_instances(&mut self, name: &str, count: usize) -> Result<Vec<InstanceRecord>, Refusal> {
        let mut taken = self.taken_ports();
        let known = self.groups.get(name).into_iter().flat_map(|group| &group.instances);
        let mut ids: HashSet<String> = known.map(|instance| instance.record.id.clone()).collect();
        let mut instances = Vec::new();
        while instances.len() < count {
            let random = id::generate(self.now()).to_ascii_lowercase();
            let id = format!("{name}-{}", &random[random.len() - 6..]);
            if !ids.insert(id.clone()) {
                continue;
            }
            let port = self.ports.take(&taken)?;
            taken.insert(port);
            instances.push(InstanceRecord::new(id, port));
        }
        Ok(instances)
    }

    pub(super) fn taken_ports(&self) -> HashSet<u16> {
        let instances = self.groups.values().flat_map(|group| &group.instances).map(|instance| instance.record.port);
        let listeners = self.balancers.values().flat_map(|state| &state.listeners).map(|listener| listener.port);
        instances.chain(listeners).collect()
    }

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
        if record != group.record()
            && let Err(error) = self.group_files.write(name, &record).await
        {
            return Err(Refusal::storage(&error));
        }
        (group.enabled, group.weight) = (record.enabled, record.weight);
        for (instance, record) in group.instances.iter_mut().zip(record.instances) {
            instance.record = record;
        }
        // The balancers learn of it before the upstreams close, so that who finds one closed finds newer routes.
        self.publish();
        Ok(())
    }

    pub(super) async fn delete_server_group(
        &mut self,
        ticket: u64,
        name: &str,
        drain: u64,
        again: bool,
    ) -> Option<Outcome> {
        if let Err(refusal) = validate::drain(drain) {
            return Some(Err(refusal));
        }
        let Some(group) = self.groups.get_mut(name) else {
            return Some(if again { json(200, &gone(name)) } else { Err(missing(name)) });
        };
        if !group.deleting {
            let enabled = std::mem::replace(&mut group.enabled, false);
            group.deleting = true;
            if let Err(error) = self.group_files.write(name, &group.record()).await {
                (group.enabled, group.deleting) = (enabled, false);
                return Some(Err(Refusal::storage(&error)));
            }
            self.go_on_deleting(name, Duration::from_millis(drain));
        }
        self.groups.get_mut(name)?.deletions.push(ticket);
        None
    }

    /// Takes a server group that is marked as being deleted out of traffic and drains it; its processes are stopped
    /// after that.
    pub(super) fn go_on_deleting(&mut self, name: &str, drain: Duration) {
        self.publish();
        let upstreams = self.groups.get_mut(name).map(Group::close).unwrap_or_default();
        self.drain(upstreams, drain, Purpose::Delete { group: name.to_owned() });
    }

    pub(super) async fn after_drain(&mut self, drained: Drained) {
        let Drained { cut, purpose } = drained;
        match purpose {
            Purpose::Disable { group: name, ticket } => {
                let change = TrafficChange { name, enabled: false, cut };
                self.finish(ticket, json(200, &change)).await;
            }
            Purpose::Leave { group, instances } => self.stop_leaving(&group, &instances),
            Purpose::Deregister { ticket, instances } => {
                self.finish(ticket, json(200, &Registered { instances, cut })).await;
            }
            Purpose::Delete { group: name } => {
                if let Some(group) = self.groups.get_mut(&name) {
                    group.cut = cut;
                    let grace = Duration::from_millis(group.spec.stop_grace_ms);
                    for instance in &group.instances {
                        instance.orders.send_replace(Order::Stop(grace));
                    }
                }
                self.forget_if_stopped(&name).await;
            }
        }
    }

    /// Ends the deletion of a server group whose processes have all ended.
    pub(super) async fn forget_if_stopped(&mut self, name: &str) {
        let stopped = |group: &Group| group.deleting && group.instances.iter().all(|instance| instance.stopped);
        if !self.groups.get(name).is_some_and(stopped) {
            return;
        }
        let Some(group) = self.groups.remove(name) else { return };
        if let Err(error) = self.group_files.remove(name).await {
            tracing::error!(%error, name, "cannot remove a server group's record; the next agent tries again");
        }
        self.publish();
        if group.artifact.is_some() {
            self.drop_unused_artifacts();
        }
        for ticket in group.deletions {
            self.finish(ticket, json(200, &Deleted { name: name.to_owned(), cut: group.cut })).await;
        }
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
