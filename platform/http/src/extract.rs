//! Axum's extractors with JSON errors that say what was expected.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use gennaker_base::Kind;
use http::request::Parts;
use serde::{Serialize, de::DeserializeOwned};

use crate::Error;

/// A JSON body, in or out. The content type of a request is not looked at, as upstream's scripts send none.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

/// The parameters of the path.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

/// The parameters of the query.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = match axum::body::Bytes::from_request(request, state).await {
            Ok(bytes) => bytes,
            Err(rejection) => return Err(body_error(&rejection)),
        };
        let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let path = error.path().to_string();
            match path.as_str() {
                "." | "?" => Error::invalid(format!("the body is not the JSON that is expected: {}", error.inner())),
                _ => Error::invalid(format!("the body is wrong at {path}: {}", error.inner())),
            }
        })?;
        deserializer.end().map_err(|error| Error::invalid(format!("the body goes on after its JSON: {error}")))?;
        Ok(Json(value))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Path(value)),
            Err(rejection) => Err(Error::invalid(format!("the path is wrong: {}", rejection.body_text()))),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Query(value)),
            Err(rejection) => Err(Error::invalid(format!("the query is wrong: {}", rejection.body_text()))),
        }
    }
}

/// A body that could not be read: too large, cut off, or too slow.
fn body_error(rejection: &axum::extract::rejection::BytesRejection) -> Error {
    let status = rejection.status();
    let kind = match status.as_u16() {
        413 => Kind::TooLarge,
        408 => Kind::Timeout,
        _ => Kind::Invalid,
    };
    Error::new(kind, format!("the body could not be read: {}", rejection.body_text())).with_status(status)
}
