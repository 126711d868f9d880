//! Starting an execution: stored with its owner in one write, then driven.

use std::{sync::Arc, time::Duration};

use gennaker_base::Backoff;
use gennaker_store::{Created, Fence, NewExecution, Owner};
use gennaker_wire::Execution;

use super::{Error, Inner, actor::Actor, driven::adopt, limit, record};
use crate::planner::{Action, Event, State, plan};

/// What to start, and when it is another start over again.
#[derive(Debug, Clone, Default)]
pub struct StartRequest {
    /// An execution that has not begun; or one that is over already, which is only stored.
    pub execution: Execution,
    /// The id of the request: a second one with the same id and kind gets the first one's execution, as long as that is kept.
    pub request: Option<String>,
    /// The correlation: while an execution of the same kind with it runs, it answers the start.
    pub correlation: Option<String>,
    /// Under which epoch another execution asks: an owner that was replaced is refused.
    pub fence: Option<Fence>,
}

impl From<Execution> for StartRequest {
    /// A start of its own, whatever was started before.
    fn from(execution: Execution) -> Self {
        StartRequest { execution, ..StartRequest::default() }
    }
}

/// Stores the execution and begins it; see [`super::Engine::start`].
///
/// Run it to its end: what is stored with this node as its owner must get its actor.
pub(super) async fn start(inner: &Arc<Inner>, request: StartRequest) -> Result<String, Error> {
    let StartRequest { mut execution, request, correlation, fence } = request;
    let id = execution.id.clone();
    let now = inner.deps.clock.now();
    // It is accepted now, however long it took to make it of what was sent: from this moment on it can be looked at.
    execution.build_time = execution.build_time.map(|_| now);
    let takes = inner.enabled.get() && !inner.stop.is_cancelled();
    let room = takes && inner.driven.count() < inner.options.active;
    let owner = inner.deps.owner.borrow().clone().filter(|_| room);
    let mut state = State::new(execution);
    let place = limit::place(&state);
    let stages = state.stages().iter().map(|state| (*state.stage).clone()).collect();
    let accepted = Event::Accepted { stages, begins: place.is_none() };
    let event = record::event(&accepted, now)?;
    let actions = plan(&mut state, accepted, now);
    let _ = state.take_changes();
    let (head, parts) = record::rows(&state)?;
    let new = NewExecution { head, parts, event, owner, request, correlation, place, fence };
    create(inner, new, state, actions).await.map(|existing| existing.unwrap_or(id))
}

/// Creates until the store has answered for certain, and drives what is this node's; returns the id of another execution
/// that answers the request.
async fn create(
    inner: &Arc<Inner>,
    mut new: NewExecution,
    state: State,
    actions: Vec<Action>,
) -> Result<Option<String>, Error> {
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
    let mut doubtful = false;
    loop {
        match inner.deps.store.create(new.clone()).await {
            Ok(Created::New { waits: true }) => return Ok(None),
            Ok(Created::New { waits: false }) => {
                match new.owner {
                    Some(owner) if new.place.is_some() => adopt(inner, Actor::placed(inner, owner, state)),
                    Some(owner) => adopt(inner, Actor::begun(inner, owner, state, actions)),
                    None => inner.claim_now.notify_one(),
                }
                return Ok(None);
            }
            Ok(Created::Existing(id)) => {
                if doubtful && id == new.head.id {
                    adopt_unheard(inner, &id, new.owner.as_ref()).await;
                }
                return Ok(Some(id));
            }
            Ok(Created::Deleted) => return Err(Error::Deleted(new.head.id)),
            // The lease ended meanwhile: whoever is alive takes it.
            Err(gennaker_store::Error::Fenced { .. }) if new.owner.is_some() => new.owner = None,
            Err(error @ gennaker_store::Error::Unknown { .. }) if !inner.stop.is_cancelled() => {
                tracing::warn!(execution = %new.head.id, %error, "whether it is stored is asked again");
                doubtful = true;
                tokio::time::sleep(backoff.next_wait()).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Drives an execution that the store gave to this node without its answer being heard.
pub(super) async fn adopt_unheard(inner: &Arc<Inner>, id: &str, owner: Option<&Owner>) {
    let Some(owner) = owner.filter(|_| !inner.driven.has(id)) else { return };
    let claimed = match inner.deps.store.load(id).await {
        Ok(stored) if stored.owner.as_ref() == Some(owner) => Actor::claimed(inner, owner.clone(), stored),
        Ok(_) => return,
        Err(error) => Err(error.into()),
    };
    match claimed {
        Ok(actor) => adopt(inner, actor),
        Err(error) => tracing::error!(execution = %id, %error, "an execution of this node cannot be read"),
    }
}
