//! The services that orca asks: a front50 that holds pipelines, and a clouddriver that fetches.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    routing::{get, put},
};
use http::StatusCode;
use parking_lot::Mutex;
use serde_json::{Value, json};

/// A front50 with the application `shop` and its pipeline `deploy`, and whatever is put into it.
#[derive(Clone)]
pub(crate) struct Front50 {
    pipelines: Arc<Mutex<Vec<Value>>>,
    /// Templates, of both schemas, by their ids with tags.
    templates: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl Default for Front50 {
    fn default() -> Self {
        let deploy = json!({"id": "p-1", "name": "deploy", "application": "shop"});
        // Of the recordings.
        let search_me = json!({"id": "cfg-search-endpoint", "name": "search me", "application": "searchapp1"});
        Front50 { pipelines: Arc::new(Mutex::new(vec![deploy, search_me])), templates: Arc::default() }
    }
}

impl Front50 {
    /// Keeps a pipeline, instead of the one of its id.
    pub(crate) fn put(&self, pipeline: Value) {
        let mut pipelines = self.pipelines.lock();
        pipelines.retain(|kept| kept["id"] != pipeline["id"]);
        pipelines.push(pipeline);
    }

    /// Keeps a template under its id, which may have a tag: `id:tag`.
    pub(crate) fn put_template(&self, id: &str, template: Value) {
        self.templates.lock().insert(id.to_owned(), template);
    }

    pub(crate) fn router(&self) -> Router {
        let application = || async { Json(json!({"name": "shop", "email": "ann@example.com"})) };
        let project = || async { Json(json!({"config": {"pipelineConfigs": [{"pipelineConfigId": "p-1"}]}})) };
        let unsupported = || async { gennaker_http::Error::unsupported("front50 does not keep projects yet") };
        Router::new()
            .route("/pipelines/{application}", get(of_application))
            .route("/pipelines/{id}/get", get(one))
            .route("/pipelines/{application}/name/{name}", get(named))
            .route("/pipelineTemplates/{id}", get(template))
            .route("/v2/pipelineTemplates/{id}", get(template))
            .route("/v2/applications/shop", get(application))
            .route("/v2/projects/ours", get(project))
            .route("/v2/projects/mine", get(unsupported))
            .with_state(self.clone())
    }
}

/// A clouddriver that fetches one artifact, a template of the schema v2, and runs `shop-web-v001` after `shop-web-v000`.
pub(crate) fn clouddriver() -> Router {
    let fetch = async |Json(artifact): Json<Value>| {
        if artifact["reference"] != "https://example.com/template.json" {
            return Err(gennaker_http::Error::not_found("there is no such thing"));
        }
        let stage = json!({"refId": "1", "type": "evaluateVariables", "name": "e", "variables": [
            {"key": "who", "value": "hello ${ templateVariables.who }"},
        ]});
        let pipeline = json!({"stages": [stage]});
        let template = json!({"schema": "v2", "id": "far", "variables": [{"name": "who"}], "pipeline": pipeline});
        Ok(template.to_string())
    };
    let groups = async || {
        let group = |name: &str, created: i64, disabled: bool| {
            json!({
                "name": name, "account": "local", "region": "local", "createdTime": created, "disabled": disabled,
                "capacity": {"min": 1, "desired": 1, "max": 1}, "moniker": {"app": "shop", "cluster": "shop-web"},
            })
        };
        Json(json!([group("shop-web-v000", 1, true), group("shop-web-v001", 2, false)]))
    };
    let last_good = async |Path(cluster): Path<String>| match cluster.as_str() {
        "shop-web" => {
            let place = json!({"region": "local", "current": "shop-web-v001", "lastGood": "shop-web-v000"});
            Ok(Json(json!([place])))
        }
        "shop-new" => Ok(Json(json!([{"region": "local", "reason": "there was none before"}]))),
        _ => Err(gennaker_http::Error::not_found("there is no such cluster")),
    };
    Router::new()
        .route("/artifacts/fetch", put(fetch))
        .route("/applications/shop/clusters/local/shop-web/local/serverGroups", get(groups))
        .route("/applications/shop/clusters/local/{cluster}/local/lastGood", get(last_good))
}

async fn of_application(State(front50): State<Front50>, Path(application): Path<String>) -> Json<Vec<Value>> {
    let pipelines = front50.pipelines.lock();
    Json(pipelines.iter().filter(|pipeline| pipeline["application"] == application.as_str()).cloned().collect())
}

async fn named(
    State(front50): State<Front50>,
    Path((application, name)): Path<(String, String)>,
) -> Result<Json<Value>, StatusCode> {
    let pipelines = front50.pipelines.lock();
    let mut named = pipelines.iter().filter(|pipeline| pipeline["name"] == name.as_str());
    let found = named.find(|pipeline| pipeline["application"] == application.as_str());
    found.cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn one(State(front50): State<Front50>, Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    let pipelines = front50.pipelines.lock();
    pipelines.iter().find(|pipeline| pipeline["id"] == id.as_str()).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn template(
    State(front50): State<Front50>,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let id = query.get("tag").map_or_else(|| id.clone(), |tag| format!("{id}:{tag}"));
    front50.templates.lock().get(&id).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}
