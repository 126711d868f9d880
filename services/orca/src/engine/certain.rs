//! A commit that is repeated until the store has answered for certain.
//!
//! While a store cannot say whether something is recorded, nothing that follows from it is done: the owner asks again, and
//! looks at the events that were recorded since.

use std::time::Duration;

use gennaker_base::Backoff;
use gennaker_store::{Ahead, Commit, Committed, PlaceChange, Store};

use super::Error;

/// Commits, however long it takes.
///
/// # Errors
/// What the store refuses: `Fenced` if the execution is somebody else's.
pub(super) async fn commit(store: &dyn Store, commit: Commit) -> Result<Committed, Error> {
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
    let mut doubtful = false;
    loop {
        let error = match store.commit(commit.clone()).await {
            Ok(committed) => return Ok(committed),
            Err(error) => error,
        };
        match error {
            gennaker_store::Error::Unavailable { .. } => {}
            gennaker_store::Error::Unknown { .. } => doubtful = true,
            // It was released by the try whose answer was lost, or by losing it: it is over here either way.
            gennaker_store::Error::Fenced { .. } if doubtful && commit.ahead != Ahead::Keep => {
                return Ok(Committed { waits: false, granted: true });
            }
            // Whether it has its place is read again with all else.
            gennaker_store::Error::Conflict { .. } if doubtful && commit.place == PlaceChange::Keep => {
                let recorded = has_recorded(store, &commit, &mut backoff).await;
                return if recorded { Ok(Committed::default()) } else { Err(error.into()) };
            }
            error => return Err(error.into()),
        }
        tracing::warn!(%error, "a change is not recorded yet; nothing that follows from it is done meanwhile");
        tokio::time::sleep(backoff.next_wait()).await;
    }
}

/// Whether the change is in the store under the owner who commits it.
async fn has_recorded(store: &dyn Store, commit: &Commit, backoff: &mut Backoff) -> bool {
    loop {
        match store.events(&commit.id, commit.after, 1).await {
            Ok(events) => {
                let Some(event) = events.first() else { return commit.events.is_empty() };
                return event.epoch == Some(commit.owner.epoch);
            }
            Err(error) => tracing::warn!(%error, "whether a change is recorded is asked again"),
        }
        tokio::time::sleep(backoff.next_wait()).await;
    }
}
