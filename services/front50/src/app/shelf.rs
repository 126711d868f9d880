//! The items of a group in memory, and where to find them without looking at each.
//!
//! An item is found by its id and by the terms that it says of itself (`application shop`). A count of changes says whether
//! anything is other than before. Ids and terms are shared texts, as there are many.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::packed::{Keep, Kept};

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
    changes: u64,
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
}

impl<T: Indexed> Ready<T> {
    /// Packs an item: not to be done while others wait for the shelf.
    pub(crate) fn of(item: &Arc<T>) -> Ready<T> {
        Ready { kept: item.keep(), terms: item.terms() }
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf { items: BTreeMap::new(), terms: BTreeSet::new(), changes: 0 }
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
        self.changes
    }

    /// Puts an item in the place of the one of that id.
    pub(crate) fn insert(&mut self, id: &str, ready: Ready<T>, stamp: Option<String>) {
        self.remove(id);
        let id: Arc<str> = id.into();
        let terms: Box<[Arc<str>]> = ready.terms.into_iter().map(Arc::from).collect();
        self.terms.extend(terms.iter().map(|term| (term.clone(), id.clone())));
        self.items.insert(id, Cached { kept: ready.kept, stamp: stamp.map(String::into_boxed_str), terms });
        self.changes += 1;
    }

    /// Takes an item away.
    pub(crate) fn remove(&mut self, id: &str) {
        let Some((id, cached)) = self.items.remove_entry(id) else { return };
        self.changes += 1;
        for term in cached.terms {
            self.terms.remove(&(term, id.clone()));
        }
    }

    /// Takes away all but those whose id is to stay.
    pub(crate) fn retain(&mut self, stays: impl Fn(&str) -> bool) {
        let gone: Vec<Arc<str>> = self.items.keys().filter(|id| !stays(id)).cloned().collect();
        gone.iter().for_each(|id| self.remove(id));
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
        shelf.retain(|id| id == "c");
        assert_eq!((found(&shelf, "tens 1"), found(&shelf, "tens 2"), shelf.len()), (vec![], vec![21], 1));
        let before = shelf.changes();
        shelf.remove("none");
        assert_eq!(shelf.changes(), before);
        assert_eq!(shelf.terms.len(), 1);
    }
}
