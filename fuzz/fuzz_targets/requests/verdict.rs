//! What is wrong with an answer, whatever was asked.

use http::{StatusCode, header};

use crate::{request::Request, world::Answer};

/// The header with the request's id.
const REQUEST_ID: &str = "x-spinnaker-request-id";

/// What answers say when the program itself failed: those of `Kind::Bug`.
const DEFECTS: [&str; 8] = [
    "internal error",
    "unexpected JSON",
    "cannot be read",
    "cannot be replayed",
    "cannot be stored",
    "cannot be written",
    "is damaged",
    "the stage has no task",
];

/// What is wrong with it, if anything.
pub(crate) fn complaint(request: &Request, answer: &Answer) -> Option<&'static str> {
    if !answer.headers.contains_key(REQUEST_ID) {
        return Some("the answer has no request id");
    }
    let body = answer.body.as_deref()?;
    let json = answer.json();
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") && json.is_none() && !answer.head {
        return Some("the answer says that it is JSON, and is none");
    }
    if [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&answer.status) && !body.is_empty() {
        return Some("an answer that has no body by its status has one");
    }
    let is_error = answer.status.is_client_error() || answer.status.is_server_error();
    if !is_error || answer.head {
        return None;
    }
    let message = json.as_ref().and_then(|json| json["message"].as_str()).unwrap_or_default();
    // Two lists of orca's are gone, and upstream says so with an empty one.
    if message.trim().is_empty() && answer.status != StatusCode::GONE {
        return Some("an error without a message");
    }
    if answer.status == StatusCode::INTERNAL_SERVER_ERROR && !fails_as_upstream(request.service_name(), message) {
        return Some("a failure of the program");
    }
    if [StatusCode::BAD_GATEWAY, StatusCode::GATEWAY_TIMEOUT].contains(&answer.status) {
        return Some("a service fails another");
    }
    None
}

/// Whether it may be one of the requests that upstream's orca fails at, which so get its 500 here, too; gate and echo pass
/// it on. What the program itself failed at says so.
fn fails_as_upstream(service: &str, message: &str) -> bool {
    ["orca", "gate", "echo"].contains(&service) && !DEFECTS.iter().any(|words| message.contains(words))
}
