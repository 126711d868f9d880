//! Jobs: an application's, how far one is, what it left behind, and ending it.

use axum::extract::State;
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Result, delete, get};
use gennaker_wire::{Job, Object, Operation};
use serde_json::{Value, json};

use super::READ_APPLICATION;
use crate::{
    Clouddriver,
    app::{
        inventory::View,
        operations::{Submission, fence},
    },
};

/// The operation that ends a job; a provider that has jobs has it.
const CANCEL: &str = "cancelJob";

pub(super) fn api() -> Api<Clouddriver> {
    let path = "/applications/{application}/jobs/{account}/{location}/{id}";
    Api::new("clouddriver")
        .route(get("/applications/{application}/jobs", jobs).needs(READ_APPLICATION).beyond())
        .route(get(path, job).needs(READ_APPLICATION))
        .route(delete(path, cancel).needs(Permission::of("application", Access::Write)))
        .route(
            get("/applications/{application}/jobs/{account}/{location}/{id}/{fileName}", file).needs(READ_APPLICATION),
        )
}

/// Those whose name begins with the application's, the newest first.
async fn jobs(State(service): State<Clouddriver>, _caller: Caller, Path(application): Path<String>) -> Json<Value> {
    Json(json!(View::of(&service.providers).jobs(&application)))
}

/// As upstream's, it does not look at the application.
async fn job(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((_application, account, location, id)): Path<(String, String, String, String)>,
) -> Result<Json<Job>> {
    Ok(Json(View::of(&service.providers).job(&account, &location, &id)?.clone()))
}

/// The properties of a file; nothing if there is none.
async fn file(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((_application, account, location, id, name)): Path<(String, String, String, String, String)>,
) -> Result<Json<Object>> {
    let view = View::of(&service.providers);
    let id = view.job(&account, &location, &id)?.id.clone();
    let cloud = super::account(&service, &account)?.provider;
    cloud.job_file(&account, &location, &id, &name).await.map(Json).map_err(super::of_provider)
}

/// Submits the operation that ends it: answered once that is recorded, as every operation is.
async fn cancel(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path((application, account, location, id)): Path<(String, String, String, String)>,
) -> Result<()> {
    let view = View::of(&service.providers);
    let job = view.job(&account, &location, &id)?;
    if job.job_state.is_over() {
        return Ok(());
    }
    let known = service.providers.account(&account);
    let provider = known.map(|known| known.provider.name().to_owned());
    let description = json!({
        "account": account, "credentials": account, "application": application,
        "region": location, "location": location, "jobId": job.id, "jobName": job.name,
    });
    let operation =
        Operation { name: CANCEL.to_owned(), description: description.as_object().cloned().unwrap_or_default() };
    let fence = caller.fence.as_deref().map(fence).transpose()?;
    let request = caller.idempotency_key.filter(|id| !id.is_empty());
    service.operations.submit(Submission { provider, operations: vec![operation], request, fence }).await?;
    Ok(())
}
