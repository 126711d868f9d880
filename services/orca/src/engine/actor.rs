//! The owner of one execution: takes what happened into the planner, records it, then performs what follows.
//!
//! What changes nothing outside is done before it is recorded: a stage's definition is asked, and a task that only computes makes
//! its step, as long as each answers at once. So a pipeline of such stages costs one commit, not one a step; a node that dies
//! before that commit leaves nothing behind, and the next owner does the same again.

mod run;

use std::{collections::HashMap, future::Future, sync::Arc};

use futures::FutureExt;
use gennaker_base::Timestamp;
use gennaker_store::{
    Ahead, Commit, Due, Execution as Stored, NewEvent, Next, Owner, PlaceChange, Signal as StoredSignal, Standing,
};
use gennaker_wire::Status;
use tokio::task::{AbortHandle, JoinSet};

use super::{Error, Inner, certain, limit, nudge::Nudge, perform, progress::Seen, record, teller};
use crate::planner::{Action, Event, Signal, State, plan, restarted};

/// So many events are recorded by one commit before it is made, whatever else could be done at once.
const MOST_EVENTS: usize = 512;

/// One execution under way.
pub(super) struct Actor {
    inner: Arc<Inner>,
    owner: Owner,
    state: State,
    /// The number of the last recorded event.
    sequence: u64,
    /// What happened and is not in the state yet.
    pending: Vec<Event>,
    /// What to perform first.
    actions: Vec<Action>,
    /// Signals that are in the state and not yet recorded as taken.
    signals: Vec<StoredSignal>,
    /// Whether it has the place that its pipeline's limit asks for.
    standing: Standing,
    /// Whether it was over before this actor began.
    was_over: bool,
    /// Whether its end is still to be told; of one that is not over, its coming end.
    untold: bool,
    /// What echo was told of it, if it is told while it goes on.
    seen: Option<Seen>,
    nudge: Nudge,
    steps: JoinSet<Event>,
    handles: HashMap<String, AbortHandle>,
}

impl Actor {
    /// Of an execution that was just created, its first event recorded.
    pub(super) fn begun(inner: &Arc<Inner>, owner: Owner, state: State, actions: Vec<Action>) -> Self {
        // One that is stored as failed never began: nobody waits for it.
        let untold = !state.is_over();
        Actor {
            inner: inner.clone(),
            owner,
            state,
            sequence: 1,
            pending: Vec::new(),
            actions,
            signals: Vec::new(),
            standing: Standing::None,
            was_over: false,
            untold,
            seen: inner.options.echo.tells_progress().then(Seen::default),
            nudge: Nudge::default(),
            steps: JoinSet::new(),
            handles: HashMap::new(),
        }
    }

    /// Of an execution that was just created and has the place that it needs: it begins.
    pub(super) fn placed(inner: &Arc<Inner>, owner: Owner, state: State) -> Self {
        let pending = vec![Event::Begin];
        Actor { pending, standing: Standing::Held, ..Actor::begun(inner, owner, state, Vec::new()) }
    }

    /// Of an execution that was claimed: what was under way is made again, what is due is done.
    pub(super) fn claimed(inner: &Arc<Inner>, owner: Owner, stored: Stored) -> Result<Self, Error> {
        let state = record::state(&stored)?;
        let mut actor = Actor::begun(inner, owner, state, Vec::new());
        actor.was_over = actor.state.is_over();
        actor.untold = !actor.was_over || stored.due.is_some();
        actor.seen = actor.seen.map(|_| Seen::of(&actor.state));
        actor.sequence = stored.sequence;
        actor.pending = vec![Event::Recovered, Event::Woken];
        actor.standing = stored.place;
        actor.take_signals(stored.signals);
        // A command that ends it goes before its beginning.
        if actor.state.head().status == Status::NotStarted && actor.standing != Standing::Waiting {
            actor.pending.push(Event::Begin);
        }
        Ok(actor)
    }

