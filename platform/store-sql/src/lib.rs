//! The storage traits on SQL databases; today SQLite in one file, where committed means on disk.
//!
//! ```no_run
//! # async fn example() -> Result<(), gennaker_store_sql::Error> {
//! use std::{path::Path, sync::Arc};
//!
//! use gennaker_base::SystemClock;
//! use gennaker_store_sql::{Options, SqlStore};
//!
//! let store = SqlStore::open_sqlite(Path::new("data/gennaker.db"), Arc::new(SystemClock), Options::default()).await?;
//! store.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Guarantees
//! * What is answered is on disk: WAL with `synchronous=FULL`, and no answer before `COMMIT` returned.
//! * Writes that arrive while a commit is under way share the next one; a refused write among them leaves the others
//!   alone ([`Options::queue`] bounds how many wait).
//! * Several processes on this machine may open one file. Over a network file system they may not.
//! * The store's clock is the one given: the processes on one file share their machine's wall clock.
//!
//! # Layout
//! SQL text stands beside the function that uses it, with `?` for parameters; what differs between databases is in
//! `dialect.rs` only.

mod archive;
mod connect;
mod dialect;
mod documents;
mod error;
mod executions;
mod fences;
mod leases;
mod nodes;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::{path::Path, time::Duration};

use gennaker_base::SharedClock;
use gennaker_store as store;

pub use self::error::Error;
use self::{
    dialect::{Pool, PoolConnection, Snapshot},
    error::{Place, Step},
    writer::Writer,
};

/// How a store works; the defaults fit one node.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// How many writes may wait for their turn before further callers wait outside. Default 1,024.
    pub queue: usize,
    /// How many connections serve reads. Default 4.
    pub read_connections: u32,
    /// How long to wait for another process that is writing, in milliseconds. Default 5,000.
    pub busy_timeout_millis: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options { queue: 1024, read_connections: 4, busy_timeout_millis: 5000 }
    }
}

impl Options {
    fn busy_timeout(&self) -> Duration {
        Duration::from_millis(u64::from(self.busy_timeout_millis))
    }
}

/// A store in a SQL database.
#[derive(Debug)]
pub struct SqlStore {
    writer: Writer,
    reads: Pool,
    clock: SharedClockDebug,
    place: Place,
    /// Whether former owners are refused: see `fences.rs`.
    fenced: bool,
}

impl SqlStore {
    /// Opens the SQLite file at `path`; creates it, readable by its owner only, with its folder if it is missing, and
    /// brings its tables up to date.
    ///
    /// # Errors
    /// Whatever keeps the file from being used, with what to do about it.
    pub async fn open_sqlite(path: &Path, clock: SharedClock, options: Options) -> Result<SqlStore, Error> {
        let file = connect::File::prepare(path, &options)?;
        let place = file.place();
        let mut first = file.connect().await?;
        schema::update(&file, &mut first, clock.now()).await?;
        let reads = file.pool(options.read_connections.max(1)).await?;
        let fenced = fences::are_enforced();
        let writer = Writer::start(file, first, clock.clone(), options.queue.max(1), fenced);
        Ok(SqlStore { writer, reads, clock: SharedClockDebug(clock), place, fenced })
    }

    /// Answers what was already asked, then ends the writer and closes all connections. Later calls are refused as
    /// unavailable.
    pub async fn close(&self) {
        self.writer.close().await;
        self.reads.close().await;
    }

    /// One connection for a read of a single statement, which sees one state by itself.
    async fn connection(&self) -> store::Result<PoolConnection> {
        self.settle(self.reads.acquire().await.map_err(Into::into))
    }

    /// One connection for reads, inside a transaction, so that several queries see one state.
    async fn snapshot(&self) -> store::Result<Snapshot> {
        self.settle(self.reads.begin().await.map_err(Into::into))
    }

    fn settle<T>(&self, step: Step<T>) -> store::Result<T> {
        step.map_err(|failure| failure.settle(&self.place))
    }
}

/// The clock, so that the store can derive `Debug`.
struct SharedClockDebug(SharedClock);

impl std::fmt::Debug for SharedClockDebug {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Clock")
    }
}

impl std::ops::Deref for SharedClockDebug {
    type Target = SharedClock;

    fn deref(&self) -> &SharedClock {
        &self.0
    }
}
