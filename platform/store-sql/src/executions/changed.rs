//! Changes in their order, for whoever follows.
//!
//! Writes come one after the other, and each is marked with the store's time, or with the last mark if that is later
//! because the clock was set back. So nothing becomes visible with an earlier mark than the newest that is visible.

use gennaker_base::Timestamp;
use gennaker_store::{Change, ChangeQuery, Changes};
use sqlx::{QueryBuilder, Row as _};

use crate::{
    dialect::{ASIDE, Connection, Database, Row},
    error::Step,
    rows::number,
};

/// The newest mark, as a column of a query.
macro_rules! newest {
    () => {
        "(SELECT MAX(changed) FROM gennaker_executions WHERE changed IS NOT NULL)"
    };
}
pub(super) use newest;

/// The mark of a change at `now`, while `newest` is the newest one.
pub(super) fn mark(now: Timestamp, newest: Option<i64>) -> i64 {
    now.millis().max(newest.unwrap_or(i64::MIN))
}

pub(super) async fn changed(connection: &mut Connection, query: &ChangeQuery) -> Step<Changes> {
    let newest: Option<i64> = sqlx::query_scalar(NEWEST).fetch_one(&mut *connection).await?;
    let settled = Timestamp::from_millis(newest.unwrap_or(0));
    if query.limit == 0 {
        return Ok(Changes { changes: Vec::new(), settled });
    }
    let rows = select(query).build().persistent(false).fetch_all(connection).await?;
    let changes = rows.iter().map(read).collect::<Step<_>>()?;
    Ok(Changes { changes, settled })
}

pub(crate) const NEWEST: &str = concat!("SELECT ", newest!());

pub(crate) fn select(query: &ChangeQuery) -> QueryBuilder<Database> {
    let mut statement = QueryBuilder::new(
        "SELECT id, kind, group_name, definition, name, status, sequence, is_over, changed FROM gennaker_executions \
         WHERE changed >= ",
    );
    let from = query.from.millis();
    statement.push_bind(from);
    if let Some(after) = &query.after {
        statement.push(" AND (changed > ").push_bind(from).push(" OR id > ").push_bind(after.clone()).push(")");
    }
    if !query.kinds.is_empty() {
        statement.push(" AND ").push(ASIDE).push("kind IN (");
        let mut places = statement.separated(", ");
        for kind in &query.kinds {
            places.push_bind(kind.clone());
        }
        statement.push(")");
    }
    if let Some(group) = &query.group {
        statement.push(" AND ").push(ASIDE).push("group_name = ").push_bind(group.clone());
    }
    statement.push(" ORDER BY changed, id LIMIT ").push_bind(i64::from(query.limit));
    statement
}

fn read(row: &Row) -> Step<Change> {
    let id: String = row.try_get(0)?;
    Ok(Change {
        kind: row.try_get(1)?,
        group: row.try_get(2)?,
        definition: row.try_get(3)?,
        name: row.try_get(4)?,
        status: row.try_get(5)?,
        sequence: number("execution", &id, row.try_get::<i64, _>(6)?)?,
        is_over: row.try_get::<i64, _>(7)? != 0,
        changed: Timestamp::from_millis(row.try_get(8)?),
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_does_not_set_the_marks_back() {
        let now = Timestamp::from_millis(5);
        assert_eq!((mark(now, None), mark(now, Some(4)), mark(now, Some(9))), (5, 5, 9));
    }
}
