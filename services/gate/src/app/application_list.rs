//! The list of all applications, put together anew only when what it is made of changed.
//!
//! Both services are asked each time: front50 says by its `ETag` that nothing changed, and what clouddriver sees is
//! compared as text. In front of a front50 without an `ETag` (upstream's) the list is made each time.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use gennaker_base::Kind;
use gennaker_clients::{Call, Clients, IfChanged};
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::Object;
use serde_json::Value;

use super::{applications, optional::addition};

/// The list. Clones share what was made last.
#[derive(Clone, Default)]
pub(crate) struct ApplicationList {
    last: Arc<Mutex<Option<Arc<Made>>>>,
}

/// A list, and what it was made of.
struct Made {
    etag: String,
    seen: Option<Bytes>,
    json: Bytes,
}

impl ApplicationList {
    /// All applications' attributes as a JSON list, by name. Applications that only clouddriver knows are among them; while
    /// clouddriver cannot be reached they and the accounts are missing.
    pub(crate) async fn json(&self, clients: &Clients, caller: &Caller) -> Result<Bytes> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let etag = last.as_ref().map(|made| made.etag.as_str());
        let call = Call::get(&["applications"]).query("restricted", false).query("expand", true);
        let seen = addition("clouddriver", clients.clouddriver.forward_bytes(caller, call));
        let (kept, seen) = tokio::join!(kept(clients, caller, etag), seen);
        let (kept, etag) = match (kept?, &last) {
            (IfChanged::Unchanged, Some(made)) if made.seen == seen => {
                return Ok(made.json.clone());
            }
            (IfChanged::Unchanged, _) => match self::kept(clients, caller, None).await? {
                IfChanged::Changed { value, etag } => (value, etag),
                IfChanged::Unchanged => {
                    return Err(bug("front50 answered 304 although it was not asked for what is newer"));
                }
            },
            (IfChanged::Changed { value, etag }, _) => (value, etag),
        };
        // What clouddriver adds is left out if it cannot be read, as if it had not answered.
        let added = seen.as_deref().and_then(|seen| objects(seen).ok()).unwrap_or_default();
        let merged = applications::merged(objects(&kept)?, added);
        let json = serde_json::to_vec(&merged).map_err(|error| bug(format!("no list of applications: {error}")))?;
        let json = Bytes::from(json);
        if let Some(etag) = etag {
            let made = Arc::new(Made { etag, seen, json: json.clone() });
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
        }
        Ok(json)
    }

    /// The same, read.
    pub(crate) async fn objects(&self, clients: &Clients, caller: &Caller) -> Result<Vec<Object>> {
        let json = self.json(clients, caller).await?;
        serde_json::from_slice(&json).map_err(|error| bug(format!("no list of applications: {error}")))
    }
}

/// What front50 keeps, unless it still is what `etag` names.
async fn kept(clients: &Clients, caller: &Caller, etag: Option<&str>) -> Result<IfChanged<Bytes>> {
    let call = Call::get(&["v2", "applications"]).query("restricted", false);
    clients.front50.forward_if_changed(caller, call, etag).await
}

/// The objects of a JSON list; none of what is no list.
fn objects(json: &[u8]) -> Result<Vec<Object>> {
    let list = serde_json::from_slice(json);
    let Value::Array(list) = list.map_err(|error| bug(format!("a list of applications cannot be read: {error}")))?
    else {
        return Ok(Vec::new());
    };
    Ok(list.into_iter().filter_map(|one| if let Value::Object(one) = one { Some(one) } else { None }).collect())
}

fn bug(message: impl Into<String>) -> Error {
    Error::new(Kind::Bug, message)
}
