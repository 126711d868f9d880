//! What is particular to a file: permissions, damage, locks, other processes, death.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use gennaker_base::{Kind, SystemClock, Timestamp};
use gennaker_store::{Created, Executions as _, Head, NewEvent, NewExecution, Nodes as _, Query};
use gennaker_store_sql::{Error, Options, SqlStore};
use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};

async fn open(path: &Path) -> Result<SqlStore, Error> {
    let options = Options { busy_timeout_millis: 100, ..Options::default() };
    SqlStore::open_sqlite(path, Arc::new(SystemClock), options).await
}

/// A connection beside the store's.
pub(super) async fn beside(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.expect("it connects")
}

pub(super) fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("gennaker.db");
    (folder, path)
}

pub(super) fn execution(id: String) -> NewExecution {
    let head = Head {
        id,
        kind: "pipeline".to_owned(),
        group: "orders".to_owned(),
        definition: None,
        name: None,
        status: "RUNNING".to_owned(),
        created: Timestamp::ZERO,
        started: None,
        ended: None,
        format: 1,
        body: "x".repeat(1_000),
    };
    let event = NewEvent { kind: "created".to_owned(), at: Timestamp::ZERO, body: String::new() };
    NewExecution {
        head,
        parts: Vec::new(),
        event,
        owner: None,
        request: None,
        correlation: None,
        place: None,
        fence: None,
    }
}

#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    let (folder, _) = folder();
    let path = folder.path().join("made/on demand/gennaker.db");
    let store = open(&path).await.expect("it opens");
    store.create(execution("e".to_owned())).await.expect("it is created");
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path.display());
        let mode = fs::metadata(&file).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let (_folder, path) = folder();
    fs::write(&path, "these are somebody's notes, not a database".repeat(100)).expect("it is written");
    let before = fs::read(&path).expect("it is read");
    let error = open(&path).await.expect_err("it is no database");
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.to_string().contains("restore a backup"), "{error}");
    assert_eq!(fs::read(&path).expect("it is read"), before);
}

#[tokio::test]
async fn a_path_that_cannot_be_a_file_is_named() {
    let (folder, path) = folder();
    let error = open(folder.path()).await.expect_err("it is a folder");
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
    fs::write(&path, "").expect("it is written");
    let error = open(&path.join("below/a/file.db")).await.expect_err("a file is no folder");
    assert!(matches!(error, Error::File { .. }), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (_folder, path) = folder();
    open(&path).await.expect("it opens").close().await;
    let newer = "INSERT INTO gennaker_schema (version, applied) VALUES (1000, 0)";
    beside(&path).await.execute(newer).await.expect("it is written");
    let error = open(&path).await.expect_err("it is newer");
    assert!(matches!(error, Error::Newer { found: 1000, .. }), "{error}");
    assert!(error.to_string().contains("start a newer version"), "{error}");
}

#[tokio::test]
async fn tables_of_others_are_left_alone() {
    let (_folder, path) = folder();
    fs::write(&path, "").expect("it is written");
    let mut other = beside(&path).await;
    other.execute("CREATE TABLE executions (id TEXT); INSERT INTO executions VALUES ('theirs')").await.expect("made");
    let store = open(&path).await.expect("it opens");
    store.create(execution("e".to_owned())).await.expect("it is created");
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut other)
        .await
        .expect("they are listed");
    let strange = tables.iter().filter(|name| !name.starts_with("gennaker_") && *name != "executions");
    assert_eq!(strange.count(), 0, "{tables:?}");
}

#[tokio::test]
async fn a_lock_held_by_another_refuses_writes_until_it_is_gone() {
    let (_folder, path) = folder();
    let store = open(&path).await.expect("it opens");
    let mut other = beside(&path).await;
    other.execute("BEGIN IMMEDIATE").await.expect("it locks");
    let error = store.create(execution("e".to_owned())).await.expect_err("it is locked");
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.to_string().contains("another process"), "{error}");
    assert!(store.list(&Query::default()).await.expect("reads go on").is_empty());
    let error = open(&path).await.expect_err("it is locked");
    assert_eq!(error.kind(), Kind::Unavailable);
    other.execute("ROLLBACK").await.expect("it unlocks");
    assert_eq!(store.create(execution("e".to_owned())).await.expect("it is created"), Created::New { waits: false });
}

