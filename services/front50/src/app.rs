//! What front50 does, without HTTP.

mod applications;
mod batch;
mod cache;
mod collection;
mod error;
mod jackson;
mod layout;
mod mark;
mod pipeline_checks;
mod pipeline_queries;
mod pipelines;
mod reorder;
mod reservations;
mod search;

use gennaker_http::Health;
use gennaker_wire::{Application, Pipeline};

pub use self::error::Error;
pub(crate) use self::{
    applications::{Applications, parse_application},
    batch::BatchOutcome,
    collection::Collection,
    pipeline_queries::{Listed, Triggers},
    pipelines::{Pipelines, parse_pipeline},
};
use crate::{Deps, Options};

/// The longest application or pipeline name in characters, that of upstream's database.
pub(crate) const NAME_LIMIT: usize = 255;

/// Everything that front50 keeps.
pub(crate) struct App {
    pub(crate) applications: Applications,
    pub(crate) pipelines: Pipelines,
}

impl App {
    /// Loads both groups from the store.
    pub(crate) async fn load(options: &Options, deps: Deps, health: &Health) -> Result<App, Error> {
        let Deps { objects, clock, .. } = deps;
        let applications = Collection::<Application>::new(objects.clone(), clock.clone(), options, health)?;
        let pipelines = Collection::<Pipeline>::new(objects, clock.clone(), options, health)?;
        tokio::try_join!(applications.reload(), pipelines.reload())?;
        Ok(App {
            applications: Applications::new(applications, clock.clone()),
            pipelines: Pipelines::new(pipelines, clock, options.refuse_stale),
        })
    }

    /// Takes over what others changed; with `all` also what nobody marked.
    pub(crate) async fn follow(&self, all: bool) {
        tokio::join!(self.applications.items.follow(all), self.pipelines.items.follow(all));
    }

    /// Deletes an application and its pipelines, these first; one that is not there is nothing to do.
    pub(crate) async fn delete_application(&self, name: &str) -> Result<(), Error> {
        if !self.applications.exists(name).await? {
            return Ok(());
        }
        self.pipelines.delete_all(name).await?;
        self.applications.delete(name).await
    }
}
