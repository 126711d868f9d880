//! What orca and echo can do, what stages read, and what an install has prepared for them.

use gennaker_http::Api;
use serde_json::json;

use super::{KNOWN, table};
use crate::{
    Gate,
    forward::{
        Forward, Otherwise,
        Service::{Echo, Orca},
        get,
    },
};

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED)
}

pub(super) const FORWARDED: &[Forward] = &[
    get("/capabilities/deploymentMonitors", Orca, "/capabilities/deploymentMonitors", KNOWN).or(Otherwise::NoneOf),
    get("/capabilities/expressions", Orca, "/capabilities/expressions", KNOWN),
    get("/capabilities/quietPeriod", Echo, "/quietPeriod", KNOWN)
        .or(Otherwise::Always(|| json!({ "enabled": false, "inQuietPeriod": false, "startTime": 0, "endTime": 0 }))),
    get("/jobs/preconfigured", Orca, "/jobs/preconfigured", KNOWN).or(Otherwise::NONE_EVER),
    get("/schemas/stages", Orca, "/schemas/stages", KNOWN).beyond(),
    get("/schemas/stages/{type}", Orca, "/schemas/stages/{type}", KNOWN)
        .or(Otherwise::NotFound("there is no stage type {type}; GET /schemas/stages has those that there are"))
        .beyond(),
    get("/webhooks/preconfigured", Orca, "/webhooks/preconfigured", KNOWN).or(Otherwise::NONE_EVER),
];
