//! What front50 does, without HTTP.

mod applications;
mod batch;
mod cache;
mod changes;
mod collection;
mod configs;
mod error;
mod feed;
mod jackson;
mod kind;
mod layout;
mod mark;
mod notifications;
mod packed;
mod permissions;
mod pipeline_checks;
mod pipeline_queries;
mod pipelines;
mod projects;
mod recover;
mod reorder;
mod reservations;
mod search;
mod service_accounts;
mod shelf;
mod snapshots;
mod stale;
mod strategies;
mod tags;
mod templates;

use std::sync::Arc;

use gennaker_base::SharedClock;
use gennaker_http::Health;
use gennaker_objects::Objects;
use serde_json::Value;

pub use self::error::Error;
pub(crate) use self::{
    applications::{Applications, parse_application},
    batch::BatchOutcome,
    collection::Collection,
    feed::{Feed, MOST},
    kind::{Kind, Record},
    notifications::{GLOBAL, Notifications},
    permissions::{Permission, Permissions},
    pipeline_queries::{Listed, Triggers},
    pipelines::{Pipelines, parse_pipeline},
    projects::{Project, Projects},
    service_accounts::{ServiceAccount, ServiceAccounts},
    snapshots::{Snapshot, Snapshots},
    stale::Stale,
    strategies::{Strategies, Strategy},
    tags::{EntityTags, Tags},
    templates::{Template, Templates, Which, made_from},
};
use self::{collection::Item, configs::Configs, kind::Records, service_accounts::eligible};
use crate::{Deps, Options, options::ServiceAccountOptions};

/// The longest application or pipeline name in characters, that of upstream's database.
pub(crate) const NAME_LIMIT: usize = 255;

/// Everything that front50 keeps.
pub(crate) struct App {
    pub(crate) applications: Applications,
    pub(crate) permissions: Permissions,
    pub(crate) pipelines: Pipelines,
    pub(crate) strategies: Strategies,
    pub(crate) templates: Arc<Templates>,
    pub(crate) projects: Projects,
    pub(crate) notifications: Notifications,
    pub(crate) service_accounts: ServiceAccounts,
    pub(crate) snapshots: Snapshots,
    pub(crate) tags: Tags,
    configured: Vec<ServiceAccountOptions>,
}

/// Opens groups of objects.
struct Opening<'a> {
    objects: Arc<dyn Objects>,
    clock: SharedClock,
    options: &'a Options,
    health: &'a Health,
}

impl Opening<'_> {
    fn collection<T: Item>(&self) -> Result<Collection<T>, Error> {
        Collection::new(self.objects.clone(), self.clock.clone(), self.options, self.health)
    }

    fn configs<T: configs::Config>(&self) -> Result<Configs<T>, Error> {
        Ok(Configs::new(self.collection()?, self.clock.clone(), self.options.refuse_stale))
    }

    fn records<K: Kind>(&self) -> Result<Records<K>, Error> {
        Ok(Records::new(self.collection()?, self.clock.clone()))
    }
}

impl App {
    /// Loads everything from the store, and writes the service accounts that are configured.
    pub(crate) async fn load(options: &Options, deps: Deps, health: &Health) -> Result<App, Error> {
        let Deps { objects, clock, .. } = deps;
        let open = Opening { objects, clock: clock.clone(), options, health };
        let templates = Arc::new(open.records()?);
        let app = App {
            applications: Applications::new(open.collection()?, clock),
            permissions: open.records()?,
            pipelines: Pipelines::new(open.configs()?, templates.clone()),
            strategies: open.configs()?,
            templates,
            projects: open.records()?,
            notifications: open.records()?,
            service_accounts: open.records()?,
            snapshots: open.records()?,
            tags: open.records()?,
            configured: options.service_accounts.clone(),
        };
        tokio::try_join!(
            app.applications.items.reload(),
            app.permissions.items.reload(),
            app.pipelines.items().reload(),
            app.strategies.items.reload(),
            app.templates.items.reload(),
            app.projects.items.reload(),
            app.notifications.items.reload(),
            app.service_accounts.items.reload(),
            app.snapshots.items.reload(),
            app.tags.items.reload(),
        )?;
        app.service_accounts.configure(&app.configured).await?;
        Ok(app)
    }

    /// Takes over what others changed; with `all` also what nobody marked.
    pub(crate) async fn follow(&self, all: bool) {
        tokio::join!(
            self.applications.items.follow(all),
            self.permissions.items.follow(all),
            self.pipelines.items().follow(all),
            self.strategies.items.follow(all),
            self.templates.items.follow(all),
            self.projects.items.follow(all),
            self.notifications.items.follow(all),
            self.service_accounts.items.follow(all),
            self.snapshots.items.follow(all),
            self.tags.items.follow(all),
        );
    }

    /// What the list of applications is now: another text after each change of an application or of permissions.
    pub(crate) async fn applications_version(&self) -> String {
        tokio::join!(self.applications.items.catch_up(), self.permissions.items.catch_up());
        format!("{}.{}", self.applications.items.version(), self.permissions.items.version())
    }

    /// Deletes a pipeline by its name, and the service account that belongs to it.
    pub(crate) async fn delete_pipeline(&self, application: &str, name: &str) -> Result<(), Error> {
        let id = self.pipelines.configs.remove(application, name).await?;
        self.service_accounts.forget_pipeline(&id).await
    }

    /// Deletes an application and what belongs to it, this first, so that it can be done again; one that is not there is
    /// nothing to do. Its permissions stay, as upstream's do: who deletes it deletes them too.
    pub(crate) async fn delete_application(&self, name: &str, user: &str) -> Result<(), Error> {
        if !self.applications.exists(name).await? {
            return Ok(());
        }
        self.projects.forget_application(name, user).await?;
        self.notifications.delete(name).await?;
        for pipeline in self.pipelines.configs.remove_all(name).await? {
            self.service_accounts.forget_pipeline(&pipeline).await?;
        }
        self.strategies.remove_all(name).await?;
        self.applications.delete(name).await
    }

    /// The service accounts that are configured: only for those tokens may be made.
    pub(crate) fn token_eligible(&self) -> Vec<Value> {
        self.configured.iter().filter(|account| !account.name.trim().is_empty()).map(eligible).collect()
    }
}
