//! The folder store on a real folder.

mod contract;
mod faults;

use std::sync::Arc;

use gennaker_base::{ManualClock, SharedClock, Timestamp};
use gennaker_objects::{FolderObjects, FolderOptions, Key};

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
