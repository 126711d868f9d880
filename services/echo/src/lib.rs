//! echo: takes events in, and starts the pipelines that wait for them.
//!
//! ```no_run
//! # async fn start(clients: gennaker_clients::Clients) {
//! use std::sync::Arc;
//! use gennaker_echo::{Deps, Echo, Options};
//!
//! let echo = Echo::new(Options::default(), Deps { clients, clock: Arc::new(gennaker_base::SystemClock) });
//! let router = echo.api().into_service((), Default::default());
//! echo.run(Default::default()).await;
//! # }
//! ```

mod app;
mod options;
mod routes;
mod service;

pub use self::{
    options::{FiatOptions, Front50Options, GitOptions, Options, OrcaOptions, QuietPeriod},
    service::{Deps, Echo},
};
