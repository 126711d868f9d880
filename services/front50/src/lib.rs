//! front50: what people write down (applications, pipelines, templates, projects and the like), kept as objects in upstream's
//! layout.
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
//! Its answers are upstream's; what it adds to an error says what to do. The lists of pipelines, strategies, applications and
//! notifications have an `ETag`, so that who follows them pays for changes only. Plugins and deliveries are not kept yet:
//! their paths answer 501.
//!
//! A further kind of object is one file in `app/` (where its objects are, which fields it has, its rules; `app/kind.rs`) and
//! one in `routes/`.

mod app;
mod options;
mod routes;
mod service;

pub use self::{
    app::Error,
    options::{Options, ServiceAccountOptions},
    service::{Deps, Front50},
};
