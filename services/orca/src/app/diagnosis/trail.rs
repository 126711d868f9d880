//! What the events say: who recorded them, what was asked of others under which key and fence, which commands came.

use std::collections::HashMap;

use gennaker_base::Timestamp;
use gennaker_orca_stages::{Next, TaskError, TaskResult};
use gennaker_store::{Epoch, Node};
use gennaker_wire::{
    Replayed,
    diagnosis::{AskedCall, GivenCommand, NodeLife, Ownership, StageName, TaskName, Tenure},
};

use super::name;
use crate::{
    engine::history::{Evidence, Witnessed},
    planner::{
        Action, CLUSTER_HELD, CleanUp, Event, Signal, State,
        replay::{self, Recorded},
    },
    recording,
};

/// What the events of an execution say.
#[derive(Default)]
pub(super) struct Trail {
    pub(super) calls: Vec<AskedCall>,
    pub(super) clean_ups: Vec<AskedCall>,
    pub(super) commands: Vec<GivenCommand>,
    pub(super) replayed: Option<Replayed>,
    /// Why it could not be replayed.
    pub(super) problem: Option<String>,
    /// By stage: the last failure that may pass.
    errors: HashMap<String, TaskError>,
    /// By stage: when the last step was due to be made again, as its task said.
    next: HashMap<String, Next>,
    /// By stage: when something was asked for it last.
    asked: HashMap<String, Timestamp>,
}

impl Trail {
    pub(super) fn of(evidence: &Evidence) -> Self {
        let mut trail = Trail::default();
        let head = evidence.state.head();
        let events: Vec<Recorded> = evidence.events.iter().map(|event| event.recorded.clone()).collect();
        let epochs = Epochs::of(evidence);
        let replay = replay::retrace(head, &events, None, |recorded, state, actions| {
            let epoch = epochs.of_event(recorded.sequence);
            trail.happened(&head.id, state, recorded, epoch);
            actions.iter().for_each(|action| trail.asked_for(&head.id, state, action, recorded.at, epoch));
        });
        match replay {
            Ok(replay) => trail.replayed = Some(recording::replayed(&events, &replay, &evidence.state)),
            Err(error) => {
                trail.problem = Some(format!("it cannot be replayed: {error}"));
                for recorded in &events {
                    trail.happened(&head.id, &evidence.state, recorded, epochs.of_event(recorded.sequence));
                }
            }
        }
        for waiting in &evidence.waiting {
            trail.commands.push(match &waiting.signal {
                Ok(signal) => command(&evidence.state, signal, waiting.at, None),
                Err(error) => GivenCommand {
                    at: waiting.at,
                    command: "unreadable".to_owned(),
                    detail: Some(error.clone()),
                    ..GivenCommand::default()
                },
            });
        }
        trail
    }

    /// The last failure of the stage that may pass.
    pub(super) fn error(&self, stage: &str) -> Option<String> {
        self.errors.get(stage).map(|error| error.message.clone())
    }

    /// Whether the stage waits for another execution that changes its cluster.
    pub(super) fn waits_for_cluster(&self, stage: &str) -> bool {
        self.errors.get(stage).is_some_and(|error| error.exception_type == CLUSTER_HELD)
    }

    /// Whether the stage's task named the time of its next step itself.
    pub(super) fn named_its_time(&self, stage: &str) -> bool {
        matches!(self.next.get(stage), Some(Next::At(_)))
    }

    /// When something was asked for the stage last.
    pub(super) fn asked_at(&self, stage: &str) -> Option<Timestamp> {
        self.asked.get(stage).copied()
    }

    /// Who owns it, and who did.
    pub(super) fn ownership(&self, evidence: &Evidence) -> Ownership {
        let lives = Lives::of(evidence);
        let owner = evidence.row.owner.as_ref().map(|owner| lives.life(owner.epoch));
        let mut tenures: Vec<Tenure> = Vec::new();
        for Witnessed { recorded, epoch } in &evidence.events {
            let Some(epoch) = *epoch else { continue };
            match tenures.last_mut().filter(|tenure| tenure.owner.epoch == epoch.0) {
                Some(tenure) => (tenure.last, tenure.until) = (recorded.sequence, recorded.at),
                None => tenures.push(Tenure {
                    owner: lives.life(epoch),
                    first: recorded.sequence,
                    last: recorded.sequence,
                    from: recorded.at,
                    until: recorded.at,
                }),
            }
        }
        let nodes = evidence.nodes.iter().map(|node| lives.life(node.epoch)).collect();
        Ownership { due: evidence.row.due.filter(|_| owner.is_none()), owner, tenures, nodes }
    }

