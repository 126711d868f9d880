//! What the processes of a server group are started with, and how that is changed in place.
//!
//! A change is for the instances that are started from then on. Those that are there keep their configuration until they end:
//! their processes are started again with it, also by a later agent, and its artifact stays as long as one of them needs it.

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;

use super::{
    Director,
    artifacts::Waiting,
    groups::{Group, json},
    mutation::Outcome,
};
use crate::{
    agent::{
        artifacts::{Content, Received, Stored, take_content},
        error::Refusal,
        launch::Launch,
        record::LaunchRecord,
        users::User,
        validate,
    },
    protocol::{Need, ServerGroupSpec},
};

/// What is to be run, and as whom.
pub(super) struct Wanted {
    pub(super) spec: ServerGroupSpec,
    pub(super) user: Option<User>,
}

/// One version of a server group's launch configuration.
pub(super) struct Configuration {
    /// How often it was changed before.
    pub(super) version: u32,
    pub(super) spec: Arc<ServerGroupSpec>,
    pub(super) artifact: Option<Stored>,
    pub(super) launch: Arc<Launch>,
}

impl Configuration {
    pub(super) fn record(&self) -> LaunchRecord {
        LaunchRecord {
            version: self.version,
            spec: (*self.spec).clone(),
            artifact: self.artifact.clone(),
            user: self.launch.user.clone(),
        }
    }
}

impl Group {
    /// All configurations that something of it runs or will run; one may come several times.
    pub(super) fn configurations(&self) -> impl Iterator<Item = &Arc<Configuration>> {
        std::iter::once(&self.configuration).chain(self.instances.iter().map(|instance| &instance.configuration))
    }

    /// Those that only instances of before a change run, each once.
    pub(super) fn earlier_configurations(&self) -> Vec<LaunchRecord> {
        let mut earlier: Vec<LaunchRecord> = self
            .instances
            .iter()
            .filter(|instance| instance.configuration.version != self.configuration.version)
            .map(|instance| instance.configuration.record())
            .collect();
        earlier.sort_by_key(|record| record.version);
        earlier.dedup_by_key(|record| record.version);
        earlier
    }
}

impl Director {
    /// The configuration that was written down.
    pub(super) fn configuration_of(&self, record: LaunchRecord) -> Arc<Configuration> {
        let LaunchRecord { version, spec, artifact, user } = record;
        let launch = Launch::of_group(&spec, self.folder_of(&spec, artifact.as_ref()), user);
        Arc::new(Configuration { version, spec: Arc::new(spec), artifact, launch: Arc::new(launch) })
    }

    /// The folder that a server group's programs are in: its artifact's or its image's.
    fn folder_of(&self, spec: &ServerGroupSpec, artifact: Option<&Stored>) -> Option<PathBuf> {
        match (artifact, &spec.image) {
            (Some(stored), _) => Some(self.artifacts.path(stored)),
            (None, Some(image)) => self.images.path(image),
            (None, None) => None,
        }
    }

    /// A specification that may be run, with what its image says, and the content that came with it for its artifact.
    pub(super) async fn prepared(
        &mut self,
        mut spec: ServerGroupSpec,
        received: Option<Received>,
    ) -> Result<(Wanted, Option<Content>), Refusal> {
        validate::server_group(&spec)?;
        let content = take_content(spec.artifact.as_mut(), received)?;
        self.apply_image(&mut spec)?;
        let user = match &spec.user {
            Some(name) => Some(User::named(name).await?),
            None => None,
        };
        Ok((Wanted { spec, user }, content))
    }

    /// Changes a launch configuration, once its artifact is there; None: it is answered under `ticket` then.
    pub(super) async fn put_launch(
        &mut self,
        ticket: u64,
        spec: ServerGroupSpec,
        received: Option<Received>,
    ) -> Option<Outcome> {
        self.begin_launch(ticket, spec, received).await.transpose()
    }

    async fn begin_launch(
        &mut self,
        ticket: u64,
        spec: ServerGroupSpec,
        received: Option<Received>,
    ) -> Result<Option<(u16, Value)>, Refusal> {
        let (Wanted { spec, user }, content) = self.prepared(spec, received).await?;
        let wanted = Wanted { spec: self.living(&spec.name)?.spec().with_launch_of(&spec), user };
        let Some(artifact) = wanted.spec.artifact.clone() else { return self.set_launch(wanted, None).await.map(Some) };
        if let Some(stored) = self.artifacts.known(&artifact) {
            return self.set_launch(wanted, Some(stored)).await.map(Some);
        }
        self.fetch(ticket, artifact, content, Waiting::Launch(Box::new(wanted)));
        Ok(None)
    }

    /// Changes a launch configuration whose artifact is there.
    pub(super) async fn set_launch(&mut self, wanted: Wanted, artifact: Option<Stored>) -> Outcome {
        let Wanted { spec, user } = wanted;
        let name = spec.name.clone();
        // Again: much may have happened while the artifact was fetched.
        let known = &self.living(&name)?.configuration;
        if *known.spec == spec && known.artifact == artifact && known.launch.user == user {
            return json(200, &self.view_of_group(self.living(&name)?));
        }
        // With it, all of its instances have to have room.
        let need = Need::of(self.living(&name)?.capacity.desired.into(), &spec.limits);
        if let Some(message) = self.account_use(Some(&name)).memory_refusal(&need) {
            return Err(Refusal::limit(message));
        }
        let record = LaunchRecord { version: known.version + 1, spec, artifact, user };
        let new = self.configuration_of(record);
        new.launch.check()?;
        let Some(group) = self.groups.get_mut(&name) else { return Err(super::groups::missing(&name)) };
        let before = std::mem::replace(&mut group.configuration, new);
        if let Err(error) = self.group_files.write(&name, &group.record()).await {
            group.configuration = before;
            return Err(Refusal::storage(&error));
        }
        self.drop_unused_artifacts();
        self.publish();
        json(200, &self.view_of_group(self.living(&name)?))
    }
}
