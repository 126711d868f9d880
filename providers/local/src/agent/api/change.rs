//! What changes something: the path and the body become a mutation, which the director carries out.

use axum::{
    extract::{Path, Query, Request, State, rejection::PathRejection},
    routing::{MethodFilter, MethodRouter, on},
};
use http::HeaderMap;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Api, Given, Parameters};
use crate::agent::{
    artifacts::Received,
    body::{named, read_body, read_body_with_content},
    director::Mutation,
    error::Refusal,
    validate,
};

/// What a path names, from left to right.
pub(super) trait Names: DeserializeOwned + Send + 'static {
    /// The name of the thing itself.
    fn last(&self) -> &str;
}

impl Names for String {
    fn last(&self) -> &str {
        self
    }
}

impl Names for (String, String) {
    fn last(&self) -> &str {
        &self.1
    }
}

/// `POST` with a body.
pub(super) fn change<P, B>(mutation: fn(P, B) -> Mutation) -> MethodRouter<Api>
where
    P: DeserializeOwned + Send + 'static,
    B: DeserializeOwned + Serialize + 'static,
{
    with_body(MethodFilter::POST, |_, body| Ok(body), mutation)
}

/// `PUT` with a body that is the thing itself: the name in it may be left out, and must not be another one.
pub(super) fn put<P, B>(mutation: fn(P, B) -> Mutation) -> MethodRouter<Api>
where
    P: Names,
    B: DeserializeOwned + Serialize + 'static,
{
    with_body(MethodFilter::PUT, |path: &P, body| named(body, path.last()), mutation)
}

/// [`put`] of what may bring the content of its artifact.
pub(super) fn put_with_content<P, B>(mutation: fn(P, B, Option<Received>) -> Mutation) -> MethodRouter<Api>
where
    P: Names,
    B: DeserializeOwned + Serialize + 'static,
{
    on(
        MethodFilter::PUT,
        move |State(api): State<Api>,
              path: Result<Path<P>, PathRejection>,
              parameters: Parameters,
              request: Request| async move {
            let (Path(path), Query(given)) = (path?, parameters?);
            let (headers, body, content) = read_body_with_content(request, &api.artifacts).await?;
            let body = validate::read(named(body, path.last())?)?;
            api.carry_out(mutation(path, body, content), given, &headers).await
        },
    )
}

fn with_body<P, B>(
    method: MethodFilter,
    checked: fn(&P, Value) -> Result<Value, Refusal>,
    mutation: fn(P, B) -> Mutation,
) -> MethodRouter<Api>
where
    P: DeserializeOwned + Send + 'static,
    B: DeserializeOwned + Serialize + 'static,
{
    on(
        method,
        move |State(api): State<Api>,
              path: Result<Path<P>, PathRejection>,
              parameters: Parameters,
              request: Request| async move {
            let (Path(path), Query(given)) = (path?, parameters?);
            let (headers, body) = read_body(request).await?;
            let body = validate::read(checked(&path, body)?)?;
            api.carry_out(mutation(path, body), given, &headers).await
        },
    )
}

/// `DELETE`.
pub(super) fn remove<P>(mutation: fn(P, &Given) -> Mutation) -> MethodRouter<Api>
where
    P: DeserializeOwned + Send + 'static,
{
    without_body(MethodFilter::DELETE, mutation)
}

/// Any method without a body.
pub(super) fn without_body<P>(method: MethodFilter, mutation: fn(P, &Given) -> Mutation) -> MethodRouter<Api>
where
    P: DeserializeOwned + Send + 'static,
{
    on(
        method,
        move |State(api): State<Api>,
              path: Result<Path<P>, PathRejection>,
              parameters: Parameters,
              headers: HeaderMap| async move {
            let (Path(path), Query(given)) = (path?, parameters?);
            let mutation = mutation(path, &given);
            api.carry_out(mutation, given, &headers).await
        },
    )
}
