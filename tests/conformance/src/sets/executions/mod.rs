//! The set `executions`: whole executions, through the HTTP of orca and of the services beside it.
//!
//! A case says what to store first, what to ask for, what to do while it runs, what the server answers that its webhooks
//! call, and what came out: the final executions, the answers of the endpoints and the requests that reached that server.
//! The file's `meta` says so in full; [`case`] has its fields.
//!
//! | step | file |
//! |---|---|
//! | the services are started, once for all cases | `services.rs`, `stand_in.rs` |
//! | a case is read, its window moved away from the present hour | `case.rs`, `window.rs` |
//! | its server is started | `mock.rs` |
//! | its steps are made, its executions followed to their end | `steps.rs`, `watch.rs`, `caller.rs` |
//! | ids get their symbols, what varies is accepted, the rest is compared | `symbols.rs`, `agree.rs`, `wording.rs`, `later.rs`, `order.rs`, `verdict.rs` |
//!
//! Not compared: the words of errors and exceptions, stack traces, how often something is polled, which short-lived statuses
//! were seen, and what differed between recordings of the same case.

mod agree;
mod caller;
mod case;
mod later;
mod mock;
mod order;
mod services;
mod stand_in;
mod steps;
mod symbols;
mod verdict;
mod watch;
mod window;
mod wording;

use std::{panic::catch_unwind, sync::OnceLock};

use anyhow::{Context, ensure};
use jiff::{Timestamp, tz::TimeZone};
use tokio::runtime::Runtime;

use self::{
    caller::{Addresses, Service},
    case::Recorded,
    services::Services,
};
use crate::{Case, Failure, Set, Target};

/// How many cases are played beside each other: most of their time is waiting.
const AT_ONCE: usize = 16;

/// The set `executions`; its services are started with the first case and stopped when it is dropped.
#[derive(Default)]
pub(super) struct Executions {
    targets: Addresses,
    world: OnceLock<Result<World, String>>,
}

impl Set for Executions {
    fn name(&self) -> &'static str {
        "executions"
    }

    fn about(&self) -> &'static str {
        "whole executions, through the services' HTTP"
    }

    fn aim(&mut self, targets: &[Target]) -> anyhow::Result<()> {
        for Target { service, url } in targets {
            let known = Service::ALL.map(Service::name);
            let named = Service::find(service);
            let named =
                named.with_context(|| format!("there is no service {service:?}; there are: {}", known.join(", ")))?;
            ensure!(self.targets.add(named, url), "{service} is given twice");
        }
        Ok(())
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let mut json = case.json.clone();
        window::move_away(&mut json, Timestamp::now().to_zoned(TimeZone::UTC).hour());
        agree::mark_what_varies(&mut json);
        let recorded = Recorded::read(&json).map_err(Failure::NotPlayed)?;
        let world = self.world.get_or_init(|| World::start_or_say_why(&self.targets));
        let world =
            world.as_ref().map_err(|error| Failure::NotPlayed(format!("the services do not start: {error}")))?;
        let played = world.runtime.block_on(steps::play(&recorded, &world.services));
        let played = played.map_err(|steps::Stuck(reason)| Failure::NotPlayed(reason))?;
        verdict::judge(&recorded, played)
    }
}

/// The running services.
struct World {
    runtime: Runtime,
    services: Services,
}

impl World {
    /// Starts once, for all cases: a panic too is the same for all.
    fn start_or_say_why(targets: &Addresses) -> Result<World, String> {
        match catch_unwind(|| World::start(targets)) {
            Ok(started) => started.map_err(|error| format!("{error:#}")),
            Err(_) => Err("it panics; the panic's message stands on standard error".to_owned()),
        }
    }

    fn start(targets: &Addresses) -> anyhow::Result<World> {
        let runtime = Runtime::new().context("the asynchronous runtime does not start")?;
        let services = runtime.block_on(Services::start(targets))?;
        Ok(World { runtime, services })
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.runtime.block_on(self.services.stop());
    }
}
