//! Deletion of what has ended, with the tombstone that keeps it from being made again.

use gennaker_base::Timestamp;
use gennaker_store::Error;
use sqlx::Row as _;

use super::load;
use crate::{dialect::upsert, error::Step, writer::Turn};

pub(super) async fn delete(turn: &mut Turn, id: String, keep: Timestamp) -> Step<()> {
    let row = sqlx::query("SELECT is_over, owner_node FROM gennaker_executions WHERE id = ?")
        .bind(id.clone())
        .fetch_optional(&mut turn.connection)
        .await?;
    let Some(row) = row else { return Err(load::missing(&id).into()) };
    let over = row.try_get::<i64, _>(0)? != 0 && row.try_get::<Option<String>, _>(1)?.is_none();
    if !over {
        return Err(Error::Conflict { id, reason: "it has not ended; cancel it first".to_owned() }.into());
    }
    // Parts, events and signals go with it.
    sqlx::query("DELETE FROM gennaker_executions WHERE id = ?").bind(id.clone()).execute(&mut turn.connection).await?;
    sqlx::query("UPDATE gennaker_requests SET keep = ? WHERE execution = ?")
        .bind(keep.millis())
        .bind(id.clone())
        .execute(&mut turn.connection)
        .await?;
    sqlx::query(concat!("INSERT INTO gennaker_tombstones (id, keep) VALUES (?, ?)", upsert!("id"; "keep")))
        .bind(id)
        .bind(keep.millis())
        .execute(&mut turn.connection)
        .await?;
    forget(turn).await
}

/// Removes what is remembered of deleted executions whose time is over.
async fn forget(turn: &mut Turn) -> Step<()> {
    sqlx::query("DELETE FROM gennaker_tombstones WHERE keep <= ?")
        .bind(turn.now.millis())
        .execute(&mut turn.connection)
        .await?;
    sqlx::query("DELETE FROM gennaker_requests WHERE keep <= ?")
        .bind(turn.now.millis())
        .execute(&mut turn.connection)
        .await?;
    Ok(())
}
