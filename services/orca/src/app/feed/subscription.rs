//! Following changes: what the store has after a cursor, then what the feed tells, each once.

use std::{collections::VecDeque, time::Duration};

use gennaker_base::Timestamp;
use gennaker_store::SharedStore;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

use super::{Cursor, Error, Filter, LOOK, News, reader::Reader};

/// By so much a cursor may be ahead of this node's clock.
const AHEAD: Duration = Duration::from_secs(60);

/// What one follower gets.
pub(crate) struct Subscription {
    begin: Cursor,
    reader: Reader,
    live: Receiver<News>,
    stop: CancellationToken,
    ready: VecDeque<News>,
    /// Whether the store has what was not told yet.
    behind: bool,
    /// What changed earlier was found in the store.
    found_until: Timestamp,
}

impl Subscription {
    /// Follows what comes after `last`, or else from now on. `live` listens already.
    pub(super) async fn start(
        store: SharedStore,
        stop: CancellationToken,
        live: Receiver<News>,
        filter: Filter,
        last: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let behind = last.is_some();
        let (begin, reader) = match last {
            Some(cursor) => {
                let from = cursor.from;
                let reader = Reader::after(store, filter, cursor.clone());
                // The store's marks do not go back with its clock, so that it may be ahead of the present.
                if from > now.after(AHEAD) && from > reader.settled().await? {
                    return Err(Error::Future(cursor));
                }
                (cursor, reader)
            }
            None => {
                let mut reader = Reader::new(store, filter);
                reader.skip_to_present().await?;
                (Cursor::at(reader.from()), reader)
            }
        };
        let found_until = if behind { Timestamp::ZERO } else { reader.from() };
        Ok(Subscription { begin, reader, live, stop, ready: VecDeque::new(), behind, found_until })
    }

    /// The place from which it follows.
    pub(crate) fn begin(&self) -> &Cursor {
        &self.begin
    }

    /// What changed next; `None` when the feed stops.
    pub(crate) async fn next(&mut self) -> Option<News> {
        loop {
            if let Some(news) = self.ready.pop_front() {
                return Some(news);
            }
            if self.behind {
                match self.reader.page().await {
                    Ok(page) => {
                        (self.ready, self.behind) = (page.news.into(), page.more);
                        self.found_until = self.reader.from();
                    }
                    Err(error) => {
                        tracing::warn!(%error, "changes could not be read; it is tried again");
                        if tokio::time::timeout(LOOK, self.stop.cancelled()).await.is_ok() {
                            return None;
                        }
                    }
                }
                continue;
            }
            match self.live.recv().await {
                Ok(news) => {
                    if news.change.changed >= self.found_until && self.reader.hear(&news) {
                        return Some(news);
                    }
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
