//! Whether an application's infrastructure has changed: its server groups and load balancers, as clouddriver lists them.
//!
//! What changed is not told, only where: clients load the list again. The first event names all, so that nothing is missed
//! between a client's last look and gate's first one.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use futures::{
    StreamExt as _,
    future::join_all,
    stream::{self, BoxStream},
};
use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Result};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{Events, Told, broke_off, looks::Look};
use crate::app::optional::or_nothing;

/// What is looked at.
const LISTS: [&str; 2] = ["serverGroups", "loadBalancers"];
/// How long a list may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// What was seen of an application.
#[derive(Debug, Default)]
pub(super) struct Board {
    /// How often each list was another one; 0 before it was seen.
    versions: [u64; LISTS.len()],
    digests: [u64; LISTS.len()],
    /// Why it cannot be looked at.
    failing: Option<String>,
}

impl Board {
    /// Takes what was seen; says whether there is news.
    fn take(&mut self, seen: Result<Vec<u64>>) -> bool {
        match seen {
            Ok(digests) => {
                let mut news = self.failing.take().is_some();
                for (place, digest) in digests.into_iter().enumerate().take(LISTS.len()) {
                    if self.versions[place] == 0 || self.digests[place] != digest {
                        self.versions[place] += 1;
                        self.digests[place] = digest;
                        news = true;
                    }
                }
                news
            }
            Err(error) => self.failing.replace(error.message().to_owned()).is_none(),
        }
    }
}

struct Looker {
    clients: Clients,
    application: String,
}

impl Look<Board> for Looker {
    const EVERY: Duration = Duration::from_secs(2);

    async fn look(&mut self, board: &watch::Sender<Board>) {
        let caller = Caller::service("gate");
        let lists = LISTS.map(|list| {
            let call = Call::get(&["applications", &self.application, list]).deadline(DEADLINE);
            let call = if list == "serverGroups" { call.query("expand", false) } else { call };
            self.clients.clouddriver.forward(&caller, call)
        });
        let seen = join_all(lists).await.into_iter().map(|list| Ok(digest(&or_nothing(list, json!([]))?)));
        let seen = seen.collect();
        board.send_if_modified(|board| board.take(seen));
    }
}

/// The same for the same list, in whatever order its elements come.
fn digest(list: &Value) -> u64 {
    let of = |value: &Value| {
        let mut hasher = DefaultHasher::new();
        value.to_string().hash(&mut hasher);
        hasher.finish()
    };
    match list.as_array() {
        Some(elements) => elements.iter().map(of).fold(elements.len() as u64, u64::wrapping_add),
        None => of(list),
    }
}

/// What changes of an application's infrastructure.
pub(super) fn follow(events: &Events, application: String) -> BoxStream<'static, Told> {
    let clients = events.clients.clone();
    let looker = || Looker { clients, application: application.clone() };
    let board = events.inventories.listen(&application, looker);
    let follower = Follower { application, board, versions: [0; LISTS.len()], away: false, ended: false };
    stream::unfold(follower, |mut follower| async { Some((follower.next().await?, follower)) }).boxed()
}

struct Follower {
    application: String,
    board: watch::Receiver<Board>,
    versions: [u64; LISTS.len()],
    away: bool,
    ended: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<Told> {
        while !self.ended {
            if let Some(told) = self.news() {
                return Some(told);
            }
            if self.board.changed().await.is_err() {
                self.ended = true;
                return Some(broke_off());
            }
        }
        None
    }

    /// What the board says that was not told.
    fn news(&mut self) -> Option<Told> {
        let board = self.board.borrow_and_update();
        let service = "clouddriver";
        match &board.failing {
            Some(message) if !self.away => {
                self.away = true;
                return Some(Told::Unavailable { service, message: message.clone() });
            }
            None if self.away => {
                self.away = false;
                return Some(Told::Available { service });
            }
            _ => {}
        }
        let changed = (0..LISTS.len()).filter(|place| board.versions[*place] != self.versions[*place]);
        let what: Vec<&str> = changed.map(|place| LISTS[place]).collect();
        self.versions = board.versions;
        (!what.is_empty()).then(|| Told::Inventory { application: self.application.clone(), what })
    }
}
