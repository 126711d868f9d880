//! Stages that touch no cloud.

mod check_preconditions;
mod evaluate_variables;
mod manual_judgment;
mod wait;

use crate::Catalogue;

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue) {
    wait::register(catalogue);
    check_preconditions::register(catalogue);
    evaluate_variables::register(catalogue);
    manual_judgment::register(catalogue);
}
