//! A clouddriver that keeps the cluster `shop` in two regions, and notes what it is asked to do; beside it a front50 that keeps
//! the application `shop` with its traffic guards.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// What there is, and what was asked for.
pub(crate) struct Kept {
    pub(crate) groups: Vec<Value>,
    /// Request ids with operations, in order.
    pub(crate) submitted: Vec<(String, Value)>,
    /// Other answers of clouddriver, by path; the query is part of it.
    pub(crate) answers: Vec<(String, Value)>,
    pub(crate) application: Value,
}

#[derive(Clone)]
pub(crate) struct Fleet {
    pub(crate) kept: Arc<Mutex<Kept>>,
}

/// A server group of `size` instances that are up.
pub(crate) fn group(name: &str, region: &str, created: i64, size: usize, disabled: bool) -> Value {
    let state = if disabled { "OutOfService" } else { "Up" };
    let instances: Vec<Value> = (0..size)
        .map(|number| {
            let health = json!([{"type": "LoadBalancer", "state": state}]);
            json!({"name": format!("{name}-{number}"), "healthState": state, "launchTime": 5, "health": health})
        })
        .collect();
    json!({
        "name": name, "account": "local", "region": region, "createdTime": created, "disabled": disabled,
        "capacity": {"min": size, "desired": size, "max": size}, "instances": instances, "loadBalancers": ["front"],
        "moniker": {"app": "shop", "cluster": "shop"},
    })
}

impl Default for Fleet {
    fn default() -> Self {
        let groups = vec![
            group("shop-v000", "here", 1, 2, false),
            group("shop-v001", "here", 2, 2, false),
            group("shop-v001", "there", 2, 2, false),
        ];
        let application = json!({"name": "SHOP", "trafficGuards": []});
        let kept = Kept { groups, submitted: Vec::new(), answers: Vec::new(), application };
        Fleet { kept: Arc::new(Mutex::new(kept)) }
    }
}

impl Fleet {
    /// Clouddriver.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/serverGroups/{account}/{region}/{name}", get(one))
            .route("/applications/shop/clusters/local/shop/local/serverGroups", get(all))
            .route("/{provider}/ops", post(submit))
            .route("/ops", post(submit))
            .route("/cache/{provider}/{kind}", post(refresh))
            .fallback(other)
            .with_state(self.clone())
    }

    /// Has clouddriver answer that at a path.
    pub(crate) fn answer(&self, path: &str, answer: Value) {
        self.kept.lock().answers.insert(0, (path.to_owned(), answer));
    }

    /// front50.
    pub(crate) fn front50(&self) -> Router {
        Router::new().route("/v2/applications/shop", get(application)).with_state(self.clone())
    }

    /// The operations that were asked for, by name.
    pub(crate) fn operations(&self) -> Vec<(String, Value)> {
        let kept = self.kept.lock();
        let lists = kept.submitted.iter().filter_map(|(_, operations)| operations.as_array());
        let operations = lists.flatten().filter_map(Value::as_object).flatten();
        operations.map(|(name, description)| (name.clone(), description.clone())).collect()
    }
}

async fn application(State(fleet): State<Fleet>) -> Json<Value> {
    Json(fleet.kept.lock().application.clone())
}

async fn all(State(fleet): State<Fleet>) -> Json<Value> {
    Json(fleet.kept.lock().groups.clone().into())
}

async fn one(
    State(fleet): State<Fleet>,
    Path((_, region, name)): Path<(String, String, String)>,
) -> Result<Json<Value>, StatusCode> {
    let kept = fleet.kept.lock();
    let found = kept.groups.iter().find(|group| group["name"] == *name && group["region"] == *region);
    found.cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

/// The task's id is the request's: the same request gets the same task.
async fn submit(
    State(fleet): State<Fleet>,
    Query(query): Query<Vec<(String, String)>>,
    Json(operations): Json<Value>,
) -> Json<Value> {
    let id = query.into_iter().find(|(name, _)| name == "clientRequestId").map(|(_, id)| id).unwrap_or_default();
    fleet.kept.lock().submitted.push((id.clone(), operations));
    Json(json!({"id": id, "resourceUri": format!("/task/{id}")}))
}

async fn refresh() -> Json<Value> {
    Json(json!({}))
}

async fn other(State(fleet): State<Fleet>, request: axum::extract::Request) -> Result<Json<Value>, StatusCode> {
    let kept = fleet.kept.lock();
    let asked = request.uri().to_string();
    let found = kept.answers.iter().find(|(path, _)| *path == asked || *path == request.uri().path());
    found.map(|(_, answer)| Json(answer.clone())).ok_or(StatusCode::NOT_FOUND)
}
