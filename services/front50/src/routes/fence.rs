//! The fence of requests that change something: who has lost its execution to a newer owner is refused before anything is
//! done.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use gennaker_base::Kind;
use gennaker_http::{Caller, Error, Result};
use gennaker_store::{Error as StoreError, Fence, Fences};
use http::Method;

/// Lets a request pass unless it would change something under a fence that is lower than one seen before.
pub(crate) async fn admit(State(fences): State<Arc<dyn Fences>>, request: Request, next: Next) -> Result<Response> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if let Some(text) = Caller::from_headers(request.headers())?.fence.filter(|_| changes) {
        let fence = Fence::read(&text).ok_or_else(|| {
            Error::invalid(format!("the fence {text:?} is not <execution>/<epoch>, for example 01J8ZQ/7"))
        })?;
        fences.admit(&fence).await.map_err(|error| refused(&fence, &error))?;
    }
    Ok(next.run(request).await)
}

fn refused(fence: &Fence, error: &StoreError) -> Error {
    match error.kind() {
        Kind::Fenced => {
            let Fence { execution, epoch } = fence;
            let epoch = epoch.0;
            let message = format!(
                "epoch {epoch} does not own execution {execution} any more: nothing was changed, and the caller must stop"
            );
            Error::new(Kind::Fenced, message).with_field("code", "fenced")
        }
        kind => Error::new(kind, error.to_string()),
    }
}
