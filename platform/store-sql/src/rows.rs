//! From rows to the types of the traits and back.

use gennaker_base::Timestamp;
use gennaker_store::{Epoch, Error, Execution, Head, Owner, Part, Signal};
use sqlx::Row as _;

use crate::{archive, dialect::Row, error::Step, executions::standing};

/// The columns that [`stored`] reads, in its order: so many as [`EXECUTION_COLUMNS`].
macro_rules! execution_columns {
    () => {
        "id, kind, group_name, definition, name, status, created, started, ended, format, body, \
         sequence, owner_node, owner_epoch, due, place_state, packed"
    };
}
pub(crate) use execution_columns;

/// In the place of [`execution_columns`] in a row that is no execution's, before what else is in it.
pub(crate) const NO_EXECUTION: &str =
    "'', '', '', NULL, '', '', 0, NULL, NULL, 0, '', 0, NULL, NULL, NULL, NULL, NULL, ";

/// How many [`execution_columns`] are.
pub(crate) const EXECUTION_COLUMNS: usize = 17;

/// An execution without its parts and signals.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The execution; `parts` and `signals` are empty yet.
    pub(crate) execution: Execution,
    /// Whether body and parts are in an archive.
    pub(crate) packed: bool,
}

/// Reads a row of [`execution_columns`].
pub(crate) fn stored(row: &Row) -> Step<Stored> {
    let id: String = row.try_get(0)?;
    let what = "execution";
    let head = Head {
        kind: row.try_get(1)?,
        group: row.try_get(2)?,
        definition: row.try_get(3)?,
        name: row.try_get(4)?,
        status: row.try_get(5)?,
        created: Timestamp::from_millis(row.try_get(6)?),
        started: time(row.try_get(7)?),
        ended: time(row.try_get(8)?),
        format: number(what, &id, row.try_get::<i64, _>(9)?)?,
        body: row.try_get(10)?,
        id,
    };
    let sequence = number(what, &head.id, row.try_get::<i64, _>(11)?)?;
    let owner = owner(what, &head.id, row.try_get(12)?, row.try_get(13)?)?;
    let due = time(row.try_get(14)?);
    let place = standing(row.try_get(15)?);
    let execution = Execution { head, parts: Vec::new(), owner, sequence, due, signals: Vec::new(), place };
    let packed = archive::is_packed(&execution.head.id, row.try_get(16)?)?;
    Ok(Stored { execution, packed })
}

/// A part of an execution from its columns.
pub(crate) fn part(execution: &str, id: String, position: i64, body: String) -> Step<Part> {
    Ok(Part { id, position: number("part of execution", execution, position)?, body })
}

/// A signal of an execution from its columns.
pub(crate) fn signal(execution: &str, sequence: i64, at: i64, body: String) -> Step<Signal> {
    let sequence = number("signal of execution", execution, sequence)?;
    Ok(Signal { sequence, at: Timestamp::from_millis(at), body })
}

/// An owner from its two columns.
pub(crate) fn owner(what: &'static str, id: &str, node: Option<String>, epoch: Option<i64>) -> Step<Option<Owner>> {
    match (node, epoch) {
        (Some(node), Some(value)) => Ok(Some(Owner { node, epoch: epoch_of(what, id, value)? })),
        _ => Ok(None),
    }
}

/// An epoch from its column.
pub(crate) fn epoch_of(what: &'static str, id: &str, value: i64) -> Step<Epoch> {
    Ok(Epoch(number(what, id, value)?))
}

/// An optional time from its column.
pub(crate) fn time(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// An optional time for its column.
pub(crate) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::millis)
}

/// An epoch for its column. The counter never gets near the limit; what is above it equals no stored epoch.
pub(crate) fn column(epoch: Epoch) -> i64 {
    signed(epoch.0)
}

/// A number for its column.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number from its column.
pub(crate) fn number<T: TryFrom<i64>>(what: &'static str, id: &str, value: i64) -> Step<T> {
    T::try_from(value).map_err(|_| {
        let reason = format!("it holds the number {value}, which is out of range; restore the database from a backup");
        Error::Corrupt { what, id: id.to_owned(), reason }.into()
    })
}
