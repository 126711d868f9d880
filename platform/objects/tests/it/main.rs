//! The folder store on a real folder, and the bucket store on a real S3 server.

mod bucket;
mod contract;
mod faults;
mod folder;
mod lost_answers;

use std::{any::Any, sync::Arc};

use gennaker_base::{ManualClock, SharedClock, Timestamp};
use gennaker_objects::{FolderObjects, FolderOptions, Key, Objects};

/// Two stores on the same objects: they share no lock in memory, as two processes.
struct Stores {
    one: Arc<dyn Objects>,
    other: Arc<dyn Objects>,
    /// What ends after them: the folder or the server.
    _place: Box<dyn Any + Send + Sync>,
}

/// A clock that stands still, so that the store has to order its revisions by itself.
fn clock() -> SharedClock {
    Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000)))
}

fn open(folder: &tempfile::TempDir) -> FolderObjects {
    open_with(folder, FolderOptions::default())
}

fn open_with(folder: &tempfile::TempDir, options: FolderOptions) -> FolderObjects {
    FolderObjects::open(folder.path().join("objects"), options, clock()).expect("a temporary folder can be used")
}

fn key(text: &str) -> Key {
    Key::new(text).expect("a key")
}
