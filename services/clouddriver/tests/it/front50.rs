//! A front50 in memory: projects and tags, as far as clouddriver asks for them, over its client.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    routing::{get, post},
};
use gennaker_clients::{Front50Client, Transport};
use gennaker_http::TransportOptions;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// What it keeps.
#[derive(Clone, Default)]
pub(crate) struct Front50 {
    tags: Arc<Mutex<BTreeMap<String, Value>>>,
    fences: Arc<Mutex<Vec<String>>>,
    overtaking: Arc<Mutex<Vec<Value>>>,
}

impl Front50 {
    pub(crate) fn client(&self) -> Front50Client {
        let router = Router::new()
            .route("/v2/projects/{id}", get(project))
            .route("/v2/tags", get(tags))
            .route("/v2/tags/batchUpdate", post(save))
            .route("/v2/tags/{*id}", get(one).delete(remove))
            .with_state(self.clone());
        Front50Client::new(Transport::in_process("front50", router, TransportOptions::default()))
    }

    /// The ids of what is tagged.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.tags.lock().expect("no panic").keys().cloned().collect()
    }

    /// The next time that tags are read, somebody else stores others right after it.
    pub(crate) fn is_overtaken_by(&self, tags: Value) {
        self.overtaking.lock().expect("no panic").push(tags);
    }

    /// Stores tags in place of those of their id, as if a millisecond after those.
    fn store(&self, tags: &Value) {
        let id = tags["id"].as_str().expect("an id").to_owned();
        let mut all = self.tags.lock().expect("no panic");
        let before = all.get(&id).and_then(|tags| tags["lastModified"].as_i64()).unwrap_or_default();
        let mut tags = tags.clone();
        tags["lastModified"] = json!(before + 1);
        all.insert(id, tags);
    }

    /// Whether tags were made from what there is.
    fn is_made_from_current(&self, tags: &Value) -> bool {
        let all = self.tags.lock().expect("no panic");
        tags["lastModified"]
            == all.get(tags["id"].as_str().expect("an id")).map_or(Value::Null, |now| now["lastModified"].clone())
    }

    fn read(&self, wanted: impl Fn(&str) -> bool) -> Vec<Value> {
        let all = self.tags.lock().expect("no panic").clone();
        if let Some(overtaking) = self.overtaking.lock().expect("no panic").pop() {
            self.store(&overtaking);
        }
        all.into_iter().filter(|(id, _)| wanted(id)).map(|(_, tags)| tags).collect()
    }

    /// The fences that changes came with.
    pub(crate) fn fences(&self) -> Vec<String> {
        self.fences.lock().expect("no panic").clone()
    }
}

async fn project(Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    if id != "retail" {
        return Err(StatusCode::NOT_FOUND);
    }
    let clusters = json!([{"account": "test"}, {"account": "test", "stack": "web", "applications": ["shop"]}]);
    Ok(Json(json!({"name": "retail", "config": {"applications": ["shop", "cart"], "clusters": clusters}})))
}

async fn tags(State(front50): State<Front50>, Query(query): Query<Vec<(String, String)>>) -> Json<Vec<Value>> {
    let wanted = |id: &str| {
        query.iter().any(|(name, value)| match name.as_str() {
            "prefix" => id.starts_with(value),
            "ids" => id == value,
            _ => false,
        })
    };
    Json(front50.read(wanted))
}

async fn save(
    State(front50): State<Front50>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    Json(all): Json<Vec<Value>>,
) -> Result<Json<Vec<Value>>, StatusCode> {
    let fence = headers.get("x-gennaker-fence").and_then(|fence| fence.to_str().ok()).unwrap_or_default();
    front50.fences.lock().expect("no panic").push(fence.to_owned());
    if query.contains_key("refuseStale") && !all.iter().all(|tags| front50.is_made_from_current(tags)) {
        return Err(StatusCode::CONFLICT);
    }
    for tags in &all {
        front50.store(tags);
    }
    Ok(Json(all))
}

async fn one(State(front50): State<Front50>, Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    front50.read(|one| one == id).pop().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn remove(
    State(front50): State<Front50>,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> StatusCode {
    let modified = query.get("lastModified").and_then(|modified| modified.parse::<i64>().ok());
    if modified.is_some() && !front50.is_made_from_current(&json!({ "id": id, "lastModified": modified })) {
        return StatusCode::CONFLICT;
    }
    front50.tags.lock().expect("no panic").remove(&id);
    StatusCode::NO_CONTENT
}
