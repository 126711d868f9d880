//! The feed of a group: pages of what changed after a version, so that a follower of tens of thousands of items reads those
//! that changed. Ours; upstream's followers read everything each time.
//!
//! ```text
//! {"version": "01K...-4711-4711", "complete": true, "reset": false, "changed": {"<id>": {...}}, "removed": ["<id>"]}
//! ```
//!
//! The next page is what is after `version`; until one is `complete` more is there. With `reset` the page is the first of
//! everything: what the follower has is void. That is the answer to the empty version, to one of another process, and to
//! one that is too old. Ids are in lower case.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    changes::Position,
    collection::{Collection, Item},
    packed::Kept,
    shelf::Page,
};

/// The most items of a page.
pub(crate) const MOST: usize = 1_000;
/// The most bytes of their texts; one item may have more.
const MOST_BYTES: usize = 4 << 20;

/// A page on the wire.
#[derive(Debug, Serialize)]
#[serde(bound = "T: Serialize")]
pub(crate) struct Feed<T> {
    version: String,
    complete: bool,
    reset: bool,
    changed: BTreeMap<String, Kept<T>>,
    removed: Vec<String>,
}

impl<T: Item> Collection<T> {
    /// What is in memory and changed after that version: at most `most` items, and [`MOST`].
    pub(crate) fn feed(&self, after: &str, most: usize) -> Feed<T> {
        let since = after.strip_prefix(self.life()).and_then(position);
        let Page { changed, removed, position, complete, reset } =
            self.with(|cache| cache.page(since, most.clamp(1, MOST), MOST_BYTES));
        Feed {
            version: format!("{}-{}-{}", self.life(), position.items, position.removals),
            complete,
            reset,
            changed: changed.into_iter().map(|(id, kept)| (id.to_string(), kept)).collect(),
            removed: removed.iter().map(|id| id.to_string()).collect(),
        }
    }
}

/// The end of a version, `-4711-4711`.
fn position(text: &str) -> Option<Position> {
    let (items, removals) = text.strip_prefix('-')?.split_once('-')?;
    Some(Position { items: items.parse().ok()?, removals: removals.parse().ok()? })
}
