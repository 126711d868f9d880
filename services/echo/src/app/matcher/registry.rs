//! Images and charts of a registry. Upstream: `AbstractOCIRegistryEventHandler` and its two kinds, `HelmEventHandler`.

use gennaker_artifacts::Artifact;
use gennaker_javaregex::Regex;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{Matcher, is, text, with};
use crate::app::{Error, Event};

/// A kind of image.
pub(super) struct Kind {
    triggers: &'static [&'static str],
    artifact: &'static str,
}

/// Containers.
pub(super) const DOCKER: Kind = Kind { triggers: &["docker"], artifact: "docker/image" };
/// Charts in a registry of images.
pub(super) const HELM: Kind = Kind { triggers: &["helm/oci"], artifact: "helm/image" };

/// A tag of an image.
pub(super) struct Image {
    kind: &'static Kind,
    id: String,
    account: Option<String>,
    repository: Option<String>,
    tag: String,
    digest: Value,
    artifacts: [Artifact; 1],
}

impl Image {
    pub(super) fn read(event: &Event, kind: &'static Kind) -> Result<Option<Image>, Error> {
        let content = &event.content;
        let Some(tag) = content.text("tag").filter(|tag| !tag.is_empty()) else { return Ok(None) };
        let (registry, repository) = (content.text("registry"), content.text("repository"));
        let name = match (&registry, &repository) {
            (Some(registry), Some(repository)) => format!("{registry}/{repository}"),
            (None, Some(repository)) => repository.clone(),
            (_, None) => {
                return Err(Error::invalid("content.repository is missing: it says which image has a new tag"));
            }
        };
        let artifact = Artifact {
            kind: Some(kind.artifact.to_owned()),
            reference: Some(format!("{name}:{tag}")),
            name: Some(name),
            version: Some(tag.clone()),
            ..Artifact::default()
        };
        Ok(Some(Image {
            kind,
            id: event.id.clone(),
            account: content.text("account"),
            repository,
            tag,
            digest: text(content, "digest"),
            artifacts: [artifact],
        }))
    }

    /// Whether the trigger takes this tag: each but `latest` if it names none.
    fn is_tag(&self, trigger: &Object) -> bool {
        match trigger.text("tag").filter(|pattern| !pattern.trim().is_empty()) {
            None => self.tag != "latest",
            Some(pattern) => {
                Regex::new(pattern.trim()).and_then(|pattern| pattern.matches(&self.tag)).unwrap_or_else(|error| {
                    tracing::warn!(%error, pattern, "the tag of a trigger cannot be judged: it does not fire");
                    false
                })
            }
        }
    }
}

impl Matcher for Image {
    fn types(&self) -> &'static [&'static str] {
        self.kind.triggers
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        let fires = is(trigger, "repository", self.repository.as_deref())
            && is(trigger, "account", self.account.as_deref())
            && self.is_tag(trigger);
        fires.then(|| {
            with(
                trigger,
                [
                    ("tag", self.tag.clone().into()),
                    ("digest", self.digest.clone()),
                    ("buildNumber", Value::Null),
                    ("hash", Value::Null),
                    ("eventId", self.id.clone().into()),
                ],
            )
        })
    }

    fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }
}

/// A version of a chart.
pub(super) struct Chart {
    id: String,
    account: String,
    chart: String,
    version: String,
    digest: String,
    artifacts: [Artifact; 1],
}

impl Chart {
    pub(super) fn read(event: &Event) -> Result<Option<Chart>, Error> {
        let text = |name: &str| event.content.text(name).filter(|text| !text.is_empty());
        let (Some(chart), Some(version), Some(digest)) = (text("chart"), text("version"), text("digest")) else {
            return Ok(None);
        };
        let Some(account) = text("account") else { return Ok(None) };
        let artifact = Artifact {
            kind: Some("helm/chart".to_owned()),
            name: Some(chart.clone()),
            version: Some(version.clone()),
            reference: Some(account.clone()),
            metadata: Object::from_iter([("digest".to_owned(), json!(digest))]),
            ..Artifact::default()
        };
        Ok(Some(Chart { id: event.id.clone(), account, chart, version, digest, artifacts: [artifact] }))
    }
}

impl Matcher for Chart {
    fn types(&self) -> &'static [&'static str] {
        &["helm"]
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        let range = trigger.text("version").filter(|range| !range.trim().is_empty());
        if !is(trigger, "account", Some(&self.account)) {
            return None;
        }
        if let Some(range) = range.filter(|range| range.trim() != self.version) {
            tracing::warn!(range, version = self.version, "ranges of versions are not compared yet: it does not fire");
            return None;
        }
        Some(with(
            trigger,
            [
                ("artifactName", self.chart.clone().into()),
                ("version", self.version.clone().into()),
                ("digest", self.digest.clone().into()),
                ("eventId", self.id.clone().into()),
            ],
        ))
    }

    fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }
}
