//! Many pipelines saved by one request: what can be saved is, and the answer names the rest.

use std::collections::HashSet;

use gennaker_base::Kind;
use gennaker_wire::{Object, Pipeline};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Error, Pipelines, pipelines::parse_pipeline};

/// What became of the pipelines.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct BatchOutcome {
    successful_pipelines_count: usize,
    successful_pipelines: Vec<String>,
    failed_pipelines_count: usize,
    failed_pipelines: Vec<Value>,
}

impl Pipelines {
    /// Saves pipelines one after the other. One that is refused is in the answer with an `errorMsg`.
    ///
    /// # Errors
    /// If the store fails; those before are saved then.
    pub(crate) async fn save_all(
        &self,
        bodies: Vec<Object>,
        stale_check: bool,
        user: &str,
    ) -> Result<BatchOutcome, Error> {
        self.items().catch_up().await;
        let mut outcome = BatchOutcome::default();
        let mut ids = HashSet::new();
        for mut body in bodies {
            let pipeline = match parse_pipeline(body.clone()) {
                Ok(pipeline) => pipeline,
                Err(why) => {
                    let message = format!("Failed to deserialize the pipeline json into a valid pipeline: {why}");
                    body.insert("errorMsg".to_owned(), message.into());
                    outcome.failed_pipelines.push(Value::Object(body));
                    continue;
                }
            };
            match self.save_one(&pipeline, &mut ids, stale_check, user).await {
                Ok(name) => outcome.successful_pipelines.push(name),
                Err(Refused::Because(message)) => {
                    let mut failed = json!(pipeline);
                    failed["errorMsg"] = message.into();
                    outcome.failed_pipelines.push(failed);
                }
                Err(Refused::Failed(error)) => return Err(error),
            }
        }
        outcome.successful_pipelines_count = outcome.successful_pipelines.len();
        outcome.failed_pipelines_count = outcome.failed_pipelines.len();
        Ok(outcome)
    }

    async fn save_one(
        &self,
        pipeline: &Pipeline,
        ids: &mut HashSet<String>,
        stale_check: bool,
        user: &str,
    ) -> Result<String, Refused> {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "null".to_owned());
        let (application, name) = (text(&pipeline.application), text(&pipeline.name));
        let refuse = |error: Error| match error.kind() {
            Kind::Invalid | Kind::Conflict | Kind::TooLarge => {
                let message = match error {
                    Error::PipelineExists { name, application } => {
                        format!("A pipeline with name {name} already exists in the application {application}")
                    }
                    error => format!(
                        "Encountered the following error when validating pipeline {name} in the application \
                         {application}: {error}"
                    ),
                };
                Refused::Because(message)
            }
            _ => Refused::Failed(error),
        };
        let checked = self.check(pipeline.clone()).await.map_err(refuse)?;
        let id = checked.id.clone().unwrap_or_else(|| self.configs.new_id());
        if !ids.insert(id.to_lowercase()) {
            return Err(Refused::Because(format!(
                "Duplicate pipeline id {id} found when processing pipeline {name} in the application {application}"
            )));
        }
        let saved = match self.items().current(&id).await {
            Ok(current) => self.store(checked, &id, &current, stale_check, user).await,
            Err(error) => Err(error),
        };
        saved.map(|saved| text(&saved.name)).map_err(refuse)
    }
}

enum Refused {
    Because(String),
    Failed(Error),
}
