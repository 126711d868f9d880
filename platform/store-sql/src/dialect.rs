//! What differs between databases, and nothing else: types, transaction words, upserts, kinds of failure.
//!
//! Today SQLite. Statements elsewhere use `?` for parameters and only SQL that PostgreSQL and MySQL know too.

use sqlx::Executor as _;

pub(crate) type Database = sqlx::Sqlite;
pub(crate) type Connection = sqlx::SqliteConnection;
pub(crate) type Pool = sqlx::SqlitePool;
pub(crate) type Row = sqlx::sqlite::SqliteRow;
pub(crate) type Snapshot = sqlx::Transaction<'static, Database>;
pub(crate) type Query = sqlx::query::Query<'static, Database, sqlx::sqlite::SqliteArguments>;

/// How many parameters one statement may list.
pub(crate) const PARAMETERS: usize = 500;

/// Before a column: no index of the column serves this condition, so that a better one is not passed over.
pub(crate) const ASIDE: &str = "+";

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

/// Begins a write transaction, holding the write lock from the start: two processes never deadlock on an upgrade. Opens
/// the first job's savepoint.
pub(crate) async fn begin(connection: &mut Connection) -> sqlx::Result<()> {
    run(connection, "BEGIN IMMEDIATE; SAVEPOINT job").await
}

/// Keeps or undoes what was done since the savepoint and opens the next one.
pub(crate) async fn next_job(connection: &mut Connection, keep: bool) -> sqlx::Result<()> {
    // A savepoint stays open after ROLLBACK TO.
    run(connection, if keep { "RELEASE job; SAVEPOINT job" } else { "ROLLBACK TO job" }).await
}

/// Commits the transaction with all savepoints that are still open.
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
