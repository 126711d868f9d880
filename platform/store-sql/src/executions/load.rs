//! Reading whole executions: the row, then parts and signals of all of them in few queries.

use std::collections::HashMap;

use gennaker_store::{Claimed, Error, Execution, Part, Signal, Unreadable};
use sqlx::{QueryBuilder, Row as _};

use crate::{
    archive::Archive,
    dialect::{Connection, PARAMETERS, Row},
    error::Step,
    rows::{self, execution_columns},
};

pub(super) async fn load(connection: &mut Connection, id: &str) -> Step<Execution> {
    let rows = sqlx::query(concat!("SELECT ", execution_columns!(), " FROM gennaker_executions WHERE id = ?"))
        .bind(id.to_owned())
        .fetch_all(&mut *connection)
        .await?;
    let mut read = read(connection, &rows).await?;
    match read.unreadable.pop() {
        Some(Unreadable { id, reason }) => Err(Error::Corrupt { what: "execution", id, reason }.into()),
        None => read.executions.pop().ok_or_else(|| missing(id).into()),
    }
}

/// The refusal of an id that is not stored.
pub(super) fn missing(id: &str) -> Error {
    Error::NotFound { what: "execution", id: id.to_owned() }
}

/// Reads rows of [`execution_columns`] with their parts and signals, keeping the order; what cannot be read is apart.
pub(super) async fn read(connection: &mut Connection, rows: &[Row]) -> Step<Claimed> {
    Ok(read_unpacking(connection, rows, false).await?.0)
}

/// The same, with the whole archives of what is packed, if they are wanted.
pub(super) async fn read_unpacking(
    connection: &mut Connection,
    rows: &[Row],
    wanted: bool,
) -> Step<(Claimed, Vec<(String, Archive)>)> {
    let mut found = Vec::with_capacity(rows.len());
    let mut unreadable = HashMap::new();
    for row in rows {
        match rows::stored(row) {
            Ok(stored) => found.push(stored),
            // Without its id there is nothing to name.
            Err(failure) => drop(unreadable.insert(row.try_get::<String, _>(0)?, failure.reason())),
        }
    }
    let ids = |packed: bool| -> Vec<&str> {
        let ids = found.iter().filter(|stored| stored.packed == packed);
        ids.map(|stored| stored.execution.head.id.as_str()).collect()
    };
    let signalled: Vec<&str> =
        found.iter().filter(|stored| stored.waiting > 0).map(|stored| stored.execution.head.id.as_str()).collect();
    let mut parts: HashMap<String, Vec<Part>> = HashMap::new();
    for row in among(connection, PARTS, &ids(false)).await? {
        match rows::part(&row) {
            Ok((execution, part)) => parts.entry(execution).or_default().push(part),
            Err(failure) => drop(unreadable.insert(row.try_get(0)?, failure.reason())),
        }
    }
    let mut signals: HashMap<String, Vec<Signal>> = HashMap::new();
    for row in among(connection, SIGNALS, &signalled).await? {
        match rows::signal(&row) {
            Ok((execution, signal)) => signals.entry(execution).or_default().push(signal),
            Err(failure) => drop(unreadable.insert(row.try_get(0)?, failure.reason())),
        }
    }
    let mut archives: HashMap<String, Archive> = HashMap::new();
    let packed = ids(true);
    for row in among(connection, ARCHIVES, &packed).await? {
        let id: String = row.try_get(0)?;
        let archive = row.try_get(1).map_err(Into::into).and_then(|bytes| Archive::unpack(&id, bytes, wanted));
        match archive {
            Ok(archive) => drop(archives.insert(id, archive)),
            Err(failure) => drop(unreadable.insert(id, failure.reason())),
        }
    }
    for id in packed.into_iter().filter(|id| !archives.contains_key(*id)) {
        unreadable.entry(id.to_owned()).or_insert_with(|| "its archive is gone".to_owned());
    }
    let mut unpacked = Vec::new();
    let readable = found.into_iter().filter(|stored| !unreadable.contains_key(&stored.execution.head.id));
    let executions = readable.map(|stored| {
        let mut execution = stored.execution;
        let id = execution.head.id.as_str();
        execution.signals = signals.remove(id).unwrap_or_default();
        match archives.remove(id) {
            None => execution.parts = parts.remove(id).unwrap_or_default(),
            Some(archive) if wanted => {
                unpacked.push((id.to_owned(), archive.clone()));
                (execution.head.body, execution.parts) = (archive.body, archive.parts);
            }
            Some(archive) => (execution.head.body, execution.parts) = (archive.body, archive.parts),
        }
        execution
    });
    let executions = executions.collect();
    let unreadable = unreadable.into_iter().map(|(id, reason)| Unreadable { id, reason }).collect();
    Ok((Claimed { executions, unreadable }, unpacked))
}

/// Reads a list's rows; what cannot be read is left to the log.
pub(super) async fn listed(connection: &mut Connection, rows: &[Row]) -> Step<Vec<Execution>> {
    let read = read(connection, rows).await?;
    for Unreadable { id, reason } in &read.unreadable {
        tracing::error!(execution = %id, reason, "an execution cannot be read: it is left out of the list");
    }
    Ok(read.executions)
}

pub(super) const PARTS: [&str; 2] = [
    "SELECT execution, id, position, body FROM gennaker_parts WHERE execution IN (",
    ") ORDER BY execution, position, id",
];
const SIGNALS: [&str; 2] = [
    "SELECT execution, sequence, at, body FROM gennaker_signals WHERE execution IN (",
    ") ORDER BY execution, sequence",
];

const ARCHIVES: [&str; 2] = ["SELECT execution, body FROM gennaker_archives WHERE execution IN (", ")"];

/// The rows of these executions.
pub(super) async fn among(connection: &mut Connection, [before, after]: [&str; 2], ids: &[&str]) -> Step<Vec<Row>> {
    let mut found = Vec::new();
    for ids in ids.chunks(PARAMETERS) {
        let mut query = QueryBuilder::new(before);
        let mut places = query.separated(", ");
        for id in ids {
            places.push_bind((*id).to_owned());
        }
        query.push(after);
        found.extend(query.build().persistent(ids.len() == 1).fetch_all(&mut *connection).await?);
    }
    Ok(found)
}
