//! What cannot be seen through the traits: what shares a turn, what a failed turn leaves, which index serves a query.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use futures::{FutureExt as _, future::join_all};
use gennaker_base::{Clock, Kind, Timestamp};
use gennaker_store::{self as store, ChangeQuery, Claim, Epoch, Error, Expiry, Order, Owner, Query};
use sqlx::{Executor as _, QueryBuilder, Row as _};
use tokio::sync::oneshot;

use crate::{
    Options,
    connect::File,
    dialect::{self, Database, Fault, Script},
    error::Step,
    executions::statements::{self, Stream},
    schema,
    writer::{Turn, Writer},
};

/// A clock that shows another time whenever it is asked: a turn asks once.
struct Counting(AtomicI64);

#[async_trait]
impl Clock for Counting {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1, Ordering::SeqCst))
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

fn file(folder: &tempfile::TempDir) -> File {
    File::prepare(&folder.path().join("gennaker.db"), &Options::default()).expect("it is made")
}

async fn start(file: File) -> Writer {
    let mut connection = file.connect().await.expect("it connects");
    schema::update(&file, &mut connection, Timestamp::ZERO).await.expect("it is made");
    Writer::start(file, connection, Arc::new(Counting(AtomicI64::new(1))), 1_000, true)
}

/// Writes the tombstone `id`, then fails if told so.
async fn put(turn: &mut Turn, id: String, refuse: bool) -> Step<i64> {
    sqlx::query("INSERT INTO gennaker_tombstones (id, keep) VALUES (?, 0)")
        .bind(id.clone())
        .execute(&mut turn.connection)
        .await?;
    if refuse {
        return Err(Error::Conflict { id, reason: "told so".to_owned() }.into());
    }
    Ok(turn.now.millis())
}

/// Writes the tombstone `id` and then what the key refuses.
async fn script(turn: &mut Turn, id: String) -> Step<i64> {
    let mut script = Script::new();
    for id in [id, "twice".to_owned(), "twice".to_owned()] {
        let statement = script.statement("INSERT INTO gennaker_tombstones (id, keep) VALUES (");
        statement.push_bind(id).push(", 0)");
    }
    turn.write(script).await?;
    Ok(turn.now.millis())
}

/// Makes the commit fail: a row without its parent is refused no earlier than there.
async fn spoil(turn: &mut Turn) -> Step<i64> {
    turn.connection.execute("PRAGMA defer_foreign_keys = ON").await?;
    turn.connection
        .execute("INSERT INTO gennaker_parts (execution, id, position, body) VALUES ('none', 'p', 0, '')")
        .await?;
    Ok(0)
}

async fn kept(writer: &Writer) -> Vec<String> {
    writer.write("all", |turn| read(turn).boxed()).await.expect("it is read")
}

async fn read(turn: &mut Turn) -> Step<Vec<String>> {
    let rows = sqlx::query("SELECT id FROM gennaker_tombstones ORDER BY id").fetch_all(&mut turn.connection).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// What the jobs of one turn do.
#[derive(Clone, Copy, PartialEq)]
enum Do {
    Put,
    Refuse,
    Script,
    Spoil,
}

/// Lets `jobs` queue up while a first one holds the writer, so that they share the next turn.
async fn together(writer: &Writer, jobs: &[Do]) -> Vec<store::Result<i64>> {
    let (started, running) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let first = writer.write("first", move |_| {
        async move {
            started.send(()).expect("the test waits");
            released.await.expect("the test releases it");
            Ok(())
        }
        .boxed()
    });
    let rest = async {
        running.await.expect("it runs");
        let queued = jobs.iter().zip(0..).map(|(job, number)| {
            let job = *job;
            writer.write("job", move |turn: &mut Turn| match job {
                Do::Put => put(turn, format!("{number}"), false).boxed(),
                Do::Refuse => put(turn, format!("{number}"), true).boxed(),
                Do::Script => script(turn, format!("{number}")).boxed(),
                Do::Spoil => spoil(turn).boxed(),
            })
        });
        let mut queued = Box::pin(join_all(queued));
        assert!(futures::poll!(&mut queued).is_pending());
        release.send(()).expect("the first one waits");
        queued.await
    };
    let (first, rest) = futures::join!(first, rest);
    first.expect("it is kept");
    rest
}

#[tokio::test]
async fn what_queued_up_shares_one_commit_and_a_refused_job_is_undone_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = start(file(&folder)).await;
    let answers = together(&writer, &[Do::Refuse, Do::Put, Do::Refuse, Do::Refuse, Do::Put, Do::Put, Do::Refuse]).await;
    let turns: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(turns.len(), 3);
    assert!(turns.iter().all(|turn| *turn == turns[0]), "{turns:?}");
    let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::Conflict { .. })));
    assert_eq!(refused.count(), 4);
    assert_eq!(kept(&writer).await, ["1", "4", "5"]);
}

