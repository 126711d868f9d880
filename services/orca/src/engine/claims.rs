//! Which executions this node drives: it claims those that wait for an owner, when they are due or somebody pokes it.

use std::{sync::Arc, time::Duration};

use gennaker_store::{Claim, Owner};
use tokio_util::sync::CancellationToken;

use super::{Inner, actor::Actor, record};

/// How many executions are claimed at once.
const BATCH: usize = 64;
/// The longest wait between two looks: what a poke did not announce (a dead node, another node's signal) is found then.
const LOOK: Duration = Duration::from_secs(1);

/// Claims until `shutdown`.
pub(super) async fn run(inner: &Arc<Inner>, shutdown: &CancellationToken) {
    let mut owner = inner.deps.owner.clone();
    loop {
        let current = owner.borrow_and_update().clone();
        let more = match current {
            Some(current) => look(inner, &current).await,
            None => false,
        };
        if more {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = inner.claim_now.notified() => {}
            () = wait(inner) => {}
            changed = owner.changed() => if changed.is_err() { return },
        }
    }
}

/// Claims what there is and tells actors of waiting signals; says whether there may be more to claim.
async fn look(inner: &Arc<Inner>, owner: &Owner) -> bool {
    let room = inner.options.active.saturating_sub(inner.actors.lock().len()).min(BATCH);
    let mut claimed = 0;
    if room > 0 {
        let claim = Claim {
            owner: owner.clone(),
            kinds: kinds(),
            format: record::FORMAT,
            limit: u32::try_from(room).unwrap_or(u32::MAX),
        };
        match inner.deps.store.claim(claim).await {
            Ok(executions) => {
                claimed = executions.len();
                for stored in executions {
                    let id = stored.head.id.clone();
                    match Actor::claimed(inner, owner.clone(), stored) {
                        Ok(actor) => Inner::adopt(inner, actor),
                        Err(error) => tracing::error!(execution = %id, %error, "an execution cannot be read"),
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "executions could not be claimed; the next try is in a second"),
        }
    }
    match inner.deps.store.signalled(owner).await {
        Ok(ids) => {
            let actors = inner.actors.lock();
            for (_, nudge) in ids.iter().filter_map(|id| actors.get(id)) {
                nudge.notify_one();
            }
        }
        Err(error) => tracing::warn!(%error, "waiting commands could not be read; the next try is in a second"),
    }
    room > 0 && claimed == room
}

/// Until the next due time, at most until the next look.
async fn wait(inner: &Arc<Inner>) {
    let clock = &inner.deps.clock;
    let latest = clock.now().after(LOOK);
    let due = match inner.deps.store.next_due(&kinds()).await {
        Ok(Some(due)) => due.min(latest),
        Ok(None) | Err(_) => latest,
    };
    // A due execution that another node claims in this moment must not make this loop spin.
    clock.sleep_until(due.max(clock.now().after(Duration::from_millis(10)))).await;
}

fn kinds() -> Vec<String> {
    vec!["pipeline".to_owned(), "orchestration".to_owned()]
}
