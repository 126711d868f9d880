//! The service: the page, its files and its settings over HTTP.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use gennaker_http::{Api, Endpoint, Health, HealthStatus, Path, Permission, get};
use http::{HeaderMap, HeaderValue, header};
use serde_json::Map;

use crate::{Options, assets, headers, page, settings};

/// deck: cheap to clone.
#[derive(Clone)]
pub struct Deck {
    options: Arc<Options>,
    health: Health,
}

impl Deck {
    /// A service with these settings. Where the page was not built it is up, and its health says so.
    pub fn new(options: Options) -> Deck {
        let health = Health::new("deck");
        let built = if page::is_built() { "built" } else { "not built: see GET /" };
        health.component("page").set(HealthStatus::Up, Map::from_iter([("page".to_owned(), built.into())]));
        Deck { options: Arc::new(options), health }
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        routes().layer(from_fn(secured)).with_state(self.clone()).merge(self.health.api())
    }

    /// Its health: it is up as long as it answers.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// What its routes are, without a service.
    pub fn endpoints() -> Vec<Endpoint> {
        routes().endpoints().to_vec()
    }
}

fn routes() -> Api<Deck> {
    let public = Permission::Public;
    Api::new("deck")
        .route(get("/", page).needs(public).beyond())
        .route(get("/index.html", page).needs(public).beyond())
        .route(get("/settings.js", settings_js).needs(public).beyond())
        .route(get("/settings-local.js", settings_local_js).needs(public).beyond())
        .route(get("/favicon.svg", favicon).needs(public).beyond())
        .route(get("/assets/{*file}", asset).needs(public).beyond())
}

/// Puts the headers of every answer on it.
async fn secured(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    headers::secure(response.headers_mut());
    response
}

async fn page(State(deck): State<Deck>, asked: HeaderMap) -> Response {
    let page = page::make();
    let mut connect_to = vec![origin(&deck.options.gate.address(host(&asked)))];
    connect_to.extend(deck.options.auth.endpoint.as_ref().map(|endpoint| origin(endpoint.as_str())));
    connect_to.extend(deck.options.connect_to.iter().cloned());
    let mut response = axum::response::Html(page.html).into_response();
    let answer = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&headers::policy(&connect_to, &page.nonce)) {
        answer.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // A kept page would have the nonce of a policy that is gone.
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn settings_js(State(deck): State<Deck>, asked: HeaderMap) -> Response {
    let own = settings::own(deck.options.scripts[0].as_deref()).await;
    script(settings::script(&deck.options, host(&asked), &own))
}

async fn settings_local_js(State(deck): State<Deck>) -> Response {
    script(settings::own(deck.options.scripts[1].as_deref()).await)
}

fn script(text: String) -> Response {
    let content_type = HeaderValue::from_static("text/javascript; charset=utf-8");
    let cache = HeaderValue::from_static("no-cache");
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, cache)], text).into_response()
}

async fn favicon(asked: HeaderMap) -> Response {
    assets::answer("favicon.svg", &asked)
}

async fn asset(Path(file): Path<String>, asked: HeaderMap) -> Response {
    assets::answer(&format!("assets/{file}"), &asked)
}

/// The `Host` that was asked for; the socket has checked it.
fn host(asked: &HeaderMap) -> &str {
    asked.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
}

/// The origin of an address: a policy's sources have no path, or it would have to end in a slash.
fn origin(address: &str) -> String {
    url::Url::parse(address).map_or_else(|_| address.to_owned(), |url| url.origin().ascii_serialization())
}
