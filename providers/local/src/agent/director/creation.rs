//! New server groups. One whose processes do not all start leaves nothing behind.

use std::{collections::HashSet, time::Duration};

use gennaker_base::id;

use super::{Director, artifacts::Waiting, configuration::Wanted, groups::json, mutation::Outcome};
use crate::{
    agent::{
        artifacts::{Received, Stored},
        error::Refusal,
        instance::Running,
        launch::Launch,
        ports::is_free,
        record::{FORMAT, GroupRecord, InstanceRecord},
    },
    protocol::{DEFAULT_WEIGHT, Need, ServerGroupSpec},
};

impl Director {
    /// Creates a server group, once its artifact is there; None: it is answered under `ticket` then.
    pub(super) async fn put_server_group(
        &mut self,
        ticket: u64,
        spec: ServerGroupSpec,
        received: Option<Received>,
    ) -> Option<Outcome> {
        let (wanted, content) = match self.prepared(spec, received).await {
            Ok(prepared) => prepared,
            Err(refusal) => return Some(Err(refusal)),
        };
        if let Some(answer) = self.before_creation(&wanted.spec) {
            return Some(answer);
        }
        let Some(artifact) = wanted.spec.artifact.clone() else {
            return Some(self.create_server_group(wanted, None).await);
        };
        if let Some(stored) = self.artifacts.known(&artifact) {
            return Some(self.create_server_group(wanted, Some(stored)).await);
        }
        self.fetch(ticket, artifact, content, Waiting::ServerGroup(Box::new(wanted)));
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
            if group.spec() == spec {
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
        self.room_for(&Need::of(spec.capacity.desired.into(), &spec.limits)).err().map(Err)
    }

    /// Creates a server group whose artifact is there.
    pub(super) async fn create_server_group(&mut self, wanted: Wanted, artifact: Option<Stored>) -> Outcome {
        let Wanted { spec, user } = wanted;
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
            user,
            launch_version: 0,
            earlier: Vec::new(),
            instances: self.new_instances(&spec.name, spec.capacity.desired as usize)?,
            spec,
        };
        let mut group = self.group_of(&record);
        group.configuration.launch.check()?;
        // Written first: an agent that is killed from here on leaves a record by which the next one finds the processes.
        let name = record.spec.name.clone();
        self.group_files.write(&name, &record).await.map_err(|error| Refusal::storage(&error))?;
        let mut started = Vec::new();
        if let Err(refusal) = self.start_all(&group.configuration.launch, &mut record, &mut started).await {
            for Running { mut process, .. } in started {
                process.stop(Duration::ZERO).await;
            }
            if let Err(error) = self.group_files.remove(&name).await {
                tracing::error!(%error, name, "cannot remove the record of a server group that did not start");
            }
            return Err(refusal);
        }
        for (record, running) in record.instances.into_iter().zip(started) {
            let instance = self.supervise(&group.configuration, record, Some(running), false);
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

    /// Instances of the server group `name` that do not run yet, each with a new id and a free port.
    pub(super) fn new_instances(&mut self, name: &str, count: usize) -> Result<Vec<InstanceRecord>, Refusal> {
        let mut taken = self.taken_ports();
        let group = self.groups.get(name);
        let launch_version = group.map_or(0, |group| group.configuration.version);
        let known = group.into_iter().flat_map(|group| &group.instances);
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
            instances.push(InstanceRecord::new(id, port, launch_version));
        }
        Ok(instances)
    }

    pub(super) fn taken_ports(&self) -> HashSet<u16> {
        let instances = self.groups.values().flat_map(|group| &group.instances).map(|instance| instance.record.port);
        let listeners = self.balancers.values().flat_map(|state| &state.listeners).map(|listener| listener.port);
        instances.chain(listeners).collect()
    }
}
