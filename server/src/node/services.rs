//! The services of a node: built, wired to each other, guarded and bound.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use axum::Router;
use futures::future::{BoxFuture, join_all};
use gennaker_base::SharedClock;
use gennaker_clients::{Clients, Switchboard};
use gennaker_clouddriver::{
    Clouddriver,
    artifacts::{ArtifactDeps, Artifacts},
};
use gennaker_cluster::Standing;
use gennaker_config::Config;
use gennaker_deck::Deck;
use gennaker_echo::Echo;
use gennaker_front50::Front50;
use gennaker_gate::Gate;
use gennaker_http::{
    Api, GuardOptions, Health, HealthStatus, RequestTasks, ServeOptions, Server, Transport, TransportOptions,
    healthcheck, http_client,
    outbound::{self, Outbound, UrlRuleOptions, UrlRules},
    prometheus,
};
use gennaker_objects::{BucketObjects, FolderObjects, FolderOptions, Objects};
use gennaker_orca::{Orca, engine};
use gennaker_orca_stages::Catalogue;
use gennaker_provider_api::Provider;
use gennaker_provider_local::provider::{self, LocalProvider};
use gennaker_store::SharedStore;
use gennaker_telemetry::MetricsHandle;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    accounts,
    settings::{ObjectSettings, Place, Settings},
};

/// How long reading an address may take that an expression names.
const ADDRESS_DEADLINE: Duration = Duration::from_secs(10);
/// How long handlers may go on after their connections are closed.
const HANDLER_GRACE: Duration = Duration::from_secs(1);

/// What the services share.
pub(super) struct Shared<'a> {
    /// The settings.
    pub(super) settings: &'a Settings,
    /// What they were read from.
    pub(super) config: &'a Config,
    /// The data folder.
    pub(super) data: &'a Path,
    /// The store.
    pub(super) store: SharedStore,
    /// The node's lease; as a clock, the store's time.
    pub(super) standing: Standing,
    /// The process's metrics.
    pub(super) metrics: MetricsHandle,
}

impl Shared<'_> {
    fn clock(&self) -> SharedClock {
        Arc::new(self.standing.clone())
    }
}

/// What runs until it is told to stop.
type Work = Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>;

/// Built and bound services.
#[derive(Default)]
pub(super) struct Services {
    sockets: Vec<Server>,
    work: Vec<Work>,
    /// Cancelled when the sockets close, which wait for what is being answered: answers that go on for ever end.
    endless: Vec<CancellationToken>,
    healths: Vec<Health>,
    requests: RequestTasks,
}

impl Services {
    /// Builds the services that this node runs, and binds their sockets.
    pub(super) async fn bind(shared: Shared<'_>) -> anyhow::Result<Services> {
        let mut services = Services::default();
        let lines = Switchboard::default();
        let clients = lines.clients(|service| elsewhere(shared.settings, service))?;
        services.front50(&shared, &lines).await?;
        services.clouddriver(&shared, &lines, &clients).await?;
        services.orca(&shared, &lines, &clients).await?;
        services.echo(&shared, &lines, &clients).await?;
        services.gate(&shared, clients).await?;
        services.deck(&shared).await?;
        services.healthcheck(&shared).await?;
        Ok(services)
    }

    async fn front50(&mut self, shared: &Shared<'_>, lines: &Switchboard) -> anyhow::Result<()> {
        let settings = &shared.settings.front50;
        if !settings.place.runs_here {
            return Ok(());
        }
        let (objects, details) = objects(shared).await?;
        let deps = gennaker_front50::Deps { objects, fences: shared.store.clone(), clock: shared.clock() };
        let front50 = Front50::new(settings.own.clone(), deps).await?;
        front50.health().component("objects").set(HealthStatus::Up, details);
        lines.front50.connect(self.socket(shared, &settings.place, front50.api(), front50.health()).await?);
        self.add(move |stop| async move { front50.run(stop).await });
        Ok(())
    }

