//! The items of a group in memory, and where to find them without looking at each.
//!
//! An item is found by its id and by the terms that it says of itself (`application shop`). A count of changes says whether
//! anything is other than before. Ids and terms are shared texts, as there are many.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    changes::{Changes, Position},
    packed::{Keep, Kept},
};

/// What can stand on a shelf.
pub(crate) trait Indexed: Keep {
    /// What the item is found by besides its id, each compared as it is.
    fn terms(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The items by their folded ids.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    items: BTreeMap<Arc<str>, Cached<T>>,
    /// Each term of each item with the item's id.
    terms: BTreeSet<(Arc<str>, Arc<str>)>,
    changes: Changes,
}

/// An item that is to be put on a shelf.
#[derive(Debug)]
pub(crate) struct Ready<T> {
    kept: Kept<T>,
    terms: Vec<String>,
}

/// An item in memory.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    /// The item.
    pub(crate) kept: Kept<T>,
    /// The stamp under which it was read; `None` if this node wrote it.
    pub(crate) stamp: Option<Box<str>>,
    terms: Box<[Arc<str>]>,
    /// The number of its last change.
    changed: u64,
}

/// What changed after a position, or the beginning of everything.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The items that are other than before, with their ids.
    pub(crate) changed: Vec<(Arc<str>, Kept<T>)>,
    /// The ids of those that are no more.
    pub(crate) removed: Vec<Arc<str>>,
    /// Where the next page begins.
    pub(crate) position: Position,
    /// Whether there is nothing more at this moment.
    pub(crate) complete: bool,
    /// Whether this is the first page of everything.
    pub(crate) reset: bool,
}

impl<T: Indexed> Ready<T> {
    /// Packs an item: not to be done while others wait for the shelf.
    pub(crate) fn of(item: &Arc<T>) -> Ready<T> {
        Ready { kept: item.keep(), terms: item.terms() }
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf { items: BTreeMap::new(), terms: BTreeSet::new(), changes: Changes::default() }
    }
}

impl<T> Shelf<T> {
    /// All items in the order of their ids.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Cached<T>> {
        self.items.values()
    }

    /// The ids of all items in their order, with the stamps under which they were read.
    pub(crate) fn stamps(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.items.iter().map(|(id, cached)| (&**id, cached.stamp.as_deref()))
    }

    /// The item of an id.
    pub(crate) fn get(&self, id: &str) -> Option<&Cached<T>> {
        self.items.get(id)
    }

    /// The items of which one term is this, in the order of their ids.
    pub(crate) fn found_by(&self, term: &str) -> impl Iterator<Item = &Cached<T>> {
        let term: Arc<str> = term.into();
        let found = self.terms.range((term.clone(), Arc::from(""))..);
        found.take_while(move |(other, _)| *other == term).filter_map(|(_, id)| self.items.get(id))
    }

    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// How often something was put or taken away.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.count()
    }

    /// What changed since then, at most so many items and bytes of text, but one item in any case; everything from its
    /// beginning if it is not known what changed.
    pub(crate) fn page(&self, since: Option<Position>, most: usize, most_bytes: usize) -> Page<T> {
        let known = since.filter(|since| self.changes.knows(since));
        let reset = known.is_none();
        let since = known.unwrap_or_else(|| self.changes.beginning());
        let removed =
            self.changes.removals(since.removals).filter(|id| !self.items.contains_key(*id)).cloned().collect();
        let (mut changed, mut bytes, mut reached, mut complete) = (Vec::new(), 0, since.items, true);
        for (number, id) in self.changes.later(since.items) {
            let Some(cached) = self.items.get(id) else { continue };
            bytes += cached.kept.bytes();
            if changed.len() >= most || (bytes > most_bytes && !changed.is_empty()) {
                complete = false;
                break;
            }
            changed.push((id.clone(), cached.kept.clone()));
            reached = number;
        }
        let count = self.changes.count();
        let position = Position { items: if complete { count } else { reached }, removals: count };
        Page { changed, removed, position, complete, reset }
    }

    /// Puts an item in the place of the one of that id.
    pub(crate) fn insert(&mut self, id: &str, ready: Ready<T>, stamp: Option<String>) {
        let before = self.take(id);
        let (id, before) = before.map_or_else(|| (id.into(), None), |(id, changed)| (id, Some(changed)));
        let terms: Box<[Arc<str>]> = ready.terms.into_iter().map(Arc::from).collect();
        self.terms.extend(terms.iter().map(|term| (term.clone(), id.clone())));
        let changed = self.changes.put(id.clone(), before);
        let stamp = stamp.map(String::into_boxed_str);
        self.items.insert(id, Cached { kept: ready.kept, stamp, terms, changed });
    }

    /// Takes an item away.
    pub(crate) fn remove(&mut self, id: &str) {
        if let Some((id, changed)) = self.take(id) {
            self.changes.removed(id, changed);
        }
    }

    /// Takes an item away, and gives its id and the number of its last change.
    fn take(&mut self, id: &str) -> Option<(Arc<str>, u64)> {
        let (id, cached) = self.items.remove_entry(id)?;
        for term in cached.terms {
            self.terms.remove(&(term, id.clone()));
        }
        Some((id, cached.changed))
    }
}

