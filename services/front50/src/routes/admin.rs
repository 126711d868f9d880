//! `/admin/recover`.

use std::sync::Arc;

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Permission, Result, post};
use http::StatusCode;
use serde_json::Value;

use super::body::Body;
use crate::app::App;

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE).route(post("/admin/recover", recover).needs(Permission::Admin))
}

async fn recover(_caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    let body = body.object()?;
    let text = |field: &str| {
        let text = body.get(field).and_then(Value::as_str);
        text.ok_or_else(|| Error::invalid(format!("say what to recover: {field} is missing")))
    };
    app.recover(text("objectType")?, text("objectId")?).await?;
    Ok(StatusCode::OK)
}
