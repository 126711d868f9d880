//! Packing: head, parts and events of an ended execution become one row in the archives, and rows again when it is
//! claimed.
//!
//! It is read and packed beside the writer, which then only changes the rows. What was claimed meanwhile is left alone:
//! an ended execution changes for a signal only, so that its signals' number tells. One that is claimed to tell of its end
//! stays as it was.

use std::collections::{HashMap, HashSet};

use gennaker_store::{Event, Part};
use sqlx::{QueryBuilder, Row as _};

use super::{events, parts};
use crate::{
    archive::{Archive, FORMAT, UNPACKABLE},
    dialect::{Connection, Database, Row, Script},
    error::Step,
    rows,
    writer::Turn,
};

/// How many are packed in one turn: others wait for it meanwhile.
pub(super) const TOGETHER: u32 = 16;

/// An execution that is packed but not written yet.
#[derive(Debug)]
pub(super) struct Packed {
    id: String,
    signal_sequence: i64,
    /// `None`: it cannot be packed.
    bytes: Option<Vec<u8>>,
}

/// Which ones may be packed.
pub(crate) const CONDITIONS: &str = "is_over = 1 AND packed IS NULL AND owner_node IS NULL AND signals = 0";

/// Reads and packs at most `limit` executions.
pub(super) async fn pack(connection: &mut Connection, limit: u32) -> Step<Vec<Packed>> {
    let rows = select(limit).build().fetch_all(&mut *connection).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        ids.push(row.try_get::<String, _>(0)?);
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut unreadable = HashSet::new();
    let mut parts: HashMap<String, Vec<Part>> = HashMap::new();
    for row in of(connection, PARTS, &ids).await? {
        let id: String = row.try_get(0)?;
        match part(&id, &row) {
            Ok(part) => parts.entry(id).or_default().push(part),
            Err(_) => drop(unreadable.insert(id)),
        }
    }
    let mut events: HashMap<String, Vec<Event>> = HashMap::new();
    for row in of(connection, EVENTS, &ids).await? {
        let id: String = row.try_get(5)?;
        match events::read(&id, &row) {
            Ok(event) => events.entry(id).or_default().push(event),
            Err(_) => drop(unreadable.insert(id)),
        }
    }
    let mut packed = Vec::with_capacity(rows.len());
    for (id, row) in ids.into_iter().zip(&rows) {
        let body = row.try_get::<String, _>(2).ok().filter(|_| !unreadable.contains(id));
        let archive = body.map(|body| Archive {
            body,
            parts: parts.remove(id).unwrap_or_default(),
            events: events.remove(id).unwrap_or_default(),
        });
        let bytes = archive.and_then(|archive| archive.pack());
        packed.push(Packed { id: id.to_owned(), signal_sequence: row.try_get(1)?, bytes });
    }
    Ok(packed)
}

const PARTS: [&str; 2] = [
    "SELECT execution, id, position, body FROM gennaker_parts WHERE execution IN (",
    ") ORDER BY execution, position, id",
];
const EVENTS: [&str; 2] = [
    "SELECT sequence, epoch, kind, at, body, execution FROM gennaker_events WHERE execution IN (",
    ") ORDER BY execution, sequence",
];

fn part(id: &str, row: &Row) -> Step<Part> {
    rows::part(id, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)
}

/// The rows of these executions: few, as [`TOGETHER`] says.
async fn of(connection: &mut Connection, [before, after]: [&str; 2], ids: &[&str]) -> Step<Vec<Row>> {
    let mut query = QueryBuilder::new(before);
    let mut places = query.separated(", ");
    for id in ids {
        places.push_bind((*id).to_owned());
    }
    query.push(after);
    Ok(query.build().persistent(false).fetch_all(connection).await?)
}

pub(crate) fn select(limit: u32) -> QueryBuilder<Database> {
    let mut statement = QueryBuilder::new("SELECT id, signal_sequence, body FROM gennaker_executions WHERE ");
    statement.push(CONDITIONS).push(" ORDER BY created LIMIT ").push_bind(i64::from(limit));
    statement
}

/// Puts archives in the place of the rows, where nothing has changed; returns how many.
pub(super) async fn store(turn: &mut Turn, packed: Vec<Packed>) -> Step<u32> {
    let mut query = QueryBuilder::new("SELECT id, signal_sequence FROM gennaker_executions WHERE ");
    query.push(CONDITIONS);
    query.push(" AND ");
    within(&mut query, "id", packed.iter().map(|packed| &packed.id));
    let rows = query.build().persistent(false).fetch_all(&mut turn.connection).await?;
    let mut unchanged: HashMap<String, i64> = HashMap::with_capacity(rows.len());
    for row in rows {
        unchanged.insert(row.try_get(0)?, row.try_get(1)?);
    }
    let still = packed.into_iter().filter(|packed| unchanged.get(&packed.id) == Some(&packed.signal_sequence));
    let (good, bad): (Vec<_>, Vec<_>) = still.partition(|packed| packed.bytes.is_some());
    let mut script = Script::new();
    if !bad.is_empty() {
        let statement = script.statement("UPDATE gennaker_executions SET packed = ").push_bind(UNPACKABLE);
        within(statement.push(" WHERE "), "id", bad.iter().map(|packed| &packed.id));
    }
    for Packed { id, .. } in &bad {
        tracing::error!(execution = %id, "an ended execution cannot be read: it is not packed");
    }
    let count = good.len() as u32;
    if !good.is_empty() {
        let ids = || good.iter().map(|packed| &packed.id);
        let statement = script.statement("UPDATE gennaker_executions SET body = '', packed = ").push_bind(FORMAT);
        within(statement.push(" WHERE "), "id", ids());
        for table in ["gennaker_parts", "gennaker_events"] {
            let statement = script.statement("DELETE FROM ").push(table).push(" WHERE ");
            within(statement, "execution", ids());
        }
        let archives = good.into_iter().filter_map(|packed| Some((packed.id, packed.bytes?))).collect();
        script.insert(
            "INSERT INTO gennaker_archives (execution, body)",
            archives,
            |row, (id, bytes): (String, Vec<u8>)| {
                row.push_bind(id).push_bind(bytes);
            },
            "",
        );
    }
    turn.write(script).await?;
    Ok(count)
}

fn within<'a>(statement: &mut QueryBuilder<Database>, column: &str, ids: impl Iterator<Item = &'a String>) {
    statement.push(column).push(" IN (");
    let mut places = statement.separated(", ");
    for id in ids {
        places.push_bind(id.clone());
    }
    statement.push(")");
}

/// Makes rows of an archive again.
pub(super) fn unpack(script: &mut Script, id: &str, archive: Archive) {
    let statement = script.statement("UPDATE gennaker_executions SET packed = NULL, body = ");
    statement.push_bind(archive.body).push(" WHERE id = ").push_bind(id.to_owned());
    parts::insert(script, id, archive.parts, "");
    events::restore(script, id, archive.events);
    script.statement("DELETE FROM gennaker_archives WHERE execution = ").push_bind(id.to_owned());
}
