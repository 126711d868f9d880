//! Pipelines: how they are saved, found and deleted.

use std::sync::Arc;

use gennaker_base::{SharedClock, Timestamp, id};
use gennaker_objects::Object as Stored;
use gennaker_wire::{Object, Pipeline};
use serde_json::{Value, json};

use super::{
    Collection, Error,
    applications::later,
    collection::{Current, Item},
    jackson::{Shape, coerce},
    layout::fold,
    pipeline_checks as checks,
    reservations::Reservations,
};

/// The fields that upstream knows.
const FIELDS: [(&str, Shape); 25] = [
    ("id", Shape::Text),
    ("name", Shape::Text),
    ("application", Shape::Text),
    ("type", Shape::Text),
    ("schema", Shape::Text),
    ("config", Shape::Any),
    ("triggers", Shape::Objects),
    ("index", Shape::Integer),
    ("updateTs", Shape::Text),
    ("lastModifiedBy", Shape::Text),
    ("email", Shape::Text),
    ("disabled", Shape::Boolean),
    ("template", Shape::Object),
    ("roles", Shape::Texts),
    ("serviceAccount", Shape::Text),
    ("executionEngine", Shape::Text),
    ("stageCounter", Shape::Integer),
    ("stages", Shape::Objects),
    ("constraints", Shape::Object),
    ("payloadConstraints", Shape::Object),
    ("keepWaitingPipelines", Shape::Boolean),
    ("limitConcurrent", Shape::Boolean),
    ("maxConcurrentExecutions", Shape::Integer),
    ("parameterConfig", Shape::Objects),
    ("spelEvaluator", Shape::Text),
];

/// The pipelines.
pub(crate) struct Pipelines {
    pub(super) items: Collection<Pipeline>,
    clock: SharedClock,
    refuse_stale: bool,
    names: Reservations,
}

/// Reads a pipeline as upstream reads it.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub(crate) fn parse_pipeline(mut body: Object) -> Result<Pipeline, String> {
    coerce(&mut body, &FIELDS)?;
    if body.get("schema").is_none_or(|schema| schema == "") {
        body.insert("schema".to_owned(), "1".into());
    }
    body.entry("triggers").or_insert_with(|| json!([]));
    if body.get("id").is_some_and(|id| id == "") {
        body.shift_remove("id");
    }
    serde_json::from_value(Value::Object(body)).map_err(|error| error.to_string())
}

impl Item for Pipeline {
    const GROUP: &'static str = "pipelines";
    const FILE: &'static str = "pipeline-metadata.json";

    fn read(id: &str, object: &Stored) -> Result<Self, String> {
        let body: Object = serde_json::from_slice(&object.bytes).map_err(|error| error.to_string())?;
        let mut pipeline = parse_pipeline(body)?;
        if pipeline.name.is_none() || pipeline.application.is_none() {
            return Err("it has no name or no application".to_owned());
        }
        pipeline.id.get_or_insert_with(|| id.to_owned());
        pipeline.update_ts.get_or_insert_with(|| object.modified.millis().to_string());
        Ok(pipeline)
    }

    fn write(&self) -> Vec<u8> {
        json!(self).to_string().into_bytes()
    }
}

impl Pipelines {
    pub(super) fn new(items: Collection<Pipeline>, clock: SharedClock, refuse_stale: bool) -> Self {
        Pipelines { items, clock, refuse_stale, names: Reservations::default() }
    }

    /// One pipeline by its id. As upstream's, it does not say when it was changed.
    pub(crate) async fn get(&self, id: &str) -> Result<Pipeline, Error> {
        Ok(undated(self.items.find(id).await?.as_ref()))
    }

    /// What a pipeline was, newest first.
    pub(crate) async fn history(&self, id: &str, limit: usize) -> Result<Vec<Pipeline>, Error> {
        self.items.history(id, limit).await
    }

    /// Saves a pipeline under its id, or under a new one. As upstream's, the answer does not say when.
    pub(crate) async fn save(&self, pipeline: Pipeline, stale_check: bool, user: &str) -> Result<Pipeline, Error> {
        let _ = self.items.list(true).await;
        let pipeline = self.check(pipeline)?;
        let id = pipeline.id.clone().unwrap_or_else(|| self.new_id());
        let current = self.items.current(&id).await?;
        let saved = self.store(pipeline, &id, &current, stale_check, user).await?;
        Ok(undated(&saved))
    }

