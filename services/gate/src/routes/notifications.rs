//! Whom an application's executions are told to, and how: front50 keeps it, echo sends.

use gennaker_http::Api;

use super::{KNOWN, READ, WRITE, table};
use crate::{
    Gate,
    forward::{
        Forward, Otherwise,
        Service::{Echo, Front50},
        delete, get, post,
    },
};

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED)
}

pub(super) const FORWARDED: &[Forward] = &[
    get("/notifications/metadata", Echo, "/notifications/metadata", KNOWN).or(Otherwise::NONE_EVER),
    get("/notifications/{type}/{application}", Front50, "/notifications/{type}/{application}", READ)
        .or(Otherwise::Nothing),
    post("/notifications/{type}/{application}", Front50, "/notifications/{type}/{application}", WRITE).silent(),
    delete("/notifications/{type}/{application}", Front50, "/notifications/{type}/{application}", WRITE).silent(),
];
