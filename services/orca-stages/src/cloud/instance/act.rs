//! Operations on instances that end none of them: a reboot, and into traffic and out of it.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{DEREGISTER, DETACH, DISABLE, ENABLE, REBOOT, REGISTER, terminate::named_group};
use crate::{
    Catalogue, Task, TaskContext, TaskError, TaskResult,
    cloud::operation_stage::{Prepared, required, submit_prepared},
    server_group::{
        guard::{self, Guards},
        settings::{account, provider},
    },
};

const INTERESTING: &str = "interestingHealthProviderNames";

/// Adds the tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    let task = |class, operation, removes, sources| ActTask { class, operation, removes, sources, guards };
    let discovery: &[&str] = &["Discovery"];
    let balancers: &[&str] = &["LoadBalancer", "TargetGroup"];
    catalogue.add_task(task(REBOOT, "rebootInstances", None, discovery));
    catalogue.add_task(task(REGISTER, "registerInstancesWithLoadBalancer", None, balancers));
    let leaving = Some("Deregistering the requested instances from load balancer in");
    catalogue.add_task(task(DEREGISTER, "deregisterInstancesFromLoadBalancer", leaving, balancers));
    catalogue.add_task(task(ENABLE, "enableInstancesInDiscovery", None, discovery));
    let leaving = Some("Disabling the requested instances in");
    catalogue.add_task(task(DISABLE, "disableInstancesInDiscovery", leaving, discovery));
    let leaving = Some("Terminating the requested instances in");
    catalogue.add_task(task(DETACH, "detachInstances", leaving, &[]));
}

/// Submits an operation on the stage's instances.
struct ActTask {
    class: &'static str,
    operation: &'static str,
    /// What a traffic guard calls it, if it takes instances out of traffic.
    removes: Option<&'static str>,
    /// The sources of health that count, unless the stage says which; none says nothing of them.
    sources: &'static [&'static str],
    guards: Guards,
}

#[async_trait]
impl Task for ActTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, region) = (account(settings)?, required(settings, "region")?);
        let instances = settings.texts("instanceIds");
        if let Some(action) = self.removes
            && !guard::was_allowed(settings, self.operation)
        {
            let group = named_group(settings);
            let verdict = self.guards.instances(context, &account, &region, group, &instances, action).await?;
            if let Some(result) = guard::heed(context, verdict, self.operation, false)? {
                return Ok(result);
            }
        }
        let prepared = Prepared::whole(self.operation, settings);
        let prepared = match self.operation {
            "detachInstances" => prepared
                .keeping("terminate.instance.ids", instances)
                .keeping("terminate.account.name", account)
                .keeping("terminate.region", region),
            "rebootInstances" => {
                prepared.keeping("reboot.account.name", account).keeping(INTERESTING, self.sources(settings))
            }
            _ => prepared.keeping(INTERESTING, self.sources(settings)),
        };
        submit_prepared(context, prepared).await
    }
}

impl ActTask {
    /// The sources that the stage names; else those of the operation. The local cloud has no service discovery: there a restart shows
    /// in what its agent says.
    fn sources(&self, settings: &Object) -> Value {
        if let Some(named) = settings.get(INTERESTING).filter(|named| !named.is_null()) {
            return named.clone();
        }
        if self.operation == "rebootInstances" && provider(settings) == "local" {
            return vec!["LocalAgent"].into();
        }
        self.sources.to_vec().into()
    }
}
