//! A group in memory, and the rules by which a listing of the store is taken over.
//!
//! A refresh takes time, and writes of this node go on meanwhile: what they changed since the refresh began is not
//! overwritten by what the refresh read, so that a node always reads its own writes. It does no I/O.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    changes::Position,
    packed::Kept,
    shelf::{Indexed, Page, Ready, Shelf},
};

/// The items of a group by their folded ids.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    items: Shelf<T>,
    damaged: BTreeMap<String, Damage>,
    /// The own writes that a running refresh may not know, by the count of writes at that time.
    own: HashMap<String, u64>,
    writes: u64,
}

/// What a listing shows as other than what is in memory.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The ids to read, since they are new or changed, with their stamps.
    pub(crate) changed: BTreeMap<String, String>,
    /// The ids of what is not listed.
    gone: Vec<String>,
    writes: u64,
}

/// What the store had under an id.
#[derive(Debug)]
pub(crate) enum Found<T> {
    /// An item, packed already: the many of a first listing are not held decoded.
    Item(Ready<T>),
    /// Nothing (any more).
    Nothing,
    /// Something that is no item, and why.
    Damaged(String),
    /// An error; what is known of it stays.
    Failed(String),
}

#[derive(Debug, PartialEq, Eq)]
struct Damage {
    reason: String,
    stamp: Option<String>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Cache { items: Shelf::default(), damaged: BTreeMap::new(), own: HashMap::new(), writes: 0 }
    }
}

impl<T> Cache<T> {
    /// All items in the order of their ids.
    pub(crate) fn all(&self) -> Vec<Kept<T>> {
        self.items.values().map(|cached| cached.kept.clone()).collect()
    }

    /// The item of an id.
    pub(crate) fn get(&self, id: &str) -> Option<Kept<T>> {
        self.items.get(id).map(|cached| cached.kept.clone())
    }

    /// The items of which one term is this, in the order of their ids.
    pub(crate) fn found_by(&self, term: &str) -> Vec<Kept<T>> {
        self.items.found_by(term).map(|cached| cached.kept.clone()).collect()
    }

    /// What changed since then: see [`Shelf::page`].
    pub(crate) fn page(&self, since: Option<Position>, most: usize, most_bytes: usize) -> Page<T> {
        self.items.page(since, most, most_bytes)
    }

    /// How often an item was put or taken away.
    pub(crate) fn changes(&self) -> u64 {
        self.items.changes()
    }

    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// What cannot be read: ids and reasons.
    pub(crate) fn damaged(&self) -> impl Iterator<Item = (&str, &str)> {
        self.damaged.iter().map(|(id, damage)| (id.as_str(), damage.reason.as_str()))
    }

    /// The number of own writes: to be asked before the store is listed.
    pub(crate) fn writes(&self) -> u64 {
        self.writes
    }
}

impl<T: Indexed> Found<T> {
    /// An item that was read.
    pub(crate) fn item(item: T) -> Found<T> {
        Found::Item(Ready::of(&Arc::new(item)))
    }
}

impl<T> Cache<T> {
    /// This node wrote an item.
    pub(crate) fn wrote(&mut self, id: &str, item: Ready<T>) {
        self.changed(id);
        self.items.insert(id, item, None);
    }

    /// This node removed an item.
    pub(crate) fn removed(&mut self, id: &str) {
        self.changed(id);
        self.items.remove(id);
    }

    /// What to read of a listing (ids and stamps) that was begun at `writes`.
    pub(crate) fn compare(&self, present: BTreeMap<String, String>, writes: u64) -> Reading {
        let mut gone: Vec<String> = self.damaged.keys().filter(|id| !present.contains_key(*id)).cloned().collect();
        // Both are in the order of their ids, and there may be many thousands.
        let mut known = self.items.stamps().peekable();
        let mut is_known = |id: &str, stamp: &str| {
            while let Some((unlisted, _)) = known.next_if(|(known, _)| *known < id) {
                gone.push(unlisted.to_owned());
            }
            let of_item = known.next_if(|(known, _)| *known == id).and_then(|(_, stamp)| stamp);
            let of_damage = self.damaged.get(id).and_then(|damage| damage.stamp.as_deref());
            of_item == Some(stamp) || of_damage == Some(stamp)
        };
        let changed = present.into_iter().filter(|(id, stamp)| !is_known(id, stamp)).collect();
        gone.extend(known.map(|(id, _)| id.to_owned()));
        Reading { changed, gone, writes }
    }

    /// Takes over what was read. `unknown` says which ids the listing could not see; they stay as they are. Gives the ids
    /// and reasons of what is newly damaged.
    pub(crate) fn take(
        &mut self,
        mut reading: Reading,
        found: Vec<(String, Found<T>)>,
        unknown: impl Fn(&str) -> bool,
    ) -> Vec<(String, String)> {
        let own = std::mem::take(&mut self.own);
        let newer = |id: &str| own.get(id).is_some_and(|at| *at > reading.writes);
        for id in reading.gone.iter().filter(|id| !unknown(id) && !newer(id)) {
            self.items.remove(id);
            self.damaged.remove(id);
        }
        let mut news = Vec::new();
        for (id, found) in found.into_iter().filter(|(id, _)| !newer(id)) {
            let stamp = reading.changed.remove(&id);
            news.extend(self.place(id, found, stamp));
        }
        // Refreshes follow each other, so that no older one is still running.
        self.own = own.into_iter().filter(|(_, at)| *at > reading.writes).collect();
        news
    }

    /// Takes over ids that were read without a listing, begun at `writes`. Gives what is newly damaged.
    pub(crate) fn take_changed(&mut self, found: Vec<(String, Found<T>)>, writes: u64) -> Vec<(String, String)> {
        let mut news = Vec::new();
        for (id, found) in found {
            if self.own.get(&id).is_none_or(|at| *at <= writes) {
                news.extend(self.place(id, found, None));
            }
        }
        news
    }

