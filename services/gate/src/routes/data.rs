//! Data that clouddriver has from elsewhere, in whatever form it is.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Path, Query, Result, delete, get, patch, post, put};
use http::header::CONTENT_TYPE;

use super::{
    KNOWN,
    input::{Asked, Parameters},
};
use crate::Gate;

/// What the caller expects the data to be.
const EXPECTED: &str = "expectedContentType";
const JSON: &str = "application/json";
/// What no browser runs.
const HARMLESS: [&str; 6] =
    [JSON, "application/octet-stream", "application/x-yaml", "application/yaml", "text/csv", "text/plain"];

pub(super) fn api() -> Api<Gate> {
    let path = "/v1/data/adhoc/{groupId}/{bucketId}/{*objectId}";
    Api::new("gate")
        .route(get("/v1/data/static/{id}", fixed).needs(KNOWN).reads([EXPECTED]))
        .route(get(path, adhoc).needs(KNOWN).reads([EXPECTED]))
        .route(post(path, adhoc).needs(KNOWN).reads([EXPECTED]))
        .route(put(path, adhoc).needs(KNOWN).reads([EXPECTED]))
        .route(patch(path, adhoc).needs(KNOWN).reads([EXPECTED]))
        .route(delete(path, adhoc).needs(KNOWN).reads([EXPECTED]))
}

async fn fixed(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<Response> {
    let call = Call::get(&["v1", "data", "static", &id]);
    let call = query.others(&[]).iter().fold(call, |call, (name, value)| call.query(name, value));
    answer(&gate, &caller, &query, call).await
}

async fn adhoc(
    State(gate): State<Gate>,
    caller: Caller,
    Path((group, bucket, object)): Path<(String, String, String)>,
    Query(query): Asked,
) -> Result<Response> {
    let path: Vec<&str> = ["v1", "data", "adhoc", &group, &bucket].into_iter().chain(object.split('/')).collect();
    answer(&gate, &caller, &query, Call::get(&path)).await
}

async fn answer(gate: &Gate, caller: &Caller, query: &Parameters, call: Call) -> Result<Response> {
    let kind = kind(query.text(EXPECTED))?;
    let data = gate.clients.clouddriver.forward_bytes(&caller.onward(), call).await?;
    Ok(([(CONTENT_TYPE, kind)], data).into_response())
}

/// The content type of an answer.
fn kind(expected: Option<&str>) -> Result<&'static str> {
    let expected = expected.unwrap_or(JSON);
    let found = HARMLESS.into_iter().find(|known| known.eq_ignore_ascii_case(expected));
    found.ok_or_else(|| Error::invalid(format!("{EXPECTED} is one of {}, not {expected}", HARMLESS.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_is_sent_as_a_page() {
        assert_eq!(kind(None), Ok(JSON));
        assert_eq!(kind(Some("Text/CSV")), Ok("text/csv"));
        assert!(kind(Some("text/html")).is_err());
    }
}
