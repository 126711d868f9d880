//! The composition root: which services this node runs, and how they are wired.
//!
//! Every service is built from its options and its dependencies, put behind its guard, bound to upstream's port, and called
//! by the others through the [`gennaker_clients::Switchboard`]. No domain logic lives here.

mod accounts;
mod services;
mod settings;

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use gennaker_base::{SharedClock, SystemClock};
use gennaker_cluster::Membership;
use gennaker_config::Config;
use gennaker_http::install_crypto_provider;
use gennaker_store::Registration;
use gennaker_store_sql::SqlStore;
use gennaker_telemetry::{MetricsHandle, init_logging, install_metrics};
use tokio_util::sync::CancellationToken;

use self::services::{Services, Shared};
pub use self::settings::Settings;

/// The row format that this version reads.
const FORMAT: u32 = 1;
/// How long the services may take to stop; together with the store's closing it stays under 10 s.
const GRACE: Duration = Duration::from_secs(9);

/// A started node.
pub(crate) struct Node {
    services: Services,
    membership: Membership,
    store: Arc<SqlStore>,
    metrics: MetricsHandle,
}

impl Node {
    /// Opens the store in the folder `data`, joins, and binds every socket. Nothing is answered before [`Node::run`].
    pub(crate) async fn start(config: &Config, data: &Path) -> anyhow::Result<Node> {
        let settings = Settings::bind(config)?;
        install_crypto_provider();
        init_logging(&settings.logging)?;
        let metrics = install_metrics()?;
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        std::fs::create_dir_all(data).with_context(|| format!("the data folder {} cannot be made", data.display()))?;
        let clock: SharedClock = Arc::new(SystemClock);
        let store = SqlStore::open_sqlite(&data.join("gennaker.db"), clock.clone(), Default::default()).await?;
        let store = Arc::new(store);
        let registration = Registration { node: settings.node.clone(), address: String::new(), format: FORMAT };
        let membership = Membership::join(store.clone(), registration, Default::default(), clock).await?;
        let shared = Shared {
            settings: &settings,
            config,
            data,
            store: store.clone(),
            standing: membership.standing(),
            metrics: metrics.clone(),
        };
        let services = Services::bind(shared).await?;
        Ok(Node { services, membership, store, metrics })
    }

    /// Serves until `stop`. Then sockets close and requests finish, executions are handed on, and the store is closed.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let upkeep_stop = CancellationToken::new();
        let upkeep = tokio::spawn({
            let (metrics, stop) = (self.metrics, upkeep_stop.clone());
            async move { metrics.run_upkeep(stop).await }
        });
        let services = self.services.run(stop.clone());
        tokio::pin!(services);
        tokio::select! {
            () = &mut services => {}
            () = stop.cancelled() => {
                tracing::info!("stopping");
                if tokio::time::timeout(GRACE, &mut services).await.is_err() {
                    tracing::warn!("some work did not stop in time; whoever takes it over finds it as it was recorded");
                }
            }
        }
        self.membership.leave().await;
        self.store.close().await;
        upkeep_stop.cancel();
        let _ = upkeep.await;
        tracing::info!("stopped");
    }
}
