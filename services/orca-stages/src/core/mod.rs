//! Stages that touch no cloud.

mod authentication;
mod check_preconditions;
mod depends_on_execution;
mod evaluate_variables;
mod execution_window;
mod manual_judgment;
mod noop;
mod notifications;
mod wait;
mod wait_until;

pub(crate) use self::execution_window::settings_field as window_field;
pub(crate) use self::wait::TASK as WAIT_TASK;
pub use self::{
    authentication::authentication_for,
    execution_window::{EXECUTION_WINDOW, window_stage, without_window},
};
use crate::{Catalogue, Options};

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &Options) {
    wait::register(catalogue);
    wait_until::register(catalogue);
    noop::register(catalogue);
    depends_on_execution::register(catalogue);
    check_preconditions::register(catalogue);
    evaluate_variables::register(catalogue);
    manual_judgment::register(catalogue);
    execution_window::register(catalogue, &options.tasks.execution_window);
}
