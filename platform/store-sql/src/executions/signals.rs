//! Signals: numbered per execution in the order in which they are answered.

use gennaker_store::{Owner, Signal};
use sqlx::{Row as _, query_builder::Separated};

use super::load;
use crate::{
    dialect::{Connection, Database, Script},
    error::Step,
    rows::{self, column, number},
    writer::Turn,
};

pub(super) async fn signal(turn: &mut Turn, id: String, body: String) -> Step<Signal> {
    let at = turn.now;
    let row = sqlx::query("SELECT signal_sequence FROM gennaker_executions WHERE id = ?")
        .bind(id.clone())
        .fetch_optional(&mut turn.connection)
        .await?;
    let Some(row) = row else { return Err(load::missing(&id).into()) };
    let sequence = row.try_get::<i64, _>(0)? + 1;
    let mut script = Script::new();
    let update = script.statement("UPDATE gennaker_executions SET signals = signals + 1, signal_sequence = ");
    update.push_bind(sequence);
    // An earlier time to look at it stands.
    update.push(", ready = CASE WHEN ready < ").push_bind(at.millis()).push(" THEN ready ELSE ").push_bind(at.millis());
    update.push(" END WHERE id = ").push_bind(id.clone());
    let insert = "INSERT INTO gennaker_signals (execution, sequence, at, body)";
    let bind = |row: &mut Separated<'_, Database, &'static str>, body| {
        row.push_bind(id.clone()).push_bind(sequence).push_bind(at.millis()).push_bind(body);
    };
    script.insert(insert, vec![body.clone()], bind, "");
    turn.write(script).await?;
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
    let rows = sqlx::query("SELECT sequence, at, body FROM gennaker_signals WHERE execution = ? ORDER BY sequence")
        .bind(id.to_owned())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| rows::signal(id, row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)).collect()
}
