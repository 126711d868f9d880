//! Live output of an instance or a job: piece by piece, each answered when there is something in it.

use std::time::Duration;

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, Query, Result, get};
use gennaker_provider_api::{LogFrom, LogPiece};
use serde::Deserialize;
use serde_json::{Value, json};

use super::READ_ACCOUNT;
use crate::{Clouddriver, app::inventory::View};

/// How much a piece has unless the caller says, and at most, in bytes.
const PIECE: u64 = 64 << 10;
const LARGEST_PIECE: u64 = 1 << 20;
/// The longest wait for something new; who asks for more waits so long.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const DEADLINE: Duration = Duration::from_secs(45);
/// How often the cloud is asked meanwhile.
const LOOK: Duration = Duration::from_millis(250);

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver").route(
        get("/instances/{account}/{region}/{id}/log", log)
            .needs(READ_ACCOUNT)
            .beyond()
            .reads(["offset", "bytes", "waitMs"])
            .deadline(DEADLINE),
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LogQuery {
    offset: Option<u64>,
    bytes: Option<u64>,
    wait_ms: Option<u64>,
}

/// Without `offset` the end of what there is; with it what follows, for which it waits up to `waitMs`. `next` is the offset
/// of the next piece, and `ended` says that there will be none.
async fn log(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((account, region, id)): Path<(String, String, String)>,
    Query(query): Query<LogQuery>,
) -> Result<Json<Value>> {
    let known = View::of(&service.providers).instance_id(&account, &region, &id);
    let cloud = super::account(&service, &account)?.provider;
    // A job, or output that outlives its instance: asked for as it is.
    let id = known.unwrap_or(id);
    let bytes = query.bytes.unwrap_or(PIECE).clamp(1, LARGEST_PIECE);
    let from = query.offset.map_or(LogFrom::End, LogFrom::Position);
    let wait = query.wait_ms.map_or(Duration::ZERO, Duration::from_millis).min(LONGEST_WAIT);
    let until = tokio::time::Instant::now() + wait;
    loop {
        let piece = cloud.log(&account, &region, &id, from, bytes).await.map_err(super::of_provider)?;
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        if !piece.text.is_empty() || piece.ended || left.is_zero() {
            return Ok(Json(shown(&piece)));
        }
        tokio::time::sleep(left.min(LOOK)).await;
    }
}

fn shown(piece: &LogPiece) -> Value {
    json!({ "output": piece.text, "offset": piece.start, "next": piece.next, "ended": piece.ended })
}
