//! Stages that touch no cloud.

mod bind_produced_artifacts;
mod check_preconditions;
mod evaluate_variables;
mod manual_judgment;
mod wait;

pub(crate) use self::{bind_produced_artifacts::TASK as BIND_PRODUCED_ARTIFACTS_TASK, wait::TASK as WAIT_TASK};
use crate::{Catalogue, options::TaskOptions};

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &TaskOptions) {
    wait::register(catalogue);
    check_preconditions::register(catalogue);
    evaluate_variables::register(catalogue);
    manual_judgment::register(catalogue);
    bind_produced_artifacts::register(catalogue, options);
}