    /// What an event says by itself; `state` is the one after it.
    fn happened(&mut self, execution: &str, state: &State, recorded: &Recorded, epoch: Option<Epoch>) {
        let at = recorded.at;
        match &recorded.event {
            Event::Stepped { stage, generation, task, result, .. } => {
                self.note_failure(stage, result.as_ref().err());
                if let Ok(result) = result {
                    self.next.insert(stage.clone(), result.next);
                }
                let key = format!("{stage}-{task}-{generation}");
                let (outcome, error) = stepped(result);
                let call = entry(&mut self.calls, &key, || of_task(state, stage, task));
                note_result(call, execution, epoch, at, outcome, error);
            }
            Event::Composed { stage, result, .. } => self.note_failure(stage, result.as_ref().err()),
            Event::ComposedAfter { stage, result, .. } | Event::ComposedOnFailure { stage, result, .. } => {
                self.note_failure(stage, result.as_ref().err());
            }
            Event::CleanedUp { stage, generation, result } => {
                self.note_failure(stage, result.as_ref().err());
                let key = format!("{stage}-cancel-{generation}");
                let (outcome, error) = cleaned_up(result);
                let mut known = false;
                for call in self.clean_ups.iter_mut().filter(|call| is_of(call, &key)) {
                    known = true;
                    note_result(call, execution, epoch, at, outcome.clone(), error.clone());
                }
                if !known {
                    let call = entry(&mut self.clean_ups, &key, || (name(state, stage), None));
                    note_result(call, execution, epoch, at, outcome, error);
                }
            }
            Event::Signalled(signal) => {
                self.commands.push(command(state, signal, at, Some(recorded.sequence)));
            }
            _ => {}
        }
    }

    fn note_failure(&mut self, stage: &str, error: Option<&TaskError>) {
        match error {
            Some(error) => self.errors.insert(stage.to_owned(), error.clone()),
            None => self.errors.remove(stage),
        };
    }

    /// What was to be done after an event.
    fn asked_for(&mut self, execution: &str, state: &State, action: &Action, at: Timestamp, epoch: Option<Epoch>) {
        let stage = action.stage();
        let Some(place) = state.place(stage) else { return };
        let run = &state.at(place).run;
        let generation = run.generation;
        match action {
            Action::Abandon { .. } => return,
            Action::Step { task, .. } => {
                let key = format!("{stage}-{task}-{generation}");
                let call = entry(&mut self.calls, &key, || of_task(state, stage, task));
                note_asked(call, execution, epoch, at);
            }
            Action::CleanUp { task, .. } => {
                let key = format!("{stage}-cancel-{generation}");
                if let Some(task) = task {
                    let call = entry(&mut self.clean_ups, &format!("{key}-{task}"), || of_task(state, stage, task));
                    note_asked(call, execution, epoch, at);
                }
                if run.cleans_up || task.is_none() {
                    let call = entry(&mut self.clean_ups, &key, || (name(state, stage), None));
                    note_asked(call, execution, epoch, at);
                }
            }
            _ => {}
        }
        self.asked.insert(stage.to_owned(), at);
    }
}

/// Under which epoch each event was recorded.
struct Epochs(HashMap<u64, Epoch>);

impl Epochs {
    /// What the creation recorded has none: what follows from it was done by the first owner.
    fn of(evidence: &Evidence) -> Self {
        let first = evidence.events.iter().find_map(|event| event.epoch);
        let first = first.or_else(|| evidence.row.owner.as_ref().map(|owner| owner.epoch));
        let epochs = evidence.events.iter();
        Epochs(epochs.filter_map(|event| Some((event.recorded.sequence, event.epoch.or(first)?))).collect())
    }

    fn of_event(&self, number: u64) -> Option<Epoch> {
        self.0.get(&number).copied()
    }
}

/// What is known of nodes by their epochs.
struct Lives<'e> {
    evidence: &'e Evidence,
}

