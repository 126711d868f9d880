//! Search over names.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Query, Result, get};
use serde_json::Value;

use super::{KNOWN, texts};
use crate::{
    Clouddriver,
    app::inventory::{Search, View},
};

/// The most results a page, and upstream's default.
const PAGE: usize = 10_000;

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver").route(get("/search", search).needs(KNOWN).partly("not types of clouds that are not here"))
}

/// `type` may be repeated or a list; what is no field of the search itself filters the results' fields.
async fn search(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<Json<Value>> {
    let mut search = Search { page: 1, page_size: PAGE, ..Search::default() };
    for (name, value) in fields {
        match name.as_str() {
            "q" => search.text = value,
            "type" => search.types.extend(texts(&value)),
            "page" => search.page = number(&name, &value)?.max(1),
            "pageSize" => search.page_size = number(&name, &value)?.min(PAGE),
            // Upstream's only platform is all of them.
            "platform" => {}
            _ => search.filters.push((name, value)),
        }
    }
    if search.types.is_empty() {
        return Err(Error::invalid("name at least one type, for example type=serverGroups"));
    }
    Ok(Json(View::of(&service.providers).search(&search)))
}

fn number(name: &str, value: &str) -> Result<usize> {
    value.parse().map_err(|_| Error::invalid(format!("{name} is a number, not {value:?}")))
}
