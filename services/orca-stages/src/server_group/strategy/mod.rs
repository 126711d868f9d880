//! What a deployment does with the server groups that it replaces: one file a strategy.
//!
//! `createServerGroup` and `cloneServerGroup` name one in `strategy`; [`stage`] asks it at the four moments of [`Strategy`].
//! A strategy decides only: it does no I/O but to find out what runs.
//!
//! | `strategy` | after the new server group serves |
//! |---|---|
//! | `none` or absent | nothing |
//! | `highlander` | every other server group of the cluster is destroyed |
//! | `redblack` | every other one is disabled; old ones are destroyed, scaled down, as it says |
//! | `rollingredblack` | the new one grows and the old one leaves traffic by percentages |
//! | `monitored` | the same, and a deployment monitor judges each step |
//! | `custom` | a strategy pipeline does all of it, the creation included |
//! | `rollingpush` | no new server group: the instances of the newest one are replaced |
//!
//! Upstream: `AbstractDeployStrategyStage`, `Strategy`, and one class a strategy.

mod custom;
mod deployment;
mod failure;
mod highlander;
mod monitored;
mod red_black;
mod rolling_push;
mod rolling_red_black;
mod stage;
#[cfg(test)]
mod tests;
mod unpin;

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};

pub(super) use self::{
    deployment::{Deployment, extended},
    stage::{CLONE, CREATE},
};
use crate::{Catalogue, ComposeContext, NewStage, Options, TaskError};

/// A way to replace server groups.
#[async_trait]
pub(super) trait Strategy: Send + Sync + 'static {
    /// What `strategy` says, in lower case.
    fn key(&self) -> &'static str;

    /// What is wrong with the settings; empty if nothing is.
    fn problems(&self, _settings: &Object) -> Vec<String> {
        Vec::new()
    }

    /// Whether it creates the server group itself, so that the stage does not.
    fn replaces_creation(&self) -> bool {
        false
    }

    /// Before anything is created: corrects the settings.
    async fn prepare(&self, _context: &ComposeContext, _settings: &mut Object) -> Result<(), TaskError> {
        Ok(())
    }

    /// Once the new server group serves: the stages that follow, one after the other.
    fn after(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError>;

    /// Once the deployment has failed: the stages that follow, one after the other.
    fn on_failure(&self, _deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        Ok(Vec::new())
    }
}

/// The strategies of this install.
pub(super) struct Strategies(Vec<Box<dyn Strategy>>);

impl Strategies {
    fn new(options: &Options) -> Self {
        Strategies(vec![
            Box::new(NoStrategy),
            Box::new(highlander::Highlander),
            Box::new(red_black::RedBlack),
            Box::new(rolling_red_black::RollingRedBlack),
            Box::new(monitored::Monitored::new(&options.monitored_deploy)),
            Box::new(custom::Custom),
            Box::new(rolling_push::RollingPush),
        ])
    }

    /// The strategy that the settings name. One that is not known does nothing, as upstream has it; such settings are refused
    /// before it comes to that.
    fn of(&self, settings: &Object) -> &dyn Strategy {
        self.named(&key(settings)).unwrap_or(&NoStrategy)
    }

    fn named(&self, key: &str) -> Option<&dyn Strategy> {
        self.0.iter().map(Box::as_ref).find(|strategy| strategy.key() == key)
    }

    /// What is wrong with the strategy in the settings.
    pub(super) fn problems(&self, settings: &Object) -> Vec<String> {
        let key = key(settings);
        match self.named(&key) {
            Some(strategy) => strategy.problems(settings),
            None => {
                let known: Vec<_> = self.0.iter().map(|strategy| strategy.key()).collect();
                vec![format!("there is no strategy {key}: use one of {}", known.join(", "))]
            }
        }
    }
}

/// The key of the strategy in the settings.
fn key(settings: &Object) -> String {
    match settings.text("strategy") {
        Some(key) if !key.is_empty() => key.to_ascii_lowercase(),
        _ => NoStrategy.key().to_owned(),
    }
}

/// Adds the stages that deploy by a strategy, and returns the strategies.
pub(super) fn register(catalogue: &mut Catalogue, options: &Options) -> Arc<Strategies> {
    let strategies = Arc::new(Strategies::new(options));
    stage::register(catalogue, &strategies);
    strategies
}

/// Leaves what runs as it is.
struct NoStrategy;

impl Strategy for NoStrategy {
    fn key(&self) -> &'static str {
        "none"
    }

    fn after(&self, _deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        Ok(Vec::new())
    }
}
