//! What the trait promises, on a folder; and the folder's own limit of its history.

use std::sync::Arc;

use gennaker_objects::{Condition, FolderOptions, Objects};

use super::{Stores, contract::contract, key, open, open_with};

contract!(stores);

async fn stores() -> Option<Stores> {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (Arc::new(open(&folder)), Arc::new(open(&folder)));
    Some(Stores { one, other, _place: Box::new(folder) })
}

#[tokio::test]
async fn the_oldest_revisions_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = open_with(&folder, FolderOptions { revisions: 3, ..FolderOptions::default() });
    let name = key("group/a.json");
    for content in ["1", "2", "3", "4", "5"] {
        objects.put(&name, content.into(), Condition::Any).await.expect("a write");
    }
    let revisions = objects.history(&name, 10).await.expect("a history");
    assert!(revisions.is_sorted_by(|newer, older| newer.modified > older.modified), "the clock stands: {revisions:?}");
    assert_eq!(revisions.len(), 3);
    let oldest = objects.get_version(&name, &revisions[2].id).await.expect("a read").expect("it is kept");
    assert_eq!(&oldest.bytes[..], b"3");
    objects.delete(&name, Condition::Any).await.expect("a delete");
    assert_eq!(objects.history(&name, 10).await.expect("a history"), revisions[..2]);
}
