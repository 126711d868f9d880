//! The stages: one task each.

use async_trait::async_trait;

use super::task::Question;
use crate::{Catalogue, ComposeContext, Composition, StageDefinition, TaskError, TaskTemplate};

/// Adds them.
pub(super) fn register(catalogue: &mut Catalogue) {
    for question in Question::ALL {
        catalogue.add_stage(MonitorStage(question));
    }
}

struct MonitorStage(Question);

#[async_trait]
impl StageDefinition for MonitorStage {
    fn kind(&self) -> &'static str {
        self.0.stage()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let task = TaskTemplate::new(self.0.stage(), self.0.class());
        Ok(Composition { tasks: vec![task], ..Composition::default() })
    }
}
