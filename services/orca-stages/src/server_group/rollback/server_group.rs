//! `rollbackServerGroup`: goes back from a server group. It has no tasks: what it does are the stages after them.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};

use super::{Way, stages};
use crate::{
    ChangedCluster, ComposeContext, Composition, Field, NewStage, Schema, StageDefinition, StageView, TaskError,
    server_group::{
        changed::by_name,
        settings::{account, regions},
    },
};

/// The stage type.
pub(super) const KIND: &str = "rollbackServerGroup";

pub(super) struct RollbackServerGroupStage {
    /// How long a server group may be looked up.
    pub(super) lookup: Duration,
}

#[async_trait]
impl StageDefinition for RollbackServerGroupStage {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> Schema {
        Schema::of("Goes back from a server group to one before it.")
            .with(Field::text("credentials", "The account.").required())
            .with(Field::text("cloudProvider", "The cloud."))
            .with(Field::text("region", "The region."))
            .with(
                Field::text("rollbackType", "To a server group, or to an image.")
                    .one_of(&["EXPLICIT", "PREVIOUS_IMAGE", "TEST"])
                    .required(),
            )
            .with(Field::object(
                "rollbackContext",
                "From where to where.",
                [
                    Field::text("rollbackServerGroupName", "The server group that leaves traffic."),
                    Field::text("restoreServerGroupName", "The server group that comes back."),
                    Field::text("imageName", "The image of PREVIOUS_IMAGE; by default the one before, by its tags."),
                    Field::integer("targetHealthyRollbackPercentage", "How much of it has to serve."),
                    Field::integer("delayBeforeDisableSeconds", "How long both serve."),
                ],
            ))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        let mut problems = self.schema().problems(context);
        if let (Err(error), true) = (account(context), problems.is_empty()) {
            problems.push(error.message);
        }
        problems.extend(regions(context).err().map(|error| error.message));
        if let Some(way) = context.text("rollbackType").as_deref().and_then(Way::of) {
            problems.extend(way.problems(context.object("rollbackContext").unwrap_or(&Object::new())));
        }
        problems
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        let settings = view.context();
        let from = settings.object("rollbackContext").and_then(|rollback| rollback.get("rollbackServerGroupName"));
        let from = from.map(|name| ("serverGroup".to_owned(), name.clone()));
        by_name(&settings.clone().into_iter().chain(from).collect()).into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition::default())
    }

    async fn after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let settings = context.view.context();
        let way = settings.text("rollbackType").as_deref().and_then(Way::of);
        let way = way.ok_or_else(|| TaskError::invalid("rollbackType is missing: EXPLICIT or PREVIOUS_IMAGE"))?;
        let rollback = settings.object("rollbackContext").cloned().unwrap_or_default();
        stages(way, &rollback, context, self.lookup).await
    }
}
