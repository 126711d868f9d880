//! Fences: the highest epoch that was seen for each asking execution.

use async_trait::async_trait;
use futures::FutureExt as _;
use gennaker_base::Timestamp;
use gennaker_store::{Error, Fence, Fences, Result};
use sqlx::Row as _;

use crate::{
    SqlStore,
    dialect::{Connection, Script, upsert},
    error::Step,
    rows::column,
    writer::Turn,
};

/// Reads [`Seen`].
const SEEN: &str = "SELECT epoch, seen FROM gennaker_fences WHERE execution = ?";

/// After how many milliseconds it is noted again that somebody asks under a fence.
const REFRESH: i64 = 3_600_000;

/// What is known of an execution's fences.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// The highest epoch.
    pub(crate) epoch: i64,
    /// When somebody asked under it, to within [`REFRESH`].
    pub(crate) at: i64,
}

impl Seen {
    /// Whether nothing is to be written for this fence.
    fn needs_no_note(self, fence: &Fence, now: Timestamp) -> bool {
        let epoch = column(fence.epoch);
        self.epoch > epoch || (self.epoch == epoch && self.at > now.millis() - REFRESH)
    }
}

/// Whether former owners are refused. They are, except in a debug build that is told `GENNAKER_TEST_FENCE=off`: the tests
/// that look for what a former owner has done are shown by it to find something where there is something.
pub(crate) fn are_enforced() -> bool {
    #[cfg(debug_assertions)]
    if std::env::var_os("GENNAKER_TEST_FENCE").is_some_and(|value| value == "off") {
        tracing::error!(
            "GENNAKER_TEST_FENCE is off: former owners are not refused, and this store is good for tests only"
        );
        return false;
    }
    true
}

#[async_trait]
impl Fences for SqlStore {
    async fn admit(&self, fence: &Fence) -> Result<()> {
        // An owner asks for many things under one fence, and epochs only grow: a read answers all but the first.
        let mut connection = self.connection().await?;
        let seen = self.settle(seen(&mut connection, &fence.execution).await)?;
        drop(connection);
        refuse_lower(fence, seen, self.fenced)?;
        if seen.is_some_and(|seen| seen.needs_no_note(fence, self.clock.now())) {
            return Ok(());
        }
        let fence = fence.clone();
        let id = fence.execution.clone();
        self.writer.write_unguarded(&id, move |turn| admit(turn, fence).boxed()).await
    }
}

async fn admit(turn: &mut Turn, fence: Fence) -> Step<()> {
    let seen = seen(&mut turn.connection, &fence.execution).await?;
    refuse_lower(&fence, seen, turn.fenced)?;
    let mut script = Script::new();
    remember(&mut script, turn.now, &fence, seen);
    turn.write(script).await
}

async fn seen(connection: &mut Connection, execution: &str) -> Step<Option<Seen>> {
    let row = sqlx::query(SEEN).bind(execution.to_owned()).fetch_optional(connection).await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>(Seen { epoch: row.try_get(0)?, at: row.try_get(1)? })).transpose()?)
}

/// Refuses a fence that is lower than what was seen, if former owners are refused at all.
pub(crate) fn refuse_lower(fence: &Fence, seen: Option<Seen>, enforced: bool) -> Result<()> {
    if enforced && seen.is_some_and(|seen| seen.epoch > column(fence.epoch)) {
        let node = "a former owner".to_owned();
        return Err(Error::Fenced { id: fence.execution.clone(), node, epoch: fence.epoch.0 });
    }
    Ok(())
}

/// Remembers a fence unless a higher one was seen, and that somebody asks under it.
pub(crate) fn remember(script: &mut Script, now: Timestamp, fence: &Fence, seen: Option<Seen>) {
    if seen.is_some_and(|seen| seen.needs_no_note(fence, now)) {
        return;
    }
    script.insert(
        "INSERT INTO gennaker_fences (execution, epoch, seen)",
        vec![fence],
        |row, fence| {
            row.push_bind(fence.execution.clone()).push_bind(column(fence.epoch)).push_bind(now.millis());
        },
        upsert!("execution"; "epoch", "seen"),
    );
}
