//! front50: applications and pipelines, kept as objects in upstream's layout.
//!
//! ```no_run
//! # async fn start(fences: std::sync::Arc<dyn gennaker_store::Fences>) -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use gennaker_front50::{Deps, Front50, Options};
//! use gennaker_objects::{FolderObjects, FolderOptions};
//!
//! let clock = Arc::new(gennaker_base::SystemClock);
//! let objects = Arc::new(FolderObjects::open("/var/lib/gennaker/objects".into(), FolderOptions::default(), clock.clone())?);
//! let front50 = Front50::new(Options::default(), Deps { objects, fences, clock }).await?;
//! let router = front50.api().into_service((), Default::default());
//! front50.run(Default::default()).await;
//! # Ok(())
//! # }
//! ```
//!
//! Its answers are upstream's; what it adds to an error says what to do. Projects, strategies, templates, notifications,
//! snapshots, tags, plugins, deliveries, service accounts and permissions are not kept yet: their paths answer 501.

mod app;
mod options;
mod routes;
mod service;

pub use self::{
    app::Error,
    options::Options,
    service::{Deps, Front50},
};
