//! Reading whole executions: their rows and all that belongs to them.

use gennaker_store::{Claimed, Error, Execution, Unreadable};
use sqlx::{QueryBuilder, Row as _};

use super::belongings::{self, Belongings, NOTHING, no_belonging};
use crate::{
    archive::Archive,
    dialect::{Connection, PARAMETERS, Row},
    error::Step,
    rows::{self, EXECUTION_COLUMNS, NO_EXECUTION, execution_columns},
};

/// One execution, by one statement, which sees one state by itself.
pub(super) async fn load(connection: &mut Connection, id: &str) -> Step<Execution> {
    let mut read = by_ids(connection, &[id]).await?;
    match read.unreadable.pop() {
        Some(Unreadable { id, reason }) => Err(Error::Corrupt { what: "execution", id, reason }.into()),
        None => read.executions.pop().ok_or_else(|| missing(id).into()),
    }
}

/// The refusal of an id that is not stored.
pub(super) fn missing(id: &str) -> Error {
    Error::NotFound { what: "execution", id: id.to_owned() }
}

/// The executions of these ids, in any order; those that cannot be read are left to the log.
pub(super) async fn those(connection: &mut Connection, ids: &[String]) -> Step<Vec<Execution>> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut found = Vec::with_capacity(ids.len());
    // Each id is said four times.
    for ids in ids.chunks(PARAMETERS / 4) {
        found.extend(readable(by_ids(connection, ids).await?));
    }
    Ok(found)
}

/// Rows and what belongs to them, of so few ids that one statement can list them.
async fn by_ids(connection: &mut Connection, ids: &[&str]) -> Step<Claimed> {
    let mut statement = QueryBuilder::new(concat!(
        "SELECT ",
        execution_columns!(),
        ", ",
        no_belonging!(),
        " FROM gennaker_executions WHERE id IN ("
    ));
    let mut places = statement.separated(", ");
    for id in ids {
        places.push_bind((*id).to_owned());
    }
    statement.push(")");
    belongings::select(&mut statement, " UNION ALL ", NO_EXECUTION, ids);
    let found = statement.build().persistent(ids.len() == 1).fetch_all(&mut *connection).await?;
    let (mut executions, mut others) = (Vec::new(), Vec::new());
    for row in &found {
        let kind: i64 = row.try_get(EXECUTION_COLUMNS)?;
        (if kind == NOTHING { &mut executions } else { &mut others }).push(row);
    }
    let stored = stored(executions)?;
    Ok(stored.with(belongings::of(others, EXECUTION_COLUMNS)?, false).0)
}

/// Reads rows of [`execution_columns`] with all that belongs to them, keeping the order; what cannot be read is apart. With the
/// whole archives of what is packed, if they are wanted.
pub(super) async fn read(
    connection: &mut Connection,
    rows: &[Row],
    wanted: bool,
) -> Step<(Claimed, Vec<(String, Archive)>)> {
    let stored = stored(rows)?;
    let belongings = belongings::read(connection, &stored.ids()).await?;
    Ok(stored.with(belongings, wanted))
}

/// Reads a list's rows; what cannot be read is left to the log.
pub(super) async fn listed(connection: &mut Connection, rows: &[Row]) -> Step<Vec<Execution>> {
    Ok(readable(read(connection, rows, false).await?.0))
}

fn readable(read: Claimed) -> Vec<Execution> {
    for Unreadable { id, reason } in &read.unreadable {
        tracing::error!(execution = %id, reason, "an execution cannot be read: it is left out of the list");
    }
    read.executions
}

/// Executions without what belongs to them.
struct Stored {
    executions: Vec<rows::Stored>,
    /// Ids, and why they cannot be read.
    unreadable: Vec<Unreadable>,
}

fn stored<'a>(found: impl IntoIterator<Item = &'a Row>) -> Step<Stored> {
    let mut stored = Stored { executions: Vec::new(), unreadable: Vec::new() };
    for row in found {
        match rows::stored(row) {
            Ok(execution) => stored.executions.push(execution),
            // Without its id there is nothing to name.
            Err(failure) => stored.unreadable.push(Unreadable { id: row.try_get(0)?, reason: failure.reason() }),
        }
    }
    Ok(stored)
}

impl Stored {
    fn ids(&self) -> Vec<&str> {
        self.executions.iter().map(|stored| stored.execution.head.id.as_str()).collect()
    }

    /// Gives each what belongs to it; the archives as well, events and all, if they are wanted.
    fn with(self, mut belongings: Belongings, wanted: bool) -> (Claimed, Vec<(String, Archive)>) {
        let mut claimed =
            Claimed { executions: Vec::with_capacity(self.executions.len()), unreadable: self.unreadable };
        let mut unpacked = Vec::new();
        for rows::Stored { mut execution, packed } in self.executions {
            let id = execution.head.id.clone();
            execution.signals = belongings.signals.remove(&id).unwrap_or_default();
            execution.parts = belongings.parts.remove(&id).unwrap_or_default();
            let archive = packed.then(|| match belongings.archives.remove(&id) {
                Some(bytes) => Archive::unpack(&id, &bytes, wanted).map_err(|failure| failure.reason()),
                None => Err("its archive is gone".to_owned()),
            });
            match (belongings.unreadable.remove(&id), archive) {
                (Some(reason), _) | (None, Some(Err(reason))) => claimed.unreadable.push(Unreadable { id, reason }),
                (None, archive) => {
                    if let Some(Ok(archive)) = archive {
                        if wanted {
                            unpacked.push((id, archive.clone()));
                        }
                        (execution.head.body, execution.parts) = (archive.body, archive.parts);
                    }
                    claimed.executions.push(execution);
                }
            }
        }
        (claimed, unpacked)
    }
}
