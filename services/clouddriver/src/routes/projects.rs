//! What runs of a project, which front50 keeps.

use axum::extract::State;
use gennaker_base::Kind;
use gennaker_http::{Api, Caller, Error, Json, Path, Result, get};
use serde_json::Value;

use super::KNOWN;
use crate::{Clouddriver, app::inventory::View};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver").route(get("/projects/{project}/clusters", clusters).needs(KNOWN))
}

async fn clusters(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Vec<Value>>> {
    let found = match service.front50.project(&caller.onward(), &project).await {
        Err(error) if error.kind() == Kind::NotFound => {
            return Err(Error::not_found(format!("Project not found (name: {project})")));
        }
        found => found?,
    };
    Ok(Json(View::of(&service.providers).project_clusters(&found)))
}
