//! What the trait promises: the same checks for each backend.

use futures::{StreamExt as _, future::join_all, stream};
use gennaker_base::Kind;
use gennaker_objects::{Condition, Object, Objects};

use super::{Stores, key};

/// A test a check, on the stores that `$open` makes; it makes none where there is no server to talk to.
macro_rules! contract {
    ($open:path: $($check:ident),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $check() {
            if let Some(stores) = $open().await {
                crate::contract::$check(&stores).await;
            }
        }
    )+};
    ($open:path) => {
        crate::contract::contract! { $open:
            writes_are_conditional,
            what_was_deleted_can_be_made_again,
            of_16_racing_writers_one_wins,
            no_reader_sees_half_a_write,
            the_history_has_what_was_newest_first,
            a_listing_shows_what_changed,
            unusual_keys_are_kept_apart,
            more_objects_than_a_page_are_listed_in_order,
        }
    };
}
pub(super) use contract;

pub(super) async fn writes_are_conditional(stores: &Stores) {
    let (objects, other) = (&stores.one, &stores.other);
    let name = key("group/a.json");
    assert_eq!(objects.get(&name).await.expect("a read"), None);

    let first = objects.put(&name, "1".into(), Condition::IfAbsent).await.expect("nothing is there");
    let error = other.put(&name, "x".into(), Condition::IfAbsent).await.expect_err("it is there");
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.to_string().contains("read it again and repeat the change"), "{error}");
    let second = other.put(&name, "2".into(), Condition::IfVersion(first.clone())).await.expect("the version is right");
    for condition in [Condition::IfVersion(first.clone()), Condition::IfAbsent] {
        assert_eq!(objects.put(&name, "x".into(), condition.clone()).await.expect_err("stale").kind(), Kind::Conflict);
        assert_eq!(objects.delete(&name, condition).await.expect_err("stale").kind(), Kind::Conflict);
    }
    let object = objects.get(&name).await.expect("a read").expect("it is there");
    assert_eq!((&object.bytes[..], &object.version), (&b"2"[..], &second));

    assert!(objects.delete(&name, Condition::IfVersion(second)).await.expect("the version is right"));
    assert!(!objects.delete(&name, Condition::Any).await.expect("nothing to do"));
    assert!(!objects.delete(&name, Condition::IfAbsent).await.expect("nothing to do"));
    let error = objects.put(&name, "x".into(), Condition::IfVersion(first.clone())).await.expect_err("it is gone");
    assert_eq!(error.kind(), Kind::Conflict);
    let error = objects.delete(&name, Condition::IfVersion(first)).await.expect_err("it is gone");
    assert_eq!(error.kind(), Kind::Conflict);
}

pub(super) async fn what_was_deleted_can_be_made_again(stores: &Stores) {
    let name = key("group/a.json");
    for content in ["1", "2", "3"] {
        stores.one.put(&name, content.into(), Condition::IfAbsent).await.expect("nothing is there");
        let error = stores.other.put(&name, "x".into(), Condition::IfAbsent).await.expect_err("it is there");
        assert_eq!(error.kind(), Kind::Conflict);
        assert!(stores.other.delete(&name, Condition::Any).await.expect("a delete"));
        assert_eq!(stores.one.get(&name).await.expect("a read"), None);
    }
    // Of those who make it again, one wins too.
    for round in 0..20 {
        let writes = (0..16).map(|writer| {
            let store = if writer % 2 == 0 { &stores.one } else { &stores.other };
            let (store, name, content) = (store.clone(), name.clone(), format!("{round}/{writer}"));
            tokio::spawn(async move { store.put(&name, content.into(), Condition::IfAbsent).await })
        });
        let outcomes: Vec<_> = join_all(writes).await.into_iter().map(|outcome| outcome.expect("no panic")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "round {round}: {outcomes:?}");
        assert!(outcomes.iter().filter_map(|it| it.as_ref().err()).all(|error| error.kind() == Kind::Conflict));
        assert!(stores.other.delete(&name, Condition::Any).await.expect("a delete"));
    }
    assert_eq!(stores.one.history(&name, 100).await.expect("a history").len(), 23, "and no other was ever there");
}

pub(super) async fn of_16_racing_writers_one_wins(stores: &Stores) {
    let name = key("group/counter");
    let mut condition = Condition::IfAbsent;
    for round in 0..10 {
        let writes = (0..16).map(|writer| {
            let store = if writer % 2 == 0 { &stores.one } else { &stores.other };
            let (store, name, condition) = (store.clone(), name.clone(), condition.clone());
            let content = format!("{round}/{writer}");
            tokio::spawn(async move { store.put(&name, content.into(), condition).await })
        });
        let outcomes: Vec<_> = join_all(writes).await.into_iter().map(|outcome| outcome.expect("no panic")).collect();
        let won: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(won.len(), 1, "{outcomes:?}");
        assert!(outcomes.iter().filter_map(|it| it.as_ref().err()).all(|error| error.kind() == Kind::Conflict));
        let object = stores.other.get(&name).await.expect("a read").expect("an object");
        assert_eq!(&object.version, won[0]);
        condition = Condition::IfVersion(object.version);
    }
    assert_eq!(stores.one.history(&name, 100).await.expect("a history").len(), 10);
}

