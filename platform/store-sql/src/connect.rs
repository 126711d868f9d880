//! Opening a SQLite file: its permissions, its pragmas, its connections.
//!
//! `synchronous=FULL` makes a commit wait for the disk; WAL lets reads go on beside the writer.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Error, Options,
    dialect::{self, Connection, Fault, Pool},
    error::Place,
};

/// How many prepared statements a connection keeps: all of this crate's fit.
const STATEMENTS: usize = 256;
/// How many pages the write-ahead log holds before they are moved to the file.
const CHECKPOINT_PAGES: &str = "4096";
/// The most memory that a connection keeps pages in, in KiB, negative as SQLite wants it.
const CACHE: &str = "-16384";
/// The same for reads, of which there are several.
const READ_CACHE: &str = "-4096";
/// How long a read waits for a free connection.
const READ_WAIT: Duration = Duration::from_secs(5);
/// How often a lock that somebody else holds is tried again.
const LOCK_RETRY: Duration = Duration::from_millis(1);

/// A SQLite file that can be connected to.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    options: SqliteConnectOptions,
    busy_timeout: Duration,
}

impl File {
    /// Makes the file and its folder if they are missing.
    pub(crate) fn prepare(path: &Path, options: &Options) -> Result<File, Error> {
        let failed = |source| Error::File { path: path.display().to_string(), source };
        // Absolute, so that no name is taken for a URI.
        let path = std::path::absolute(path).map_err(failed)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        create(&path).map_err(failed)?;
        let busy_timeout = options.busy_timeout();
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .busy_timeout(busy_timeout)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What a savepoint can undo stays in memory, instead of in a temporary file for each turn.
            .pragma("temp_store", "MEMORY")
            // KiB: with SQLite's own 2 MiB the writer reads the same pages again and again under load.
            .pragma("cache_size", CACHE)
            // A checkpoint at 16 MiB: its waits for the disk are shared by more commits than at the default 4.
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .statement_cache_capacity(STATEMENTS)
            .thread_name(|number| format!("sqlite-{number}"))
            .disable_statement_logging();
        Ok(File { path, options, busy_timeout })
    }

    /// The file with one more pragma, for tests of what cannot be provoked otherwise.
    #[cfg(test)]
    pub(crate) fn with_pragma(mut self, key: &'static str, value: &'static str) -> File {
        self.options = self.options.pragma(key, value);
        self
    }

    /// How messages name it.
    pub(crate) fn place(&self) -> Place {
        Place::new(&self.path)
    }

    /// A connection that may write.
    pub(crate) async fn connect(&self) -> Result<Connection, Error> {
        let failed = |error| Error::database(&self.place(), &error);
        let mut connection = self.reconnect().await.map_err(failed)?;
        self.use_wal(&mut connection).await?;
        Ok(connection)
    }

    /// A connection in place of one that failed: the file is known to be good.
    pub(crate) async fn reconnect(&self) -> sqlx::Result<Connection> {
        let mut connection = self.options.connect().await?;
        // From here on it does not wait for locks inside SQLite: see `begin`.
        connection.execute("PRAGMA busy_timeout = 0").await?;
        Ok(connection)
    }

    /// Begins a write transaction, waiting for other processes. SQLite itself asks ever more seldom and starves beside a
    /// process that writes all the time; asked again every millisecond, each gets its turn.
    pub(crate) async fn begin(&self, connection: &mut Connection) -> sqlx::Result<()> {
        let began = Instant::now();
        loop {
            match dialect::begin(connection).await {
                Err(error) if dialect::fault(&error) == Fault::Busy && began.elapsed() < self.busy_timeout => {
                    tokio::time::sleep(LOCK_RETRY).await;
                }
                result => return result,
            }
        }
    }

    /// Connections for reads, opened at once and kept.
    pub(crate) async fn pool(&self, connections: u32) -> Result<Pool, Error> {
        SqlitePoolOptions::new()
            .min_connections(connections)
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(READ_WAIT)
            .test_before_acquire(false)
            .connect_with(self.options.clone().pragma("query_only", "ON").pragma("cache_size", READ_CACHE))
            .await
            .map_err(|error| Error::database(&self.place(), &error))
    }

    /// Switches to WAL. The switch needs the file for itself and SQLite does not wait for that: two processes that
    /// start together on a new file meet here.
    async fn use_wal(&self, connection: &mut Connection) -> Result<(), Error> {
        let began = Instant::now();
        loop {
            match sqlx::query_scalar::<_, String>("PRAGMA journal_mode = WAL").fetch_one(&mut *connection).await {
                Ok(mode) if mode == "wal" => return Ok(()),
                Ok(mode) => {
                    return Err(Error::Unusable {
                        place: self.place().to_string(),
                        reason: format!("its file system allows no WAL (journal mode {mode}): use a local disk"),
                        kind: gennaker_base::Kind::Invalid,
                    });
                }
                Err(error) if dialect::fault(&error) == Fault::Busy && began.elapsed() < self.busy_timeout => {
                    tokio::time::sleep(LOCK_RETRY).await;
                }
                Err(error) => return Err(Error::database(&self.place(), &error)),
            }
        }
    }
}

/// Ends a connection; what it had not committed is undone.
pub(crate) async fn close(connection: Connection, place: &Place) {
    if let Err(error) = connection.close().await {
        tracing::warn!(%place, %error, "a connection did not close cleanly");
    }
}

/// Creates the file readable by its owner only (SQLite gives its `-wal` and `-shm` the same mode); warns of an existing
/// one that others may read.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions());
        if mode & 0o077 != 0 {
            let path = path.display();
            tracing::warn!(%path, mode = format!("{:o}", mode & 0o777), "others may read the database: chmod 600 it");
        }
    }
    drop(file);
    Ok(())
}
