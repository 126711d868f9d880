//! Stages that touch no cloud.

mod manual_judgment;
mod wait;

use crate::Catalogue;

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue) {
    wait::register(catalogue);
    manual_judgment::register(catalogue);
}
