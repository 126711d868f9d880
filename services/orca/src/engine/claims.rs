//! Claiming: this node takes executions that wait for an owner, when they are due or somebody pokes it.

use std::{sync::Arc, time::Duration};

use gennaker_base::Timestamp;
use gennaker_store::{Claim, Order, Owner, Query};
use tokio_util::sync::CancellationToken;

use super::{Inner, actor::Actor, driven::adopt, record, start::adopt_unheard};

/// How many executions are claimed at once.
const BATCH: usize = 64;
/// The longest wait between two looks: what a poke did not announce (a dead node, another node's signal) is found then.
const LOOK: Duration = Duration::from_secs(1);

/// Claims until `shutdown`.
pub(super) async fn run(inner: &Arc<Inner>, shutdown: &CancellationToken) {
    let mut owner = inner.deps.owner.clone();
    while !shutdown.is_cancelled() {
        let looked = inner.deps.clock.now();
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
            () = wait(inner, looked) => {}
            changed = owner.changed() => if changed.is_err() { return },
        }
    }
}

/// Claims what there is and tells actors of waiting signals; says whether there may be more to claim.
async fn look(inner: &Arc<Inner>, owner: &Owner) -> bool {
    let most = if inner.enabled.get() { inner.options.active } else { 0 };
    let room = most.saturating_sub(inner.driven.count()).min(BATCH);
    let claimed = if room > 0 { claim(inner, owner, room).await } else { 0 };
    match inner.deps.store.signalled(owner).await {
        Ok(ids) => ids.iter().for_each(|id| {
            inner.driven.nudge(id);
        }),
        Err(error) => tracing::warn!(%error, "waiting commands could not be read; the next try is in a second"),
    }
    room > 0 && claimed == room
}

/// Claims at most `room` executions and returns how many there were.
async fn claim(inner: &Arc<Inner>, owner: &Owner, room: usize) -> usize {
    let limit = u32::try_from(room).unwrap_or(u32::MAX);
    let claim = Claim { owner: owner.clone(), kinds: kinds(), format: record::FORMAT, limit };
    match inner.deps.store.claim(claim).await {
        Ok(claimed) => {
            let executions = claimed.executions;
            let claimed = executions.len();
            for stored in executions {
                let id = stored.head.id.clone();
                match Actor::claimed(inner, owner.clone(), stored) {
                    Ok(actor) => adopt(inner, actor),
                    Err(error) => tracing::error!(execution = %id, %error, "an execution cannot be read"),
                }
            }
            claimed
        }
        Err(error @ gennaker_store::Error::Unknown { .. }) => {
            tracing::warn!(%error, "what was claimed is not known; it is looked for");
            adopt_all_unheard(inner, owner).await;
            0
        }
        Err(error) => {
            tracing::warn!(%error, "executions could not be claimed; the next try is in a second");
            0
        }
    }
}

/// Drives whatever the store gave to this node in a claim whose answer was lost.
async fn adopt_all_unheard(inner: &Arc<Inner>, owner: &Owner) {
    const PAGE: u32 = 1000;
    let mut query = Query {
        kinds: kinds(),
        owner: Some(owner.clone()),
        order: Order::OldestFirst,
        limit: PAGE,
        ..Query::default()
    };
    loop {
        let page = match inner.deps.store.list(&query).await {
            Ok(page) => page,
            Err(error) => return tracing::error!(%error, "what was claimed could not be read: restart this node"),
        };
        for stored in &page {
            adopt_unheard(inner, &stored.head.id, Some(owner)).await;
        }
        if page.len() < PAGE as usize {
            return;
        }
        query.offset += PAGE;
    }
}

/// Until the next due time, at most until the next look.
async fn wait(inner: &Arc<Inner>, looked: Timestamp) {
    let clock = &inner.deps.clock;
    let latest = clock.now().after(LOOK);
    let due = match inner.deps.store.next_due(&kinds()).await {
        Ok(Some(due)) => due.min(latest),
        Ok(None) | Err(_) => latest,
    };
    // What was due long before the last look was not for this node: it has no room, or cannot read it. What is due just now
    // may be claimed by another node in this moment. Neither must make this loop spin.
    let earliest = if looked.since(due) >= LOOK { latest } else { clock.now().after(Duration::from_millis(10)) };
    clock.sleep_until(due.max(earliest)).await;
}

fn kinds() -> Vec<String> {
    vec!["pipeline".to_owned(), "orchestration".to_owned()]
}
