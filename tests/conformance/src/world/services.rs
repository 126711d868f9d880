//! The services that cases are played against: started in this process on free ports of loopback, over one SQLite file in a
//! folder that is removed afterwards, unless they run elsewhere already.
//!
//! Each answers over HTTP; among each other they call without a socket, as in one program. A further service is one more
//! line in [`Starting::all`] and the method that builds it.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::Router;
use gennaker_base::{SharedClock, SystemClock};
use gennaker_clients::{Clients, Switchboard};
use gennaker_clouddriver::{
    Clouddriver,
    artifacts::{ArtifactDeps, Artifacts},
};
use gennaker_cluster::{Membership, Standing};
use gennaker_echo::Echo;
use gennaker_front50::Front50;
use gennaker_gate::Gate;
use gennaker_http::outbound::{self, Outbound, UrlRuleOptions, UrlRules};
use gennaker_http::{Api, GuardOptions, RequestTasks, ServeOptions, Server, Transport, TransportOptions, http_client};
use gennaker_objects::{FolderObjects, FolderOptions};
use gennaker_orca::Orca;
use gennaker_orca_stages::Catalogue;
use gennaker_store::{Registration, SharedStore};
use gennaker_store_sql::SqlStore;
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    caller::{Addresses, Caller, Service},
    stand_in,
};

/// How long requests may take to finish at the end.
const GRACE: Duration = Duration::from_secs(2);

/// Running services.
pub(crate) struct Services {
    caller: Caller,
    sockets: CancellationToken,
    behind: CancellationToken,
    requests: RequestTasks,
    work: Mutex<Work>,
    // Last, so that the folder is removed after what is in it is closed.
    _folder: TempDir,
}

/// What runs.
#[derive(Default)]
struct Work {
    sockets: JoinSet<()>,
    behind: JoinSet<()>,
    node: Option<(Membership, Arc<SqlStore>)>,
}

/// orca's settings in the recordings, by the names in `meta.options` of the case file.
fn orca_options() -> gennaker_orca::Options {
    let mut options = gennaker_orca::Options::default();
    // tasks.controller.failedStages.onlyIncludeStagesThatFailPipelines
    options.lists.failed_stages.only_include_stages_that_fail_pipelines = true;
    options
}

/// echo's settings in the recordings: it read the pipelines every 2 s.
fn echo_options() -> gennaker_echo::Options {
    let front50 = gennaker_echo::Front50Options { polling_interval_ms: 2_000 };
    gennaker_echo::Options { front50, ..Default::default() }
}

/// Which addresses pipelines may name, in the settings of the recordings: loopback, too.
fn urls() -> UrlRuleOptions {
    UrlRuleOptions {
        reject_localhost: false,
        reject_verbatim_ips: false,
        allowed_hostnames_regex: ".*".to_owned(),
        ..UrlRuleOptions::default()
    }
}

/// The stages of orca, with the settings of the recordings: time windows are of UTC.
fn catalogue() -> anyhow::Result<Catalogue> {
    let mut options = gennaker_orca_stages::Options { urls: urls(), ..Default::default() };
    options.tasks.execution_window.timezone = "UTC".to_owned();
    Ok(Catalogue::new(&options)?)
}

impl Services {
    /// Starts every service that has no address yet.
    pub(crate) async fn start(targets: &Addresses) -> anyhow::Result<Services> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let clock: SharedClock = Arc::new(SystemClock);
        let store = SqlStore::open_sqlite(&folder.path().join("store.db"), clock.clone(), Default::default()).await?;
        let store = Arc::new(store);
        let registration = Registration { node: "conformance".to_owned(), address: String::new(), format: 1 };
        let membership = Membership::join(store.clone(), registration, Default::default(), clock).await?;
        let client = http_client()?;
        let mut starting = Starting {
            folder: folder.path(),
            store: store.clone(),
            standing: membership.standing(),
            lines: Switchboard::default(),
            client: client.clone(),
            addresses: targets.clone(),
            requests: RequestTasks::default(),
            sockets: CancellationToken::new(),
            behind: CancellationToken::new(),
            work: Work::default(),
        };
        starting.all().await?;
        let Starting { addresses, requests, sockets, behind, work, .. } = starting;
        let work = Mutex::new(Work { node: Some((membership, store)), ..work });
        Ok(Services { caller: Caller::new(client, addresses), sockets, behind, requests, work, _folder: folder })
    }

    /// Calls the services.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Stops what was started: sockets, then requests, then what runs behind them, then the store.
    pub(crate) async fn stop(&self) {
        let Work { sockets, behind, node } = std::mem::take(&mut *self.work.lock());
        self.sockets.cancel();
        sockets.join_all().await;
        self.requests.stop(GRACE).await;
        self.behind.cancel();
        behind.join_all().await;
        if let Some((membership, store)) = node {
            membership.leave().await;
            store.close().await;
        }
    }
}

/// Services that are being started.
struct Starting<'a> {
    folder: &'a Path,
    store: SharedStore,
    standing: Standing,
    lines: Switchboard,
    client: reqwest::Client,
    addresses: Addresses,
    requests: RequestTasks,
    sockets: CancellationToken,
    behind: CancellationToken,
    work: Work,
}

