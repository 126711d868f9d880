//! How every service serves and calls HTTP.
//!
//! A service declares its routes on an [`Api`]: each with the [`Permission`] that it needs and how much of upstream's
//! endpoint it covers. [`Api::into_service`] puts the same guard around all of them (request id, deadline, body limit,
//! panic guard, JSON errors); [`Server`] binds it to a socket with the checks that only a socket needs (`Host`, origin,
//! slow clients); [`Transport`] calls it, over HTTP or in this process. [`outbound`] calls servers that users name.
//!
//! ```
//! use gennaker_http::{Api, Caller, Json, Permission, Result, get};
//!
//! async fn version(_caller: Caller) -> Result<Json<serde_json::Value>> {
//!     Ok(Json(serde_json::json!({ "version": "1.0" })))
//! }
//!
//! let api = Api::<()>::new("example").route(get("/version", version).needs(Permission::Public));
//! assert_eq!(api.endpoints()[0].path, "/version");
//! ```
//!
//! It knows no word of the domain: permissions name kinds of resources as text.

mod api;
mod caller;
mod dispatch;
mod error;
mod extract;
mod guard;
mod health;
mod healthcheck;
pub mod outbound;
mod permission;
mod prometheus;
mod serve;
mod transport;

pub use self::{
    api::{Api, Coverage, Endpoint, Route, delete, get, patch, post, put, unsupported},
    caller::{ACCOUNTS, APPLICATION, Caller, FENCE, IDEMPOTENCY_KEY, ORIGIN, REQUEST_ID, USER},
    error::{Error, Result},
    extract::{Json, Path, Query},
    guard::{GuardOptions, RequestTasks},
    health::{Health, HealthComponent, HealthStatus},
    healthcheck::healthcheck,
    permission::{Access, Permission},
    prometheus::prometheus,
    serve::{Origins, ServeLimits, ServeOptions, Server},
    transport::{Call, IfChanged, Line, Streamed, Transport, TransportOptions, http_client, install_crypto_provider},
};
