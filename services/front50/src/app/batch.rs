//! Many pipelines saved by one request: what can be saved is, and the answer names the rest.
//!
//! They are written some at a time, as if one after the other: one that has to do with the name or the id of one before waits
//! for that. Other nodes are told of all of them at once, before the answer.

use std::collections::HashSet;

use futures::{StreamExt as _, future::join_all, stream};
use gennaker_base::Kind;
use gennaker_wire::{Object, Pipeline};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Error, Pipelines, Stale, configs::name_term, pipelines::parse_pipeline};

/// How many are checked, and then written, at a time.
const AT_ONCE: usize = 16;

/// What became of the pipelines.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct BatchOutcome {
    successful_pipelines_count: usize,
    successful_pipelines: Vec<String>,
    failed_pipelines_count: usize,
    failed_pipelines: Vec<Value>,
}

/// A pipeline that may be written.
struct Save {
    /// As it was sent.
    sent: Pipeline,
    checked: Pipeline,
    id: String,
}

/// Why one is not saved.
enum Refused {
    /// The answer says so: the pipeline with an `errorMsg`.
    Because(Value),
    /// The store fails.
    Failed(Error),
}

impl Pipelines {
    /// Saves pipelines in their order. One that is refused is in the answer with an `errorMsg`.
    ///
    /// # Errors
    /// If the store fails; those before are saved then.
    pub(crate) async fn save_all(&self, bodies: Vec<Object>, stale: Stale, user: &str) -> Result<BatchOutcome, Error> {
        self.items().catch_up().await;
        let checked = stream::iter(bodies).map(|body| self.check_one(body)).buffered(AT_ONCE);
        let checked: Vec<Result<Save, Refused>> = checked.collect().await;
        let mut ids = HashSet::new();
        let mut once = |save: Save| match ids.insert(save.id.to_lowercase()) {
            true => Ok(save),
            false => {
                let (application, name) = names(&save.sent);
                Err(refused(
                    &save.sent,
                    format!(
                        "Duplicate pipeline id {} found when processing pipeline {name} in the application {application}",
                        save.id
                    ),
                ))
            }
        };
        let saves: Vec<Result<Save, Refused>> = checked.into_iter().map(|save| save.and_then(&mut once)).collect();
        let outcome = self.store_all(saves, stale, user).await;
        // Whatever became of the others: what is written is told of.
        self.items().tell().await;
        outcome
    }

    async fn check_one(&self, mut body: Object) -> Result<Save, Refused> {
        let sent = match parse_pipeline(body.clone()) {
            Ok(pipeline) => pipeline,
            Err(why) => {
                let message = format!("Failed to deserialize the pipeline json into a valid pipeline: {why}");
                body.insert("errorMsg".to_owned(), message.into());
                return Err(Refused::Because(Value::Object(body)));
            }
        };
        let checked = self.check(sent.clone()).await.map_err(|error| failed(&sent, error))?;
        let id = checked.id.clone().unwrap_or_else(|| self.configs.new_id());
        Ok(Save { sent, checked, id })
    }

    async fn store_all(
        &self,
        saves: Vec<Result<Save, Refused>>,
        stale: Stale,
        user: &str,
    ) -> Result<BatchOutcome, Error> {
        let mut outcome = BatchOutcome::default();
        let mut saves = saves.into_iter().peekable();
        while saves.peek().is_some() {
            let (mut together, mut names) = (Vec::new(), HashSet::new());
            while together.len() < AT_ONCE
                && let Some(next) = saves.next_if(|next| self.is_apart(next, &mut names))
            {
                together.push(next);
            }
            let stored = together.into_iter().map(|save| async {
                match save {
                    Ok(save) => self.store_one(save, stale, user).await,
                    Err(refused) => Err(refused),
                }
            });
            for stored in join_all(stored).await {
                match stored {
                    Ok(name) => outcome.successful_pipelines.push(name),
                    Err(Refused::Because(pipeline)) => outcome.failed_pipelines.push(pipeline),
                    Err(Refused::Failed(error)) => return Err(error),
                }
            }
        }
        outcome.successful_pipelines_count = outcome.successful_pipelines.len();
        outcome.failed_pipelines_count = outcome.failed_pipelines.len();
        Ok(outcome)
    }

    /// Whether it has neither the old nor the new name of one of those that have `names`; then its own are added.
    fn is_apart(&self, save: &Result<Save, Refused>, names: &mut HashSet<String>) -> bool {
        let Ok(save) = save else { return true };
        let term = |pipeline: &Pipeline| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            name_term(&text(&pipeline.application), &text(&pipeline.name))
        };
        let own: Vec<String> = [Some(term(&save.checked)), self.items().remembered(&save.id).map(|known| term(&known))]
            .into_iter()
            .flatten()
            .collect();
        let is_apart = own.iter().all(|name| !names.contains(name));
        if is_apart {
            names.extend(own);
        }
        is_apart
    }

    async fn store_one(&self, save: Save, stale: Stale, user: &str) -> Result<String, Refused> {
        let Save { sent, checked, id } = save;
        let saved = match self.items().current(&id).await {
            Ok(current) => self.store_untold(checked, &id, &current, stale, user).await,
            Err(error) => Err(error),
        };
        saved.map(|saved| names(&saved).1).map_err(|error| failed(&sent, error))
    }
}

/// The application and the name, as upstream's messages have them.
fn names(pipeline: &Pipeline) -> (String, String) {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "null".to_owned());
    (text(&pipeline.application), text(&pipeline.name))
}

fn refused(sent: &Pipeline, message: String) -> Refused {
    let mut pipeline = json!(sent);
    pipeline["errorMsg"] = message.into();
    Refused::Because(pipeline)
}

fn failed(sent: &Pipeline, error: Error) -> Refused {
    let (application, name) = names(sent);
    match (error.kind(), error) {
        (_, Error::PipelineExists { name, application }) => {
            refused(sent, format!("A pipeline with name {name} already exists in the application {application}"))
        }
        (Kind::Invalid | Kind::Conflict | Kind::TooLarge, error) => refused(
            sent,
            format!(
                "Encountered the following error when validating pipeline {name} in the application {application}: {error}"
            ),
        ),
        (_, error) => Refused::Failed(error),
    }
}
