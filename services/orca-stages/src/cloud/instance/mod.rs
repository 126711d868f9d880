//! Stages on single instances (`instanceIds`).
//!
//! | stage | |
//! |---|---|
//! | `terminateInstances` | ends them; what their server group then lacks is its own to replace |
//! | `terminateInstanceAndDecrementServerGroup`, `terminateInstanceAndDecrementAsg` | ends one (`instance`), and the group shrinks |
//! | `detachInstances` | takes them out of their server group |
//! | `rebootInstances` | |
//! | `registerInstancesWithLoadBalancer`, `deregisterInstancesFromLoadBalancer` | into traffic, out of it |
//! | `enableInstancesInDiscovery`, `disableInstancesInDiscovery` | the same for service discovery |
//!
//! Traffic guards are asked before the last instance that is up ends or leaves traffic.
//!
//! Upstream: the stages of these names, `TerminatingInstanceSupport`.

mod act;
mod health;
mod terminate;

pub(super) use self::{
    health::wait_for_down,
    terminate::{REMAINING, named_group, terminate, wait as wait_for_terminated},
};

use crate::{
    Catalogue, Field, Schema, TaskTemplate,
    cloud::operation_stage::OperationStage,
    server_group::{
        guard::{ALLOWED, Guards},
        health::determine_health_providers,
        operation::monitor,
        refresh::force_cache_refresh,
    },
};

const TERMINATE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.TerminateInstancesTask";
const DECREMENT: &str =
    "com.netflix.spinnaker.orca.clouddriver.tasks.instance.TerminateInstanceAndDecrementServerGroupTask";
const DECREMENT_ASG: &str = "com.netflix.spinnaker.orca.kato.tasks.TerminateInstanceAndDecrementAsgTask";
const DETACH: &str = "com.netflix.spinnaker.orca.kato.tasks.DetachInstancesTask";
const REBOOT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.RebootInstancesTask";
const REGISTER: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.RegisterInstancesWithLoadBalancerTask";
const DEREGISTER: &str =
    "com.netflix.spinnaker.orca.clouddriver.tasks.instance.DeregisterInstancesFromLoadBalancerTask";
const ENABLE: &str = "com.netflix.spinnaker.orca.kato.tasks.EnableInstancesInDiscoveryTask";
const DISABLE: &str = "com.netflix.spinnaker.orca.kato.tasks.DisableInstancesInDiscoveryTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    for (kind, schema, tasks) in STAGES {
        let stage = OperationStage::new(kind, schema, tasks).leaving(&[terminate::REMAINING, ALLOWED]);
        catalogue.add_stage(stage.changing_cluster());
    }
    health::register(catalogue);
    terminate::register(catalogue, guards);
    act::register(catalogue, guards);
}

type Row = (&'static str, fn() -> Schema, fn() -> Vec<TaskTemplate>);

const STAGES: [Row; 9] = [
    (
        "terminateInstances",
        || several("Ends instances."),
        || vec![terminate::terminate(), monitor("monitorTermination"), terminate::wait("waitForTerminatedInstances")],
    ),
    (
        "terminateInstanceAndDecrementServerGroup",
        || one("Ends an instance, and its server group shrinks."),
        || ending("terminateInstanceAndDecrementServerGroup", DECREMENT),
    ),
    (
        "terminateInstanceAndDecrementAsg",
        || one("Ends an instance, and its server group shrinks."),
        || ending("terminateInstance", DECREMENT_ASG),
    ),
    (
        "detachInstances",
        || several("Takes instances out of their server group."),
        || {
            vec![
                TaskTemplate::new("detachInstances", DETACH),
                monitor("monitorDetach"),
                force_cache_refresh(),
                terminate::wait("waitForTerminatedInstances"),
            ]
        },
    ),
    (
        "rebootInstances",
        || several("Restarts instances."),
        || {
            vec![
                determine_health_providers(),
                TaskTemplate::new("rebootInstances", REBOOT),
                monitor("monitorReboot"),
                health::wait_for_down("waitForDownInstances"),
                health::wait_for_up("waitForUpInstances"),
            ]
        },
    ),
    (
        "registerInstancesWithLoadBalancer",
        || balanced("Puts instances behind load balancers."),
        || {
            vec![
                TaskTemplate::new("registerInstances", REGISTER),
                monitor("monitorInstances"),
                health::wait_for_up("waitForLoadBalancerState"),
            ]
        },
    ),
    (
        "deregisterInstancesFromLoadBalancer",
        || balanced("Takes instances from behind load balancers."),
        || {
            vec![
                TaskTemplate::new("deregisterInstances", DEREGISTER),
                monitor("monitorInstances"),
                health::wait_for_down("waitForLoadBalancerState"),
            ]
        },
    ),
    (
        "enableInstancesInDiscovery",
        || several("Has service discovery name instances."),
        || {
            vec![
                TaskTemplate::new("enableInstances", ENABLE),
                monitor("monitorInstances"),
                health::wait_for_up("waitForDiscoveryState"),
            ]
        },
    ),
    (
        "disableInstancesInDiscovery",
        || several("Has service discovery name instances no longer."),
        || {
            vec![
                TaskTemplate::new("disableInstances", DISABLE),
                monitor("monitorInstances"),
                health::wait_for_down("waitForDiscoveryState"),
            ]
        },
    ),
];

fn ending(name: &str, class: &str) -> Vec<TaskTemplate> {
    vec![TaskTemplate::new(name, class), monitor("monitorTermination"), terminate::wait("waitForTerminatedInstance")]
}

fn placed(description: &'static str) -> Schema {
    Schema::of(description)
        .with(Field::text("credentials", "The account; account is read too."))
        .with(Field::text("cloudProvider", "The cloud.").default("aws"))
        .with(Field::text("region", "Where they are.").required())
        .with(Field::text("serverGroupName", "Their server group; found by the instances if it is missing."))
        .with(Field::list("interestingHealthProviderNames", "The sources of health that count.", []))
}

fn several(description: &'static str) -> Schema {
    placed(description).with(Field::list("instanceIds", "The instances.", []).required())
}

fn balanced(description: &'static str) -> Schema {
    several(description).with(Field::list("loadBalancerNames", "The load balancers.", []))
}

fn one(description: &'static str) -> Schema {
    placed(description).with(Field::text("instance", "The instance.").required())
}
