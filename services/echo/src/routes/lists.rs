//! What is looked up: the quiet period, cron expressions and triggers, and the lists that are empty without providers.

use std::sync::Arc;

use axum::extract::State;
use gennaker_cron::fuzzy;
use gennaker_http::{Api, Error, Json, Permission, Query, Result, get};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::{App, QuietNow};

const NO_PROVIDERS: &str = "there are no providers, so it is empty";

pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/quietPeriod", quiet_period).needs(Permission::Authenticated))
        .route(get("/scheduledActions", scheduled).needs(Permission::Authenticated))
        .route(get("/validateCronExpression", validate).needs(Permission::Authenticated))
        .route(get("/notifications/metadata", nothing).needs(Permission::Authenticated).partly(NO_PROVIDERS))
        .route(get("/pubsub/publishers", nothing).needs(Permission::Authenticated).partly(NO_PROVIDERS))
        .route(get("/pubsub/subscriptions", nothing).needs(Permission::Authenticated).partly(NO_PROVIDERS))
}

async fn quiet_period(State(app): State<Arc<App>>) -> Json<QuietNow> {
    Json(app.quiet.at(app.clock.now()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expression {
    cron_expression: String,
}

/// Says what an expression means. Upstream: `ValidationController`.
async fn validate(Query(Expression { cron_expression }): Query<Expression>) -> Result<Json<Value>> {
    match fuzzy::validate(&cron_expression) {
        Ok(description) => Ok(Json(json!({ "response": "Cron expression is valid", "description": description }))),
        Err(error) => Err(Error::invalid(format!("Invalid CRON expression: '{cron_expression}' explanation: {error}"))),
    }
}

/// The cron triggers of pipelines. Upstream: `ScheduledActionsController`, without `nextFireTime`.
async fn scheduled(State(app): State<Arc<App>>) -> Result<Json<Value>> {
    Ok(Json(json!({ "pipeline": app.scheduled().await?, "manuallyCreated": [] })))
}

async fn nothing() -> Json<[(); 0]> {
    Json([])
}
