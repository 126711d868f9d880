//! Changes of executions and tasks in front of an upstream orca, which has no feed: its lists of an application, looked at
//! again and again.
//!
//! The newest executions and those that go on are listed; what went on and is on no list any more is asked for by itself.
//! An id is the time of the look: who comes back with one is told what goes on and what has ended since, as that is all
//! that an upstream orca can say.

mod board;
mod lists;

use std::{collections::VecDeque, time::Duration};

use gennaker_base::{SharedClock, Timestamp};
use gennaker_http::{Error, Result};
use gennaker_wire::ExecutionChange;
use serde_json::json;
use tokio::sync::watch;

pub(super) use self::board::Board;
use self::lists::Lists;
use super::{Events, Told, broke_off, looks::Look};

struct Looker {
    lists: Lists,
    clock: SharedClock,
}

impl Look<Board> for Looker {
    const EVERY: Duration = Duration::from_secs(5);

    async fn look(&mut self, board: &watch::Sender<Board>) {
        let at = self.clock.now();
        let active = board.borrow().active();
        let seen = self.lists.look(&active).await;
        board.send_if_modified(|board| board.take(seen, at));
    }
}

/// Follows what is looked at.
pub(super) struct Follower {
    board: watch::Receiver<Board>,
    types: &'static str,
    /// The time of the look of the last event.
    last: Option<Timestamp>,
    /// The number of the last change that was told; `None` before the beginning.
    told: Option<u64>,
    ready: VecDeque<Told>,
    away: bool,
    ended: bool,
}

impl Follower {
    /// Follows an application after the event of the id `last`, or else from the first look on.
    ///
    /// # Errors
    /// If the id is none.
    pub(super) fn new(events: &Events, application: &str, types: &'static str, last: Option<&str>) -> Result<Self> {
        let last = last.map(time).transpose()?;
        let looker = || Looker {
            lists: Lists::new(events.clients.orca.clone(), application.to_owned()),
            clock: events.clock.clone(),
        };
        let board = events.polled.listen(application, looker);
        Ok(Follower { board, types, last, told: None, ready: VecDeque::new(), away: false, ended: false })
    }

    /// What is told next.
    pub(super) async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(told) = self.ready.pop_front() {
                return Some(told);
            }
            if self.ended {
                return None;
            }
            self.read();
            if self.ready.is_empty() && self.board.changed().await.is_err() {
                self.ended = true;
                return Some(broke_off());
            }
        }
    }

    /// Takes from the board what was not told.
    fn read(&mut self) {
        let board = self.board.borrow_and_update();
        match board.failing() {
            Some(message) if !self.away => {
                self.away = true;
                self.ready.push_back(Told::Unavailable { service: "orca", message: message.to_owned() });
            }
            None if self.away => {
                self.away = false;
                self.ready.push_back(Told::Available { service: "orca" });
            }
            _ => {}
        }
        let Some(looked) = board.looked() else { return };
        let changes: Vec<&ExecutionChange> = match self.told {
            Some(told) if board.lacks(told) => {
                self.ended = true;
                let message = "what comes next was not read in time: connect again with the last id".to_owned();
                self.ready.push_back(Told::End { message });
                return;
            }
            Some(told) => board.after(told).collect(),
            None => {
                let id = self.last.unwrap_or(looked).millis().to_string();
                self.ready.push_back(Told::Begin { id });
                self.last.map(|last| board.since(last).collect()).unwrap_or_default()
            }
        };
        let types = self.types;
        let wanted = changes.into_iter().filter(|change| types.contains(ExecutionChange::event(change.kind)));
        self.ready.extend(wanted.map(|change| Told::Change {
            event: ExecutionChange::event(change.kind).to_owned(),
            id: Some(change.at.millis().to_string()),
            data: json!(change).to_string(),
        }));
        self.told = Some(board.last());
    }
}

/// The time that an id begins with, whoever made it.
fn time(id: &str) -> Result<Timestamp> {
    let millis = id.split('.').next().and_then(|millis| millis.parse().ok()).filter(|millis| *millis >= 0);
    millis
        .map(Timestamp::from_millis)
        .ok_or_else(|| Error::invalid("Last-Event-ID is the id of an event: leave it out, and load anew what is shown"))
}