#[tokio::test]
async fn a_script_that_fails_is_undone_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = start(file(&folder)).await;
    let answers = together(&writer, &[Do::Put, Do::Script, Do::Put, Do::Script]).await;
    let kept_ones: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(kept_ones, [true, false, true, false]);
    assert_eq!(kept(&writer).await, ["0", "2"]);
    let late = writer.write_unguarded("late", |turn| script(turn, "late".to_owned()).boxed()).await;
    assert_eq!(late.expect_err("the key refuses it").kind(), Kind::Unavailable);
    assert_eq!(kept(&writer).await, ["0", "2"]);
}

#[tokio::test]
async fn a_failed_commit_refuses_the_whole_turn_and_the_next_one_succeeds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = start(file(&folder)).await;
    let answers = together(&writer, &[Do::Put, Do::Spoil, Do::Refuse, Do::Put]).await;
    for answer in answers {
        let error = answer.expect_err("the turn is lost");
        assert_eq!(error.kind(), Kind::Unavailable, "{error}");
    }
    assert!(kept(&writer).await.is_empty());
    assert!(together(&writer, &[Do::Put]).await[0].is_ok());
    assert_eq!(kept(&writer).await, ["0"]);
}

#[tokio::test]
async fn a_full_disk_refuses_clearly_and_keeps_what_was_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = start(file(&folder).with_pragma("max_page_count", "60")).await;
    let big = |size: usize| writer.write("big", move |turn| put(turn, "x".repeat(size), false).boxed());
    let small = |id: &str| {
        let id = id.to_owned();
        writer.write("small", move |turn| put(turn, id, false).boxed())
    };
    small("before").await.expect("there is room");
    let error = big(1_000_000).await.expect_err("there is no room");
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.to_string().contains("free some space"), "{error}");
    small("small").await.expect("there is room for this");
    assert_eq!(kept(&writer).await, ["before", "small"]);
}

#[tokio::test]
async fn a_write_that_nobody_waits_for_is_not_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = start(file(&folder)).await;
    let (release, released) = oneshot::channel::<()>();
    let mut first = Box::pin(writer.write("first", move |_| async move { Ok(released.await.is_ok()) }.boxed()));
    assert!(futures::poll!(&mut first).is_pending());
    let mut given_up = Box::pin(writer.write("second", |turn| put(turn, "second".to_owned(), false).boxed()));
    assert!(futures::poll!(&mut given_up).is_pending());
    drop(given_up);
    release.send(()).expect("the first one waits");
    assert!(first.await.expect("it is kept"));
    assert!(kept(&writer).await.is_empty());
}

#[tokio::test]
async fn closing_answers_what_is_queued() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = start(file(&folder)).await;
    let puts = (0..20).map(|number| writer.write("put", move |turn| put(turn, format!("{number}"), false).boxed()));
    let mut puts = Box::pin(join_all(puts));
    assert!(futures::poll!(&mut puts).is_pending());
    let (answers, ()) = futures::join!(puts, writer.close());
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let late = writer.write("late", |turn| put(turn, "late".to_owned(), false).boxed()).await;
    assert_eq!(late.expect_err("it is closed").kind(), Kind::Unavailable);
}

#[tokio::test]
async fn a_database_that_may_not_be_written_is_told_apart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = file(&folder).with_pragma("query_only", "ON");
    let mut connection = file.connect().await.expect("it connects");
    let error = connection.execute("CREATE TABLE t (id TEXT)").await.expect_err("it may not write");
    assert_eq!(dialect::fault(&error), Fault::ReadOnly);
    let told = crate::error::broken(&error, &file.place());
    assert_eq!(told.kind(), Kind::Unavailable);
    assert!(told.to_string().contains("writable"), "{told}");
}

/// How SQLite carries out a statement.
async fn plan(path: &Path, statement: QueryBuilder<Database>) -> String {
    let file = File::prepare(path, &Options::default()).expect("it is made");
    let mut connection = file.connect().await.expect("it connects");
    schema::update(&file, &mut connection, Timestamp::ZERO).await.expect("it is made");
    let text = format!("EXPLAIN QUERY PLAN {}", statement.sql().as_str());
    let rows = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_all(&mut connection).await.expect("it is explained");
    rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("; ")
}

