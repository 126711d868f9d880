//! Looking again and again at the same thing for all who want to know, while somebody does.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Looks at one thing.
pub(super) trait Look<B>: Send + 'static {
    /// How long to wait between two looks.
    const EVERY: Duration;

    /// Looks once, and writes on the board what is new.
    fn look(&mut self, board: &watch::Sender<B>) -> impl Future<Output = ()> + Send;
}

/// The looks that go on, by what they look at: cheap to clone.
#[derive(Debug)]
pub(super) struct Looks<B> {
    running: Arc<Mutex<HashMap<String, watch::Sender<B>>>>,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl<B> Clone for Looks<B> {
    fn clone(&self) -> Self {
        Looks { running: self.running.clone(), stop: self.stop.clone(), tracker: self.tracker.clone() }
    }
}

impl<B: Default + Send + Sync + 'static> Looks<B> {
    /// None yet; all end at `stop`, and are waited for by `tracker`.
    pub(super) fn new(stop: CancellationToken, tracker: TaskTracker) -> Self {
        Looks { running: Arc::default(), stop, tracker }
    }

    /// The board of what is looked at under this name. Closed when the looks end.
    pub(super) fn listen<L: Look<B>>(&self, name: &str, look: impl FnOnce() -> L) -> watch::Receiver<B> {
        let mut running = lock(&self.running);
        if let Some(board) = running.get(name) {
            return board.subscribe();
        }
        let (board, listener) = watch::channel(B::default());
        running.insert(name.to_owned(), board.clone());
        let entry = Entry { name: name.to_owned(), board, running: self.running.clone() };
        self.tracker.spawn(run(entry, look(), self.stop.clone()));
        listener
    }
}

/// A look that goes on; it is taken off the list however it ends.
struct Entry<B> {
    name: String,
    board: watch::Sender<B>,
    running: Arc<Mutex<HashMap<String, watch::Sender<B>>>>,
}

impl<B> Entry<B> {
    /// Takes it off the list if nobody listens: who comes then starts another one.
    fn is_over(&self) -> bool {
        let mut running = lock(&self.running);
        let over = self.board.receiver_count() == 0;
        if over {
            running.remove(&self.name);
        }
        over
    }
}

impl<B> Drop for Entry<B> {
    fn drop(&mut self) {
        let mut running = lock(&self.running);
        if running.get(&self.name).is_some_and(|board| board.same_channel(&self.board)) {
            running.remove(&self.name);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn run<B, L: Look<B>>(entry: Entry<B>, mut look: L, stop: CancellationToken) {
    let looking = async {
        loop {
            look.look(&entry.board).await;
            tokio::time::sleep(L::EVERY).await;
            if entry.is_over() {
                return;
            }
        }
    };
    stop.run_until_cancelled(looking).await;
}
