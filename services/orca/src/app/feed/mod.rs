//! What changes, of all executions: looked for once a node, told to all who follow.
//!
//! One task reads the changes from the store and sends them to a bounded channel; it runs only while somebody listens.
//! Changes of other nodes are in the store as well, so that a node tells what happens on any of them.
//!
//! # Guarantees
//! * Who listens gets each execution's last state; in which of several quick changes it was in between may be left out.
//! * Who falls behind, or comes back with a [`Cursor`], reads on from the store: nothing is kept for it here.
//! * Nothing is told twice to one [`Subscription`], but what it told last before it was left may be told by the next one.

mod cursor;
mod reader;
mod subscription;

use std::{sync::Arc, time::Duration};

use gennaker_base::{Backoff, Kind, Timestamp};
use gennaker_store::{Change, SharedStore};
use gennaker_wire::ExecutionKind;
use parking_lot::Mutex;
use tokio::sync::{broadcast, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::reader::Reader;
pub(crate) use self::{cursor::Cursor, subscription::Subscription};
use crate::engine::row_kind;

/// How often changes are looked for.
const LOOK: Duration = Duration::from_millis(250);
/// How long to wait after the store failed, at first and at most.
const RETRY: (Duration, Duration) = (LOOK, Duration::from_secs(5));
/// How long a new listener waits for the first look.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many changes wait for a slow listener; it reads the store if there are more.
const BUFFER: usize = 1024;

/// Why nobody can follow now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] gennaker_store::Error),
    /// The feed is about to stop, or could not read anything yet.
    #[error("changes cannot be read now: try again in a few seconds")]
    NotNow,
    /// The cursor is of a time that has not come.
    #[error("no event has the id {0} yet: leave Last-Event-ID out, and load anew what is shown")]
    Future(Cursor),
}

impl Error {
    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Error::Store(error) => error.kind(),
            Error::NotNow => Kind::Unavailable,
            Error::Future(_) => Kind::Invalid,
        }
    }
}

/// A change, and from when to read on after it.
#[derive(Debug, Clone)]
pub(crate) struct News {
    /// The change.
    pub(crate) change: Arc<Change>,
    /// What was not told when this was has changed at this time or later.
    pub(crate) from: Timestamp,
}

/// Which executions are followed.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    kinds: Vec<String>,
    group: Option<String>,
}

impl Filter {
    /// Those of these kinds, of one application or of all.
    pub(crate) fn new(kinds: &[ExecutionKind], application: Option<String>) -> Self {
        Filter { kinds: kinds.iter().map(|kind| row_kind(*kind).to_owned()).collect(), group: application }
    }

    fn holds(&self, change: &Change) -> bool {
        self.kinds.contains(&change.kind) && self.group.as_ref().is_none_or(|group| *group == change.group)
    }
}

/// The node's feed: cheap to clone.
#[derive(Clone)]
pub(crate) struct Feed {
    inner: Arc<Inner>,
}

struct Inner {
    store: SharedStore,
    stop: CancellationToken,
    tracker: TaskTracker,
    running: Mutex<Option<Running>>,
}

/// The task, as those who join it see it.
struct Running {
    sender: broadcast::WeakSender<News>,
    ready: watch::Receiver<bool>,
}

impl Feed {
    /// A feed of the store, until `stop`.
    pub(crate) fn new(store: SharedStore, stop: CancellationToken) -> Self {
        let tracker = TaskTracker::new();
        Feed { inner: Arc::new(Inner { store, stop, tracker, running: Mutex::default() }) }
    }

    /// Everything of the engine's kinds that changes from now on. It ends when the feed stops; who falls behind is told
    /// so and has to look for itself.
    ///
    /// # Errors
    /// If the feed stops, or the store cannot be read.
    pub(crate) async fn listen(&self) -> Result<broadcast::Receiver<News>, Error> {
        let (news, mut ready) = self.join();
        match tokio::time::timeout(PATIENCE, ready.wait_for(|ready| *ready)).await {
            Ok(Ok(_)) => Ok(news),
            Ok(Err(_)) | Err(_) => Err(Error::NotNow),
        }
    }

    /// What of `filter` changes after `last`, or else from now on.
    ///
    /// # Errors
    /// As [`Feed::listen`]; and if the cursor is of a time that is still to come at `now`.
    pub(crate) async fn follow(
        &self,
        filter: Filter,
        last: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Subscription, Error> {
        let live = self.listen().await?;
        Subscription::start(self.inner.store.clone(), self.inner.stop.clone(), live, filter, last, now).await
    }

    /// Waits until the feed's task has ended, after its stop.
    pub(crate) async fn ended(&self) {
        self.inner.tracker.close();
        self.inner.tracker.wait().await;
    }

    /// Joins the task, and starts it if there is none.
    fn join(&self) -> (broadcast::Receiver<News>, watch::Receiver<bool>) {
        let mut running = self.inner.running.lock();
        if let Some(running) = &*running
            && let Some(sender) = running.sender.upgrade()
        {
            return (sender.subscribe(), running.ready.clone());
        }
        let (sender, news) = broadcast::channel(BUFFER);
        let (tell_ready, ready) = watch::channel(false);
        *running = Some(Running { sender: sender.downgrade(), ready: ready.clone() });
        self.inner.tracker.spawn(run(self.inner.clone(), sender, tell_ready));
        (news, ready)
    }
}

impl Inner {
    /// Whether nobody listens; then the next one starts another task.
    fn is_over(&self, sender: &broadcast::Sender<News>) -> bool {
        let mut running = self.running.lock();
        let over = sender.receiver_count() == 0;
        if over {
            *running = None;
        }
        over
    }
}

async fn run(inner: Arc<Inner>, sender: broadcast::Sender<News>, ready: watch::Sender<bool>) {
    let filter = Filter::new(&[ExecutionKind::Pipeline, ExecutionKind::Orchestration], None);
    let mut reader = Reader::new(inner.store.clone(), filter);
    let mut backoff = Backoff::new(RETRY.0, RETRY.1);
    while !inner.stop.is_cancelled() && !inner.is_over(&sender) {
        let wait = match look(&mut reader, &sender, &ready).await {
            Ok(()) => {
                backoff.reset();
                LOOK
            }
            Err(error) => {
                tracing::warn!(%error, "changes could not be read; it is tried again");
                backoff.next_wait()
            }
        };
        if tokio::time::timeout(wait, inner.stop.cancelled()).await.is_ok() {
            return;
        }
    }
}

/// Tells what is new; at first nothing is.
async fn look(
    reader: &mut Reader,
    sender: &broadcast::Sender<News>,
    ready: &watch::Sender<bool>,
) -> gennaker_store::Result<()> {
    if !*ready.borrow() {
        reader.skip_to_present().await?;
        ready.send_replace(true);
        return Ok(());
    }
    loop {
        let page = reader.page().await?;
        for news in page.news {
            // Nobody may listen any more.
            let _ = sender.send(news);
        }
        if !page.more {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests;
