//! The set `executions`: whole executions, through the HTTP of orca and of the services beside it.
//!
//! A case says what to store first, what to ask for, what to do while it runs, what the server answers that its webhooks
//! call, and what came out: the final executions, the answers of the endpoints and the requests that reached that server.
//! The file's `meta` says so in full; [`case`] has its fields.
//!
//! | step | file |
//! |---|---|
//! | the services are started, once for all cases | `crate::world` |
//! | a case is read, its window moved away from the present hour | `case.rs`, `window.rs` |
//! | its server is started | `mock.rs` |
//! | its steps are made, its executions followed to their end | `steps.rs`, `watch.rs` |
//! | ids get their symbols, what varies is accepted, the rest is compared | `symbols.rs`, `wording.rs`, `later.rs`, `order.rs`, `verdict.rs` |
//!
//! Not compared: the words of errors and exceptions, stack traces, how often something is polled, which short-lived statuses
//! were seen, and what differed between recordings of the same case.

mod case;
mod later;
mod mock;
mod order;
mod steps;
mod symbols;
mod verdict;
mod watch;
mod window;
mod wording;

use jiff::{Timestamp, tz::TimeZone};

use self::case::Recorded;
use crate::{
    Case, Failure, Set, Target,
    world::{World, mark_what_varies},
};

/// How many cases are played beside each other: most of their time is waiting.
const AT_ONCE: usize = 16;

/// The set `executions`; its services are started with the first case and stopped when it is dropped.
#[derive(Default)]
pub(super) struct Executions {
    world: World,
}

impl Set for Executions {
    fn name(&self) -> &'static str {
        "executions"
    }

    fn about(&self) -> &'static str {
        "whole executions, through the services' HTTP"
    }

    fn aim(&mut self, targets: &[Target]) -> anyhow::Result<()> {
        self.world.aim(targets)
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let mut json = case.json.clone();
        window::move_away(&mut json, Timestamp::now().to_zoned(TimeZone::UTC).hour());
        mark_what_varies(&mut json);
        let recorded = Recorded::read(&json).map_err(Failure::NotPlayed)?;
        let world = self.world.running()?;
        let played = world.runtime.block_on(steps::play(&recorded, &world.services));
        let played = played.map_err(|steps::Stuck(reason)| Failure::NotPlayed(reason))?;
        verdict::judge(&recorded, played)
    }
}
