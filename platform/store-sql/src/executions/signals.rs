//! Signals: numbered per execution in the order in which they are answered.

use gennaker_store::{Owner, Signal};
use sqlx::Row as _;

use super::load;
use crate::{
    dialect::Connection,
    error::Step,
    rows::{self, column, number},
    writer::Turn,
};

pub(super) async fn signal(turn: &mut Turn, id: String, body: String) -> Step<Signal> {
    let at = turn.now;
    // An earlier time to look at it stands.
    let updated = sqlx::query(
        "UPDATE gennaker_executions SET signals = signals + 1, signal_sequence = signal_sequence + 1, \
         ready = CASE WHEN ready < ? THEN ready ELSE ? END WHERE id = ?",
    )
    .bind(at.millis())
    .bind(at.millis())
    .bind(id.clone())
    .execute(&mut turn.connection)
    .await?;
    if updated.rows_affected() == 0 {
        return Err(load::missing(&id).into());
    }
    let row = sqlx::query("SELECT signal_sequence FROM gennaker_executions WHERE id = ?")
        .bind(id.clone())
        .fetch_one(&mut turn.connection)
        .await?;
    let sequence: i64 = row.try_get(0)?;
    sqlx::query("INSERT INTO gennaker_signals (execution, sequence, at, body) VALUES (?, ?, ?, ?)")
        .bind(id.clone())
        .bind(sequence)
        .bind(at.millis())
        .bind(body.clone())
        .execute(&mut turn.connection)
        .await?;
    Ok(Signal { sequence: number("signal of execution", &id, sequence)?, at, body })
}

pub(super) async fn signalled(connection: &mut Connection, owner: &Owner) -> Step<Vec<String>> {
    let rows = sqlx::query(
        "SELECT id FROM gennaker_executions WHERE owner_node = ? AND owner_epoch = ? AND ready IS NOT NULL \
         ORDER BY ready, id",
    )
    .bind(owner.node.clone())
    .bind(column(owner.epoch))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

pub(super) async fn waiting(connection: &mut Connection, id: &str) -> Step<Vec<Signal>> {
    let rows =
        sqlx::query("SELECT execution, sequence, at, body FROM gennaker_signals WHERE execution = ? ORDER BY sequence")
            .bind(id.to_owned())
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| rows::signal(row).map(|(_, signal)| signal)).collect()
}
