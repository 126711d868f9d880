//! `runJob`, `preconfiguredJob`, `destroyJob`: something that runs once and ends.
//!
//! `runJob` starts it, waits for its end unless `waitForCompletion` is false, and reads what it has left in `propertyFile` into its
//! outputs. With `expectedArtifacts` it binds what was produced; with `consumeArtifactSource: artifact` it takes a JSON artifact for
//! outputs. A job whose stage is cancelled is ended.
//!
//! Upstream: `RunJobStage`, `DestroyJobStage`. What manifests of Kubernetes and the limits of single clouds add comes with them.

mod artifact;
mod preconfigured;
mod run;
mod wait;

use std::sync::Arc;

use gennaker_wire::{Object, ObjectExt};
use serde_json::json;

pub(crate) use self::preconfigured::list;
pub use self::preconfigured::{JobOptions, JobParameter, PreconfiguredJob};
use super::{
    operation_stage::{OperationStage, OperationTask, Prepared},
    refresh::RefreshTask,
};
use crate::{
    Catalogue, Field, Schema, TaskError, TaskTemplate,
    server_group::{operation::monitor, settings::account},
};

const DESTROY: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.job.DestroyJobTask";
const REFRESH: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.job.DestroyJobForceCacheRefreshTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue, jobs: &Arc<JobOptions>) {
    run::register(catalogue);
    preconfigured::register(catalogue, jobs.clone());
    wait::register(catalogue);
    artifact::register(catalogue);
    catalogue.add_stage(OperationStage::new(
        "destroyJob",
        || {
            Schema::of("Ends a job and removes it.")
                .with(Field::text("credentials", "The account; account is read too."))
                .with(Field::text("cloudProvider", "The cloud.").default("aws"))
                .with(Field::text("region", "Where it is."))
                .with(Field::text("jobName", "Its name; or jobId."))
                .with(Field::text("jobId", "Its id."))
        },
        || {
            vec![
                TaskTemplate::new("destroyJob", DESTROY),
                monitor("monitorDestroy"),
                TaskTemplate::new("forceCacheRefresh", REFRESH),
            ]
        },
    ));
    catalogue.add_task(OperationTask { class: DESTROY, prepare: destroy });
    catalogue.add_task(RefreshTask {
        class: REFRESH,
        kind: "Job",
        targets: |settings| {
            let job = settings.text("jobName").or_else(|| settings.text("jobId"));
            vec![json!({
                "jobName": job, "region": settings.get("region"), "account": account(settings).ok(), "evict": true,
            })]
        },
    });
}

fn destroy(settings: &Object) -> Result<Prepared, TaskError> {
    let job = settings.text("jobName").or_else(|| settings.text("jobId"));
    let job = job.ok_or_else(|| TaskError::invalid("the stage names no job: set jobName or jobId"))?;
    Ok(Prepared::whole("destroyJob", settings)
        .keeping("delete.name", job)
        .keeping("delete.region", json!(settings.get("region")))
        .keeping("delete.account.name", account(settings)?))
}
