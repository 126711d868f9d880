//! The tables, and how an older database gets them.
//!
//! Each entry of [`MIGRATIONS`] brings a database from the version of its place to the next; what was released is never
//! edited. All tables begin with `gennaker_`. Times are milliseconds since 1970, ids and bodies are text.
//!
//! `ready` of an execution says since when somebody has something to do with it: for an ownerless one from when it may
//! be claimed, for an owned one when its first untaken signal came; null if never. It is all that claims look at.
//! The columns of places are explained in `executions/places.rs`.

use gennaker_base::Timestamp;
use sqlx::Executor as _;

use crate::{
    Error,
    connect::File,
    dialect::{self, Connection},
};

const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE gennaker_counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO gennaker_counters (name, value) VALUES ('epoch', 0);

CREATE TABLE gennaker_nodes (
    node TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    address TEXT NOT NULL,
    format BIGINT NOT NULL,
    expires BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE gennaker_leases (
    name TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL,
    node_epoch BIGINT NOT NULL,
    epoch BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE gennaker_executions (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    group_name TEXT NOT NULL,
    definition TEXT,
    name TEXT,
    status TEXT NOT NULL,
    created BIGINT NOT NULL,
    started BIGINT,
    ended BIGINT,
    format BIGINT NOT NULL,
    body TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    owner_node TEXT,
    owner_epoch BIGINT,
    due BIGINT,
    is_over BIGINT NOT NULL,
    signals BIGINT NOT NULL,
    signal_sequence BIGINT NOT NULL,
    ready BIGINT
);
CREATE INDEX gennaker_executions_ready ON gennaker_executions (owner_node, owner_epoch, ready);
CREATE INDEX gennaker_executions_due ON gennaker_executions (owner_node, due);
CREATE INDEX gennaker_executions_group ON gennaker_executions (group_name, kind, created, id);
CREATE INDEX gennaker_executions_definition ON gennaker_executions (definition, created, id);
CREATE INDEX gennaker_executions_kind ON gennaker_executions (kind, created, id);

CREATE TABLE gennaker_parts (
    execution TEXT NOT NULL REFERENCES gennaker_executions (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution, id)
);

CREATE TABLE gennaker_events (
    execution TEXT NOT NULL REFERENCES gennaker_executions (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    epoch BIGINT,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution, sequence)
);

CREATE TABLE gennaker_signals (
    execution TEXT NOT NULL REFERENCES gennaker_executions (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution, sequence)
);

CREATE TABLE gennaker_requests (
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    execution TEXT NOT NULL,
    keep BIGINT,
    PRIMARY KEY (kind, request)
) WITHOUT ROWID;
CREATE INDEX gennaker_requests_execution ON gennaker_requests (execution);
CREATE INDEX gennaker_requests_keep ON gennaker_requests (keep);

CREATE TABLE gennaker_tombstones (
    id TEXT NOT NULL PRIMARY KEY,
    keep BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX gennaker_tombstones_keep ON gennaker_tombstones (keep);

CREATE TABLE gennaker_fences (
    execution TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    seen BIGINT NOT NULL
) WITHOUT ROWID;
",
    "
ALTER TABLE gennaker_executions ADD COLUMN correlation TEXT;
ALTER TABLE gennaker_executions ADD COLUMN place_limit TEXT;
ALTER TABLE gennaker_executions ADD COLUMN place_most BIGINT;
ALTER TABLE gennaker_executions ADD COLUMN place_state BIGINT;
ALTER TABLE gennaker_executions ADD COLUMN place_number BIGINT;
CREATE INDEX gennaker_executions_correlation ON gennaker_executions (correlation, kind, is_over)
    WHERE correlation IS NOT NULL;
CREATE INDEX gennaker_executions_place ON gennaker_executions (place_limit, place_state, place_number)
    WHERE place_limit IS NOT NULL;
",
    "
-- What claims look for: without an entry for what has ended or is merely driven.
DROP INDEX gennaker_executions_ready;
CREATE INDEX gennaker_executions_ready ON gennaker_executions (owner_node, owner_epoch, ready)
    WHERE ready IS NOT NULL;
CREATE INDEX gennaker_executions_owner ON gennaker_executions (owner_node, owner_epoch)
    WHERE owner_node IS NOT NULL;
DROP INDEX gennaker_executions_due;
CREATE INDEX gennaker_executions_due ON gennaker_executions (due)
    WHERE owner_node IS NULL AND due IS NOT NULL;
-- What lists look for, in their order: see executions/list.rs.
DROP INDEX gennaker_executions_group;
CREATE INDEX gennaker_executions_group ON gennaker_executions (group_name, kind, created, id, name);
DROP INDEX gennaker_executions_kind;
CREATE INDEX gennaker_executions_kind ON gennaker_executions (kind, created, id, name);
CREATE INDEX gennaker_executions_status ON gennaker_executions (status, kind, created, id);
CREATE INDEX gennaker_executions_group_status ON gennaker_executions (group_name, status, kind, created, id);
CREATE INDEX gennaker_executions_group_definition
    ON gennaker_executions (group_name, kind, definition, created, id, status);
DROP INDEX gennaker_executions_definition;
CREATE INDEX gennaker_executions_definition ON gennaker_executions (definition, created, id, status);
",
    "
-- packed: null, or the format of the archive that holds the head's body, the parts and the events; 0: it cannot be packed.
ALTER TABLE gennaker_executions ADD COLUMN packed BIGINT;
CREATE INDEX gennaker_executions_unpacked ON gennaker_executions (created) WHERE is_over = 1 AND packed IS NULL;
CREATE TABLE gennaker_archives (
    execution TEXT NOT NULL PRIMARY KEY REFERENCES gennaker_executions (id) ON DELETE CASCADE,
    body BLOB NOT NULL
);
",
    "
CREATE INDEX gennaker_fences_seen ON gennaker_fences (seen);
",
    "
-- changed: when it was created or last committed; null if a version without this column did that. See executions/changed.rs.
ALTER TABLE gennaker_executions ADD COLUMN changed BIGINT;
CREATE INDEX gennaker_executions_changed ON gennaker_executions (changed, id) WHERE changed IS NOT NULL;
",
    "
-- The revisions of documents. latest: 1 for the newest of a name. A body that is null removed the document.
CREATE TABLE gennaker_documents (
    group_name TEXT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    at BIGINT NOT NULL,
    latest BIGINT NOT NULL,
    body TEXT,
    PRIMARY KEY (group_name, name, revision)
) WITHOUT ROWID;
CREATE INDEX gennaker_documents_latest ON gennaker_documents (group_name, name)
    WHERE latest = 1 AND body IS NOT NULL;
",
];

/// The schema that this version works with.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Brings the tables up to date, in one transaction; of several processes one does it.
pub(crate) async fn update(file: &File, connection: &mut Connection, now: Timestamp) -> Result<(), Error> {
    let place = file.place();
    let failed = |error: sqlx::Error| Error::database(&place, &error);
    file.begin(connection).await.map_err(failed)?;
    let found = match migrate(connection, now).await {
        Ok(found) => found,
        Err(error) => {
            // The first error is the one to tell.
            let _ = dialect::rollback(connection).await;
            return Err(failed(error));
        }
    };
    if found > VERSION {
        dialect::rollback(connection).await.map_err(failed)?;
        return Err(Error::Newer { place: place.to_string(), found, known: VERSION });
    }
    dialect::commit(connection).await.map_err(failed)
}

/// Returns the version that was found; changes nothing if it is newer than this one's.
async fn migrate(connection: &mut Connection, now: Timestamp) -> sqlx::Result<i64> {
    connection
        .execute(
            "CREATE TABLE IF NOT EXISTS gennaker_schema (version BIGINT NOT NULL PRIMARY KEY, applied BIGINT NOT NULL)",
        )
        .await?;
    let found: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM gennaker_schema").fetch_one(&mut *connection).await?;
    let pending = MIGRATIONS.iter().zip(1i64..).skip(usize::try_from(found).unwrap_or(0));
    for (statements, version) in pending {
        connection.execute(sqlx::raw_sql(*statements)).await?;
        sqlx::query("INSERT INTO gennaker_schema (version, applied) VALUES (?, ?)")
            .bind(version)
            .bind(now.millis())
            .execute(&mut *connection)
            .await?;
        tracing::info!(version, "the database's schema is updated");
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
