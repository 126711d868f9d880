//! JSON bodies, refused in upstream's words when they cannot be read.

use axum::extract::{FromRequest, Request};
use gennaker_base::Kind;
use gennaker_http::{Error, Json};
use gennaker_wire::{Application, Object, Pipeline};
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::problem;
use crate::app::{Kind as Stored, Record, parse_application, parse_pipeline};

/// A body that is JSON.
#[derive(Debug)]
pub(super) struct Body {
    json: Value,
    path: String,
}

impl Body {
    /// The body as an application.
    pub(super) fn application(self) -> Result<Application, Error> {
        let path = self.path.clone();
        parse_application(self.object()?).map_err(|why| unreadable(&why, &path))
    }

    /// The body as a list of applications.
    pub(super) fn applications(self) -> Result<Vec<Application>, Error> {
        let path = self.path.clone();
        let bodies = self.objects()?.into_iter();
        bodies.map(|body| parse_application(body).map_err(|why| unreadable(&why, &path))).collect()
    }

    /// The body as a pipeline.
    pub(super) fn pipeline(self) -> Result<Pipeline, Error> {
        let path = self.path.clone();
        parse_pipeline(self.object()?).map_err(|why| unreadable(&why, &path))
    }

    /// The body as a list of pipelines.
    pub(super) fn pipelines(self) -> Result<Vec<Pipeline>, Error> {
        let path = self.path.clone();
        let bodies = self.objects()?.into_iter();
        bodies.map(|body| parse_pipeline(body).map_err(|why| unreadable(&why, &path))).collect()
    }

    /// The body as an object of a kind.
    pub(super) fn record<K: Stored>(self) -> Result<Record<K>, Error> {
        let path = self.path.clone();
        Record::parse(self.object()?).map_err(|why| unreadable(&why, &path))
    }

    /// The body as a list of objects of a kind.
    pub(super) fn records<K: Stored>(self) -> Result<Vec<Record<K>>, Error> {
        let path = self.path.clone();
        let bodies = self.objects()?.into_iter();
        bodies.map(|body| Record::parse(body).map_err(|why| unreadable(&why, &path))).collect()
    }

    /// The body as a list of texts.
    pub(super) fn texts(self) -> Result<Vec<String>, Error> {
        self.typed("expected a list of texts")
    }

    /// The body as an object.
    pub(super) fn object(self) -> Result<Object, Error> {
        self.typed("expected an object")
    }

    /// The body as a list of objects.
    pub(super) fn objects(self) -> Result<Vec<Object>, Error> {
        self.typed("expected a list of objects")
    }

    fn typed<T: DeserializeOwned>(self, expected: &str) -> Result<T, Error> {
        serde_json::from_value(self.json)
            .map_err(|error| unreadable(&format!("the body is wrong: {expected} ({error})"), &self.path))
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let path = request.uri().path().to_owned();
        check_type(request.headers(), &path)?;
        match Json::<Value>::from_request(request, state).await {
            Ok(Json(json)) => Ok(Body { json, path }),
            Err(error) if error.status() == StatusCode::BAD_REQUEST => Err(unreadable(error.message(), &path)),
            Err(error) => Err(error),
        }
    }
}

/// Takes JSON, and a body that does not say what it is.
fn check_type(headers: &HeaderMap, path: &str) -> Result<(), Error> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json")) {
        return Ok(());
    }
    let named = if text.contains("charset") { text.into_owned() } else { format!("{text};charset=UTF-8") };
    let detail = format!("Content-Type '{named}' is not supported.");
    let error = Error::new(Kind::Invalid, format!("{detail} Send JSON with Content-Type application/json."))
        .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    Err(problem(&error, &detail, path))
}

fn unreadable(why: &str, path: &str) -> Error {
    problem(&Error::invalid(why), "Failed to read request", path)
}