    /// Takes over what was read of one id under a stamp. Gives it and the reason if it is newly damaged.
    fn place(&mut self, id: String, found: Found<T>, stamp: Option<String>) -> Option<(String, String)> {
        let damage = match found {
            Found::Item(item) => {
                self.items.insert(&id, item, stamp);
                None
            }
            Found::Nothing => {
                self.items.remove(&id);
                None
            }
            Found::Damaged(reason) => {
                self.items.remove(&id);
                Some(Damage { reason, stamp })
            }
            Found::Failed(reason) => Some(Damage { reason, stamp: None }),
        };
        let Some(damage) = damage else {
            if self.damaged.remove(&id).is_some() {
                tracing::info!(id, "a damaged object is whole again");
            }
            return None;
        };
        let reason = damage.reason.clone();
        let before = self.damaged.insert(id.clone(), damage);
        before.is_none_or(|before| before.reason != reason).then_some((id, reason))
    }

    fn changed(&mut self, id: &str) {
        self.writes += 1;
        self.own.insert(id.to_owned(), self.writes);
        self.damaged.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(item: i32) -> Ready<i32> {
        Ready::of(&Arc::new(item))
    }

    fn listing(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(id, stamp)| ((*id).to_owned(), (*stamp).to_owned())).collect()
    }

    fn refresh(cache: &mut Cache<i32>, entries: &[(&str, &str)], found: impl Fn(&str) -> Found<i32>) -> Vec<String> {
        let reading = cache.compare(listing(entries), cache.writes());
        let ids: Vec<String> = reading.changed.keys().cloned().collect();
        let found = ids.iter().map(|id| (id.clone(), found(id))).collect();
        cache.take(reading, found, |_| false);
        ids
    }

    fn items(cache: &Cache<i32>) -> Vec<i32> {
        cache.all().iter().filter_map(Kept::item).map(|item| *item).collect()
    }

    #[test]
    fn only_what_changed_is_read() {
        let mut cache = Cache::default();
        assert_eq!(refresh(&mut cache, &[("a", "1"), ("b", "1")], |_| Found::item(1)), ["a", "b"]);
        assert_eq!(refresh(&mut cache, &[("a", "1"), ("b", "2")], |_| Found::item(2)), ["b"]);
        assert_eq!(items(&cache), [1, 2]);
        assert_eq!(refresh(&mut cache, &[("b", "2")], |_| Found::item(3)), Vec::<String>::new());
        assert_eq!(items(&cache), [2]);
        cache.wrote("b", ready(4));
        assert_eq!(refresh(&mut cache, &[("b", "3")], |_| Found::item(4)), ["b"], "its stamp is not known yet");
    }

    #[test]
    fn a_slow_refresh_does_not_undo_own_writes() {
        let mut cache = Cache::default();
        refresh(&mut cache, &[("a", "1"), ("b", "1")], |_| Found::item(1));
        let before = cache.writes();
        let reading = cache.compare(listing(&[("a", "2"), ("b", "2")]), before);
        cache.wrote("a", ready(7));
        cache.removed("b");
        cache.wrote("c", ready(8));
        let found = reading.changed.keys().map(|id| (id.clone(), Found::item(2))).collect();
        cache.take(reading, found, |_| false);
        assert_eq!(items(&cache), [7, 8]);
        refresh(&mut cache, &[("a", "3")], |_| Found::item(9));
        assert_eq!(items(&cache), [9], "the next refresh knows better");
    }

    #[test]
    fn what_was_read_without_a_listing_is_taken_over() {
        let mut cache = Cache::default();
        refresh(&mut cache, &[("a", "1"), ("b", "1")], |_| Found::item(1));
        let before = cache.writes();
        cache.wrote("c", ready(7));
        let found = |id: &str, found| (id.to_owned(), found);
        let read = vec![found("a", Found::item(2)), found("b", Found::Nothing), found("c", Found::item(1))];
        cache.take_changed(read, before);
        assert_eq!(items(&cache), [2, 7], "an own write since then is newer");
        let damaged = || vec![found("a", Found::Damaged("no JSON".to_owned()))];
        assert_eq!(cache.take_changed(damaged(), cache.writes()).len(), 1);
        assert_eq!(cache.take_changed(damaged(), cache.writes()), [], "it is known");
        assert_eq!(refresh(&mut cache, &[("a", "2"), ("c", "1")], |_| Found::item(3)), ["a", "c"]);
        assert_eq!((items(&cache), cache.damaged().count()), (vec![3, 3], 0));
    }

    #[test]
    fn damage_is_told_once_and_ends() {
        let mut cache = Cache::default();
        let damaged = |_: &str| Found::Damaged("no JSON".to_owned());
        assert_eq!(refresh(&mut cache, &[("a", "1")], damaged), ["a"]);
        assert_eq!(cache.damaged().collect::<Vec<_>>(), [("a", "no JSON")]);
        assert_eq!(refresh(&mut cache, &[("a", "1")], damaged), Vec::<String>::new());
        refresh(&mut cache, &[("a", "2")], |_| Found::item(1));
        assert_eq!((cache.damaged().count(), items(&cache)), (0, vec![1]));
        refresh(&mut cache, &[("a", "3")], |_| Found::Failed("permission denied".to_owned()));
        assert_eq!((cache.damaged().count(), items(&cache)), (1, vec![1]), "what cannot be read now stays");
        assert_eq!(refresh(&mut cache, &[("a", "3")], |_| Found::item(2)), ["a"]);
        refresh(&mut cache, &[], |_| Found::Nothing);
        assert_eq!(cache.len(), 0);
    }
}