    async fn clouddriver(&mut self, shared: &Shared<'_>, lines: &Switchboard, clients: &Clients) -> anyhow::Result<()> {
        let settings = &shared.settings.clouddriver;
        if !settings.place.runs_here {
            return Ok(());
        }
        let artifacts = artifacts(shared, clients);
        let mut providers: Vec<Arc<dyn Provider>> = Vec::new();
        if shared.settings.local.enabled {
            let local = LocalProvider::new(provider::Options::default(), shared.clock());
            let local = Arc::new(local.with_artifacts(Arc::new(artifacts.clone())));
            providers.push(local.clone());
            self.add(move |stop| async move { local.run(stop).await });
        }
        let configured = Arc::new(accounts::definitions(&shared.settings.local, shared.data)?);
        let (sender, configured) = watch::channel(configured);
        let (config, data) = (shared.config.clone(), Arc::from(shared.data));
        self.add(move |stop| accounts::follow(config, data, sender, stop));
        let deps = gennaker_clouddriver::Deps {
            store: shared.store.clone(),
            owner: shared.standing.owners(),
            clock: shared.clock(),
            providers,
            artifacts,
            front50: clients.front50.clone(),
            accounts: configured,
        };
        let clouddriver = Clouddriver::new(&settings.own, deps);
        let router = self.socket(shared, &settings.place, clouddriver.api(), clouddriver.health()).await?;
        lines.clouddriver.connect(router);
        self.add(move |stop| async move { clouddriver.run(stop).await });
        Ok(())
    }

    async fn orca(&mut self, shared: &Shared<'_>, lines: &Switchboard, clients: &Clients) -> anyhow::Result<()> {
        let settings = &shared.settings.orca;
        if !settings.place.runs_here {
            return Ok(());
        }
        let deps = engine::Deps {
            store: shared.store.clone(),
            owner: shared.standing.owners(),
            clock: shared.clock(),
            catalogue: Arc::new(Catalogue::new(&shared.settings.stages)?),
            clients: clients.clone(),
            outbound: addresses(&shared.settings.stages.urls)?,
        };
        let orca = Orca::new(&settings.own, deps);
        self.endless.push(orca.endless_answers());
        lines.orca.connect(self.socket(shared, &settings.place, orca.api(), orca.health()).await?);
        self.add(move |stop| async move { orca.run(stop).await });
        Ok(())
    }

    async fn echo(&mut self, shared: &Shared<'_>, lines: &Switchboard, clients: &Clients) -> anyhow::Result<()> {
        let settings = &shared.settings.echo;
        if !settings.place.runs_here {
            return Ok(());
        }
        let cluster = gennaker_echo::Cluster { store: shared.store.clone(), owner: shared.standing.owners() };
        let deps = gennaker_echo::Deps { clients: clients.clone(), clock: shared.clock(), cluster: Some(cluster) };
        let echo = Echo::new(settings.own.clone(), deps);
        lines.echo.connect(self.socket(shared, &settings.place, echo.api(), echo.health()).await?);
        self.add(move |stop| async move { echo.run(stop).await });
        Ok(())
    }

    async fn gate(&mut self, shared: &Shared<'_>, clients: Clients) -> anyhow::Result<()> {
        let settings = &shared.settings.gate;
        if !settings.place.runs_here {
            return Ok(());
        }
        let gate = Gate::new(settings.own.clone(), clients).beside(self.healths.clone());
        self.endless.push(gate.endless_answers());
        let _ = self.socket(shared, &settings.place, gate.api(), gate.health()).await?;
        self.add(move |stop| async move { gate.run(stop).await });
        Ok(())
    }

    async fn deck(&mut self, shared: &Shared<'_>) -> anyhow::Result<()> {
        let settings = &shared.settings.deck;
        if !settings.place.runs_here {
            return Ok(());
        }
        let deck = Deck::new(settings.own.clone());
        let _ = self.socket(shared, &settings.place, deck.api(), deck.health()).await?;
        Ok(())
    }

    /// Puts a service behind its guard and binds its socket. Returns what calls within this process go through.
    async fn socket(&mut self, shared: &Shared<'_>, place: &Place, api: Api, health: Health) -> anyhow::Result<Router> {
        let metrics = shared.metrics.clone();
        let api = api.merge(prometheus(place.service, move || metrics.render()));
        let router = api.into_service((), self.guard());
        self.healths.push(health);
        self.listen(place.service, place.address, place.hosts.clone(), shared, router.clone()).await?;
        Ok(router)
    }

