//! Stages on images: found by what runs or by tags, tagged, removed.

mod delete;
mod find;
mod find_by_tags;
mod tags;

use crate::Catalogue;

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    find::register(catalogue);
    find_by_tags::register(catalogue);
    tags::register(catalogue);
    delete::register(catalogue);
}
