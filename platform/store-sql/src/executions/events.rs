//! Events: numbered per execution from 1 without gaps.

use gennaker_base::Timestamp;
use gennaker_store::{Epoch, Event, NewEvent};
use sqlx::Row as _;

use crate::{
    dialect::{Connection, Script},
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

pub(super) async fn events(connection: &mut Connection, id: &str, after: u64, limit: u32) -> Step<Vec<Event>> {
    let rows = sqlx::query(
        "SELECT sequence, epoch, kind, at, body FROM gennaker_events WHERE execution = ? AND sequence > ? \
         ORDER BY sequence LIMIT ?",
    )
    .bind(id.to_owned())
    .bind(signed(after))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    let what = "event of execution";
    let read = rows.iter().map(|row| {
        let epoch: Option<i64> = row.try_get(1)?;
        Ok(Event {
            sequence: number(what, id, row.try_get::<i64, _>(0)?)?,
            epoch: epoch.map(|epoch| epoch_of(what, id, epoch)).transpose()?,
            event: NewEvent {
                kind: row.try_get(2)?,
                at: Timestamp::from_millis(row.try_get(3)?),
                body: row.try_get(4)?,
            },
        })
    });
    read.collect()
}
