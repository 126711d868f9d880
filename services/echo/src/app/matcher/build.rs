//! Builds of a continuous integration server. Upstream: `BuildEventHandler`.
//!
//! What only the server knows (properties, artifacts, the build's details) is not asked yet, as in upstream without igor: a
//! trigger with constraints on properties does not fire.

use gennaker_artifacts::Artifact;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{Matcher, is, text, with};
use crate::app::{Error, Event};

/// A build that has succeeded.
pub(super) struct Build {
    id: String,
    master: String,
    job: String,
    number: i64,
    timestamp: Option<i64>,
    url: Value,
}

impl Build {
    pub(super) fn read(event: &Event) -> Result<Option<Build>, Error> {
        let project = Event::object_in(&event.content, "project")?;
        let project = project.ok_or_else(|| Error::invalid("content.project is missing: it says what was built"))?;
        let Some(last) = Event::object_in(project, "lastBuild")? else { return Ok(None) };
        if last.boolean("building") == Some(true) || last.text("result").as_deref() != Some("SUCCESS") {
            return Ok(None);
        }
        let (Some(master), Some(job)) = (event.content.text("master"), project.text("name")) else { return Ok(None) };
        let number = last.integer("number").unwrap_or_default();
        let timestamp = last.integer("timestamp");
        Ok(Some(Build { id: event.id.clone(), master, job, number, timestamp, url: text(last, "url") }))
    }
}

impl Matcher for Build {
    fn types(&self) -> &'static [&'static str] {
        &["jenkins", "travis", "concourse", "gitlab-ci"]
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        let is_job = is(trigger, "job", Some(&self.job)) && is(trigger, "master", Some(&self.master));
        let fires = is_job && trigger.get("payloadConstraints").is_none_or(Value::is_null);
        fires.then(|| {
            with(
                trigger,
                [
                    ("buildNumber", self.number.into()),
                    ("hash", Value::Null),
                    ("tag", Value::Null),
                    ("eventId", self.id.clone().into()),
                    ("link", self.url.clone()),
                ],
            )
        })
    }

    fn artifacts(&self) -> &[Artifact] {
        &[]
    }

    /// A number alone says too little: a job that was deleted and made again begins with 1.
    fn identity(&self) -> Option<(String, Option<i64>)> {
        let timestamp = self.timestamp?;
        Some((format!("build/{}/{}/{}", self.master, self.job, self.number), Some(timestamp)))
    }
}
