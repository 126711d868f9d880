//! The items of a group in memory, and where to find them without looking at each.
//!
//! An item is found by its id and by the terms that it says of itself (`application shop`). A count of changes says whether
//! anything is other than before.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What can stand on a shelf.
pub(crate) trait Indexed {
    /// What the item is found by besides its id, each compared as it is.
    fn terms(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The items by their folded ids.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    items: BTreeMap<String, Cached<T>>,
    terms: BTreeMap<String, BTreeSet<String>>,
    changes: u64,
}

/// An item in memory.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    /// The item.
    pub(crate) item: Arc<T>,
    /// The stamp under which it was read; `None` if this node wrote it.
    pub(crate) stamp: Option<String>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf { items: BTreeMap::new(), terms: BTreeMap::new(), changes: 0 }
    }
}

impl<T> Shelf<T> {
    /// All items in the order of their ids.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Cached<T>> {
        self.items.values()
    }

    /// The item of an id.
    pub(crate) fn get(&self, id: &str) -> Option<&Cached<T>> {
        self.items.get(id)
    }

    /// The items of which one term is this, in the order of their ids.
    pub(crate) fn found_by(&self, term: &str) -> impl Iterator<Item = &Cached<T>> {
        let ids = self.terms.get(term).into_iter().flatten();
        ids.filter_map(|id| self.items.get(id))
    }

    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// How often something was put or taken away.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }
}

impl<T: Indexed> Shelf<T> {
    /// Puts an item in the place of the one of that id.
    pub(crate) fn insert(&mut self, id: String, cached: Cached<T>) {
        self.remove(&id);
        for term in cached.item.terms() {
            self.terms.entry(term).or_default().insert(id.clone());
        }
        self.items.insert(id, cached);
        self.changes += 1;
    }

    /// Takes an item away.
    pub(crate) fn remove(&mut self, id: &str) {
        let Some(cached) = self.items.remove(id) else { return };
        self.changes += 1;
        for term in cached.item.terms() {
            if let Some(ids) = self.terms.get_mut(&term) {
                ids.remove(id);
                if ids.is_empty() {
                    self.terms.remove(&term);
                }
            }
        }
    }

    /// Takes away all but those whose id is to stay.
    pub(crate) fn retain(&mut self, stays: impl Fn(&String) -> bool) {
        let gone: Vec<String> = self.items.keys().filter(|id| !stays(id)).cloned().collect();
        gone.iter().for_each(|id| self.remove(id));
    }
}

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
        let item = |item: i32| Cached { item: Arc::new(item), stamp: None };
        for (id, number) in [("a", 11), ("b", 12), ("c", 21)] {
            shelf.insert(id.to_owned(), item(number));
        }
        let found = |shelf: &Shelf<i32>, term: &str| shelf.found_by(term).map(|it| *it.item).collect::<Vec<_>>();
        assert_eq!((found(&shelf, "tens 1"), found(&shelf, "tens 3")), (vec![11, 12], vec![]));
        let before = shelf.changes();
        shelf.insert("a".to_owned(), item(22));
        assert_eq!((found(&shelf, "tens 1"), found(&shelf, "tens 2")), (vec![12], vec![22, 21]));
        assert!(shelf.changes() > before);
        shelf.retain(|id| id == "c");
        assert_eq!((found(&shelf, "tens 1"), found(&shelf, "tens 2"), shelf.len()), (vec![], vec![21], 1));
        let before = shelf.changes();
        shelf.remove("none");
        assert_eq!(shelf.changes(), before);
        assert_eq!(shelf.terms.len(), 1);
    }
}
