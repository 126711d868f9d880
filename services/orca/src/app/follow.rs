//! Following an execution: each recorded event in its order, those to come too, until it is over.
//!
//! The node's feed says when there may be new ones, so that following costs no look of its own.

use std::{collections::VecDeque, time::Duration};

use gennaker_store::Event;
use gennaker_wire::Status;
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::feed::News;
use crate::engine::{Engine, Error};

/// How long to wait after the store failed.
const RETRY: Duration = Duration::from_millis(250);
/// How many events are read at once.
const PAGE: u32 = 100;
/// After so long without news it is looked whether the execution is still there.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is told.
#[derive(Debug)]
pub(crate) enum Told {
    /// It happened.
    Event(Event),
    /// The execution is over in this way.
    End(Status),
}

/// Follows one execution.
pub(crate) struct Follow {
    engine: Engine,
    /// What changes, of all executions.
    news: Receiver<News>,
    id: String,
    /// The number of the last event that was told.
    after: u64,
    ready: VecDeque<Event>,
    /// Whether nothing is recorded since the status was looked at.
    status_known: bool,
    ended: bool,
}

impl Follow {
    /// Follows the execution from the event after number `after`; `news` listens already, and ends it when it ends.
    pub(crate) fn new(engine: Engine, id: String, after: u64, news: Receiver<News>) -> Self {
        Follow { engine, news, id, after, ready: VecDeque::new(), status_known: false, ended: false }
    }

    /// What is next; `None` after the end, if the execution is deleted, and when this program stops.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        while !self.ended {
            if let Some(event) = self.ready.pop_front() {
                self.after = event.sequence;
                self.status_known = false;
                return Some(Told::Event(event));
            }
            let mut patience = PATIENCE;
            match self.engine.store().events(&self.id, self.after, PAGE).await {
                Ok(events) if !events.is_empty() => {
                    self.ready = events.into();
                    continue;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "events could not be read; it is tried again");
                    patience = RETRY;
                }
            }
            if !self.status_known {
                match self.look().await {
                    Ok(Some(status)) => return Some(Told::End(status)),
                    // Read what was recorded between the two reads.
                    Ok(None) if !self.status_known => continue,
                    Ok(None) => {}
                    Err(error) if error.kind() == gennaker_base::Kind::NotFound => return None,
                    Err(error) => {
                        tracing::warn!(%error, "an execution could not be read; it is tried again");
                        patience = RETRY;
                    }
                }
            }
            match tokio::time::timeout(patience, self.heard()).await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(_) => self.status_known = false,
            }
        }
        None
    }

    /// Waits until something may be recorded of the execution; says whether there can be more.
    async fn heard(&mut self) -> bool {
        loop {
            match self.news.recv().await {
                Ok(news) if news.change.id == self.id => {
                    self.status_known &= !news.change.is_over;
                    return true;
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => {
                    self.status_known = false;
                    return true;
                }
                Err(RecvError::Closed) => return false,
            }
        }
    }

    /// The status, if the execution is over and all its events are told.
    async fn look(&mut self) -> Result<Option<Status>, Error> {
        let stored = self.engine.store().load(&self.id).await?;
        if stored.sequence > self.after {
            return Ok(None);
        }
        self.status_known = true;
        let status = serde_json::from_value::<Status>(Value::String(stored.head.status)).unwrap_or_default();
        self.ended = status.is_complete();
        Ok(self.ended.then_some(status))
    }
}

/// An event for clients: `{"sequence": 7, "at": MILLIS, "kind": "stepped", "event": {...}}`, with the epoch of who recorded it.
pub(crate) fn shown(event: &Event) -> Value {
    let body = serde_json::from_str::<Value>(&event.event.body);
    let mut shown = json!({
        "sequence": event.sequence,
        "at": event.event.at,
        "kind": event.event.kind,
        "event": body.unwrap_or_default(),
    });
    if let Some(epoch) = event.epoch {
        shown["epoch"] = epoch.0.into();
    }
    shown
}
