//! The end of what has ended: what is old enough, its deletion with a tombstone, and the end of tombstones and fences.

use gennaker_base::Timestamp;
use gennaker_store::{Error, Expiry, Past};
use sqlx::{QueryBuilder, Row as _};

use super::load;
use crate::{
    dialect::{Connection, Database, Script, same, upsert},
    error::Step,
    rows::time,
    writer::Turn,
};

/// What a limit of 0 means.
const LIMIT: u32 = 1000;

pub(super) async fn expired(connection: &mut Connection, expiry: &Expiry) -> Step<Vec<Past>> {
    let limit = if expiry.limit == 0 { LIMIT } else { expiry.limit } as usize;
    let mut found = Vec::new();
    for kind in &expiry.kinds {
        if found.len() == limit {
            break;
        }
        let mut statement = select(kind, expiry, limit - found.len());
        for row in statement.build().fetch_all(&mut *connection).await? {
            found.push(Past {
                id: row.try_get(0)?,
                kind: row.try_get(1)?,
                group: row.try_get(2)?,
                definition: row.try_get(3)?,
                name: row.try_get(4)?,
                status: row.try_get(5)?,
                created: Timestamp::from_millis(row.try_get(6)?),
                ended: time(row.try_get(7)?),
            });
        }
    }
    Ok(found)
}

/// Goes through the kind's executions, the oldest first, as far as they can have ended early enough.
pub(crate) fn select(kind: &str, expiry: &Expiry, limit: usize) -> QueryBuilder<Database> {
    let mut statement = QueryBuilder::new(
        "SELECT id, kind, group_name, definition, name, status, created, ended FROM gennaker_executions AS old \
         WHERE kind = ",
    );
    statement.push_bind(kind.to_owned());
    statement.push(" AND created < ").push_bind(expiry.before.millis());
    if let Some(from) = expiry.from {
        statement.push(" AND created >= ").push_bind(from.millis());
    }
    // Of whose end somebody has to be told: it is due.
    statement.push(" AND is_over = 1 AND due IS NULL AND owner_node IS NULL AND signals = 0");
    statement.push(" AND COALESCE(ended, created) < ");
    statement.push_bind(expiry.before.millis());
    if expiry.keep > 0 {
        statement.push(concat!(
            " AND EXISTS (SELECT 1 FROM gennaker_executions AS newer WHERE newer.group_name = old.group_name AND \
             newer.kind = old.kind AND newer.definition",
            same!(),
            "old.definition AND (newer.created, newer.id) > (old.created, old.id) LIMIT 1 OFFSET ",
        ));
        statement.push_bind(i64::from(expiry.keep) - 1).push(")");
    }
    statement.push(" ORDER BY created, id LIMIT ").push_bind(limit as i64);
    statement
}

/// How many tombstones a deletion takes along at most.
const FORGOTTEN: i64 = 16;

pub(super) async fn delete(turn: &mut Turn, id: String, keep: Timestamp) -> Step<()> {
    let row = sqlx::query("SELECT is_over, owner_node, due FROM gennaker_executions WHERE id = ?")
        .bind(id.clone())
        .fetch_optional(&mut turn.connection)
        .await?;
    let Some(row) = row else { return Err(load::missing(&id).into()) };
    let over = row.try_get::<i64, _>(0)? != 0 && row.try_get::<Option<String>, _>(1)?.is_none();
    if !over {
        return Err(Error::Conflict { id, reason: "it has not ended; cancel it first".to_owned() }.into());
    }
    if row.try_get::<Option<i64>, _>(2)?.is_some() {
        let reason = "not everybody knows of its end yet; delete it again later".to_owned();
        return Err(Error::Conflict { id, reason }.into());
    }
    let mut script = Script::new();
    // Parts, events, signals and archive go with it. It holds no place: its end has given that back.
    script.statement("DELETE FROM gennaker_executions WHERE id = ").push_bind(id.clone());
    if keep > turn.now {
        let statement = script.statement("UPDATE gennaker_requests SET keep = ").push_bind(keep.millis());
        statement.push(" WHERE execution = ").push_bind(id.clone());
        script.insert(
            "INSERT INTO gennaker_tombstones (id, keep)",
            vec![id],
            |row, id| {
                row.push_bind(id).push_bind(keep.millis());
            },
            upsert!("id"; "keep"),
        );
    } else {
        script.statement("DELETE FROM gennaker_requests WHERE execution = ").push_bind(id);
    }
    // So that they do not pile up where nobody tidies.
    for text in [TOMBSTONES, REQUESTS] {
        script.bound(text, &[turn.now.millis(), FORGOTTEN]);
    }
    turn.write(script).await
}

/// Removes what is remembered of deleted executions whose time is over, and fences that nobody uses any more.
pub(super) async fn tidy(turn: &mut Turn, before: Timestamp, limit: u32) -> Step<u32> {
    let mut count = 0;
    for (text, until) in [(TOMBSTONES, turn.now), (REQUESTS, turn.now), (FENCES, before)] {
        let done = sqlx::query(text).bind(until.millis()).bind(i64::from(limit)).execute(&mut turn.connection).await?;
        count = count.max(u32::try_from(done.rows_affected()).unwrap_or(u32::MAX));
    }
    Ok(count)
}

pub(crate) const TOMBSTONES: &str = "DELETE FROM gennaker_tombstones WHERE id IN \
    (SELECT id FROM gennaker_tombstones WHERE keep <= ? LIMIT ?)";
pub(crate) const REQUESTS: &str = "DELETE FROM gennaker_requests WHERE (kind, request) IN \
    (SELECT kind, request FROM gennaker_requests WHERE keep <= ? LIMIT ?)";
pub(crate) const FENCES: &str = "DELETE FROM gennaker_fences WHERE execution IN \
    (SELECT execution FROM gennaker_fences WHERE seen < ? LIMIT ?)";
