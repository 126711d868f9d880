//! Live events: what changes of executions, tasks and infrastructure, for whoever follows.
//!
//! Executions and tasks come from orca's feed. An upstream orca has none: then gate looks at an application's lists again
//! and again (`polled.rs`), as it does for infrastructure (`inventory.rs`). A look is shared by all who follow the same
//! application through this node, and goes on only while somebody does.
//!
//! # Guarantees
//! * Nobody misses the last state of an execution, also if orca goes away meanwhile: it is asked again from the last id.
//! * Whoever reads slowly is told less often, not later: nothing is queued for it but what it reads next.
//! * Each source begins with an event of its own: what is loaded after that is up to date until an event says otherwise.

mod inventory;
mod looks;
mod polled;
mod source;

use std::{future::ready, sync::Arc};

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use gennaker_base::{Kind, SharedClock};
use gennaker_clients::Clients;
use gennaker_http::{Caller, Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::source::LAST_EVENT_ID;
use self::{looks::Looks, source::Source};

/// How many may follow at a time: each has a connection for itself, and half of those that gate has are left for others.
const FOLLOWERS: usize = 512;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// From this place on, executions and tasks are told.
    Begin {
        /// The place.
        id: String,
    },
    /// An execution or a task changed.
    Change {
        /// `execution` or `task`.
        event: String,
        /// The place after it.
        id: Option<String>,
        /// What it is now.
        data: String,
    },
    /// Infrastructure changed, or may have.
    Inventory {
        /// Of which application.
        application: String,
        /// What to load again.
        what: Vec<&'static str>,
    },
    /// A service cannot be asked; it goes on when it can.
    Unavailable {
        /// The service.
        service: &'static str,
        /// Why.
        message: String,
    },
    /// It can be asked again.
    Available {
        /// The service.
        service: &'static str,
    },
    /// The last event.
    End {
        /// Why, and what to do.
        message: String,
    },
}

/// What somebody wants to be told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Of this application only.
    pub(crate) application: Option<String>,
    /// Executions of pipelines.
    pub(crate) executions: bool,
    /// Tasks.
    pub(crate) tasks: bool,
    /// Infrastructure; needs an application.
    pub(crate) inventory: bool,
}

/// Who follows and what is looked at: cheap to clone.
#[derive(Clone)]
pub(crate) struct Events {
    clients: Clients,
    clock: SharedClock,
    stop: CancellationToken,
    tracker: TaskTracker,
    places: Arc<Semaphore>,
    inventories: Looks<inventory::Board>,
    polled: Looks<polled::Board>,
}

impl Events {
    /// Events of the services behind `clients`.
    pub(crate) fn new(clients: Clients, clock: SharedClock) -> Self {
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        Events {
            clients,
            clock,
            places: Arc::new(Semaphore::new(FOLLOWERS)),
            inventories: Looks::new(stop.clone(), tracker.clone()),
            polled: Looks::new(stop.clone(), tracker.clone()),
            stop,
            tracker,
        }
    }

    /// Ends all that follows when it is cancelled.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Waits until nothing is looked at any more, after the stop.
    pub(crate) async fn ended(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// A place for one who follows.
    ///
    /// # Errors
    /// If too many do.
    pub(crate) fn place(&self) -> Result<OwnedSemaphorePermit> {
        let place = self.places.clone().try_acquire_owned();
        place.map_err(|_| Error::new(Kind::Unavailable, "too many follow events here: try again, or ask for the lists"))
    }

    /// What is wanted, after the event of the id `last` or else from now on, until the program stops.
    ///
    /// # Errors
    /// If orca refuses it, and if it has no feed and no application is named. That it cannot be reached is told instead.
    pub(crate) async fn follow(
        &self,
        caller: &Caller,
        wanted: Wanted,
        last: Option<String>,
    ) -> Result<BoxStream<'static, Told>> {
        let executions = match Source::types(&wanted) {
            Some(types) => {
                let source = Source::open(self, caller.onward(), wanted.application.clone(), types, last);
                source.await?.told()
            }
            None => stream::pending().boxed(),
        };
        let inventory = match wanted.application.filter(|_| wanted.inventory) {
            Some(application) => inventory::follow(self, application),
            None => stream::pending().boxed(),
        };
        let told = stream::select(executions, inventory).flat_map(|told| {
            let ends = matches!(told, Told::End { .. });
            stream::iter([Some(told)].into_iter().chain(ends.then_some(None)))
        });
        let told = told.take_while(|told| ready(told.is_some())).filter_map(ready);
        Ok(told.take_until(self.stop.clone().cancelled_owned()).boxed())
    }
}

/// What is told when a look has ended that should not.
fn broke_off() -> Told {
    Told::End { message: "gate cannot look any more: connect again".to_owned() }
}

#[cfg(test)]
mod tests {
    use gennaker_http::ServeLimits;

    #[test]
    fn followers_leave_connections_for_others() {
        assert!(super::FOLLOWERS * 2 <= ServeLimits::default().connections);
    }
}