/// Each statement reads what it answers and no more, and sorts nothing that can be many.
#[tokio::test]
async fn claims_and_lists_are_served_by_their_indexes_in_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("gennaker.db");
    let text = |text: &str| vec![text.to_owned()];
    let owner = Owner { node: "a".to_owned(), epoch: Epoch(1) };
    let claim = Claim {
        owner: owner.clone(),
        kinds: vec!["pipeline".to_owned(), "operation".to_owned()],
        format: 1,
        limit: 10,
    };
    let kind = Query { kinds: text("pipeline"), ..Query::default() };
    let group = Query { group: Some("orders".to_owned()), limit: 30, ..kind.clone() };
    let running = vec!["RUNNING".to_owned(), "PAUSED".to_owned()];
    let between = Query { from: Some(Timestamp::ZERO), until: Some(Timestamp::ZERO), ..group.clone() };
    let definition = Query { definitions: text("deploy"), ..Query::default() };
    let definitions = Query { definitions: vec!["deploy".to_owned(), "bake".to_owned()], ..kind.clone() };
    let each = |query: Query| Query { limit_per_definition: Some(5), ..query };
    let of_definition = [Stream {
        kind: Some("pipeline".to_owned()),
        definition: Some(Some("deploy".to_owned())),
        ..Stream::default()
    }];
    let streams = |query: &Query| statements::several(query, &statements::streams_of(query));
    let group_running = Query { statuses: running.clone(), ..group.clone() };
    let changes = ChangeQuery {
        kinds: text("pipeline"),
        group: Some("orders".to_owned()),
        after: Some("e".to_owned()),
        ..ChangeQuery::default()
    };
    let names = Query { names: text("Deploy"), ..group.clone() };
    let mut plans = vec![
        ("due", statements::next_due(&claim.kinds)),
        ("group", statements::list(&group)),
        ("group", statements::list(&between)),
        ("group", statements::list(&Query { order: Order::OldestFirst, ..group.clone() })),
        ("group", statements::list(&names)),
        ("definition", statements::list(&definition)),
        ("definition", statements::list(&Query { kinds: text("pipeline"), ..definition.clone() })),
        ("definition", streams(&definitions)),
        ("definition", streams(&each(definitions.clone()))),
        ("kind", statements::list(&kind)),
        ("status", streams(&Query { statuses: running.clone(), ..kind.clone() })),
        ("group_status", streams(&group_running)),
        ("group_definition", statements::definitions("orders", "pipeline")),
        ("changed", statements::changed(&ChangeQuery::default())),
        ("changed", statements::changed(&changes)),
    ];
    for query in [&group, &group_running, &names, &between] {
        plans.push(("group_definition", statements::several(&each(query.clone()), &of_definition)));
    }
    for (index, statement) in plans {
        let plan = plan(&path, statement).await;
        let steps = plan.matches("gennaker_executions").count();
        let served = plan.matches(&format!("INDEX gennaker_executions_{index} ")).count();
        assert!(steps > 0 && plan.matches("SEARCH gennaker_executions").count() == served, "{index}: {plan}");
        assert!(!plan.contains("SCAN gennaker_executions") && !plan.contains("TEMP B-TREE"), "{index}: {plan}");
    }
    // Of these there are few: they are sorted.
    for (index, statement) in [
        ("ready", statements::claim(&claim, Timestamp::ZERO)),
        ("correlation", statements::list(&Query { correlation: Some("build-7".to_owned()), ..group.clone() })),
        ("owner", statements::list(&Query { owner: Some(owner), ..kind.clone() })),
        ("status", statements::list(&Query { statuses: running, ..Query::default() })),
    ] {
        let plan = plan(&path, statement).await;
        assert!(plan.contains(&format!("INDEX gennaker_executions_{index} ")), "{plan}");
    }
    // An index of nothing else.
    let unpacked = plan(&path, statements::unpacked(16)).await;
    assert_eq!(unpacked, "SCAN gennaker_executions USING INDEX gennaker_executions_unpacked");
    // What writes look at.
    let expiry = Expiry { keep: 5, from: Some(Timestamp::ZERO), ..Expiry::default() };
    let expired = plan(&path, statements::expired("pipeline", &expiry, 100)).await;
    let old = "SEARCH old USING INDEX gennaker_executions_kind (kind=? AND created>? AND created<?)";
    let newer = "gennaker_executions_group_definition (group_name=? AND kind=? AND definition=? AND created>?)";
    assert!(expired.starts_with(old), "{expired}");
    assert!(expired.contains(&format!("SEARCH newer USING COVERING INDEX {newer}")), "{expired}");
    assert!(!expired.contains("SCAN") && !expired.contains("TEMP B-TREE"), "{expired}");
    for (table, text) in
        [("tombstones", statements::TOMBSTONES), ("requests", statements::REQUESTS), ("fences", statements::FENCES)]
    {
        let plan = plan(&path, QueryBuilder::new(text)).await;
        assert!(!plan.contains("SCAN gennaker") && plan.contains(&format!("INDEX gennaker_{table}_")), "{plan}");
    }
    for (indexes, text) in [
        (vec!["correlation", "changed"], statements::LOOK),
        (vec!["changed"], statements::NEWEST),
        (vec!["place"], statements::COUNT),
        (vec!["place"], statements::OLDEST),
        (vec!["place"], statements::NUMBERED),
    ] {
        let plan = plan(&path, QueryBuilder::new(text)).await;
        let mut steps = plan.split("; ").filter(|step| step.contains("gennaker_"));
        let served = |step: &str| {
            step.contains("SEARCH")
                && (!step.contains("gennaker_executions ")
                    || step.contains("(id=?)")
                    || indexes.iter().any(|index| step.contains(&format!("INDEX gennaker_executions_{index} "))))
        };
        assert!(steps.all(served), "{plan}");
    }
    let ids = Query { ids: text("e"), ..group };
    assert!(plan(&path, statements::list(&ids)).await.contains("sqlite_autoindex_gennaker_executions_1 (id=?)"));
}
