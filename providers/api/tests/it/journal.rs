//! A journal in memory, which outlives the runs that write it.

use std::sync::Mutex;

use async_trait::async_trait;
use gennaker_provider_api::{Journal, Progress, Result};
use gennaker_wire::Object;
use serde_json::Value;

/// What one operation wrote down.
#[derive(Default)]
pub(crate) struct Notes {
    decided: Mutex<Object>,
    lines: Mutex<Vec<String>>,
}

impl Notes {
    /// The status lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no panic").clone()
    }
}

#[async_trait]
impl Journal for Notes {
    async fn status(&self, progress: Progress) -> Result<()> {
        self.lines.lock().expect("no panic").push(progress.status);
        Ok(())
    }

    async fn decide(&self, key: &str, value: Value) -> Result<Value> {
        Ok(self.decided.lock().expect("no panic").entry(key).or_insert(value).clone())
    }

    fn decided(&self, key: &str) -> Option<Value> {
        self.decided.lock().expect("no panic").get(key).cloned()
    }
}
