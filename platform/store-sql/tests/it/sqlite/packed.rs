//! What packing leaves in the file.

use std::{sync::Arc, time::Duration};

use gennaker_base::SystemClock;
use gennaker_store::{
    Ahead, Claim, Commit, Due, Executions as _, NewExecution, Next, Nodes as _, Owner, PlaceChange, Query, Registration,
};
use gennaker_store_sql::{Options, SqlStore};
use sqlx::{Executor as _, Row as _, SqliteConnection};

use super::file::{beside, execution, folder};

async fn rows(connection: &mut SqliteConnection) -> Vec<i64> {
    let row = connection
        .fetch_one(
            "SELECT (SELECT COUNT(*) FROM gennaker_events), (SELECT COUNT(*) FROM gennaker_archives), \
             (SELECT SUM(LENGTH(body)) FROM gennaker_executions), (SELECT SUM(LENGTH(body)) FROM gennaker_archives)",
        )
        .await
        .expect("it is counted");
    (0..4).map(|column| row.try_get(column).unwrap_or(0)).collect()
}

async fn ended(store: &SqlStore, id: &str, owner: &Owner) {
    let new = NewExecution { owner: Some(owner.clone()), ..execution(id.to_owned()) };
    store.create(new).await.expect("it is created");
    let end = Commit {
        id: id.to_owned(),
        owner: owner.clone(),
        head: None,
        parts: Vec::new(),
        removed: Vec::new(),
        after: 1,
        events: Vec::new(),
        taken: Vec::new(),
        due: Due::Never,
        ahead: Ahead::Ended,
        place: PlaceChange::Keep,
        next: Next::Oldest,
    };
    store.commit(end).await.expect("it ends");
}

#[tokio::test]
async fn rows_become_archives_and_rows_again_and_damage_is_set_aside() {
    let (_folder, path) = folder();
    let store = SqlStore::open_sqlite(&path, Arc::new(SystemClock), Options::default()).await.expect("it opens");
    let registration = Registration { node: "n".to_owned(), address: String::new(), format: 1 };
    let epoch = store.join(&registration, Duration::from_secs(60)).await.expect("it joins");
    let owner = Owner { node: "n".to_owned(), epoch };
    for id in ["damaged", "good", "strange"] {
        ended(&store, id, &owner).await;
    }
    let mut other = beside(&path).await;
    other.execute("UPDATE gennaker_events SET at = x'ff' WHERE execution = 'strange'").await.expect("it is written");
    assert_eq!(rows(&mut other).await[..3], [3, 0, 3_000]);
    assert_eq!(store.compact(10).await.expect("they are packed"), 2);
    assert_eq!(store.compact(10).await.expect("there is no more"), 0);
    let packed = rows(&mut other).await;
    assert_eq!(packed[..3], [1, 2, 1_000], "what cannot be read stays as it is");
    assert!(packed[3] < 500, "{packed:?}");

    other
        .execute("UPDATE gennaker_archives SET body = x'00' WHERE execution = 'damaged'")
        .await
        .expect("it is written");
    let listed = store.list(&Query::default()).await.expect("it is listed");
    assert_eq!(listed.iter().map(|execution| execution.head.id.as_str()).collect::<Vec<_>>(), ["strange", "good"]);
    for id in ["damaged", "good"] {
        store.signal(id, "restart".to_owned()).await.expect("it is signalled");
    }
    let claim = Claim { owner, kinds: vec!["pipeline".to_owned()], format: 1, limit: 10 };
    let claimed = store.claim(claim).await.expect("it claims");
    assert_eq!(claimed.executions.len(), 1);
    assert_eq!(claimed.unreadable[0].id, "damaged");
    assert_eq!(rows(&mut other).await[..3], [2, 1, 2_000]);
}
