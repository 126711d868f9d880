//! What a search in a repository of artifacts found. Upstream: `ArtifactoryEventHandler`, `NexusEventHandler`.

use gennaker_artifacts::Artifact;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{Matcher, is, with};
use crate::app::{Error, Event};

/// A kind of repository.
pub(super) struct Kind {
    triggers: &'static [&'static str],
    /// The trigger's field that names the search.
    search: &'static str,
}

/// Artifactory.
pub(super) const ARTIFACTORY: Kind = Kind { triggers: &["artifactory"], search: "artifactorySearchName" };
/// Nexus.
pub(super) const NEXUS: Kind = Kind { triggers: &["nexus"], search: "nexusSearchName" };

/// What was found.
pub(super) struct Found {
    kind: &'static Kind,
    id: String,
    search: Option<String>,
    artifacts: Vec<Artifact>,
}

impl Found {
    pub(super) fn read(event: &Event, kind: &'static Kind) -> Result<Found, Error> {
        let artifact = event.content.get("artifact").filter(|artifact| !artifact.is_null());
        Ok(Found {
            kind,
            id: event.id.clone(),
            search: event.content.text("name"),
            artifacts: artifact.map(Artifact::from_value).transpose()?.into_iter().collect(),
        })
    }
}

impl Matcher for Found {
    fn types(&self) -> &'static [&'static str] {
        self.kind.triggers
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        is(trigger, self.kind.search, self.search.as_deref())
            .then(|| with(trigger, [("eventId", Value::from(self.id.clone()))]))
    }

    fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }
}
