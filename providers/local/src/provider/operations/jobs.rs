//! Jobs: run, cancel, destroy.

use gennaker_provider_api::{ArtifactSource, Journal, Outcome, Result};
use serde_json::json;

use super::{
    fetch::{self, Fetch},
    outcome, say, seen,
};
use crate::{
    client::Call,
    provider::{
        AccountHandle, REGION,
        description::{OnJob, RunJob},
    },
};

pub(super) async fn run(
    account: &AccountHandle,
    artifacts: Option<&dyn ArtifactSource>,
    run: &RunJob,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let spec = run.of_request(&call.request_id);
    let name = &spec.name;
    say(journal, "RUN_JOB", format!("Running job {name}...")).await?;
    let client = &account.client;
    match Fetch::of(run.fetched.as_ref(), artifacts) {
        None => client.run_job(&spec, call).await?,
        Some(artifact) => {
            let is_there = || async { client.jobs().await.map(|known| known.iter().any(|job| job.spec.name == *name)) };
            let create = |content| client.run_job_with(&spec, content, call);
            fetch::with_content(artifact, "RUN_JOB", journal, is_there, create).await?
        }
    };
    seen(account, |inventory| inventory.job(REGION, name).is_some()).await;
    say(journal, "RUN_JOB", format!("Job {name} runs.")).await?;
    Ok(outcome(json!({ "deployedNames": [name], "deployedNamesByLocation": { REGION: [name] } })))
}

pub(super) async fn cancel(account: &AccountHandle, on: &OnJob, call: &Call, journal: &dyn Journal) -> Result<Outcome> {
    let name = &on.name;
    say(journal, "CANCEL_JOB", format!("Cancelling job {name}...")).await?;
    account.client.cancel_job(name, call).await?;
    seen(account, |inventory| inventory.job(REGION, name).is_none_or(|job| job.job_state.is_over())).await;
    say(journal, "CANCEL_JOB", format!("Job {name} is over.")).await?;
    Ok(Outcome::default())
}

pub(super) async fn destroy(
    account: &AccountHandle,
    on: &OnJob,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let name = &on.name;
    say(journal, "DESTROY_JOB", format!("Destroying job {name}...")).await?;
    account.client.delete_job(name, call).await?;
    seen(account, |inventory| inventory.job(REGION, name).is_none()).await;
    say(journal, "DESTROY_JOB", format!("Destroyed job {name}.")).await?;
    Ok(Outcome::default())
}
