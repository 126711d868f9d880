//! Keeping the store small: what has ended is packed, what is old enough is deleted, what no longer matters is forgotten.
//!
//! Every node does it; two of them do not disturb each other. A failure is logged and tried again at the next turn: nothing that
//! was answered depends on it.

use std::{sync::Arc, time::Duration};

use gennaker_base::Timestamp;
use gennaker_store::{Expiry, Result};
use gennaker_wire::ExecutionKind;
use tokio_util::sync::CancellationToken;

use super::{Inner, row_kind};

/// How often it is looked for what can be packed.
const PACK_EVERY: Duration = Duration::from_secs(10);
/// How often it is looked for what is old.
const FORGET_EVERY: Duration = Duration::from_secs(3600);
/// So much at once.
const BATCH: u32 = 64;
/// A fence under which nobody has asked for so long is forgotten: no owner is frozen for longer and still wakes.
const FENCE_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Executions of pipelines that are deleted by their age: upstream's `pollers.old-pipeline-cleanup`.
#[derive(Debug, Clone)]
pub struct Retention {
    /// How long after their end, 30 days by default.
    pub age: Duration,
    /// So many of each pipeline are kept whatever their age, 5 by default.
    pub keep: u32,
}

/// Does it until `shutdown`.
pub(super) async fn run(inner: &Arc<Inner>, shutdown: &CancellationToken) {
    let clock = &inner.deps.clock;
    let mut forget_at = clock.now();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = clock.sleep_until(clock.now().after(PACK_EVERY)) => {}
        }
        if let Err(error) = pack(inner).await {
            tracing::warn!(%error, "what has ended could not be packed; the next try is in {} s", PACK_EVERY.as_secs());
        }
        let now = clock.now();
        if now >= forget_at {
            forget_at = now.after(FORGET_EVERY);
            if let Err(error) = forget(inner, now).await {
                tracing::warn!(%error, "what is old could not be forgotten; the next try is in an hour");
            }
        }
    }
}

async fn pack(inner: &Inner) -> Result<()> {
    while inner.deps.store.compact(BATCH).await? >= BATCH {}
    Ok(())
}

async fn forget(inner: &Inner, now: Timestamp) -> Result<()> {
    let store = &inner.deps.store;
    while store.tidy(earlier(now, FENCE_LIFE), BATCH).await? >= BATCH {}
    let Some(retention) = &inner.options.retention else { return Ok(()) };
    let expiry = Expiry {
        kinds: vec![row_kind(ExecutionKind::Pipeline).to_owned()],
        before: earlier(now, retention.age),
        keep: retention.keep,
        from: None,
        limit: BATCH,
    };
    loop {
        let expired = store.expired(&expiry).await?;
        for past in &expired {
            // The event that made it is as old.
            store.delete(&past.id, now).await?;
        }
        if expired.len() < BATCH as usize {
            return Ok(());
        }
    }
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}