impl<'e> Lives<'e> {
    fn of(evidence: &'e Evidence) -> Self {
        Lives { evidence }
    }

    fn life(&self, epoch: Epoch) -> NodeLife {
        let living: Option<&Node> = self.evidence.nodes.iter().find(|node| node.epoch == epoch);
        let owner = self.evidence.row.owner.as_ref().filter(|owner| owner.epoch == epoch);
        NodeLife {
            epoch: epoch.0,
            node: living.map(|node| node.registration.node.clone()).or_else(|| Some(owner?.node.clone())),
            lives: living.is_some(),
            lease_ends: living.map(|node| node.expires),
        }
    }
}

/// The call under that key, which is added if it is not there.
fn entry<'c>(
    calls: &'c mut Vec<AskedCall>,
    key: &str,
    new: impl FnOnce() -> (StageName, Option<TaskName>),
) -> &'c mut AskedCall {
    let place = calls.iter().rposition(|call| call.request_id == key).unwrap_or_else(|| {
        let (stage, task) = new();
        calls.push(AskedCall { stage, task, request_id: key.to_owned(), ..AskedCall::default() });
        calls.len() - 1
    });
    &mut calls[place]
}

fn of_task(state: &State, stage: &str, task: &str) -> (StageName, Option<TaskName>) {
    let known = state.place(stage).map(|place| &state.at(place).stage.tasks);
    let known = known.and_then(|tasks| tasks.iter().find(|known| known.id == task));
    let called = known.map(|known| known.name.clone()).unwrap_or_default();
    (name(state, stage), Some(TaskName { id: task.to_owned(), name: called }))
}

/// Whether a clean-up belongs to the one of that key: it is that of the stage, or of its task.
fn is_of(call: &AskedCall, key: &str) -> bool {
    call.request_id.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn note_asked(call: &mut AskedCall, execution: &str, epoch: Option<Epoch>, at: Timestamp) {
    call.from.get_or_insert(at);
    note_fence(call, execution, epoch);
}

fn note_result(
    call: &mut AskedCall,
    execution: &str,
    epoch: Option<Epoch>,
    at: Timestamp,
    result: String,
    error: Option<String>,
) {
    call.from.get_or_insert(at);
    call.until = Some(at);
    call.steps += 1;
    call.result = Some(result);
    call.error = error;
    note_fence(call, execution, epoch);
}

fn note_fence(call: &mut AskedCall, execution: &str, epoch: Option<Epoch>) {
    let Some(epoch) = epoch else { return };
    let fence = format!("{execution}/{}", epoch.0);
    if !call.fences.contains(&fence) {
        call.fences.push(fence);
    }
}

const FAILED: &str = "FAILED";

fn stepped(result: &Result<TaskResult, TaskError>) -> (String, Option<String>) {
    match result {
        Ok(result) => (result.status.name().to_owned(), result.error.as_ref().map(|error| error.message.clone())),
        Err(error) => (FAILED.to_owned(), Some(error.message.clone())),
    }
}

fn cleaned_up(result: &Result<CleanUp, TaskError>) -> (String, Option<String>) {
    match result {
        Ok(_) => ("SUCCEEDED".to_owned(), None),
        Err(error) => (FAILED.to_owned(), Some(error.message.clone())),
    }
}

/// A command in words.
fn command(state: &State, signal: &Signal, at: Timestamp, number: Option<u64>) -> GivenCommand {
    let (user, command, stage, detail) = match signal {
        Signal::Cancel { user, reason, force } => {
            (user, if *force { "cancel at once" } else { "cancel" }, None, reason.clone())
        }
        Signal::Restart { user, stage, .. } => (user, "restart", Some(stage), None),
        Signal::Pause { user } => (user, "pause", None, None),
        Signal::Resume { user } => (user, "resume", None, None),
        Signal::Patch { user, stage, context, .. } => {
            let fields = context.keys().cloned().collect::<Vec<_>>().join(", ");
            (user, "change", Some(stage), Some(fields).filter(|fields| !fields.is_empty()))
        }
    };
    let stage = stage.map(|stage| name(state, stage));
    GivenCommand { at, number, user: user.clone(), command: command.to_owned(), stage, detail }
}
