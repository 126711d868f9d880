//! Events: numbered per execution from 1 without gaps.

use gennaker_base::Timestamp;
use gennaker_store::{Epoch, Event, NewEvent};
use sqlx::Row as _;

use crate::{
    archive::Archive,
    dialect::{Connection, Row, Script},
    error::Step,
    rows::{column, epoch_of, number, signed},
};

/// Adds events that follow number `after`; the key refuses a number that is taken.
pub(super) fn insert(script: &mut Script, id: &str, after: i64, epoch: Option<Epoch>, events: Vec<NewEvent>) {
    let mut sequence = after;
    script.insert(
        "INSERT INTO gennaker_events (execution, sequence, epoch, kind, at, body)",
        events,
        |row, event| {
            sequence += 1;
            row.push_bind(id.to_owned()).push_bind(sequence).push_bind(epoch.map(column));
            row.push_bind(event.kind).push_bind(event.at.millis()).push_bind(event.body);
        },
        "",
    );
}

/// Adds events as they were.
pub(super) fn restore(script: &mut Script, id: &str, events: Vec<Event>) {
    script.insert(
        "INSERT INTO gennaker_events (execution, sequence, epoch, kind, at, body)",
        events,
        |row, Event { sequence, epoch, event }| {
            row.push_bind(id.to_owned()).push_bind(signed(sequence)).push_bind(epoch.map(column));
            row.push_bind(event.kind).push_bind(event.at.millis()).push_bind(event.body);
        },
        "",
    );
}

pub(super) async fn events(connection: &mut Connection, id: &str, after: u64, limit: u32) -> Step<Vec<Event>> {
    let rows = sqlx::query(
        "SELECT sequence, epoch, kind, at, body FROM gennaker_events WHERE execution = ? AND sequence > ? \
         ORDER BY sequence LIMIT ?",
    )
    .bind(id.to_owned())
    .bind(signed(after))
    .bind(i64::from(limit))
    .fetch_all(&mut *connection)
    .await?;
    if !rows.is_empty() || limit == 0 {
        return rows.iter().map(|row| read(id, row)).collect();
    }
    let row = sqlx::query("SELECT body FROM gennaker_archives WHERE execution = ?")
        .bind(id.to_owned())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let archive = Archive::unpack(id, row.try_get(0)?, true)?;
    let later = archive.events.into_iter().filter(|event| event.sequence > after);
    Ok(later.take(limit as usize).collect())
}

/// Reads a row that begins with `sequence, epoch, kind, at, body`.
pub(super) fn read(id: &str, row: &Row) -> Step<Event> {
    let what = "event of execution";
    let epoch: Option<i64> = row.try_get(1)?;
    Ok(Event {
        sequence: number(what, id, row.try_get::<i64, _>(0)?)?,
        epoch: epoch.map(|epoch| epoch_of(what, id, epoch)).transpose()?,
        event: NewEvent { kind: row.try_get(2)?, at: Timestamp::from_millis(row.try_get(3)?), body: row.try_get(4)? },
    })
}
