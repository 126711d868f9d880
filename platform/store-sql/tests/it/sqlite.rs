//! SQLite: every check of the traits, over a file of its own.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use gennaker_base::{ManualClock, Timestamp};
use gennaker_store::SharedStore;
use gennaker_store_sql::{Options, SqlStore};
use gennaker_store_tck::Fixture;
use tempfile::TempDir;

mod file;
mod packed;
mod unreadable;

gennaker_store_tck::checks!(Sqlite::new());

/// A new file in a folder of its own.
struct Sqlite {
    folder: TempDir,
    clock: Arc<ManualClock>,
    opened: Mutex<Vec<Arc<SqlStore>>>,
}

impl Sqlite {
    fn new() -> Self {
        Sqlite {
            folder: tempfile::tempdir().expect("a temporary folder"),
            clock: Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000))),
            opened: Mutex::default(),
        }
    }
}

impl Fixture for Sqlite {
    async fn open(&self) -> SharedStore {
        let path = self.folder.path().join("gennaker.db");
        let store = SqlStore::open_sqlite(&path, self.clock.clone(), Options::default()).await.expect("it opens");
        let store = Arc::new(store);
        self.opened.lock().expect("no panic").push(store.clone());
        store
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    async fn stop(&self) {
        let opened = std::mem::take(&mut *self.opened.lock().expect("no panic"));
        for store in opened {
            store.close().await;
        }
    }
}
