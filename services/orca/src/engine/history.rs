//! What is recorded of an execution, the execution as it was at some moment, and what stands around it.

use std::time::Duration;

use gennaker_base::{SharedClock, Timestamp};
use gennaker_store::{Epoch, Execution as Stored, Node};
use gennaker_wire::Execution;

use super::{Engine, Error, IMPORTED, record};
use crate::planner::{
    Signal, State,
    replay::{self, Recorded, Replay},
};

/// So many events are read at once.
const PAGE: u32 = 1000;

/// A recorded event, and under which epoch it was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Witnessed {
    /// The event.
    pub(crate) recorded: Recorded,
    /// The epoch of the owner that recorded it; `None` for the creation.
    pub(crate) epoch: Option<Epoch>,
}

/// A command that nobody has taken yet.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    /// When it was recorded.
    pub(crate) at: Timestamp,
    /// The command, or why it cannot be read.
    pub(crate) signal: Result<Signal, String>,
}

/// What is stored of an execution at one moment, and who lives.
pub(crate) struct Evidence {
    /// Its rows.
    pub(crate) row: Stored,
    /// What its rows say.
    pub(crate) state: State,
    /// What is recorded of it up to its rows, the first one first.
    pub(crate) events: Vec<Witnessed>,
    /// Why no further event can be read, if so.
    pub(crate) unreadable: Option<String>,
    /// The commands that nobody has taken.
    pub(crate) waiting: Vec<Waiting>,
    /// The living nodes.
    pub(crate) nodes: Vec<Node>,
    /// How long one step may take.
    pub(crate) step_deadline: Duration,
}

impl Engine {
    /// All recorded events of an execution, from the first.
    ///
    /// # Errors
    /// If there is no such execution, or an event cannot be read.
    pub async fn recorded(&self, id: &str) -> Result<Vec<Recorded>, Error> {
        let rows = self.event_rows(id, u64::MAX).await?;
        rows.iter().map(|row| record::recorded(id, row)).collect()
    }

    /// The recorded events run through the planner, up to `until` if that is given; with the execution as it is stored now.
    ///
    /// # Errors
    /// If there is no such execution, or what is recorded of it cannot be replayed.
    pub async fn replay(&self, id: &str, until: Option<Timestamp>) -> Result<(Execution, Replay), Error> {
        let stored = self.load(id).await?;
        let events = self.recorded(id).await?;
        let head = Execution { stages: Vec::new(), ..stored.clone() };
        let replay =
            replay::replay(&head, &events, until).map_err(|reason| Error::NotReplayed { id: id.to_owned(), reason })?;
        Ok((stored, replay))
    }

    /// What is stored of an execution, events that came after its rows were read left out, and who lives.
    ///
    /// # Errors
    /// If there is no such execution, or its rows cannot be read. An event that cannot be read is no error: it is said.
    pub(crate) async fn evidence(&self, id: &str) -> Result<Evidence, Error> {
        let inner = &self.inner;
        let row = inner.deps.store.load(id).await?;
        let state = record::state(&row)?;
        let mut events = Vec::new();
        let mut unreadable = None;
        for event in self.event_rows(id, row.sequence).await? {
            if event.event.kind == IMPORTED {
                unreadable = Some("it was imported, and what happened to it is not recorded here".to_owned());
                break;
            }
            match record::recorded(id, &event) {
                Ok(recorded) => events.push(Witnessed { recorded, epoch: event.epoch }),
                Err(error) => {
                    unreadable = Some(format!("event {} cannot be read: {error}", event.sequence));
                    break;
                }
            }
        }
        let waiting = row.signals.iter().map(|signal| Waiting {
            at: signal.at,
            signal: record::signal(id, &signal.body).map_err(|error| error.to_string()),
        });
        let waiting = waiting.collect();
        let nodes = inner.deps.store.living().await?;
        Ok(Evidence { row, state, events, unreadable, waiting, nodes, step_deadline: inner.options.step_deadline })
    }

    /// Store-corrected time.
    pub(crate) fn clock(&self) -> SharedClock {
        self.inner.deps.clock.clone()
    }

    /// The event rows up to number `last`, the first one first.
    async fn event_rows(&self, id: &str, last: u64) -> Result<Vec<gennaker_store::Event>, Error> {
        let mut rows: Vec<gennaker_store::Event> = Vec::new();
        loop {
            let after = rows.last().map_or(0, |row| row.sequence);
            let page = self.inner.deps.store.events(id, after, PAGE).await?;
            let is_last = page.len() < PAGE as usize || page.last().is_some_and(|row| row.sequence >= last);
            rows.extend(page.into_iter().filter(|row| row.sequence <= last));
            if is_last {
                return Ok(rows);
            }
        }
    }
}
