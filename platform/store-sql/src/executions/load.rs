//! Reading whole executions: the row, then parts and signals of all of them in few queries.

use std::collections::HashMap;

use gennaker_store::{Error, Execution, Part, Signal};
use sqlx::QueryBuilder;

use crate::{
    dialect::{Connection, Database, PARAMETERS},
    error::Step,
    rows::{self, Stored, execution_columns},
};

pub(super) async fn load(connection: &mut Connection, id: &str) -> Step<Execution> {
    let row = sqlx::query(concat!("SELECT ", execution_columns!(), " FROM gennaker_executions WHERE id = ?"))
        .bind(id.to_owned())
        .fetch_optional(&mut *connection)
        .await?;
    let stored = row.as_ref().map(rows::stored).transpose()?;
    let stored = stored.ok_or_else(|| missing(id))?;
    let found = complete(connection, vec![stored]).await?;
    found.into_iter().next().ok_or_else(|| missing(id).into())
}

/// The refusal of an id that is not stored.
pub(super) fn missing(id: &str) -> Error {
    Error::NotFound { what: "execution", id: id.to_owned() }
}

/// Adds parts and signals, keeping the order.
pub(super) async fn complete(connection: &mut Connection, found: Vec<Stored>) -> Step<Vec<Execution>> {
    let ids: Vec<&str> = found.iter().map(|stored| stored.execution.head.id.as_str()).collect();
    let signalled: Vec<&str> =
        found.iter().filter(|stored| stored.waiting > 0).map(|stored| stored.execution.head.id.as_str()).collect();
    let mut parts = parts(connection, &ids).await?;
    let mut signals = signals(connection, &signalled).await?;
    let complete = found.into_iter().map(|stored| {
        let mut execution = stored.execution;
        execution.parts = parts.remove(&execution.head.id).unwrap_or_default();
        execution.signals = signals.remove(&execution.head.id).unwrap_or_default();
        execution
    });
    Ok(complete.collect())
}

async fn parts(connection: &mut Connection, ids: &[&str]) -> Step<HashMap<String, Vec<Part>>> {
    let mut found: HashMap<String, Vec<Part>> = HashMap::new();
    for ids in ids.chunks(PARAMETERS) {
        let mut query = among(
            "SELECT execution, id, position, body FROM gennaker_parts WHERE execution IN (",
            ids,
            ") ORDER BY execution, position, id",
        );
        for row in query.build().persistent(ids.len() == 1).fetch_all(&mut *connection).await? {
            let (execution, part) = rows::part(&row)?;
            found.entry(execution).or_default().push(part);
        }
    }
    Ok(found)
}

async fn signals(connection: &mut Connection, ids: &[&str]) -> Step<HashMap<String, Vec<Signal>>> {
    let mut found: HashMap<String, Vec<Signal>> = HashMap::new();
    for ids in ids.chunks(PARAMETERS) {
        let mut query = among(
            "SELECT execution, sequence, at, body FROM gennaker_signals WHERE execution IN (",
            ids,
            ") ORDER BY execution, sequence",
        );
        for row in query.build().persistent(ids.len() == 1).fetch_all(&mut *connection).await? {
            let (execution, signal) = rows::signal(&row)?;
            found.entry(execution).or_default().push(signal);
        }
    }
    Ok(found)
}

fn among(before: &str, ids: &[&str], after: &str) -> QueryBuilder<Database> {
    let mut query = QueryBuilder::new(before);
    let mut places = query.separated(", ");
    for id in ids {
        places.push_bind((*id).to_owned());
    }
    query.push(after);
    query
}
