//! Upstream's endpoints that this build does not answer yet. Each says what is missing.

use gennaker_http::{Api, unsupported};
use http::Method;

use super::EXECUTE;
use crate::Orca;

pub(super) fn api() -> Api<Orca> {
    let concourse = "there is no Concourse integration yet";
    Api::new("orca").route(unsupported(Method::POST, "/concourse/stage/start", concourse).needs(EXECUTE))
}
