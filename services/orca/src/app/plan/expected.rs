//! What would follow on a stage's tasks, as its definition expects it.

use gennaker_orca_stages::{ComposeContext, StageDefinition, StageView};
use gennaker_wire::{Plan, Planned, Severity};

use super::stages::{Look, ONE_STAGE};

impl Look<'_> {
    /// The stages that are expected after its tasks. They are named, with their settings; what they consist of depends on what runs
    /// when they start.
    pub(super) async fn expected(&self, plan: &mut Plan, view: &StageView, definition: &dyn StageDefinition) {
        let (caller, clients) = (self.planner.caller.onward(), self.planner.clients.clone());
        let context = ComposeContext { view: view.clone(), caller, clients };
        let expected = match tokio::time::timeout(ONE_STAGE, definition.expected_after(&context)).await {
            Ok(Ok(expected)) => expected,
            Ok(Err(error)) => {
                plan.remark(Severity::Doubt, format!("what follows is not known: {}", error.message));
                return;
            }
            Err(_elapsed) => {
                plan.remark(Severity::Doubt, "what follows is not known: what it asks did not answer in time");
                return;
            }
        };
        let parent = view.stage.ref_id.clone().unwrap_or_default();
        for (number, new) in expected.into_iter().enumerate() {
            let mut stage = Plan {
                of: Planned::Stage,
                ref_id: Some(format!("{parent}>{}", number + 1)),
                requisite_stage_ref_ids: if number > 0 { vec![format!("{parent}>{number}")] } else { Vec::new() },
                name: Some(new.name),
                settings: new.context,
                ..Plan::default()
            };
            if self.planner.catalogue.stage(&new.kind).is_none() {
                let message =
                    format!("the stage type {:?} is not supported: this strategy cannot be used here", new.kind);
                stage.remark(Severity::Problem, message);
            }
            stage.kind = Some(new.kind);
            plan.after.push(stage);
        }
    }
}