    /// The execution's id.
    pub(super) fn id(&self) -> &str {
        &self.state.head().id
    }

    /// Under whom it writes.
    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// How to wake it.
    pub(super) fn nudge(&self) -> Nudge {
        self.nudge.clone()
    }

    /// Takes what happened into the state and records it, with what becomes of the execution.
    async fn record(&mut self, now: Timestamp) -> Result<Ahead, Error> {
        let mut events = Vec::new();
        self.take_in(&mut events, now)?;
        while events.len() < MOST_EVENTS && self.act_early() {
            self.take_in(&mut events, now)?;
        }
        let ahead = self.ahead(now);
        if events.is_empty() && self.signals.is_empty() && ahead == Ahead::Keep {
            return Ok(ahead);
        }
        // It was over, is to run again, and needs a place for that.
        let restarted = self.state.head().status == Status::NotStarted && self.standing == Standing::None;
        let place = limit::place(&self.state).filter(|_| restarted);
        let takes = place.is_some();
        let ahead = if takes { Ahead::Keep } else { ahead };
        let changes = self.state.take_changes();
        let changed = changes.stages.clone();
        let commit = Commit {
            id: self.id().to_owned(),
            owner: self.owner.clone(),
            head: changes.head.then(|| record::head(&self.state)).transpose()?,
            parts: changes
                .stages
                .into_iter()
                .map(|place| record::part(&self.state, place))
                .collect::<Result<_, _>>()?,
            removed: changes.removed,
            after: self.sequence,
            taken: self.signals.drain(..).map(|signal| signal.sequence).collect(),
            due: if ahead == Ahead::Ended {
                self.due_of_end(now)
            } else {
                self.state.next_due().map_or(Due::Never, Due::At)
            },
            ahead,
            place: place.map_or(PlaceChange::Keep, PlaceChange::Take),
            next: if ahead == Ahead::Ended { limit::next(self.state.head())? } else { Next::Oldest },
            events,
        };
        let last = self.sequence + commit.events.len() as u64;
        let committed = certain::commit(&*self.inner.deps.store, commit).await?;
        self.sequence = last;
        if let Some(seen) = &mut self.seen {
            let news = seen.news(&self.state, changed);
            if !news.is_empty() {
                self.inner.progress.tell(&self.state, news);
            }
        }
        if committed.granted {
            self.inner.claim_now.notify_one();
        }
        if takes && committed.waits {
            return Ok(Ahead::Wait);
        }
        if takes {
            self.standing = Standing::Held;
            self.pending.push(Event::Begin);
        }
        Ok(ahead)
    }

    /// Takes what happened into the state; the event rows that this makes are added to `events`.
    fn take_in(&mut self, events: &mut Vec<NewEvent>, now: Timestamp) -> Result<(), Error> {
        for mut event in std::mem::take(&mut self.pending) {
            if let Event::Signalled(Signal::Restart { stage, prepared, .. }) = &mut event {
                let stages = restarted(&self.state, stage);
                *prepared = perform::prepared_contexts(&self.inner, &self.state, &stages);
            }
            let before = self.state.revision();
            let actions = plan(&mut self.state, event.clone(), now);
            // An event that changed nothing is not worth a row, but a command is: it is what takes its signal.
            let signalled = matches!(event, Event::Signalled(_));
            if signalled || self.state.revision() != before || !actions.is_empty() {
                events.push(record::event(&event, now)?);
            }
            self.actions.extend(actions);
            if !self.state.is_over() {
                // It runs again, and has another end.
                (self.was_over, self.untold) = (false, true);
            }
        }
        Ok(())
    }

