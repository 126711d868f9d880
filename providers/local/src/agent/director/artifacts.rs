//! What waits for an artifact: it is fetched beside everything else, and goes on here when it is there.

use std::collections::HashSet;

use super::Director;
use crate::{
    agent::{
        artifacts::{Content, Fetched, Stored, remove_all},
        error::Refusal,
        files::blocking,
    },
    protocol::{Artifact, JobSpec, ServerGroupSpec},
};

/// A fetch that is over.
pub(super) struct AfterFetch {
    ticket: u64,
    waiting: Waiting,
    result: Result<Fetched, Refusal>,
}

/// What goes on with an artifact.
pub(super) enum Waiting {
    ServerGroup(Box<ServerGroupSpec>),
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
        let outcome = match result.and_then(|fetched| self.artifacts.keep(fetched)) {
            Err(refusal) => Err(refusal),
            Ok(stored) => match waiting {
                Waiting::ServerGroup(spec) => self.create_server_group(*spec, Some(stored)).await,
                Waiting::Job(spec) => self.create_job(*spec, Some(stored)).await,
            },
        };
        if outcome.is_err() {
            self.drop_unused_artifacts();
        }
        self.finish(ticket, outcome).await;
    }

    /// Removes the artifacts that nothing uses any more.
    pub(super) fn drop_unused_artifacts(&mut self) {
        let groups = self.groups.values().filter_map(|group| group.artifact.as_ref());
        let in_use = groups.chain(self.artifacts_of_jobs());
        let in_use: HashSet<String> = in_use.map(|stored: &Stored| stored.folder.clone()).collect();
        let unused = self.artifacts.unused(&in_use);
        if unused.is_empty() {
            return;
        }
        self.chores.spawn(async move {
            let removed = blocking(move || {
                remove_all(&unused);
                Ok(())
            });
            if let Err(error) = removed.await {
                tracing::warn!(%error, "cannot remove artifacts");
            }
        });
    }
}
