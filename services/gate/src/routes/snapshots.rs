//! Snapshots of what an application had in an account: front50 keeps them under `APPLICATION-ACCOUNT`.

use gennaker_http::Api;

use super::{READ, table};
use crate::{
    Gate,
    forward::{Forward, Service::Front50, get, number},
};

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED)
}

pub(super) const FORWARDED: &[Forward] = &[
    get("/applications/{application}/snapshots/{account}", Front50, "/snapshots/{application}-{account}", READ),
    get(
        "/applications/{application}/snapshots/{account}/history",
        Front50,
        "/snapshots/{application}-{account}/history",
        READ,
    )
    .asks(&[number("limit").or("20")]),
];