#[cfg(test)]
impl Keep for i32 {}

#[cfg(test)]
impl Indexed for i32 {
    fn terms(&self) -> Vec<String> {
        vec![format!("tens {}", self / 10)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_their_terms() {
        let mut shelf = Shelf::default();
        let ready = |item: i32| Ready::of(&Arc::new(item));
        for (id, number) in [("a", 11), ("b", 12), ("c", 21)] {
            shelf.insert(id, ready(number), None);
        }
        let found = |shelf: &Shelf<i32>, term: &str| {
            shelf.found_by(term).filter_map(|it| it.kept.item()).map(|item| *item).collect::<Vec<_>>()
        };
        assert_eq!((found(&shelf, "tens 1"), found(&shelf, "tens 3")), (vec![11, 12], vec![]));
        assert_eq!(found(&shelf, "tens"), Vec::<i32>::new(), "a part of a term is none");
        let before = shelf.changes();
        shelf.insert("a", ready(22), None);
        assert_eq!((found(&shelf, "tens 1"), found(&shelf, "tens 2")), (vec![12], vec![22, 21]));
        assert!(shelf.changes() > before);
        ["a", "b"].into_iter().for_each(|id| shelf.remove(id));
        assert_eq!((found(&shelf, "tens 1"), found(&shelf, "tens 2"), shelf.len()), (vec![], vec![21], 1));
        let before = shelf.changes();
        shelf.remove("none");
        assert_eq!(shelf.changes(), before);
        assert_eq!(shelf.terms.len(), 1);
    }

    #[test]
    fn a_follower_reads_what_changed() {
        let mut shelf = Shelf::default();
        let put = |shelf: &mut Shelf<i32>, id: &str| shelf.insert(id, Ready::of(&Arc::new(1)), None);
        let read = |shelf: &Shelf<i32>, since, most| {
            let page = shelf.page(since, most, 1 << 20);
            let changed: Vec<String> = page.changed.iter().map(|(id, _)| id.to_string()).collect();
            let removed: Vec<String> = page.removed.iter().map(|id| id.to_string()).collect();
            ((changed.join(""), removed.join("")), page.complete, page.reset, page.position)
        };
        let said = |changed: &str, removed: &str| (changed.to_owned(), removed.to_owned());
        ["a", "b", "c", "d"].iter().for_each(|id| put(&mut shelf, id));
        shelf.remove("d");
        let (first, complete, reset, position) = read(&shelf, None, 2);
        assert_eq!((first, complete, reset), (said("ab", ""), false, true));
        put(&mut shelf, "a");
        shelf.remove("b");
        let (second, complete, reset, position) = read(&shelf, Some(position), 2);
        assert_eq!((second, complete, reset), (said("ca", "b"), true, false));
        assert_eq!(read(&shelf, Some(position), 2), (said("", ""), true, false, position), "nothing is told twice");
        put(&mut shelf, "b");
        shelf.remove("a");
        put(&mut shelf, "a");
        assert_eq!(read(&shelf, Some(position), 9).0, said("ba", ""), "what is there again was not removed");
        let ahead = Position { items: 99, ..position };
        assert!(read(&shelf, Some(ahead), 9).2);
    }
}