    /// Begins those actions that change nothing outside. Says whether one of them has its answer already, which is pending then.
    fn act_early(&mut self) -> bool {
        let mut later = Vec::new();
        for action in self.take_actions() {
            if !perform::changes_nothing(&self.inner, &self.state, &action) {
                later.push(action);
                continue;
            }
            let stage = action.stage().to_owned();
            self.abort(&stage);
            let Some(work) = perform::action(&self.inner, &self.owner, &self.state, action) else { continue };
            let mut work = Box::pin(work);
            match (&mut work).now_or_never() {
                Some(event) => self.pending.push(event),
                None => self.spawn(stage, work),
            }
        }
        self.actions = later;
        !self.pending.is_empty()
    }

    /// What becomes of the execution: it is released while it merely waits.
    fn ahead(&self, now: Timestamp) -> Ahead {
        if self.state.is_over() {
            return Ahead::Ended;
        }
        if self.standing == Standing::Waiting {
            return Ahead::Wait;
        }
        let idle = !self.state.is_busy() && self.actions.is_empty();
        let soon = self.state.next_due().is_some_and(|due| due.since(now) <= self.inner.options.release_after);
        if idle && !soon { Ahead::Wait } else { Ahead::Keep }
    }

    /// When its end is told, if nobody does so before.
    fn due_of_end(&self, now: Timestamp) -> Due {
        let head = self.state.head();
        match (self.untold, self.was_over) {
            (false, _) => Due::Never,
            (true, false) => teller::first(now),
            (true, true) => teller::again(&head.id, head.end_time.unwrap_or(now), now),
        }
    }

    /// Begins what the planner asked for; each thing comes back as an event.
    fn perform(&mut self) {
        for action in self.take_actions() {
            let stage = action.stage().to_owned();
            self.abort(&stage);
            if let Some(work) = perform::action(&self.inner, &self.owner, &self.state, action) {
                self.spawn(stage, work);
            }
        }
    }

    /// The actions to begin. What a later one replaces is not among them: it could do something before it is dropped.
    fn take_actions(&mut self) -> Vec<Action> {
        let actions = std::mem::take(&mut self.actions);
        let last: HashMap<String, usize> =
            actions.iter().enumerate().map(|(place, action)| (action.stage().to_owned(), place)).collect();
        let numbered = actions.into_iter().enumerate();
        numbered.filter(|(place, action)| last.get(action.stage()) == Some(place)).map(|(_, action)| action).collect()
    }

    fn spawn(&mut self, stage: String, work: impl Future<Output = Event> + Send + 'static) {
        let span = tracing::Span::current();
        let handle = self.steps.spawn(tracing::Instrument::instrument(work, span));
        self.handles.insert(stage, handle);
    }

    fn abort(&mut self, stage: &str) {
        if let Some(handle) = self.handles.remove(stage) {
            handle.abort();
        }
    }

    /// Waits until something happens, and takes along whatever else has.
    async fn wait(&mut self) {
        let clock = self.inner.deps.clock.clone();
        let due = self.state.next_due();
        tokio::select! {
            Some(result) = self.steps.join_next() => self.pending.extend(result.ok()),
            () = self.nudge.nudged() => {
                self.pending.extend(self.nudge.take_stages().into_iter().map(|stage| Event::Nudged { stage }));
                self.read_signals().await;
            }
            () = async { clock.sleep_until(due.unwrap_or_default()).await }, if due.is_some() => {
                self.pending.push(Event::Woken);
            }
        }
        while let Some(Some(result)) = self.steps.join_next().now_or_never() {
            // An abandoned step ends without an event.
            self.pending.extend(result.ok());
        }
    }

    async fn read_signals(&mut self) {
        match self.inner.deps.store.signals(self.id()).await {
            Ok(signals) => self.take_signals(signals),
            Err(error) => {
                tracing::warn!(%error, "commands could not be read; they are looked for again within a second");
            }
        }
    }

    fn take_signals(&mut self, signals: Vec<StoredSignal>) {
        for signal in signals {
            match record::signal(self.id(), &signal.body) {
                Ok(command) => self.pending.push(Event::Signalled(command)),
                Err(error) => tracing::error!(%error, "a command cannot be read; it is dropped"),
            }
            self.signals.push(signal);
        }
    }
}
