//! What starts pipelines from outside: webhooks, events, subscriptions, and schedules. echo has them.

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Query, Result};
use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::{
    KNOWN,
    input::{AsSent, Asked},
    table,
};
use crate::{
    Gate,
    app::cloud_event::CloudEvent,
    forward::{Forward, Service::Echo, get},
};

pub(super) const FORWARDED: &[Forward] = &[get("/pubsub/subscriptions", Echo, "/pubsub/subscriptions", KNOWN)];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::{get, post};
    table(FORWARDED)
        .route(post("/webhooks/{type}/{source}", webhook).needs(Permission::Public))
        .route(post("/webhooks/cdevents/{source}", event).needs(Permission::Public))
        .route(get("/cron/validate", cron).needs(KNOWN).reads(["expression"]))
}

/// A webhook: whoever sends it needs no name here, echo looks at its secret or at the signature of its bytes.
async fn webhook(
    State(gate): State<Gate>,
    caller: Caller,
    Path((kind, source)): Path<(String, String)>,
    headers: HeaderMap,
    AsSent(body): AsSent,
) -> Result<Json<Value>> {
    let caller = Caller { fence: None, ..caller };
    gate.clients.echo.webhook(&caller, &kind, Some(&source), &headers, body).await.map(Json)
}

/// A CloudEvent, of which echo gets the data and, as headers, the attributes.
async fn event(
    State(gate): State<Gate>,
    caller: Caller,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let event = CloudEvent::read(kind, |name| headers.get(name).and_then(|value| value.to_str().ok()), &body)?;
    let call = Call::new(Method::POST, &["webhooks", "cdevents", &source]).body(&event.whole())?;
    let call = event.headers().into_iter().fold(call, |call, (name, value)| call.header(name, &value));
    // As upstream's, the answer to an event may say nothing.
    Ok(match gate.clients.echo.forward(&Caller { fence: None, ..caller }, call).await? {
        Value::Null => StatusCode::OK.into_response(),
        answer => Json(answer).into_response(),
    })
}

/// Whether a schedule is one, and what it means.
async fn cron(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let Some(expression) = query.text("expression") else {
        return Err(Error::invalid("expression is missing: say expression=... in the query"));
    };
    match gate.clients.echo.validate_cron(&caller.onward(), expression).await {
        Ok(answer) => Ok(Json(json!({ "valid": true, "description": answer["description"] }))),
        Err(error) if error.status() == StatusCode::BAD_REQUEST => {
            Ok(Json(json!({ "valid": false, "message": error.message() })))
        }
        Err(error) => Err(error),
    }
}
