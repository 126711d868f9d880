//! Crashes, foreign files and folders that do not work.

use std::{fs, os::unix::fs::symlink, path::Path};

use gennaker_base::Kind;
use gennaker_objects::{Condition, FolderObjects, FolderOptions, Objects};

use super::{clock, key, open, open_with};

#[tokio::test]
async fn what_a_crash_leaves_behind_is_not_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open(&folder);
    let (root, name) = (objects.root().to_owned(), key("group/a"));
    objects.put(&name, "1".into(), Condition::Any).await.expect("a write");

    // Killed while it wrote the new content.
    fs::write(root.join(".tmp/torn"), "ha").expect("a file");
    // Killed between the two names of the replaced object.
    let revision = objects.history(&name, 1).await.expect("a history").pop().expect("a revision");
    fs::create_dir_all(root.join(".versions/group/a")).expect("a folder");
    fs::hard_link(root.join("group/a"), root.join(".versions/group/a").join(&revision.id)).expect("a link");

    let objects = open(&folder);
    assert_eq!(objects.list(&key("group")).await.expect("a listing").entries.len(), 1);
    assert_eq!(objects.history(&name, 10).await.expect("a history"), std::slice::from_ref(&revision));
    objects.put(&name, "2".into(), Condition::Any).await.expect("a write");
    let history = objects.history(&name, 10).await.expect("a history");
    assert_eq!((history.len(), &history[1]), (2, &revision));
}

#[tokio::test]
async fn foreign_files_do_no_harm_and_are_kept_when_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open_with(&folder, FolderOptions { object_limit: 100, ..FolderOptions::default() });
    let group = objects.root().join("group");
    fs::create_dir_all(group.join("deeper/.git")).expect("folders");
    fs::write(group.join(".hidden"), "x").expect("a file");
    fs::write(group.join("back\\slash"), "x").expect("a file");
    fs::write(group.join("large"), vec![b'x'; 101]).expect("a file");
    fs::write(group.join("by-hand"), "old").expect("a file");
    symlink("/etc", group.join("link")).expect("a link");
    fs::create_dir_all(objects.root().join(".versions/group/by-hand")).expect("a folder");
    fs::write(objects.root().join(".versions/group/by-hand/notes.txt"), "x").expect("a file");

    let listing = objects.list(&key("group")).await.expect("a listing");
    let names: Vec<_> = listing.entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!((names, listing.unread.len()), (vec!["group/by-hand", "group/large"], 0));
    assert_eq!(objects.get(&key("group/large")).await.expect_err("too large").kind(), Kind::TooLarge);
    let error = objects.put(&key("group/b"), vec![b'x'; 101].into(), Condition::Any).await.expect_err("too large");
    assert_eq!(error.kind(), Kind::TooLarge);

    objects.put(&key("group/by-hand"), "new".into(), Condition::Any).await.expect("a write");
    let history = objects.history(&key("group/by-hand"), 10).await.expect("a history");
    let old = objects.get_version(&key("group/by-hand"), &history[1].id).await.expect("a read").expect("it was kept");
    assert_eq!((history.len(), &old.bytes[..]), (2, &b"old"[..]));
}

#[tokio::test]
async fn one_name_is_not_both_an_object_and_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open(&folder);
    objects.put(&key("group/a"), "1".into(), Condition::Any).await.expect("a write");
    for name in ["group/a/b", "group"] {
        let error = objects.put(&key(name), "2".into(), Condition::Any).await.expect_err("the name is taken");
        assert_eq!(error.kind(), Kind::Invalid, "{error}");
    }
    assert_eq!(objects.get(&key("group/a/b")).await.expect("a read"), None);
    assert_eq!(objects.list(&key("group")).await.expect("a listing").entries.len(), 1);
    assert_eq!(fs::read_dir(objects.root().join(".tmp")).expect("a folder").count(), 0, "nothing is left behind");
}

#[tokio::test]
async fn a_folder_that_does_not_work_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "x").expect("a file");
    let proc = Path::new("/proc/objects").to_owned();
    for (path, named) in [(file.join("objects"), file.clone()), (file.clone(), file), (proc.clone(), proc)] {
        let Err(error) = FolderObjects::open(path.clone(), FolderOptions::default(), clock()) else {
            panic!("{} cannot be a folder", path.display());
        };
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.to_string().starts_with(&format!("{} cannot be written: ", named.display())), "{error}");
    }
}

#[tokio::test]
async fn a_folder_that_vanished_is_not_an_empty_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open(&folder);
    objects.put(&key("group/a"), "1".into(), Condition::Any).await.expect("a write");
    fs::rename(objects.root(), folder.path().join("elsewhere")).expect("a rename");
    let name = key("group/a");
    let errors = [
        objects.list(&key("group")).await.expect_err("no folder"),
        objects.get(&name).await.expect_err("no folder"),
        objects.put(&name, "2".into(), Condition::Any).await.expect_err("no folder"),
        objects.delete(&name, Condition::Any).await.expect_err("no folder"),
    ];
    for error in errors {
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.to_string().contains("unmounted"), "{error}");
    }
    assert!(!objects.root().exists(), "it is not made again");
}