pub(super) async fn no_reader_sees_half_a_write(stores: &Stores) {
    let name = key("group/large");
    let content = |letter: char| -> String { std::iter::repeat_n(letter, 300_000).collect() };
    stores.one.put(&name, content('a').into(), Condition::Any).await.expect("a write");
    let write = async {
        for letter in "bcdefghijk".chars() {
            stores.one.put(&name, content(letter).into(), Condition::Any).await.expect("a write");
        }
    };
    let read = async {
        for _ in 0..40 {
            let object = stores.other.get(&name).await.expect("a read").expect("an object");
            assert_eq!(object.bytes.len(), 300_000);
            assert!(object.bytes.iter().all(|byte| *byte == object.bytes[0]), "a mix of two writes");
        }
    };
    tokio::join!(write, read);
}

pub(super) async fn the_history_has_what_was_newest_first(stores: &Stores) {
    let (objects, name) = (&stores.one, key("group/a.json"));
    assert_eq!(objects.history(&name, 10).await.expect("a history"), []);
    // Its key goes on where the other's ends.
    objects.put(&key("group/a.json.old"), "x".into(), Condition::Any).await.expect("a write");
    for content in ["1", "2", "3", "4", "5"] {
        objects.put(&name, content.into(), Condition::Any).await.expect("a write");
    }
    let newest = objects.history(&name, 1).await.expect("a history").pop().expect("a revision");
    assert_eq!(contents(objects.as_ref(), 10).await, ["5", "4", "3", "2", "1"]);
    assert_eq!(contents(objects.as_ref(), 2).await, ["5", "4"]);

    objects.delete(&name, Condition::Any).await.expect("a delete");
    assert_eq!(contents(objects.as_ref(), 10).await, ["5", "4", "3", "2", "1"]);
    let kept = objects.get_version(&name, &newest.id).await.expect("a read").expect("its id is the same");
    assert_eq!(&kept.bytes[..], b"5");
    objects.put(&name, "6".into(), Condition::IfAbsent).await.expect("a write");
    assert_eq!(contents(objects.as_ref(), 10).await, ["6", "5", "4", "3", "2", "1"]);
    for id in ["", "x", "../a.json", "1-1", "1700000000000-0/../../a", "null"] {
        assert_eq!(objects.get_version(&name, id).await.expect("a read"), None, "{id}");
    }
}

/// What `group/a.json` was.
async fn contents(objects: &dyn Objects, limit: usize) -> Vec<String> {
    let name = key("group/a.json");
    let revisions = objects.history(&name, limit).await.expect("a history");
    assert!(revisions.is_sorted_by(|newer, older| newer.modified >= older.modified), "{revisions:?}");
    let mut contents = Vec::new();
    for revision in revisions {
        let object = objects.get_version(&name, &revision.id).await.expect("a read").expect("it is in the history");
        assert_eq!(object.modified, revision.modified);
        contents.push(text(&object));
    }
    contents
}

pub(super) async fn a_listing_shows_what_changed(stores: &Stores) {
    let objects = &stores.one;
    let list = async |prefix: &str| stores.other.list(&key(prefix)).await.expect("a listing").entries;
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

pub(super) async fn unusual_keys_are_kept_apart(stores: &Stores) {
    let names = [
        "group/a b/x",
        "group/a+b/x",
        "group/a%20b/x",
        "group/a%2Fb/x",
        "group/a/b/x",
        "group/ lead/x",
        "group/trail /x",
        "group/x ",
        "group/x",
        "group/UPPER/x",
        "group/upper/x",
        "group/üñ-日本-🙂/x",
        "group/a&b<c>\"d'/x",
        "group/a=b?c#d;e,f/x",
        "group/~a!b*c(d)$e@f:g/x",
        "group/..a../x",
    ];
    let names: Vec<_> = names.into_iter().filter_map(|name| gennaker_objects::Key::new(name).ok()).collect();
    for name in &names {
        stores.one.put(name, name.to_string().into(), Condition::IfAbsent).await.expect("it is another key");
    }
    for name in &names {
        let object = stores.other.get(name).await.expect("a read").expect("an object");
        assert_eq!(text(&object), name.as_str());
        assert_eq!(stores.other.history(name, 10).await.expect("a history").len(), 1, "{name}");
    }
    let listed = stores.other.list(&key("group")).await.expect("a listing").entries;
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(listed.into_iter().map(|entry| entry.key).collect::<Vec<_>>(), sorted);
    for name in &names {
        assert!(stores.one.delete(name, Condition::Any).await.expect("a delete"), "{name}");
    }
    assert_eq!(stores.other.list(&key("group")).await.expect("a listing").entries, []);
}

pub(super) async fn more_objects_than_a_page_are_listed_in_order(stores: &Stores) {
    const COUNT: usize = 1_050;
    let names: Vec<_> = (0..COUNT).map(|number| key(&format!("group/{number:05}/x"))).collect();
    let writes = stream::iter(names.clone()).map(|name| {
        let store = stores.one.clone();
        async move { store.put(&name, "1".into(), Condition::IfAbsent).await }
    });
    let written: Vec<_> = writes.buffer_unordered(16).collect().await;
    assert!(written.iter().all(Result::is_ok));
    let listed = stores.other.list(&key("group")).await.expect("a listing").entries;
    assert_eq!(listed.into_iter().map(|entry| entry.key).collect::<Vec<_>>(), names);
}

fn text(object: &Object) -> String {
    String::from_utf8(object.bytes.to_vec()).expect("text")
}
