//! Reading the changes from the store, from a time on and page by page, each once.

use std::{collections::HashMap, sync::Arc};

use gennaker_base::Timestamp;
use gennaker_store::{Change, ChangeQuery, Result, SharedStore};

use super::{Cursor, Filter, News};

/// How many changes are read at once.
const PAGE: u32 = 200;
/// So many may be remembered of those that are not found again.
const REMEMBERED: usize = 1024;

/// What was read.
pub(super) struct Page {
    pub(super) news: Vec<News>,
    /// Whether there is more to read at once.
    pub(super) more: bool,
}

/// Reads on from where it was.
pub(super) struct Reader {
    store: SharedStore,
    filter: Filter,
    from: Timestamp,
    /// Within the pages of one round: where the last one ended, and from when the next round is to read.
    after: Option<String>,
    round: Option<Timestamp>,
    /// The changes that are known, by execution.
    known: HashMap<String, Arc<Change>>,
    /// What was told before it began to read.
    told: Option<Cursor>,
}

impl Reader {
    /// Reads from the beginning.
    pub(super) fn new(store: SharedStore, filter: Filter) -> Self {
        let (after, round, known, told) = (None, None, HashMap::new(), None);
        Reader { store, filter, from: Timestamp::ZERO, after, round, known, told }
    }

    /// Reads what follows the cursor.
    pub(super) fn after(store: SharedStore, filter: Filter, cursor: Cursor) -> Self {
        Reader { from: cursor.from, told: Some(cursor), ..Reader::new(store, filter) }
    }

    /// Takes all that there is as known.
    pub(super) async fn skip_to_present(&mut self) -> Result<()> {
        self.from = self.settled().await?;
        while self.page().await?.more {}
        Ok(())
    }

    /// From when on changes are to come.
    pub(super) async fn settled(&self) -> Result<Timestamp> {
        Ok(self.store.changed(&ChangeQuery::default()).await?.settled)
    }

    /// What is not read yet has changed at this time or later.
    pub(super) fn from(&self) -> Timestamp {
        self.from
    }

    /// The next page of what is not known.
    pub(super) async fn page(&mut self) -> Result<Page> {
        let query = ChangeQuery {
            kinds: self.filter.kinds.clone(),
            group: self.filter.group.clone(),
            from: self.from,
            after: self.after.clone(),
            limit: PAGE,
        };
        let read = self.store.changed(&query).await?;
        let settled = *self.round.get_or_insert(read.settled);
        let more = read.changes.len() >= PAGE as usize;
        match read.changes.last().filter(|_| more) {
            Some(last) => (self.from, self.after) = (last.changed, Some(last.id.clone())),
            None => (self.from, self.after, self.round) = (settled, None, None),
        }
        let changes = read.changes.into_iter().map(Arc::new).filter(|change| self.learn(change));
        let news = changes.map(|change| News { from: change.changed.min(settled), change }).collect();
        if !more {
            self.forget();
        }
        Ok(Page { news, more })
    }

    /// Takes what was heard elsewhere; says whether it is new and among what is read.
    pub(super) fn hear(&mut self, news: &News) -> bool {
        self.from = self.from.max(news.from);
        let new = self.filter.holds(&news.change) && self.learn(&news.change);
        self.forget();
        new
    }

    /// Whether the change is news; it is known from now on.
    fn learn(&mut self, change: &Arc<Change>) -> bool {
        let stands = |change: &Change| (change.sequence, change.changed);
        let known = self.known.get(&change.id);
        if known.is_some_and(|known| **known == **change || stands(known) > stands(change)) {
            return false;
        }
        self.known.insert(change.id.clone(), change.clone());
        !self.told.as_ref().is_some_and(|cursor| cursor.is_of(change))
    }

    /// Forgets what is hardly found again.
    fn forget(&mut self) {
        if self.known.len() > REMEMBERED {
            let from = self.from;
            self.known.retain(|_, change| change.changed >= from);
        }
    }
}
