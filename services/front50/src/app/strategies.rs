//! Strategies: pipelines that deploy in a way of their own. Upstream asks less of them than of pipelines.

use std::sync::Arc;

use gennaker_objects::Object as Stored;
use gennaker_wire::Pipeline;
use serde::Serialize;

use super::{
    Error, Stale,
    collection::Item,
    configs::{self, Config, Configs},
    packed::{Keep, Kept, Packed},
    pipeline_checks as checks,
    pipeline_queries::in_order,
    shelf::Indexed,
};

/// What messages call one.
const STRATEGY: &str = "strategy";

/// A strategy.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct Strategy(Pipeline);

/// The strategies.
pub(crate) type Strategies = Configs<Strategy>;

impl Keep for Strategy {
    fn keep(self: &Arc<Self>) -> Kept<Self> {
        Packed::of(self.as_ref()).map_or_else(|| Kept::Whole(self.clone()), Kept::Packed)
    }

    fn unpack(packed: &Packed) -> Option<Self> {
        packed.decode().map(Strategy)
    }
}

impl Indexed for Strategy {
    fn terms(&self) -> Vec<String> {
        configs::terms(&self.0)
    }
}

impl Item for Strategy {
    const GROUP: &'static str = "pipeline-strategies";
    const FILE: &'static str = "pipeline-strategy-metadata.json";

    fn read(id: &str, object: &Stored) -> Result<Self, String> {
        configs::read(id, object).map(Strategy)
    }

    fn write(&self) -> Vec<u8> {
        configs::write(&self.0)
    }
}

impl Config for Strategy {
    fn pipeline(&self) -> &Pipeline {
        &self.0
    }

    fn of(pipeline: Pipeline) -> Self {
        Strategy(pipeline)
    }

    fn no_such(application: &str, name: &str) -> Error {
        Error::NoStrategy { name: name.to_owned(), application: application.to_owned() }
    }
}

impl Strategies {
    /// All strategies, as they are in memory.
    pub(crate) fn list(&self) -> Vec<Kept<Strategy>> {
        self.items.kept()
    }

    /// The strategies of an application in their order, with the indices that they have.
    pub(crate) async fn of_application(&self, application: &str) -> Vec<Arc<Strategy>> {
        self.items.catch_up().await;
        let mut found = self.of(application);
        in_order(&mut found);
        found
    }

    /// Saves a strategy under its id, or under a new one. Its name must be free only if it is new, as upstream has it.
    pub(crate) async fn save(&self, strategy: Pipeline, stale: Stale, user: &str) -> Result<(), Error> {
        self.items.catch_up().await;
        let strategy = self.check(strategy)?;
        let is_new = strategy.id.is_none();
        let id = strategy.id.clone().unwrap_or_else(|| self.new_id());
        let current = self.items.current(&id).await?;
        self.not_stale(STRATEGY, &strategy, &current, stale)?;
        let taken = |application: &str, name: &str| {
            let found = self.by_name(application, name).filter(|found| found.0.name.as_deref() == Some(name));
            found
                .filter(|_| is_new)
                .map(|_| Error::StrategyExists(format!("{name} already exists in application {application}")))
        };
        self.store(strategy, &id, &current, user, taken).await.map(|_| ())
    }

    /// Saves a strategy that is there already.
    pub(crate) async fn update(
        &self,
        id: &str,
        strategy: Pipeline,
        stale: Stale,
        user: &str,
    ) -> Result<Arc<Strategy>, Error> {
        self.items.catch_up().await;
        let existing = self.items.find(id).await?;
        if strategy.id != existing.0.id {
            let sent = strategy.id.as_deref().unwrap_or("null");
            return Err(Error::Invalid(format!("The provided id '{id}' doesn't match the strategy id '{sent}'")));
        }
        let strategy = self.check(strategy)?;
        let current = self.items.current(id).await?;
        self.not_stale(STRATEGY, &strategy, &current, stale)?;
        let taken = |application: &str, name: &str| {
            let exists = || Error::StrategyExists(format!("'{name}' already exists in application '{application}'"));
            self.is_taken(application, name, Some(id)).then(exists)
        };
        self.store(strategy, id, &current, user, taken).await
    }

    /// Writes many strategies as they are, without a look whether their names are free. If one cannot be written nothing
    /// is.
    pub(crate) async fn import(&self, strategies: Vec<Pipeline>, user: &str) -> Result<(), Error> {
        let checked: Vec<Pipeline> = strategies.into_iter().map(|it| self.check(it)).collect::<Result<_, _>>()?;
        for strategy in checked {
            let id = strategy.id.clone().unwrap_or_else(|| self.new_id());
            let current = self.items.current(&id).await?;
            self.store(strategy, &id, &current, user, |_, _| None).await?;
        }
        Ok(())
    }

    /// Deletes a strategy by its name.
    pub(crate) async fn delete(&self, application: &str, name: &str) -> Result<(), Error> {
        self.remove(application, name).await.map(|_| ())
    }

    fn check(&self, mut strategy: Pipeline) -> Result<Pipeline, Error> {
        checks::named(STRATEGY, &strategy)?;
        if let Some(id) = &strategy.id {
            self.items.check_id(id)?;
        } else {
            checks::identify_triggers(&mut strategy, || self.new_id());
        }
        Ok(strategy)
    }
}
