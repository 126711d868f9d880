//! Lists of what cannot be made in this build, and is therefore empty.

use gennaker_http::{Api, Caller, Json, Query, Result, get};
use serde_json::{Map, Value, json};

use super::{KNOWN, input::Asked};
use crate::{Gate, forward::Service};

pub(super) fn api() -> Api<Gate> {
    let none = "there are none yet";
    Api::new("gate")
        .route(get("/banners", empty).needs(KNOWN).partly(none))
        .route(get("/plugins/deck/plugin-manifest.json", empty).needs(KNOWN).partly(none))
        .route(get("/plugins/installed", installed).needs(KNOWN).partly(none).reads(["service"]))
}

async fn empty(_caller: Caller) -> Json<Value> {
    Json(json!([]))
}

/// The plugins of each service, or of one.
async fn installed(_caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let services = [Service::Clouddriver, Service::Echo, Service::Front50, Service::Orca].map(Service::name);
    let services = services.into_iter().chain(["gate"]);
    let services = services.filter(|name| query.text("service").is_none_or(|wanted| wanted == *name));
    Ok(Json(Value::Object(services.map(|name| (name.to_owned(), json!([]))).collect::<Map<_, _>>())))
}
