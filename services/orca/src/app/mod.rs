//! Requests into executions, and executions into answers. No HTTP here.

pub(crate) mod evaluate;
pub(crate) mod start;
pub(crate) mod task_view;
