//! `noop`: a stage without tasks, which is skipped at once. Upstream: `NoopStage`.

use async_trait::async_trait;
use gennaker_wire::Object;

use crate::{Catalogue, ComposeContext, Composition, Schema, StageDefinition, TaskError};

/// Adds the stage.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(NoopStage);
}

struct NoopStage;

#[async_trait]
impl StageDefinition for NoopStage {
    fn kind(&self) -> &'static str {
        "noop"
    }

    fn schema(&self) -> Schema {
        Schema::of("Does nothing: it is skipped at once.")
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition::default())
    }
}
