//! Pipelines: how they are saved, found and deleted.

use std::sync::Arc;

use gennaker_objects::Object as Stored;
use gennaker_wire::{Object, Pipeline};
use serde_json::{Value, json};

use super::{
    Collection, Error, Stale, Templates,
    collection::{Current, Item},
    configs::{self, Config, Configs},
    jackson::{Shape, coerce},
    packed::{Keep, Kept, Packed},
    pipeline_checks as checks,
    shelf::Indexed,
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
    pub(crate) configs: Configs<Pipeline>,
    /// What they may be made from.
    templates: Arc<Templates>,
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

impl Keep for Pipeline {
    fn keep(self: &Arc<Self>) -> Kept<Self> {
        Packed::of(self.as_ref()).map_or_else(|| Kept::Whole(self.clone()), Kept::Packed)
    }

    fn unpack(packed: &Packed) -> Option<Self> {
        packed.decode()
    }
}

impl Indexed for Pipeline {
    fn terms(&self) -> Vec<String> {
        configs::terms(self)
    }
}

impl Item for Pipeline {
    const GROUP: &'static str = "pipelines";
    const FILE: &'static str = "pipeline-metadata.json";

    fn read(id: &str, object: &Stored) -> Result<Self, String> {
        configs::read(id, object)
    }

    fn write(&self) -> Vec<u8> {
        configs::write(self)
    }
}

impl Config for Pipeline {
    fn pipeline(&self) -> &Pipeline {
        self
    }

    fn of(pipeline: Pipeline) -> Self {
        pipeline
    }

    fn no_such(application: &str, name: &str) -> Error {
        Error::NoPipeline { name: name.to_owned(), application: application.to_owned() }
    }
}

impl Pipelines {
    pub(super) fn new(configs: Configs<Pipeline>, templates: Arc<Templates>) -> Self {
        Pipelines { configs, templates }
    }

    pub(super) fn items(&self) -> &Collection<Pipeline> {
        &self.configs.items
    }

    /// One pipeline by its id. As upstream's, it does not say when it was changed.
    pub(crate) async fn get(&self, id: &str) -> Result<Pipeline, Error> {
        Ok(undated(self.items().find(id).await?.as_ref()))
    }

    /// Saves a pipeline under its id, or under a new one. As upstream's, the answer does not say when.
    pub(crate) async fn save(&self, pipeline: Pipeline, stale: Stale, user: &str) -> Result<Pipeline, Error> {
        self.items().catch_up().await;
        let pipeline = self.check(pipeline).await?;
        let id = pipeline.id.clone().unwrap_or_else(|| self.configs.new_id());
        let current = self.items().current(&id).await?;
        let saved = self.store(pipeline, &id, &current, stale, user).await?;
        Ok(undated(&saved))
    }

    /// Saves a pipeline that is there already.
    pub(crate) async fn update(
        &self,
        id: &str,
        pipeline: Pipeline,
        stale: Stale,
        user: &str,
    ) -> Result<Arc<Pipeline>, Error> {
        self.items().catch_up().await;
        let existing = self.items().find(id).await?;
        if pipeline.id != existing.id {
            let text = |id: &Option<String>| id.clone().unwrap_or_else(|| "null".to_owned());
            return Err(Error::OtherPipeline { body: text(&pipeline.id), existing: text(&existing.id) });
        }
        let pipeline = self.check(pipeline).await?;
        let current = self.items().current(id).await?;
        self.store(pipeline, id, &current, stale, user).await
    }

    /// Checks a pipeline by itself, and completes it.
    pub(super) async fn check(&self, mut pipeline: Pipeline) -> Result<Pipeline, Error> {
        checks::complete(&mut pipeline)?;
        if let Some(id) = &pipeline.id {
            self.items().check_id(id)?;
        }
        if let Some(template) = checks::own_template(&pipeline)?
            && !self.templates.exists(template).await?
        {
            return Err(Error::Invalid("Configured pipeline template not found".to_owned()));
        }
        checks::identify_triggers(&mut pipeline, || self.configs.new_id());
        Ok(pipeline)
    }

    /// Checks a pipeline against what there is, and writes it.
    async fn store(
        &self,
        pipeline: Pipeline,
        id: &str,
        current: &Current<Pipeline>,
        stale: Stale,
        user: &str,
    ) -> Result<Arc<Pipeline>, Error> {
        let stored = self.store_untold(pipeline, id, current, stale, user).await?;
        self.items().tell().await;
        Ok(stored)
    }

    /// The same, but that other nodes are not told: see [`Collection::put_untold`].
    pub(super) async fn store_untold(
        &self,
        pipeline: Pipeline,
        id: &str,
        current: &Current<Pipeline>,
        stale: Stale,
        user: &str,
    ) -> Result<Arc<Pipeline>, Error> {
        self.configs.not_stale("pipeline", &pipeline, current, stale)?;
        let taken = |application: &str, name: &str| {
            let exists = || Error::PipelineExists { name: name.to_owned(), application: application.to_owned() };
            self.configs.is_taken(application, name, Some(id)).then(exists)
        };
        self.configs.store_untold(pipeline, id, current, user, taken).await
    }
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
