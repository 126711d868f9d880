//! Requests into executions, and executions into answers. No HTTP here.

pub(crate) mod diagnosis;
pub(crate) mod evaluate;
pub(crate) mod parse;
pub(crate) mod plan;
pub(crate) mod task_view;