    async fn healthcheck(&mut self, shared: &Shared<'_>) -> anyhow::Result<()> {
        let router = healthcheck(self.healths.clone(), shared.data.to_owned(), self.guard());
        let gate = &shared.settings.gate.place;
        let address = SocketAddr::new(gate.address.ip(), shared.settings.healthcheck.port);
        self.listen("healthcheck", address, gate.hosts.clone(), shared, router).await
    }

    async fn listen(
        &mut self,
        service: &'static str,
        address: SocketAddr,
        hosts: Vec<String>,
        shared: &Shared<'_>,
        router: Router,
    ) -> anyhow::Result<()> {
        let options = ServeOptions { service, address, hosts, origins: shared.settings.origins(service) };
        let socket = Server::bind(options, router).await.with_context(|| format!("{service} cannot start"))?;
        self.sockets.push(socket);
        Ok(())
    }

    fn guard(&self) -> GuardOptions {
        GuardOptions { tasks: self.requests.clone(), ..GuardOptions::default() }
    }

    /// Adds work that goes on until the sockets are closed.
    fn add<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        work: impl FnOnce(CancellationToken) -> F + Send + 'static,
    ) {
        self.work.push(Box::new(move |stop| Box::pin(work(stop))));
    }

    /// Serves until `stop`: first the sockets close, then the handlers end, then what runs behind them.
    pub(super) async fn run(self, stop: CancellationToken) {
        let behind = CancellationToken::new();
        let work: Vec<_> = self.work.into_iter().map(|work| tokio::spawn(work(behind.clone()))).collect();
        let sockets: Vec<_> = self.sockets.into_iter().map(|socket| tokio::spawn(socket.run(stop.clone()))).collect();
        let endless = async {
            stop.cancelled().await;
            self.endless.iter().for_each(CancellationToken::cancel);
        };
        tokio::join!(join_all(sockets), endless);
        self.requests.stop(HANDLER_GRACE).await;
        behind.cancel();
        join_all(work).await;
    }
}

/// The way to a service that has a URL; any other is on its line in this process.
fn elsewhere(settings: &Settings, service: &'static str) -> anyhow::Result<Option<Transport>> {
    let place = match service {
        "front50" => &settings.front50.place,
        "orca" => &settings.orca.place,
        "clouddriver" => &settings.clouddriver.place,
        "echo" => &settings.echo.place,
        other => bail!("no setting says where {other} is"),
    };
    let Some(url) = &place.elsewhere else { return Ok(None) };
    Ok(Some(Transport::http(service, url.clone(), http_client()?, TransportOptions::default())))
}

/// front50's objects, and what the health says of them.
async fn objects(shared: &Shared<'_>) -> anyhow::Result<(Arc<dyn Objects>, Map<String, Value>)> {
    let entry = |name: &str, value: Value| (name.to_owned(), value);
    match &shared.settings.objects {
        ObjectSettings::Folder => {
            let folder = FolderObjects::open(shared.data.join("objects"), FolderOptions::default(), shared.clock())?;
            let details = Map::from_iter([entry("folder", folder.root().to_string_lossy().into())]);
            Ok((Arc::new(folder), details))
        }
        ObjectSettings::Bucket { options, .. } => {
            let bucket = BucketObjects::open((**options).clone(), shared.clock()).await?;
            let mut details = Map::from_iter([entry("bucket", bucket.address().into())]);
            for notice in bucket.notices() {
                tracing::warn!("{notice}");
            }
            if !bucket.notices().is_empty() {
                details.extend([entry("notices", bucket.notices().into())]);
            }
            Ok((Arc::new(bucket), details))
        }
    }
}

/// What fetches artifacts.
fn artifacts(shared: &Shared<'_>, clients: &Clients) -> Artifacts {
    let folder = shared.data.join("artifacts");
    let deps = ArtifactDeps { folder, clock: shared.clock(), front50: clients.front50.clone() };
    Artifacts::new(&shared.settings.artifacts, deps)
}

/// What reads the addresses that expressions name.
fn addresses(urls: &UrlRuleOptions) -> anyhow::Result<Outbound> {
    let rules = UrlRules::new(urls)?;
    Ok(Outbound::new(outbound::Options { rules, deadline: ADDRESS_DEADLINE, ..Default::default() })?)
}
