//! The row of an execution under change: what is compared before, and only what changes written after.
//!
//! A column that an index holds is written only if it changes: the database would write the index anew, whatever the
//! value.

use gennaker_store::{Head, Owner};
use sqlx::{QueryBuilder, Row as _};

use super::{changed::newest, places};
use crate::{
    dialect::{self, Database, Script},
    error::Step,
    rows::{self, column, millis},
};

/// Reads what [`Stored::read`] takes.
pub(super) const SELECT: &str = concat!(
    "SELECT sequence, owner_node, owner_epoch, due, is_over, signals, ready, place_limit, place_most, place_state, \
     place_number, kind, group_name, definition, name, status, created, ",
    newest!(),
    " FROM gennaker_executions WHERE id = ?"
);

/// What says who owns an execution and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) sequence: i64,
    pub(super) owner: Option<Owner>,
    pub(super) due: Option<i64>,
    pub(super) over: bool,
    pub(super) signals: i64,
    pub(super) ready: Option<i64>,
    pub(super) place: places::Row,
}

/// A row as it is stored, with those columns of the head that indexes hold.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) row: Row,
    /// When something changed last, whatever it was.
    pub(super) newest: Option<i64>,
    kind: String,
    group: String,
    definition: Option<String>,
    name: Option<String>,
    status: String,
    created: i64,
}

impl Stored {
    pub(super) fn read(id: &str, row: &dialect::Row) -> Step<Stored> {
        let place = places::Row {
            limit: row.try_get(7)?,
            most: row.try_get(8)?,
            state: row.try_get(9)?,
            number: row.try_get(10)?,
        };
        let fields = Row {
            sequence: row.try_get(0)?,
            owner: rows::owner("execution", id, row.try_get(1)?, row.try_get(2)?)?,
            due: row.try_get(3)?,
            over: row.try_get::<i64, _>(4)? != 0,
            signals: row.try_get(5)?,
            ready: row.try_get(6)?,
            place,
        };
        Ok(Stored {
            row: fields,
            newest: row.try_get(17)?,
            kind: row.try_get(11)?,
            group: row.try_get(12)?,
            definition: row.try_get(13)?,
            name: row.try_get(14)?,
            status: row.try_get(15)?,
            created: row.try_get(16)?,
        })
    }
}

impl Row {
    /// Writes what differs from `stored`, when that was, and the head if there is one.
    pub(super) fn write(self, script: &mut Script, id: &str, stored: &Stored, changed: i64, head: Option<Head>) {
        let was = &stored.row;
        let statement = script.statement("UPDATE gennaker_executions SET sequence = ");
        statement.push_bind(self.sequence).push(", changed = ").push_bind(changed);
        if self.owner != was.owner {
            statement.push(", owner_node = ").push_bind(self.owner.as_ref().map(|owner| owner.node.clone()));
            statement.push(", owner_epoch = ").push_bind(self.owner.as_ref().map(|owner| column(owner.epoch)));
        }
        if self.due != was.due {
            statement.push(", due = ").push_bind(self.due);
        }
        if self.over != was.over {
            statement.push(", is_over = ").push_bind(i64::from(self.over));
        }
        if (self.signals, self.ready) != (was.signals, was.ready) {
            statement.push(", signals = ").push_bind(self.signals).push(", ready = ").push_bind(self.ready);
        }
        if self.place != was.place {
            statement.push(", place_limit = ").push_bind(self.place.limit);
            statement.push(", place_most = ").push_bind(self.place.most);
            statement.push(", place_state = ").push_bind(self.place.state);
            statement.push(", place_number = ").push_bind(self.place.number);
        }
        if let Some(head) = head {
            write_head(statement, stored, head);
        }
        statement.push(" WHERE id = ").push_bind(id.to_owned());
    }
}

fn write_head(statement: &mut QueryBuilder<Database>, stored: &Stored, head: Head) {
    statement.push(", body = ").push_bind(head.body);
    statement.push(", format = ").push_bind(i64::from(head.format));
    statement.push(", started = ").push_bind(millis(head.started));
    statement.push(", ended = ").push_bind(millis(head.ended));
    if head.status != stored.status {
        statement.push(", status = ").push_bind(head.status);
    }
    let created = head.created.millis();
    // These hardly ever change.
    if (&head.kind, &head.group, created) != (&stored.kind, &stored.group, stored.created)
        || (&head.definition, &head.name) != (&stored.definition, &stored.name)
    {
        statement.push(", kind = ").push_bind(head.kind).push(", group_name = ").push_bind(head.group);
        statement.push(", definition = ").push_bind(head.definition).push(", name = ").push_bind(head.name);
        statement.push(", created = ").push_bind(created);
    }
}
