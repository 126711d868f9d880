//! Who fires, and how far it has come: a lease and a document of the store.

use gennaker_base::{Kind, Timestamp};
use gennaker_store::{Expected, Owner, Result};
use serde::{Deserialize, Serialize};

use crate::service::Cluster;

/// The lease of whoever fires.
const LEASE: &str = "echo/cron";
/// The document's group and name.
const GROUP: &str = "echo";
const NAME: &str = "cron";

/// The content of the document.
#[derive(Debug, Serialize, Deserialize)]
struct Reached {
    /// Up to when every time is over, in epoch milliseconds.
    until: Timestamp,
}

/// The lease and the document.
#[derive(Clone)]
pub(super) struct Cursor {
    cluster: Cluster,
}

/// The time in which this node holds the lease.
pub(super) struct Term {
    cursor: Cursor,
    owner: Owner,
    revision: u64,
    until: Timestamp,
}

impl Cursor {
    pub(super) fn new(cluster: Cluster) -> Cursor {
        Cursor { cluster }
    }

    /// This node's turn, or `None` if it is another one's. Where nothing is recorded, `now` is.
    pub(super) async fn take_over(&self, now: Timestamp) -> Result<Option<Term>> {
        let Some(owner) = self.owner() else { return Ok(None) };
        let store = &self.cluster.store;
        if store.acquire(LEASE, &owner).await?.is_none() {
            return Ok(None);
        }
        let history = store.document_history(GROUP, NAME).await?;
        let revision = history.first().map_or(0, |document| document.revision);
        let recorded = history.first().and_then(|document| document.body.as_deref()).and_then(|body| {
            let read = serde_json::from_str::<Reached>(body);
            read.inspect_err(|error| tracing::error!(%error, "how far cron triggers have fired cannot be read")).ok()
        });
        let mut term = Term { cursor: self.clone(), owner, revision, until: now };
        match recorded {
            // A clock that was ahead does not keep anything from firing.
            Some(Reached { until }) => term.until = until.min(now),
            None if !term.record(now).await? => return Ok(None),
            None => {}
        }
        Ok(Some(term))
    }

    /// Gives the lease back, so that the next node takes over at once.
    pub(super) async fn give_back(&self) {
        let Some(owner) = self.owner() else { return };
        if let Err(error) = self.cluster.store.release(LEASE, &owner).await {
            tracing::debug!(%error, "the lease of cron triggers could not be given back: it ends with this node's");
        }
    }

    fn owner(&self) -> Option<Owner> {
        self.cluster.owner.borrow().clone()
    }
}

impl Term {
    /// Up to when every time was over when it began.
    pub(super) fn reached(&self) -> Timestamp {
        self.until
    }

    /// Whether this node is still the one that took over.
    pub(super) fn is_running(&self) -> bool {
        self.cursor.owner().as_ref() == Some(&self.owner)
    }

    /// Records up to when every time is over. False if another node has recorded since: then it is that one's turn.
    pub(super) async fn record(&mut self, until: Timestamp) -> Result<bool> {
        let expected = if self.revision == 0 { Expected::Absent } else { Expected::Revision(self.revision) };
        let body = serde_json::to_string(&Reached { until }).unwrap_or_default();
        match self.cursor.cluster.store.put_document(GROUP, NAME, Some(body), expected).await {
            Ok(document) => {
                self.revision = document.revision;
                self.until = until;
                Ok(true)
            }
            Err(error) if error.kind() == Kind::Conflict => Ok(false),
            Err(error) => Err(error),
        }
    }
}
