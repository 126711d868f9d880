//! Rows that cannot be read: whoever meets one goes on without it.

use std::{sync::Arc, time::Duration};

use gennaker_base::{Kind, SystemClock, Timestamp};
use gennaker_store::{Claim, Executions as _, Nodes as _, Order, Owner, Query, Registration};
use gennaker_store_sql::{Options, SqlStore};
use sqlx::Executor as _;

use super::file::{beside, execution, folder};

fn ids(executions: &[gennaker_store::Execution]) -> Vec<&str> {
    executions.iter().map(|execution| execution.head.id.as_str()).collect()
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside_and_named() {
    let (_folder, path) = folder();
    let store = SqlStore::open_sqlite(&path, Arc::new(SystemClock), Options::default()).await.expect("it opens");
    let ids_in_order = ["a number", "b text", "c part", "d signal", "good"];
    for id in ids_in_order {
        store.create(execution(id.to_owned())).await.expect("it is created");
    }
    store.signal("d signal", "go".to_owned()).await.expect("it is signalled");
    beside(&path)
        .await
        .execute(
            "UPDATE gennaker_executions SET sequence = -1, due = 5 WHERE id = 'a number';
             UPDATE gennaker_executions SET body = x'ff' WHERE id = 'b text';
             INSERT INTO gennaker_parts VALUES ('c part', 'p', -1, '');
             UPDATE gennaker_signals SET body = x'ff' WHERE execution = 'd signal';",
        )
        .await
        .expect("it is written");
    let registration = Registration { node: "n".to_owned(), address: String::new(), format: 1 };
    let epoch = store.join(&registration, Duration::from_secs(60)).await.expect("it joins");
    let owner = Owner { node: "n".to_owned(), epoch };
    let kinds = vec!["pipeline".to_owned()];
    // No more than are unreadable: they must not take the place of the others for ever.
    let claim = Claim { owner, kinds: kinds.clone(), format: 1, limit: 4 };
    let claimed = store.claim(claim.clone()).await.expect("it claims");
    assert!(claimed.executions.is_empty());
    let mut unreadable: Vec<_> = claimed.unreadable.iter().map(|unreadable| unreadable.id.as_str()).collect();
    unreadable.sort_unstable();
    assert_eq!(unreadable, ids_in_order[..4]);
    assert!(claimed.unreadable.iter().all(|unreadable| !unreadable.reason.is_empty()), "{claimed:?}");
    assert_eq!(store.next_due(&kinds).await.expect("it is read"), None);
    let claimed = store.claim(claim.clone()).await.expect("it claims");
    assert_eq!((ids(&claimed.executions), claimed.unreadable.len()), (vec!["good"], 0));
    // Reads say so too.
    let query = Query { order: Order::OldestFirst, ..Query::default() };
    assert_eq!(ids(&store.list(&query).await.expect("it is listed")), ["good"]);
    let error = store.load("a number").await.expect_err("it cannot be read");
    assert_eq!(error.kind(), Kind::Bug);
    assert!(error.to_string().contains("a number"), "{error}");
    // Once it is repaired, a signal brings it back.
    beside(&path).await.execute("UPDATE gennaker_executions SET sequence = 1").await.expect("it is written");
    store.signal("a number", "go".to_owned()).await.expect("it is signalled");
    let claimed = store.claim(claim).await.expect("it claims");
    assert_eq!(ids(&claimed.executions), ["a number"]);
    assert_eq!(claimed.executions[0].due, None);
    assert!(claimed.executions[0].signals[0].at > Timestamp::ZERO);
}
