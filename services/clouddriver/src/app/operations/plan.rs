//! What operations would do: judged like those that are submitted, then planned by their clouds. Nothing is stored.

use std::collections::HashMap;

use gennaker_base::Kind;
use gennaker_wire::{Operation, Outcome, Plan, Planned, Severity};

use super::Operations;

/// The operations that come before one, by their provider.
type Before = HashMap<String, Vec<Operation>>;

impl Operations {
    /// A plan of each operation, in order, each as it would be after those before it. What is wrong with one is a remark of
    /// its plan, and no error.
    pub(crate) async fn plan(&self, provider: Option<&str>, operations: Vec<Operation>) -> Vec<Plan> {
        let mut plans = Vec::new();
        let mut before = Before::new();
        for operation in operations {
            plans.push(self.plan_of(provider, operation, &mut before).await);
        }
        plans
    }

    async fn plan_of(&self, provider: Option<&str>, operation: Operation, before: &mut Before) -> Plan {
        let empty = Plan { of: Planned::Operation, kind: Some(operation.name.clone()), ..Plan::default() };
        let step = match self.judge(provider, operation).await {
            Ok(step) => step,
            Err((kind, finding)) => return without(empty, kind, finding),
        };
        let Some(cloud) = self.inner.providers.named(&step.provider).cloned() else {
            return without(empty, Kind::Unavailable, format!("this node has no provider {}", step.provider));
        };
        let earlier = before.entry(step.provider.clone()).or_default();
        let plan = cloud.plan(&step.operation(), earlier).await;
        earlier.push(step.operation());
        match plan {
            Ok(plan) => Plan { of: Planned::Operation, kind: empty.kind, ..plan },
            Err(error) if error.is_unplanned() => {
                let mut plan = Plan { outcome: Outcome::Unknown, ..empty };
                plan.remark(Severity::Note, error.message);
                plan
            }
            Err(error) => without(empty, error.kind, error.message),
        }
    }
}

/// A plan of which only is known why there is no more.
fn without(mut plan: Plan, kind: Kind, message: String) -> Plan {
    if kind.is_transient() {
        plan.outcome = Outcome::Unknown;
        plan.remark(Severity::Doubt, message);
    } else {
        plan.remark(Severity::Problem, message);
    }
    plan
}
