//! What the trait promises.

use futures::future::join_all;
use gennaker_base::Kind;
use gennaker_objects::{Condition, FolderOptions, Objects};

use super::{key, open, open_with};

#[tokio::test]
async fn writes_are_conditional() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open(&folder);
    let name = key("group/a.json");
    assert_eq!(objects.get(&name).await.expect("a read"), None);

    let first = objects.put(&name, "1".into(), Condition::IfAbsent).await.expect("nothing is there");
    let error = objects.put(&name, "x".into(), Condition::IfAbsent).await.expect_err("it is there");
    assert_eq!(error.kind(), Kind::Conflict);
    let second =
        objects.put(&name, "2".into(), Condition::IfVersion(first.clone())).await.expect("the version is right");
    for condition in [Condition::IfVersion(first.clone()), Condition::IfAbsent] {
        assert_eq!(objects.put(&name, "x".into(), condition.clone()).await.expect_err("stale").kind(), Kind::Conflict);
        assert_eq!(objects.delete(&name, condition).await.expect_err("stale").kind(), Kind::Conflict);
    }
    let object = objects.get(&name).await.expect("a read").expect("it is there");
    assert_eq!((&object.bytes[..], &object.version), (&b"2"[..], &second));

    assert!(objects.delete(&name, Condition::IfVersion(second)).await.expect("the version is right"));
    assert!(!objects.delete(&name, Condition::Any).await.expect("nothing to do"));
    let error = objects.put(&name, "x".into(), Condition::IfVersion(first)).await.expect_err("it is gone");
    assert_eq!(error.kind(), Kind::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_writers_in_two_stores_one_wins_each_round() {
    let folder = tempfile::tempdir().expect("a folder");
    // Two stores share no lock in memory, as two processes.
    let stores = [open(&folder), open(&folder)];
    let name = key("group/counter");
    let mut version = stores[0].put(&name, "0".into(), Condition::IfAbsent).await.expect("nothing is there");
    for round in 0..10 {
        let writes = (0..8).map(|writer| {
            let (store, name, version) = (stores[writer % 2].clone(), name.clone(), version.clone());
            let content = format!("{round}/{writer}");
            tokio::spawn(async move { store.put(&name, content.into(), Condition::IfVersion(version)).await })
        });
        let outcomes: Vec<_> = join_all(writes).await.into_iter().map(|outcome| outcome.expect("no panic")).collect();
        let won: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(won.len(), 1, "{outcomes:?}");
        assert!(outcomes.iter().filter_map(|it| it.as_ref().err()).all(|error| error.kind() == Kind::Conflict));
        version = won[0].clone();
        assert_eq!(stores[1].get(&name).await.expect("a read").expect("an object").version, version);
    }
    assert_eq!(stores[0].history(&name, 100).await.expect("a history").len(), 11);
}

#[tokio::test]
async fn the_history_has_what_was_newest_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open_with(&folder, FolderOptions { revisions: 3, ..FolderOptions::default() });
    let name = key("group/a.json");
    assert_eq!(objects.history(&name, 10).await.expect("a history"), []);
    let mut newest = None;
    for content in ["1", "2", "3", "4", "5"] {
        objects.put(&name, content.into(), Condition::Any).await.expect("a write");
        newest = objects.history(&name, 1).await.expect("a history").pop();
    }
    let newest = newest.expect("a revision");
    let contents = async || {
        let mut contents = Vec::new();
        for revision in objects.history(&name, 10).await.expect("a history") {
            let object = objects.get_version(&name, &revision.id).await.expect("a read").expect("it is in the history");
            assert_eq!(object.modified, revision.modified);
            contents.push(String::from_utf8(object.bytes.to_vec()).expect("text"));
        }
        contents
    };
    assert_eq!(contents().await, ["5", "4", "3"], "and the oldest are gone");

    objects.delete(&name, Condition::Any).await.expect("a delete");
    assert_eq!(contents().await, ["5", "4"]);
    let kept = objects.get_version(&name, &newest.id).await.expect("a read").expect("its id is the same");
    assert_eq!(&kept.bytes[..], b"5");
    objects.put(&name, "6".into(), Condition::IfAbsent).await.expect("a write");
    assert_eq!(contents().await, ["6", "5", "4"]);
    for id in ["", "x", "../a.json", "1-1", "1700000000000-0/../../a"] {
        assert_eq!(objects.get_version(&name, id).await.expect("a read"), None, "{id}");
    }
}

#[tokio::test]
async fn a_listing_shows_what_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open(&folder);
    let list = async |prefix: &str| objects.list(&key(prefix)).await.expect("a listing").entries;
    assert_eq!(list("group").await, []);
    for name in ["group/b/x", "group/a", "groups/c", "group/b.c"] {
        objects.put(&key(name), "1".into(), Condition::Any).await.expect("a write");
    }
    let before = list("group").await;
    assert_eq!(
        before.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(),
        ["group/a", "group/b.c", "group/b/x"]
    );
    objects.put(&key("group/a"), "2".into(), Condition::Any).await.expect("a write");
    let after = list("group").await;
    assert_ne!(before[0].stamp, after[0].stamp);
    assert_eq!(before[1..], after[1..]);
    objects.delete(&key("group/a"), Condition::Any).await.expect("a delete");
    assert_eq!(list("group").await, before[1..]);
}
