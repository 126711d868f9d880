//! Reading whole executions: the row, then parts and signals of all of them in few queries.

use std::collections::HashMap;

use gennaker_store::{Claimed, Error, Execution, Part, Signal, Unreadable};
use sqlx::{QueryBuilder, Row as _};

use crate::{
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
    let mut found = Vec::with_capacity(rows.len());
    let mut unreadable = HashMap::new();
    for row in rows {
        match rows::stored(row) {
            Ok(stored) => found.push(stored),
            // Without its id there is nothing to name.
            Err(failure) => drop(unreadable.insert(row.try_get::<String, _>(0)?, failure.reason())),
        }
    }
    let ids: Vec<&str> = found.iter().map(|stored| stored.execution.head.id.as_str()).collect();
    let signalled: Vec<&str> =
        found.iter().filter(|stored| stored.waiting > 0).map(|stored| stored.execution.head.id.as_str()).collect();
    let mut parts: HashMap<String, Vec<Part>> = HashMap::new();
    for row in among(connection, PARTS, &ids).await? {
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
    let readable = found.into_iter().filter(|stored| !unreadable.contains_key(&stored.execution.head.id));
    let executions = readable.map(|stored| {
        let mut execution = stored.execution;
        execution.parts = parts.remove(&execution.head.id).unwrap_or_default();
        execution.signals = signals.remove(&execution.head.id).unwrap_or_default();
        execution
    });
    let executions = executions.collect();
    let unreadable = unreadable.into_iter().map(|(id, reason)| Unreadable { id, reason }).collect();
    Ok(Claimed { executions, unreadable })
}

/// Reads a list's rows; what cannot be read is left to the log.
pub(super) async fn listed(connection: &mut Connection, rows: &[Row]) -> Step<Vec<Execution>> {
    let read = read(connection, rows).await?;
    for Unreadable { id, reason } in &read.unreadable {
        tracing::error!(execution = %id, reason, "an execution cannot be read: it is left out of the list");
    }
    Ok(read.executions)
}

const PARTS: [&str; 2] = [
    "SELECT execution, id, position, body FROM gennaker_parts WHERE execution IN (",
    ") ORDER BY execution, position, id",
];
const SIGNALS: [&str; 2] = [
    "SELECT execution, sequence, at, body FROM gennaker_signals WHERE execution IN (",
    ") ORDER BY execution, sequence",
];

/// The rows of these executions.
async fn among(connection: &mut Connection, [before, after]: [&str; 2], ids: &[&str]) -> Step<Vec<Row>> {
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
