//! What the sets that call services share: the services themselves, calls to them, and the symbols in their answers.

mod agree;
mod caller;
mod deleted;
mod services;
mod stand_in;
mod texts;

use std::{panic::catch_unwind, sync::OnceLock};

use anyhow::Context;
use tokio::runtime::Runtime;

pub(crate) use self::{
    agree::{Agreement, mark_what_varies},
    caller::{Addresses, Answer, CallFields, Caller, Service, known_only, missing, read},
    deleted::Deleted,
    services::Services,
    texts::in_texts,
};
use crate::{Failure, Target};

/// The running services of a set: started with the first case, stopped when it is dropped.
#[derive(Default)]
pub(crate) struct World {
    targets: Addresses,
    running: OnceLock<Result<Running, String>>,
}

/// What runs.
pub(crate) struct Running {
    /// Where cases are played.
    pub(crate) runtime: Runtime,
    /// The services.
    pub(crate) services: Services,
}

impl World {
    /// Uses these services instead of starting them.
    ///
    /// # Errors
    /// If there is no service of that name, or one is given twice.
    pub(crate) fn aim(&mut self, targets: &[Target]) -> anyhow::Result<()> {
        self.targets.aim(targets)
    }

    /// The services; started if they do not run yet.
    ///
    /// # Errors
    /// If they do not start; it is tried once.
    pub(crate) fn running(&self) -> Result<&Running, Failure> {
        let running = self.running.get_or_init(|| Running::start_or_say_why(&self.targets));
        running.as_ref().map_err(|error| Failure::NotPlayed(format!("the services do not start: {error}")))
    }
}

impl Running {
    /// Starts once, for all cases: a panic too is the same for all.
    fn start_or_say_why(targets: &Addresses) -> Result<Running, String> {
        match catch_unwind(|| Running::start(targets)) {
            Ok(started) => started.map_err(|error| format!("{error:#}")),
            Err(_) => Err("it panics; the panic's message stands on standard error".to_owned()),
        }
    }

    fn start(targets: &Addresses) -> anyhow::Result<Running> {
        let runtime = Runtime::new().context("the asynchronous runtime does not start")?;
        let services = runtime.block_on(Services::start(targets))?;
        Ok(Running { runtime, services })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.runtime.block_on(self.services.stop());
    }
}
