//! What a provider writes down while it runs one operation: each entry goes to the task's writer and returns when it is
//! committed.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_provider_api as provider;
use gennaker_wire::Object;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

/// The provider's end.
pub(super) struct Journal {
    entries: mpsc::Sender<Entry>,
    decisions: watch::Receiver<Object>,
}

/// The writer's end.
pub(super) struct Entries {
    pub(super) received: mpsc::Receiver<Entry>,
    pub(super) decisions: watch::Sender<Object>,
}

/// Something to commit, and where to say that it is.
pub(super) enum Entry {
    Status(provider::Progress, oneshot::Sender<()>),
    Decision { key: String, value: Value, reply: oneshot::Sender<Value> },
}

/// Both ends, with what was decided before.
pub(super) fn open(decisions: Object) -> (Journal, Entries) {
    let (sender, received) = mpsc::channel(1);
    let (known, decisions) = watch::channel(decisions);
    (Journal { entries: sender, decisions }, Entries { received, decisions: known })
}

#[async_trait]
impl provider::Journal for Journal {
    async fn status(&self, progress: provider::Progress) -> provider::Result<()> {
        let (reply, committed) = oneshot::channel();
        self.entries.send(Entry::Status(progress, reply)).await.map_err(|_| lost())?;
        committed.await.map_err(|_| lost())
    }

    async fn decide(&self, key: &str, value: Value) -> provider::Result<Value> {
        if let Some(decided) = self.decided(key) {
            return Ok(decided);
        }
        let (reply, committed) = oneshot::channel();
        let entry = Entry::Decision { key: key.to_owned(), value, reply };
        self.entries.send(entry).await.map_err(|_| lost())?;
        committed.await.map_err(|_| lost())
    }

    fn decided(&self, key: &str) -> Option<Value> {
        self.decisions.borrow().get(key).cloned()
    }
}

/// The writer is gone: the task belongs to somebody else.
fn lost() -> provider::Error {
    provider::Error::new(Kind::Fenced, "this node does not own the task any more")
}