#[tokio::test]
async fn a_closed_store_answers_that_it_is_closed() {
    let (_folder, path) = folder();
    let store = open(&path).await.expect("it opens");
    store.close().await;
    store.close().await;
    assert_eq!(store.create(execution("e".to_owned())).await.expect_err("closed").kind(), Kind::Unavailable);
    assert_eq!(store.list(&Query::default()).await.expect_err("closed").kind(), Kind::Unavailable);
    assert_eq!(store.living().await.expect_err("closed").kind(), Kind::Unavailable);
}

#[tokio::test]
async fn what_lies_on_disk_is_whole_at_any_answer() {
    let (folder, path) = folder();
    let store = open(&path).await.expect("it opens");
    for number in 0..20 {
        store.create(execution(format!("e{number}"))).await.expect("it is created");
        // What a crash at this moment would leave.
        let copy = folder.path().join("copy.db");
        for suffix in ["", "-wal"] {
            fs::copy(format!("{}{suffix}", path.display()), format!("{}{suffix}", copy.display())).expect("copied");
        }
        let left = open(&copy).await.expect("it opens");
        assert_eq!(left.list(&Query::default()).await.expect("it is listed").len(), number + 1);
        left.close().await;
    }
}

/// Starts this test binary as another process that creates executions in the file and prints each answered id.
fn another_process(path: &Path, prefix: &str) -> Child {
    Command::new(std::env::current_exe().expect("this binary"))
        .args([
            "--exact",
            "sqlite::file::a_writer_gets_an_answer_for_each_execution",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FILE, path)
        .env(PREFIX, prefix)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts")
}

const FILE: &str = "GENNAKER_TEST_STORE_FILE";
const PREFIX: &str = "GENNAKER_TEST_STORE_PREFIX";

/// By itself a short run on a file of its own; in another process, whose environment names a file, it goes on until it is
/// killed.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the other process is told by its environment")]
async fn a_writer_gets_an_answer_for_each_execution() {
    let (_folder, own) = folder();
    let path = std::env::var(FILE).map_or(own, PathBuf::from);
    let prefix = std::env::var(PREFIX).unwrap_or_else(|_| "own-".to_owned());
    let executions = if prefix == "own-" { 10 } else { 100_000 };
    let store = SqlStore::open_sqlite(&path, Arc::new(SystemClock), Options::default()).await.expect("it opens");
    for number in 0..executions {
        let id = format!("{prefix}{number}");
        assert_eq!(store.create(execution(id.clone())).await.expect("it is created"), Created::New { waits: false });
        println!("\ncreated {id}");
    }
    assert_eq!(store.list(&Query::default()).await.expect("it is listed").len(), executions);
}

#[tokio::test]
async fn processes_share_a_file_and_a_killed_one_loses_no_answered_write() {
    let (_folder, path) = folder();
    let store = SqlStore::open_sqlite(&path, Arc::new(SystemClock), Options::default()).await.expect("it opens");
    for round in 0..2 {
        let mut child = another_process(&path, &format!("other-{round}-"));
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut answered = Vec::new();
        for number in 0..100 {
            store.create(execution(format!("own-{round}-{number}"))).await.expect("it is created");
            let next = lines.by_ref().map(|line| line.expect("a line")).find(|line| line.starts_with("created "));
            answered.push(next.expect("it goes on creating"));
        }
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        // What it printed before it died was answered too; its last line may be cut off.
        let rest: Vec<_> = lines.map_while(Result::ok).collect();
        answered.extend(rest.into_iter().rev().skip(1).filter(|line| line.starts_with("created ")));
        for line in answered {
            store.load(&line["created ".len()..]).await.expect("an answered write is there");
        }
    }
    assert_eq!(store.create(execution("last".to_owned())).await.expect("it goes on"), Created::New { waits: false });
}
