//! What changed on a shelf, in the order in which it did, so that a follower reads only that.
//!
//! Each change has a number. An item has that of its last change; of items that were taken away the last [`REMOVALS`] are
//! remembered. A follower says how far it has followed each of the two, and starts anew if removals that it has not
//! heard of are forgotten. It does no I/O.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// How many removals are remembered.
const REMOVALS: usize = 10_000;

/// How far somebody has followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The number up to which changed items were read.
    pub(crate) items: u64,
    /// The number up to which removals were heard of.
    pub(crate) removals: u64,
}

/// The changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    count: u64,
    /// The ids of what is there, by the number of its last change.
    order: BTreeMap<u64, Arc<str>>,
    removals: VecDeque<(u64, Arc<str>)>,
    /// The number of the last removal that is forgotten.
    forgotten: u64,
}

impl Changes {
    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Something was put, in place of what was changed at `before`. Gives the number of the change.
    pub(crate) fn put(&mut self, id: Arc<str>, before: Option<u64>) -> u64 {
        self.count += 1;
        before.and_then(|before| self.order.remove(&before));
        self.order.insert(self.count, id);
        self.count
    }

    /// What was changed at `before` was taken away.
    pub(crate) fn removed(&mut self, id: Arc<str>, before: u64) {
        self.count += 1;
        self.order.remove(&before);
        self.removals.push_back((self.count, id));
        if self.removals.len() > REMOVALS {
            self.forgotten = self.removals.pop_front().map_or(self.forgotten, |(number, _)| number);
        }
    }

    /// Where somebody begins who has nothing: no removal concerns it.
    pub(crate) fn beginning(&self) -> Position {
        Position { items: 0, removals: self.count }
    }

    /// Whether it is known what happened since then.
    pub(crate) fn knows(&self, position: &Position) -> bool {
        position.items <= self.count && (self.forgotten..=self.count).contains(&position.removals)
    }

    /// What is there and changed after that number, the longest ago first.
    pub(crate) fn later(&self, number: u64) -> impl Iterator<Item = (u64, &Arc<str>)> {
        self.order.range(number.saturating_add(1)..).map(|(number, id)| (*number, id))
    }

    /// What was taken away after that number.
    pub(crate) fn removals(&self, number: u64) -> impl Iterator<Item = &Arc<str>> {
        let begin = self.removals.partition_point(|(removal, _)| *removal <= number);
        self.removals.range(begin..).map(|(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removals_are_forgotten_and_then_a_follower_starts_anew() {
        let mut changes = Changes::default();
        let begin = changes.beginning();
        for number in 0..=REMOVALS {
            let id: Arc<str> = number.to_string().into();
            let at = changes.put(id.clone(), None);
            changes.removed(id, at);
        }
        assert_eq!((changes.knows(&begin), changes.removals(0).count()), (false, REMOVALS));
        let now = changes.beginning();
        assert!(changes.knows(&now), "who begins late has missed nothing");
        assert!(!changes.knows(&Position { items: now.removals + 1, ..now }), "nobody is ahead");
        assert_eq!(changes.later(0).count(), 0);
    }
}
