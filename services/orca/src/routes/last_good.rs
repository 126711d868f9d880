//! Back to the last good version of a cluster.

use axum::{extract::State, http::HeaderMap};
use gennaker_http::{Api, Caller, Json, Path, Query, Result, post};
use serde::Deserialize;

use super::{EXECUTE, start::asked};
use crate::{
    Orca,
    app::last_good::{self, Cluster, Going, Wish},
};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(post("/applications/{application}/clusters/{account}/{cluster}/lastGood", go).needs(EXECUTE).beyond())
}

#[derive(Debug, Deserialize)]
struct Of {
    provider: Option<String>,
}

/// Starts the task that goes back, and says from where to where. `provider` is the cloud, `local` by default.
async fn go(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Path((application, account, name)): Path<(String, String, String)>,
    Query(of): Query<Of>,
    Json(wish): Json<Wish>,
) -> Result<Json<Going>> {
    let asked = asked(caller, &headers)?;
    let provider = of.provider.unwrap_or_else(|| "local".to_owned());
    let cluster = Cluster { application, account, name, provider };
    Ok(Json(last_good::go(&orca.engine, &asked, &cluster, &wish).await?))
}
