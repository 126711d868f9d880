//! What is asked of which service, and how the answers are put together.

pub(crate) mod accounts;
pub(crate) mod application_list;
pub(crate) mod applications;
pub(crate) mod cloud_event;
pub(crate) mod configs;
pub(crate) mod events;
pub(crate) mod executions;
pub(crate) mod infrastructure;
pub(crate) mod optional;
pub(crate) mod search;
pub(crate) mod start;
pub(crate) mod tasks;
pub(crate) mod templates;
