//! Stages on what clouds have beside server groups: instances, load balancers, security groups, images, jobs, tags, scaling policies
//! and snapshots. Most are an operation that is submitted and followed ([`operation_stage`]).

mod entity_tags;
mod image;
mod instance;
mod job;
mod launch_settings;
mod load_balancer;
mod operation_stage;
mod refresh;
mod rolling_push;
mod scaling_policy;
mod security_group;
mod server_group_tags;
mod snapshot;
mod target_reference;
mod wait_for_condition;

pub(crate) use self::job::list as preconfigured_jobs;
pub use self::job::{JobOptions, JobParameter, PreconfiguredJob};
pub(crate) use self::rolling_push::termination_problems;
use crate::{Catalogue, Options, server_group::guard::Guards};

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &Options) {
    let guards = Guards::new(&options.traffic_guards);
    instance::register(catalogue, guards);
    launch_settings::register(catalogue);
    rolling_push::register(catalogue, guards);
    load_balancer::register(catalogue);
    security_group::register(catalogue);
    image::register(catalogue);
    job::register(catalogue, &options.job);
    entity_tags::register(catalogue);
    scaling_policy::register(catalogue);
    snapshot::register(catalogue);
    server_group_tags::register(catalogue);
    target_reference::register(catalogue);
    wait_for_condition::register(catalogue, &options.tasks.evaluate_condition);
}
