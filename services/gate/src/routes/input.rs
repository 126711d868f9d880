//! What comes with a request: query parameters that may be sent empty, and bodies that may be missing.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
};
use gennaker_http::{Error, Json, Query, Result};
use gennaker_wire::Object;
use serde::Deserialize;

/// The query. Older clients send parameters without a value, which is as if they did not send them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// The query of a request.
pub(super) type Asked = Query<Parameters>;

impl Parameters {
    /// The first value of that name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All values of that name: it may be repeated, or a list with commas.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(known, _)| known == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let value = text.to_ascii_lowercase().parse();
        value.map(Some).map_err(|_| Error::invalid(format!("{name} is true or false, not {text:?}")))
    }

    /// A number from 0.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u32>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let value = text.parse();
        value.map(Some).map_err(|_| Error::invalid(format!("{name} is a number from 0, not {text:?}")))
    }

    /// The parameters of other names.
    pub(crate) fn others(&self, names: &[&str]) -> Vec<(String, String)> {
        let others = self.0.iter().filter(|(name, value)| !names.contains(&name.as_str()) && !value.is_empty());
        others.cloned().collect()
    }
}

/// A JSON object, or nothing: an empty body and `null` are an empty object.
#[derive(Debug, Clone)]
pub(super) struct MaybeObject(pub(super) Object);

impl<S: Send + Sync> FromRequest<S> for MaybeObject {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Error> {
        read(request, state).await.map(|(object, _)| MaybeObject(object))
    }
}

/// The same as it was sent, byte by byte: what is signed must not be written anew. Nothing is `{}`.
#[derive(Debug, Clone)]
pub(super) struct AsSent(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for AsSent {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Error> {
        let (object, bytes) = read(request, state).await?;
        // Signed or not, there is nothing in it.
        Ok(AsSent(if object.is_empty() { Bytes::from_static(b"{}") } else { bytes }))
    }
}

/// The object of a body, and its bytes.
async fn read<S: Send + Sync>(request: Request, state: &S) -> std::result::Result<(Object, Bytes), Error> {
    let (parts, body) = request.into_parts();
    let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await;
    let bytes = bytes.map_err(|rejection| {
        Error::invalid(format!("the body could not be read: {}", rejection.body_text())).with_status(rejection.status())
    })?;
    if bytes.trim_ascii().is_empty() {
        return Ok((Object::new(), bytes));
    }
    let request = Request::from_parts(parts, Body::from(bytes.clone()));
    let Json(object) = Json::<Option<Object>>::from_request(request, state).await?;
    Ok((object.unwrap_or_default(), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_parameter_is_none() {
        let pairs = [("expand", ""), ("limit", "x"), ("type", "a, b"), ("type", "c"), ("q", "1")];
        let query = Parameters(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        assert_eq!(query.flag("expand"), Ok(None));
        assert!(query.number("limit").is_err());
        assert_eq!(query.number("q"), Ok(Some(1)));
        assert_eq!(query.texts("type"), ["a", "b", "c"]);
        assert_eq!(query.others(&["type", "limit"]), [("q".to_owned(), "1".to_owned())]);
    }
}
