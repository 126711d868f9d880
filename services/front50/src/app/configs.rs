//! What pipelines and strategies have in common: both are stages under a name in an application.

use std::sync::Arc;

use gennaker_base::{SharedClock, Timestamp, id};
use gennaker_wire::Pipeline;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Collection, Error, Stale,
    applications::later,
    collection::{Current, Item},
    layout::fold,
    pipelines::parse_pipeline,
    reservations::Reservations,
};

/// A pipeline or a strategy.
pub(crate) trait Config: Item + Clone + Serialize {
    /// It as a pipeline.
    fn pipeline(&self) -> &Pipeline;

    /// A pipeline as one.
    fn of(pipeline: Pipeline) -> Self;

    /// Why the application has none of that name.
    fn no_such(application: &str, name: &str) -> Error;
}

/// The pipelines, or the strategies.
pub(crate) struct Configs<T> {
    pub(crate) items: Collection<T>,
    pub(super) clock: SharedClock,
    names: Reservations,
    /// `front50.refuseStale`.
    refuse_stale: bool,
}

/// Reads a stored pipeline or strategy.
pub(super) fn read(id: &str, object: &gennaker_objects::Object) -> Result<Pipeline, String> {
    let body = serde_json::from_slice(&object.bytes).map_err(|error| error.to_string())?;
    let mut pipeline = parse_pipeline(body)?;
    if pipeline.name.is_none() || pipeline.application.is_none() {
        return Err("it has no name or no application".to_owned());
    }
    pipeline.id.get_or_insert_with(|| id.to_owned());
    pipeline.update_ts.get_or_insert_with(|| object.modified.millis().to_string());
    Ok(pipeline)
}

/// A pipeline or strategy as it is stored.
pub(super) fn write(pipeline: &Pipeline) -> Vec<u8> {
    json!(pipeline).to_string().into_bytes()
}

/// What a pipeline or strategy is found by: its application, its name, and the pipelines that trigger it.
pub(super) fn terms(pipeline: &Pipeline) -> Vec<String> {
    let mut terms = Vec::new();
    if let Some(application) = &pipeline.application {
        terms.push(application_term(application));
        terms.extend(pipeline.name.iter().map(|name| name_term(application, name)));
    }
    let triggers = pipeline.triggers.iter().flatten().filter_map(Value::as_object);
    let by_pipelines = triggers.filter(|trigger| trigger.get("type").is_some_and(|kind| kind == "pipeline"));
    terms.extend(by_pipelines.filter_map(|trigger| trigger.get("pipeline")?.as_str()).map(trigger_term));
    terms
}

fn application_term(application: &str) -> String {
    format!("application {}", fold(application))
}

/// What those of that name in an application are found by.
pub(super) fn name_term(application: &str, name: &str) -> String {
    format!("name {}\n{}", fold(application), fold(name))
}

/// What those are found by that an end of the pipeline `id` may start.
pub(super) fn trigger_term(id: &str) -> String {
    format!("after {id}")
}

impl<T: Config> Configs<T> {
    pub(super) fn new(items: Collection<T>, clock: SharedClock, refuse_stale: bool) -> Self {
        Configs { items, clock, names: Reservations::default(), refuse_stale }
    }

    /// What one was, newest first.
    pub(crate) async fn history(&self, id: &str, limit: usize) -> Result<Vec<T>, Error> {
        self.items.history(id, limit).await
    }

    /// Those of an application, as they are in memory.
    pub(super) fn of(&self, application: &str) -> Vec<Arc<T>> {
        self.items.found_by(&application_term(application))
    }

    /// One by its name, as it is in memory.
    pub(super) fn by_name(&self, application: &str, name: &str) -> Option<Arc<T>> {
        self.items.found_by(&name_term(application, name)).into_iter().next()
    }

    /// Deletes one by its name, and gives its id.
    pub(super) async fn remove(&self, application: &str, name: &str) -> Result<String, Error> {
        self.items.catch_up().await;
        let found = self.by_name(application, name);
        match found.and_then(|config| config.pipeline().id.clone()) {
            Some(id) => self.items.delete(&id).await.map(|()| id),
            None => Err(T::no_such(application, name)),
        }
    }

    /// Deletes those of an application, and gives their ids.
    pub(super) async fn remove_all(&self, application: &str) -> Result<Vec<String>, Error> {
        self.items.catch_up().await;
        let ids: Vec<String> = self.of(application).iter().filter_map(|config| config.pipeline().id.clone()).collect();
        for id in &ids {
            self.items.delete(id).await?;
        }
        Ok(ids)
    }

    /// Whether another one of the application has the name.
    pub(super) fn is_taken(&self, application: &str, name: &str, id: Option<&str>) -> bool {
        let found = self.items.found_by(&name_term(application, name));
        found.iter().any(|other| other.pipeline().id.as_deref() != id)
    }

    /// Refuses one, called `what` in the message, that was read before what there is now was saved.
    pub(super) fn not_stale(
        &self,
        what: &'static str,
        submitted: &Pipeline,
        current: &Current<T>,
        stale: Stale,
    ) -> Result<(), Error> {
        let stored = current.item.as_ref().and_then(|stored| stored.pipeline().update_ts.as_deref());
        stale.check(what, self.refuse_stale, submitted.update_ts.as_deref(), stored)
    }

    /// Writes one, with the time and by whom, unless `refused` says why its name cannot be had. No two that run side by
    /// side in this process get one name.
    pub(super) async fn store(
        &self,
        pipeline: Pipeline,
        id: &str,
        current: &Current<T>,
        user: &str,
        refused: impl Fn(&str, &str) -> Option<Error>,
    ) -> Result<Arc<T>, Error> {
        let stored = self.store_untold(pipeline, id, current, user, refused).await?;
        self.items.tell().await;
        Ok(stored)
    }

    /// The same, but that other nodes are not told: see [`Collection::put_untold`].
    pub(super) async fn store_untold(
        &self,
        mut pipeline: Pipeline,
        id: &str,
        current: &Current<T>,
        user: &str,
        refused: impl Fn(&str, &str) -> Option<Error>,
    ) -> Result<Arc<T>, Error> {
        let application = pipeline.application.clone().unwrap_or_default();
        let name = pipeline.name.clone().unwrap_or_default();
        let reserved = self.names.take(name_term(&application, &name));
        let Some(_reserved) = reserved else { return Err(Error::Concurrent(format!("the pipeline {name}"))) };
        if let Some(refused) = refused(&application, &name) {
            return Err(refused);
        }
        let stored = current.item.as_ref().and_then(|stored| stored.pipeline().update_ts.as_deref());
        pipeline.id = Some(id.to_owned());
        pipeline.update_ts = Some(later(self.now(), stored));
        pipeline.last_modified_by = Some(user.to_owned());
        self.items.put_untold(id, T::of(pipeline), current).await
    }

    /// The time.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An id for one, or for a trigger.
    pub(super) fn new_id(&self) -> String {
        id::uuid(self.clock.now())
    }
}
