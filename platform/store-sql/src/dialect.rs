//! What differs between databases, and nothing else: types, transaction words, upserts, kinds of failure.
//!
//! Today SQLite. Statements elsewhere use `?` for parameters and only SQL that PostgreSQL and MySQL know too.

use sqlx::{Executor as _, QueryBuilder, query_builder::Separated};

pub(crate) type Database = sqlx::Sqlite;
pub(crate) type Connection = sqlx::SqliteConnection;
pub(crate) type Pool = sqlx::SqlitePool;
pub(crate) type PoolConnection = sqlx::pool::PoolConnection<Database>;
pub(crate) type Row = sqlx::sqlite::SqliteRow;
pub(crate) type Snapshot = sqlx::Transaction<'static, Database>;

/// How many parameters one statement may list.
pub(crate) const PARAMETERS: usize = 500;

/// [`ASIDE`] for constant texts.
macro_rules! aside {
    () => {
        "+"
    };
}
pub(crate) use aside;

/// Between two columns: they are equal, or both null.
macro_rules! same {
    () => {
        " IS "
    };
}
pub(crate) use same;

/// Before a column: no index of the column serves this condition, so that a better one is not passed over.
pub(crate) const ASIDE: &str = aside!();

/// Ends an `INSERT` so that a row with the same key gets the new values instead.
macro_rules! upsert {
    ($key:literal; $first:literal $(, $column:literal)*) => {
        concat!(
            " ON CONFLICT (", $key, ") DO UPDATE SET ", $first, " = excluded.", $first
            $(, ", ", $column, " = excluded.", $column)*
        )
    };
}
pub(crate) use upsert;

/// Begins a write transaction, holding the write lock from the start: two processes never deadlock on an upgrade.
pub(crate) async fn begin(connection: &mut Connection) -> sqlx::Result<()> {
    run(connection, "BEGIN IMMEDIATE").await
}

/// Opens a savepoint.
pub(crate) async fn open_savepoint(connection: &mut Connection) -> sqlx::Result<()> {
    run(connection, "SAVEPOINT job").await
}

/// Closes the savepoint; what was done since is kept or undone. Fails if the database undid the whole transaction by
/// itself, as it may when the disk is full.
pub(crate) async fn close_savepoint(connection: &mut Connection, keep: bool) -> sqlx::Result<()> {
    run(connection, if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" }).await
}

/// Commits the transaction.
pub(crate) async fn commit(connection: &mut Connection) -> sqlx::Result<()> {
    run(connection, "COMMIT").await
}

/// Undoes the whole transaction.
pub(crate) async fn rollback(connection: &mut Connection) -> sqlx::Result<()> {
    run(connection, "ROLLBACK").await
}

async fn run(connection: &mut Connection, words: &'static str) -> sqlx::Result<()> {
    connection.execute(sqlx::query(words)).await.map(|_| ())
}

/// Statements without results that are sent together, so that they cost one exchange with the connection's thread.
pub(crate) struct Script {
    text: QueryBuilder<Database>,
    is_empty: bool,
    is_short: bool,
}

/// Scripts with more rows than that are not kept prepared: they would push out those that come again and again.
const SHORT: usize = 8;

impl Script {
    pub(crate) fn new() -> Self {
        Script { text: QueryBuilder::new("SAVEPOINT job"), is_empty: true, is_short: true }
    }

    /// Begins the next statement.
    pub(crate) fn statement(&mut self, text: &str) -> &mut QueryBuilder<Database> {
        self.is_empty = false;
        self.text.push("; ").push(text)
    }

    /// Adds a statement that has its places for these values in it.
    pub(crate) fn bound(&mut self, text: &str, values: &[i64]) {
        let mut values = values.iter();
        let statement = self.statement("");
        for piece in text.split_inclusive('?') {
            match piece.strip_suffix('?') {
                Some(before) => statement.push(before).push_bind(values.next().copied()),
                None => statement.push(piece),
            };
        }
    }

    /// Adds statements that insert `rows`; `before` ends with the table's columns, and `bind` binds a row's values.
    pub(crate) fn insert<T>(
        &mut self,
        before: &str,
        rows: Vec<T>,
        mut bind: impl FnMut(&mut Separated<'_, Database, &'static str>, T),
        after: &str,
    ) {
        self.is_short &= rows.len() <= SHORT;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let together = rows.by_ref().take(TOGETHER);
            let statement = self.statement(before).push(" ");
            statement.push_values(together, |mut values, row| bind(&mut values, row)).push(after);
        }
    }

    /// Runs all of it inside a savepoint. If a statement fails, the savepoint stays open.
    pub(crate) async fn run(mut self, connection: &mut Connection) -> sqlx::Result<()> {
        if self.is_empty {
            return Ok(());
        }
        self.statement("RELEASE job");
        self.text.build().persistent(self.is_short).execute(connection).await.map(|_| ())
    }
}

/// How many rows one statement inserts.
const TOGETHER: usize = 50;

/// A database's failure, as far as an operator can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No room.
    Full,
    /// No permission to write.
    ReadOnly,
    /// Somebody else holds a lock.
    Busy,
    /// Not readable as a database.
    Damaged,
    /// Not there, not answering, or an input/output error.
    Unreachable,
    /// The statement is wrong.
    Statement,
}

/// The primary result codes of <https://www.sqlite.org/rescode.html>.
pub(crate) fn fault(error: &sqlx::Error) -> Fault {
    let sqlx::Error::Database(database) = error else {
        return match error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Fault::Damaged,
            sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } | sqlx::Error::Encode(_) => {
                Fault::Statement
            }
            _ => Fault::Unreachable,
        };
    };
    let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
    match code & 0xff {
        5 | 6 => Fault::Busy,
        3 | 8 | 23 => Fault::ReadOnly,
        11 | 26 => Fault::Damaged,
        13 => Fault::Full,
        // 7 no memory, 9 interrupted, 10 I/O, 14 cannot open, 15 locking protocol, 22 no large files
        7 | 9 | 10 | 14 | 15 | 22 => Fault::Unreachable,
        _ => Fault::Statement,
    }
}
