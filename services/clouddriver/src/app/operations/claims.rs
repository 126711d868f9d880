//! Which tasks this node runs besides those submitted to it: it claims what waits for an owner.

use std::{sync::Arc, time::Duration};

use gennaker_store::{Claim, Owner};
use tokio_util::sync::CancellationToken;

use super::{
    Inner,
    actor::Actor,
    ask::GiveUp,
    task::{FORMAT, KIND},
};

/// How many tasks are claimed at once.
const BATCH: usize = 32;
/// The longest wait between two looks: what nobody announced (a dead node) is found then.
const LOOK: Duration = Duration::from_secs(1);

/// Claims until `shutdown`.
pub(super) async fn run(inner: &Arc<Inner>, shutdown: &CancellationToken) {
    let mut owner = inner.owner.clone();
    loop {
        let current = owner.borrow_and_update().clone();
        let more = match current {
            Some(current) => {
                tell(inner, &current).await;
                look(inner, &current).await
            }
            None => false,
        };
        if more {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = inner.claim_now.notified() => {}
            () = wait(inner) => {}
            changed = owner.changed() => if changed.is_err() {
                // Nobody keeps the lease any more: what runs goes on as long as the store lets it.
                return shutdown.cancelled().await;
            },
        }
    }
}

/// Claims what there is; says whether there may be more.
async fn look(inner: &Arc<Inner>, owner: &Owner) -> bool {
    let room = inner.most.saturating_sub(inner.active.lock().len()).min(BATCH);
    if room == 0 {
        return false;
    }
    let claim = Claim {
        owner: owner.clone(),
        kinds: vec![KIND.to_owned()],
        format: FORMAT,
        limit: u32::try_from(room).unwrap_or(u32::MAX),
    };
    let claimed = match inner.store.claim(claim).await {
        Ok(claimed) => claimed.executions,
        Err(error) => {
            tracing::warn!(%error, "tasks could not be claimed; the next try is in a second");
            return false;
        }
    };
    let full = claimed.len() == room;
    for stored in claimed {
        let id = stored.head.id.clone();
        match Actor::claimed(inner, owner.clone(), stored) {
            Ok(actor) => Inner::adopt(inner, actor),
            Err(error) => tracing::error!(task = %id, %error, "a task cannot be read; it stays as it is"),
        }
    }
    full
}

/// Tells the tasks that run here what somebody asks of them.
async fn tell(inner: &Arc<Inner>, owner: &Owner) {
    if inner.active.lock().is_empty() {
        return;
    }
    let signalled = match inner.store.signalled(owner).await {
        Ok(signalled) => signalled,
        Err(error) => return tracing::warn!(%error, "what is asked of tasks is not known; the next try is in a second"),
    };
    for id in signalled {
        let Some(ask) = inner.active.lock().get(&id).map(|active| active.give_up.clone()) else { continue };
        match inner.store.signals(&id).await {
            Ok(signals) => {
                if let Some(give_up) = GiveUp::among(&signals) {
                    ask.send_if_modified(|asked| asked.replace(give_up) != Some(give_up));
                }
            }
            Err(error) => tracing::warn!(task = %id, %error, "what is asked of a task is not known yet"),
        }
    }
}

/// Until the next due time, at most until the next look.
async fn wait(inner: &Arc<Inner>) {
    let latest = inner.clock.now().after(LOOK);
    let due = match inner.store.next_due(&[KIND.to_owned()]).await {
        Ok(Some(due)) => due.min(latest),
        Ok(None) | Err(_) => latest,
    };
    // A due task that another node claims in this moment must not make this loop spin.
    inner.clock.sleep_until(due.max(inner.clock.now().after(Duration::from_millis(10)))).await;
}
