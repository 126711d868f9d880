//! A database of each released schema opens, with all that it holds.

use std::{path::Path, sync::Arc, time::Duration};

use gennaker_base::ManualClock;
use gennaker_store::{
    Ahead, Claim, Commit, Due, Epoch, Executions as _, Next, Nodes as _, Owner, PlaceChange, Query, Registration,
    Standing,
};
use sqlx::{Connection as _, Executor as _};

use super::*;
use crate::{Options, SqlStore};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// Makes the file as the version `version` did, with what that one wrote into it.
async fn old(path: &Path, version: usize, rows: &'static str) {
    let file = File::prepare(path, &Options::default()).expect("it is made");
    let mut connection = file.connect().await.expect("it connects");
    connection
        .execute("CREATE TABLE gennaker_schema (version BIGINT NOT NULL PRIMARY KEY, applied BIGINT NOT NULL)")
        .await
        .expect("it is made");
    for (statements, version) in MIGRATIONS[..version].iter().zip(1i64..) {
        connection.execute(sqlx::raw_sql(*statements)).await.expect("it is made");
        let applied = sqlx::query("INSERT INTO gennaker_schema (version, applied) VALUES (?, 0)").bind(version);
        connection.execute(applied).await.expect("it is noted");
    }
    connection.execute(sqlx::raw_sql(rows)).await.expect("they are stored");
    connection.close().await.expect("it closes");
}

/// A running execution whose owner is dead, one that has ended, one that waits for a due time and has a signal.
const FIRST: &str = "
INSERT INTO gennaker_executions VALUES
    ('running', 'pipeline', 'orders', 'deploy', 'Deploy', 'RUNNING', 30, 31, NULL, 1, '{\"a\":1}', 2, 'n', 1, NULL, 0, 0, 0, NULL),
    ('ended', 'pipeline', 'orders', 'deploy', 'Deploy', 'SUCCEEDED', 10, 11, 12, 1, '{\"b\":1}', 2, NULL, NULL, NULL, 1, 0, 0, NULL),
    ('waiting', 'pipeline', 'orders', NULL, NULL, 'RUNNING', 20, 21, NULL, 1, '{\"c\":1}', 1, NULL, NULL, 900, 0, 1, 4, 500);
INSERT INTO gennaker_parts VALUES ('running', 's', 0, 'stage'), ('ended', 's', 0, 'stage'), ('ended', 't', 1, 'other');
INSERT INTO gennaker_events VALUES
    ('running', 1, NULL, 'begun', 30, '1'), ('running', 2, 1, 'step', 31, '2'),
    ('ended', 1, NULL, 'begun', 10, '1'), ('ended', 2, 1, 'step', 12, '2'),
    ('waiting', 1, NULL, 'begun', 20, '1');
INSERT INTO gennaker_signals VALUES ('waiting', 4, 500, 'go');
INSERT INTO gennaker_nodes VALUES ('n', 1, '', 1, 100);
UPDATE gennaker_counters SET value = 1;
INSERT INTO gennaker_requests VALUES ('pipeline', 'r', 'ended', NULL);
";

#[tokio::test]
async fn a_database_of_the_first_version_opens_with_all_that_it_holds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("gennaker.db");
    old(&path, 1, FIRST).await;
    let clock = Arc::new(ManualClock::at(NOW));
    let store = SqlStore::open_sqlite(&path, clock, Options::default()).await.expect("it opens");
    let listed = store.list(&Query::default()).await.expect("it is listed");
    let ids: Vec<_> = listed.iter().map(|execution| (execution.head.id.as_str(), execution.parts.len())).collect();
    assert_eq!(ids, [("running", 1), ("waiting", 0), ("ended", 2)]);
    assert!(listed.iter().all(|execution| execution.place == Standing::None));
    let registration = Registration { node: "n".to_owned(), address: String::new(), format: 1 };
    let epoch = store.join(&registration, Duration::from_secs(10)).await.expect("it joins");
    assert_eq!(epoch, Epoch(2));
    let owner = Owner { node: "n".to_owned(), epoch };
    let claim = Claim { owner: owner.clone(), kinds: vec!["pipeline".to_owned()], format: 1, limit: 10 };
    let claimed = store.claim(claim).await.expect("it claims").executions;
    let ids: Vec<_> = claimed.iter().map(|execution| (execution.head.id.as_str(), execution.signals.len())).collect();
    assert_eq!(ids, [("running", 0), ("waiting", 1)]);
    let end = Commit {
        id: "running".to_owned(),
        owner,
        head: None,
        parts: Vec::new(),
        removed: Vec::new(),
        after: 2,
        events: Vec::new(),
        taken: Vec::new(),
        due: Due::Keep,
        ahead: Ahead::Ended,
        place: PlaceChange::Keep,
        next: Next::Oldest,
    };
    store.commit(end).await.expect("it ends");
    for id in ["running", "ended"] {
        let events = store.events(id, 0, 10).await.expect("events are read");
        assert_eq!(events.iter().map(|event| event.event.body.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        store.delete(id, NOW.after(Duration::from_secs(1))).await.expect("it has ended");
    }
    store.close().await;
}
