//! Requests into executions, and executions into answers. No HTTP here.

pub(crate) mod evaluate;
pub(crate) mod parse;
pub(crate) mod task_view;
