//! echo: takes events in, and starts the pipelines that wait for them.
//!
//! ```no_run
//! # async fn start(clients: gennaker_clients::Clients) {
//! use std::sync::Arc;
//! use gennaker_echo::{Deps, Echo, Options};
//!
//! let deps = Deps { clients, clock: Arc::new(gennaker_base::SystemClock), cluster: None };
//! let echo = Echo::new(Options::default(), deps);
//! let router = echo.api().into_service((), Default::default());
//! echo.run(Default::default()).await;
//! # }
//! ```
//!
//! An event is read, matched with the triggers of the pipelines that front50 keeps, and each pipeline whose trigger fires is
//! posted to orca, once for an event that has an identity. It keeps nothing of events: one is answered when orca has accepted
//! every start, and otherwise with 503, so that its sender sends it again. Cron triggers fire on one node of the cluster, which
//! records how far it has come.
//!
//! It does not start what waits for the end of another pipeline: that is orca's, as upstream has it. Notifications are
//! not there yet.

mod app;
mod options;
mod routes;
mod service;

pub use self::{
    options::{
        CompensationJob, CronOptions, FiatOptions, Front50Options, GitOptions, Options, OrcaOptions, QuietPeriod,
        SchedulerOptions, WebhookArtifactSource, WebhookArtifacts,
    },
    service::{Cluster, Deps, Echo},
};
