//! Requests into executions, and executions into answers. No HTTP here.

pub(crate) mod care;
pub(crate) mod diagnosis;
pub(crate) mod ending;
pub(crate) mod evaluate;
pub(crate) mod failed_stages;
pub(crate) mod feed;
pub(crate) mod follow;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod last_good;
pub(crate) mod plan;
pub(crate) mod recent;
mod refusal;
pub(crate) mod search;
pub(crate) mod stage_schemas;
pub(crate) mod standing;
pub(crate) mod start;
pub(crate) mod task_view;
pub(crate) mod templates;
mod trigger_match;
pub(crate) mod unexpand;

pub(crate) use self::refusal::Refusal;
