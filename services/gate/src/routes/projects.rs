//! Projects: front50 keeps them, orca knows what their pipelines did, clouddriver what runs of them.
//!
//! They are changed by tasks (`upsertProject`, `deleteProject`).

use gennaker_http::Api;

use super::{KNOWN, table};
use crate::{
    Gate,
    forward::{
        Forward, Otherwise,
        Service::{Clouddriver, Front50, Orca},
        get, number, text,
    },
};

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED)
}

pub(super) const FORWARDED: &[Forward] = &[
    get("/projects", Front50, "/v2/projects", KNOWN).or(Otherwise::NoneOf),
    get("/projects/{id}", Front50, "/v2/projects/{id}", KNOWN),
    get("/projects/{id}/clusters", Clouddriver, "/projects/{id}/clusters", KNOWN),
    get("/projects/{id}/pipelines", Orca, "/projects/{id}/pipelines", KNOWN)
        .asks(&[number("limit").or("5"), text("statuses")]),
];
