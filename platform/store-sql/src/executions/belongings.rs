//! What belongs to executions beside their own rows, read by one statement: archives, parts, signals.
//!
//! An exchange with a connection's thread costs more than SQLite needs for some rows by their keys.

use std::collections::HashMap;

use gennaker_store::{Part, Signal};
use sqlx::{QueryBuilder, Row as _};

use crate::{
    dialect::{Connection, Database, PARAMETERS, Row},
    error::{Failure, Step},
    rows,
};

/// The columns of such a row, as a row has them that is something else: which table it is of, the execution, a part's id, a
/// part's position or a signal's number, a signal's time, a body, an archive.
macro_rules! no_belonging {
    () => {
        "0, '', '', 0, 0, '', NULL"
    };
}
pub(super) use no_belonging;

/// The first column of a row that is something else.
pub(super) const NOTHING: i64 = 0;
const ARCHIVE: i64 = 1;
const PART: i64 = 2;
const SIGNAL: i64 = 3;

/// A table, its number and its columns in the order of [`no_belonging`].
const TABLES: [(&str, &str); 3] = [
    ("1, execution, '', 0, 0, '', body", "gennaker_archives"),
    ("2, execution, id, position, 0, body, NULL", "gennaker_parts"),
    ("3, execution, '', sequence, at, body, NULL", "gennaker_signals"),
];

/// By the execution's id.
#[derive(Default)]
pub(super) struct Belongings {
    pub(super) archives: HashMap<String, Vec<u8>>,
    /// By position.
    pub(super) parts: HashMap<String, Vec<Part>>,
    /// In the order in which they came.
    pub(super) signals: HashMap<String, Vec<Signal>>,
    /// What cannot be read, and why.
    pub(super) unreadable: HashMap<String, String>,
}

/// Adds what selects all that belongs to these executions, each statement after the word before it; `others` stands for the
/// columns before those of [`no_belonging`].
pub(super) fn select(statement: &mut QueryBuilder<Database>, first: &str, others: &str, ids: &[&str]) {
    let mut word = first;
    for (columns, table) in TABLES {
        statement.push(word).push("SELECT ").push(others).push(columns).push(" FROM ").push(table);
        statement.push(" WHERE execution IN (");
        let mut places = statement.separated(", ");
        for id in ids {
            places.push_bind((*id).to_owned());
        }
        statement.push(")");
        word = " UNION ALL ";
    }
}

/// What belongs to these executions.
pub(super) async fn read(connection: &mut Connection, ids: &[&str]) -> Step<Belongings> {
    let mut found = Vec::new();
    for ids in ids.chunks(PARAMETERS / TABLES.len()) {
        let mut statement = QueryBuilder::new("");
        select(&mut statement, "", "", ids);
        found.extend(statement.build().persistent(ids.len() == 1).fetch_all(&mut *connection).await?);
    }
    of(&found, 0)
}

/// What these rows hold, of which the columns begin at `from`.
pub(super) fn of<'a>(found: impl IntoIterator<Item = &'a Row>, from: usize) -> Step<Belongings> {
    let mut belongings = Belongings::default();
    for row in found {
        let execution: String = row.try_get(from + 1)?;
        if let Err(failure) = belongings.add(&execution, row, from) {
            belongings.unreadable.insert(execution, failure.reason());
        }
    }
    belongings.parts.values_mut().for_each(|parts| parts.sort_by(|one, other| order(one).cmp(&order(other))));
    belongings.signals.values_mut().for_each(|signals| signals.sort_by_key(|signal| signal.sequence));
    Ok(belongings)
}

fn order(part: &Part) -> (u32, &str) {
    (part.position, &part.id)
}

impl Belongings {
    fn add(&mut self, execution: &str, row: &Row, from: usize) -> Result<(), Failure> {
        let number: i64 = row.try_get(from + 3)?;
        match row.try_get(from)? {
            ARCHIVE => drop(self.archives.insert(execution.to_owned(), row.try_get(from + 6)?)),
            PART => {
                let part = rows::part(execution, row.try_get(from + 2)?, number, row.try_get(from + 5)?)?;
                self.parts.entry(execution.to_owned()).or_default().push(part);
            }
            SIGNAL => {
                let signal = rows::signal(execution, number, row.try_get(from + 4)?, row.try_get(from + 5)?)?;
                self.signals.entry(execution.to_owned()).or_default().push(signal);
            }
            _ => {}
        }
        Ok(())
    }
}