    /// Saves a pipeline that is there already.
    pub(crate) async fn update(
        &self,
        id: &str,
        pipeline: Pipeline,
        stale_check: bool,
        user: &str,
    ) -> Result<Arc<Pipeline>, Error> {
        let _ = self.items.list(true).await;
        let existing = self.items.find(id).await?;
        if pipeline.id != existing.id {
            let text = |id: &Option<String>| id.clone().unwrap_or_else(|| "null".to_owned());
            return Err(Error::OtherPipeline { body: text(&pipeline.id), existing: text(&existing.id) });
        }
        let pipeline = self.check(pipeline)?;
        let current = self.items.current(id).await?;
        self.store(pipeline, id, &current, stale_check, user).await
    }

    /// Deletes a pipeline by its name.
    pub(crate) async fn delete(&self, application: &str, name: &str) -> Result<(), Error> {
        let all = self.items.list(true).await;
        let found = all.iter().find(|pipeline| is_of(pipeline, application) && is_named(pipeline, name));
        match found.and_then(|pipeline| pipeline.id.as_ref()) {
            Some(id) => self.items.delete(id).await,
            None => Err(Error::NoPipeline { name: name.to_owned(), application: application.to_owned() }),
        }
    }

    /// Deletes the pipelines of an application.
    pub(super) async fn delete_all(&self, application: &str) -> Result<(), Error> {
        let all = self.items.list(true).await;
        for id in all.iter().filter(|pipeline| is_of(pipeline, application)).filter_map(|pipeline| pipeline.id.as_ref())
        {
            self.items.delete(id).await?;
        }
        Ok(())
    }

    /// Checks a pipeline by itself, and completes it.
    pub(super) fn check(&self, mut pipeline: Pipeline) -> Result<Pipeline, Error> {
        checks::complete(&mut pipeline)?;
        if let Some(id) = &pipeline.id {
            self.items.check_id(id)?;
        }
        checks::template(&pipeline)?;
        checks::identify_triggers(&mut pipeline, || self.new_id());
        Ok(pipeline)
    }

    /// Checks a pipeline against what there is, and writes it.
    pub(super) async fn store(
        &self,
        mut pipeline: Pipeline,
        id: &str,
        current: &Current<Pipeline>,
        stale_check: bool,
        user: &str,
    ) -> Result<Arc<Pipeline>, Error> {
        let stored = current.item.as_ref().and_then(|stored| stored.update_ts.as_deref());
        if stale_check && self.refuse_stale {
            checks::not_stale(pipeline.update_ts.as_deref(), stored)?;
        }
        let application = pipeline.application.clone().unwrap_or_default();
        let name = pipeline.name.clone().unwrap_or_default();
        let reserved = self.names.take(format!("{}/{}", fold(&application), fold(&name)));
        let Some(_reserved) = reserved else { return Err(Error::Concurrent(format!("the pipeline {name}"))) };
        if self.is_taken(&application, &name, Some(id)) {
            return Err(Error::PipelineExists { name, application });
        }
        pipeline.id = Some(id.to_owned());
        pipeline.update_ts = Some(later(self.clock.now(), stored));
        pipeline.last_modified_by = Some(user.to_owned());
        self.items.put(id, pipeline, current).await
    }

    /// Whether another pipeline of the application has the name.
    pub(super) fn is_taken(&self, application: &str, name: &str, id: Option<&str>) -> bool {
        self.items
            .all()
            .iter()
            .any(|other| is_of(other, application) && is_named(other, name) && other.id.as_deref() != id)
    }

    /// The time.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An id for a pipeline or a trigger.
    pub(super) fn new_id(&self) -> String {
        id::generate(self.clock.now())
    }
}

/// Whether a pipeline belongs to an application; upstream looks at no case.
pub(super) fn is_of(pipeline: &Pipeline, application: &str) -> bool {
    pipeline.application.as_deref().is_some_and(|own| fold(own) == fold(application))
}

/// Whether a pipeline has the name, whatever the case.
pub(super) fn is_named(pipeline: &Pipeline, name: &str) -> bool {
    pipeline.name.as_deref().is_some_and(|own| fold(own) == fold(name))
}

fn undated(pipeline: &Pipeline) -> Pipeline {
    Pipeline { update_ts: None, ..pipeline.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_is_read_as_upstream_reads_it() {
        let body = json!({
            "name": "a", "application": "b", "id": "", "index": "3", "disabled": null, "foo": null,
            "stages": [{"type": "wait"}], "createTs": null
        });
        let read = parse_pipeline(body.as_object().cloned().expect("an object")).expect("readable");
        assert_eq!(
            json!(read),
            json!({
                "name": "a", "application": "b", "index": 3, "foo": null, "stages": [{"type": "wait"}],
                "createTs": null, "schema": "1", "triggers": []
            })
        );
        for wrong in [json!({"stages": {}}), json!({"triggers": [1]}), json!({"index": {}}), json!({"name": []})] {
            assert!(parse_pipeline(wrong.as_object().cloned().expect("an object")).is_err(), "{wrong}");
        }
    }
}
