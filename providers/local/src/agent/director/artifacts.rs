//! What waits for an artifact: it is fetched beside everything else, and goes on here when it is there.

use std::collections::HashSet;

use super::{Director, configuration::Wanted, groups::Group};
use crate::{
    agent::{
        artifacts::{Content, Fetched, Stored, remove_all},
        error::Refusal,
        files::blocking,
    },
    protocol::{Artifact, JobSpec},
};

/// A fetch that is over.
pub(super) struct AfterFetch {
    ticket: u64,
    waiting: Waiting,
    result: Result<Fetched, Refusal>,
}

/// What goes on with an artifact.
pub(super) enum Waiting {
    ServerGroup(Box<Wanted>),
    Launch(Box<Wanted>),
    Job(Box<JobSpec>),
}

impl Director {
    /// Fetches an artifact for what waits for it, which is answered under `ticket` then.
    pub(super) fn fetch(&mut self, ticket: u64, artifact: Artifact, content: Option<Content>, waiting: Waiting) {
        let artifacts = self.artifacts.clone();
        self.fetches.spawn(async move {
            let result = artifacts.fetch(&artifact, content).await;
            AfterFetch { ticket, waiting, result }
        });
    }

    pub(super) async fn after_fetch(&mut self, after: AfterFetch) {
        let AfterFetch { ticket, waiting, result } = after;
        let outcome = match result.and_then(|fetched| self.keep(fetched)) {
            Err(refusal) => Err(refusal),
            Ok(stored) => match waiting {
                Waiting::ServerGroup(wanted) => self.create_server_group(*wanted, Some(stored)).await,
                Waiting::Launch(wanted) => self.set_launch(*wanted, Some(stored)).await,
                Waiting::Job(spec) => self.create_job(*spec, Some(stored)).await,
            },
        };
        if outcome.is_err() {
            self.drop_unused_artifacts();
        }
        self.finish(ticket, outcome).await;
    }

    /// Keeps what was fetched, if the account's disk has room for it.
    fn keep(&self, fetched: Fetched) -> Result<Stored, Refusal> {
        if let Some(message) = self.account_use(None).disk_refusal(fetched.bytes) {
            fetched.discard();
            return Err(Refusal::limit(message));
        }
        self.disk.add(fetched.bytes);
        self.artifacts.keep(fetched)
    }

    /// Removes the artifacts that nothing uses any more.
    pub(super) fn drop_unused_artifacts(&mut self) {
        let configurations = self.groups.values().flat_map(Group::configurations);
        let groups = configurations.filter_map(|configuration| configuration.artifact.as_ref());
        let in_use = groups.chain(self.artifacts_of_jobs());
        let in_use: HashSet<String> = in_use.map(|stored: &Stored| stored.folder.clone()).collect();
        let unused = self.artifacts.unused(&in_use);
        if unused.is_empty() {
            return;
        }
        let disk = self.disk.clone();
        self.chores.spawn(async move {
            let removed = blocking(move || {
                remove_all(&unused);
                disk.measure()
            });
            if let Err(error) = removed.await {
                tracing::warn!(%error, "cannot remove artifacts");
            }
        });
    }
}
