//! Search.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Query, Result, get};
use serde_json::{Value, json};

use super::{KNOWN, input::Asked};
use crate::{Gate, app::search};

/// Upstream's page, and the largest.
const PAGE: u32 = 10_000;
/// The shortest text that is searched unless the caller insists.
const SHORTEST: usize = 3;
/// The parameters of the search itself; every other one names a field that the results have.
const OWN: [&str; 6] = ["q", "type", "platform", "pageSize", "page", "allowShortQuery"];

pub(super) fn api() -> Api<Gate> {
    Api::new("gate").route(get("/search", found).needs(KNOWN).reads(OWN))
}

async fn found(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let types = query.texts("type");
    if types.is_empty() {
        return Err(Error::invalid("name at least one type, for example type=serverGroups"));
    }
    let text = query.text("q").unwrap_or_default();
    if text.chars().count() < SHORTEST && query.flag("allowShortQuery")? != Some(true) {
        return Ok(Json(json!([])));
    }
    let search = search::Search {
        text: text.to_owned(),
        types,
        page: query.number("page")?.unwrap_or(1).max(1) as usize,
        page_size: query.number("pageSize")?.unwrap_or(PAGE).min(PAGE) as usize,
        platform: query.text("platform").map(str::to_owned),
        filters: query.others(&OWN),
    };
    search::search(&gate.applications, &gate.clients, &caller.onward(), &search).await.map(Json)
}
