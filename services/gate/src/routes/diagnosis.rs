//! Why an execution waits, whether it replays, and what a pipeline would do: passed on to orca, which alone knows.

use gennaker_http::Api;

use super::{READ, table};
use crate::{
    Gate,
    forward::{Forward, Otherwise, Service::Orca, flag, get, post},
};

const MISSING: Otherwise = Otherwise::NotFound("Pipeline not found (id: {id})");

pub(super) const FORWARDED: &[Forward] = &[
    get("/pipelines/{id}/diagnosis", Orca, "/pipelines/{id}/diagnosis", READ).or(MISSING).beyond(),
    get("/pipelines/{id}/replay", Orca, "/pipelines/{id}/replay", READ).asks(&[flag("export")]).or(MISSING).beyond(),
    post("/pipelines/plan", Orca, "/pipelines/plan", READ).beyond(),
];

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED)
}
