//! orca's settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine;

/// The settings under `orca` in `orca.yml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// How many executions this node drives at a time.
    pub active_executions: usize,
    /// An execution whose next due time is further away than so many milliseconds is released from memory.
    pub release_after_ms: u64,
    /// How long one step of a task may take, in milliseconds.
    pub step_deadline_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        let engine = engine::Options::default();
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Options {
            active_executions: engine.active,
            release_after_ms: millis(engine.release_after),
            step_deadline_ms: millis(engine.step_deadline),
        }
    }
}

impl From<&Options> for engine::Options {
    fn from(options: &Options) -> Self {
        engine::Options {
            active: options.active_executions,
            release_after: Duration::from_millis(options.release_after_ms),
            step_deadline: Duration::from_millis(options.step_deadline_ms),
        }
    }
}
