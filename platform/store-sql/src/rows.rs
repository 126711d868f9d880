//! From rows to the types of the traits and back.

use gennaker_base::Timestamp;
use gennaker_store::{Epoch, Error, Execution, Head, Owner, Part, Signal};
use sqlx::Row as _;

use crate::{archive, dialect::Row, error::Step, executions::standing};

/// The columns that [`stored`] reads, in its order.
macro_rules! execution_columns {
    () => {
        "id, kind, group_name, definition, name, status, created, started, ended, format, body, \
         sequence, owner_node, owner_epoch, due, signals, place_state, packed"
    };
}
pub(crate) use execution_columns;

/// An execution without its parts and signals.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The execution; `parts` and `signals` are empty yet.
    pub(crate) execution: Execution,
    /// How many signals wait.
    pub(crate) waiting: i64,
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
    let place = standing(row.try_get(16)?);
    let execution = Execution { head, parts: Vec::new(), owner, sequence, due, signals: Vec::new(), place };
    let packed = archive::is_packed(&execution.head.id, row.try_get(17)?)?;
    Ok(Stored { execution, waiting: row.try_get(15)?, packed })
}

/// Reads a row of `execution, id, position, body`: the part and whose it is.
pub(crate) fn part(row: &Row) -> Step<(String, Part)> {
    let execution: String = row.try_get(0)?;
    let position = number("part of execution", &execution, row.try_get::<i64, _>(2)?)?;
    Ok((execution, Part { id: row.try_get(1)?, position, body: row.try_get(3)? }))
}

/// Reads a row of `execution, sequence, at, body`: the signal and whose it is.
pub(crate) fn signal(row: &Row) -> Step<(String, Signal)> {
    let execution: String = row.try_get(0)?;
    let sequence = number("signal of execution", &execution, row.try_get::<i64, _>(1)?)?;
    Ok((execution, Signal { sequence, at: Timestamp::from_millis(row.try_get(2)?), body: row.try_get(3)? }))
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
