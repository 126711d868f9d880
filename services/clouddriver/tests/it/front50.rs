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
    let tags = front50.tags.lock().expect("no panic");
    Json(tags.iter().filter(|(id, _)| wanted(id)).map(|(_, tags)| tags.clone()).collect())
}

async fn save(State(front50): State<Front50>, headers: HeaderMap, Json(all): Json<Vec<Value>>) -> Json<Vec<Value>> {
    let fence = headers.get("x-gennaker-fence").and_then(|fence| fence.to_str().ok()).unwrap_or_default();
    front50.fences.lock().expect("no panic").push(fence.to_owned());
    for tags in &all {
        let id = tags["id"].as_str().expect("an id").to_owned();
        front50.tags.lock().expect("no panic").insert(id, tags.clone());
    }
    Json(all)
}

async fn one(State(front50): State<Front50>, Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    front50.tags.lock().expect("no panic").get(&id).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn remove(State(front50): State<Front50>, Path(id): Path<String>) -> StatusCode {
    front50.tags.lock().expect("no panic").remove(&id);
    StatusCode::NO_CONTENT
}