impl Starting<'_> {
    /// Starts every service, those first that others are built from.
    async fn all(&mut self) -> anyhow::Result<()> {
        let clients = self.clients()?;
        let front50 = self.front50().await?;
        self.clouddriver(front50, &clients).await?;
        self.orca(&clients).await?;
        self.echo(&clients).await?;
        self.gate(clients).await?;
        Ok(())
    }

    async fn front50(&mut self) -> anyhow::Result<Router> {
        if self.addresses.of(Service::Front50).is_some() {
            return Ok(self.lines.front50.router(Service::Front50.name()));
        }
        let folder = FolderObjects::open(self.folder.join("objects"), FolderOptions::default(), self.clock())?;
        let deps =
            gennaker_front50::Deps { objects: Arc::new(folder), fences: self.store.clone(), clock: self.clock() };
        let front50 = Front50::new(Default::default(), deps).await?;
        let router = self.serve(Service::Front50, front50.api()).await?;
        self.lines.front50.connect(router.clone());
        let stop = self.behind.clone();
        self.work.behind.spawn(async move { front50.run(stop).await });
        Ok(router)
    }

    /// Without accounts, and only for the other services: no case calls it.
    async fn clouddriver(&mut self, front50: Router, clients: &Clients) -> anyhow::Result<()> {
        let folder = self.folder.join("artifacts");
        let artifacts = ArtifactDeps { folder, clock: self.clock(), front50: clients.front50.clone() };
        let deps = gennaker_clouddriver::Deps {
            store: self.store.clone(),
            owner: self.standing.owners(),
            clock: self.clock(),
            providers: Vec::new(),
            artifacts: Artifacts::new(&Default::default(), artifacts),
            front50: clients.front50.clone(),
            accounts: tokio::sync::watch::Sender::default().subscribe(),
        };
        let clouddriver = Clouddriver::new(&Default::default(), deps);
        let router = clouddriver.api().into_service((), self.guard());
        self.lines.clouddriver.connect(stand_in::before(router, front50));
        let stop = self.behind.clone();
        self.work.behind.spawn(async move { clouddriver.run(stop).await });
        Ok(())
    }

    async fn orca(&mut self, clients: &Clients) -> anyhow::Result<()> {
        if self.addresses.of(Service::Orca).is_some() {
            return Ok(());
        }
        let deps = gennaker_orca::engine::Deps {
            store: self.store.clone(),
            owner: self.standing.owners(),
            clock: self.clock(),
            catalogue: Arc::new(catalogue()?),
            clients: clients.clone(),
            outbound: Outbound::new(outbound::Options { rules: UrlRules::new(&urls())?, ..Default::default() })?,
        };
        let orca = Orca::new(&orca_options(), deps);
        let router = self.serve(Service::Orca, orca.api()).await?;
        self.lines.orca.connect(router);
        let stop = self.behind.clone();
        self.work.behind.spawn(async move { orca.run(stop).await });
        Ok(())
    }

    async fn echo(&mut self, clients: &Clients) -> anyhow::Result<()> {
        if self.addresses.of(Service::Echo).is_some() {
            return Ok(());
        }
        let deps = gennaker_echo::Deps { clients: clients.clone(), clock: self.clock(), cluster: None };
        let echo = Echo::new(echo_options(), deps);
        let router = self.serve(Service::Echo, echo.api()).await?;
        self.lines.echo.connect(router);
        let stop = self.behind.clone();
        self.work.behind.spawn(async move { echo.run(stop).await });
        Ok(())
    }

    async fn gate(&mut self, clients: Clients) -> anyhow::Result<()> {
        if self.addresses.of(Service::Gate).is_none() {
            let gate = Gate::new(Default::default(), clients);
            let _ = self.serve(Service::Gate, gate.api()).await?;
        }
        Ok(())
    }

    /// Puts a service behind its guard and on a free port, and notes its address. Returns what calls in this process take.
    async fn serve(&mut self, service: Service, api: Api) -> anyhow::Result<Router> {
        let router = api.into_service((), self.guard());
        let options = ServeOptions {
            service: service.name(),
            address: ([127, 0, 0, 1], 0).into(),
            hosts: Vec::new(),
            origins: Default::default(),
        };
        let server = Server::bind(options, router.clone()).await?;
        self.addresses.add(service, &format!("http://{}", server.address()));
        self.work.sockets.spawn(server.run(self.sockets.clone()));
        Ok(router)
    }

    /// Clients of the services here, and of those that run elsewhere already.
    fn clients(&self) -> anyhow::Result<Clients> {
        self.lines.clients(|name| {
            let Some(url) = Service::find(name).and_then(|service| self.addresses.of(service)) else { return Ok(None) };
            let url = url.parse().with_context(|| format!("the address of {name}, {url}, is not a URL"))?;
            Ok(Some(Transport::http(name, url, self.client.clone(), TransportOptions::default())))
        })
    }

    fn guard(&self) -> GuardOptions {
        GuardOptions { tasks: self.requests.clone(), ..GuardOptions::default() }
    }

    fn clock(&self) -> SharedClock {
        Arc::new(self.standing.clone())
    }
}
