//! The settings of a node: what its services, its sockets and its logs read from the configuration.

mod artifacts;
mod cors;
mod deck;
mod objects;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use gennaker_clouddriver::artifacts::ArtifactOptions;
use gennaker_config::{Config, Error, ServiceConfig};
use gennaker_http::Origins;
use gennaker_telemetry::LogOptions;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

pub(crate) use self::objects::ObjectSettings;

/// Names under which operators have their install called; they are answered as `Host`.
const HOST_VARIABLES: [&str; 3] = ["DEFAULT_DNS_NAME", "API_HOST", "DECK_HOST"];

/// Where a service listens: `server` in its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ServerSettings {
    /// The address; loopback by default, because the local provider runs commands. `0.0.0.0` is every address.
    address: IpAddr,
    /// The port; 0 is upstream's.
    port: u16,
    /// Further names under which the service may be called (`Host`), besides loopback's and its address.
    allowed_hosts: Vec<String>,
    /// Further origins that a browser may call from, besides loopback's and `services.deck.baseUrl`.
    allowed_origins: Vec<String>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        ServerSettings {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
        }
    }
}

/// The node's health check for its balancer: `healthcheck` in `spinnaker.yml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct HealthcheckSettings {
    /// The port, 5000 by default.
    pub(crate) port: u16,
}

impl Default for HealthcheckSettings {
    fn default() -> Self {
        HealthcheckSettings { port: 5000 }
    }
}

/// Logs: `gennaker.logging` in `spinnaker.yml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LoggingSettings {
    /// Levels by target, as in `info,gennaker_orca=debug`.
    filter: String,
    /// `text` or `json`.
    format: String,
}

impl Default for LoggingSettings {
    fn default() -> Self {
        LoggingSettings { filter: "info".to_owned(), format: "text".to_owned() }
    }
}

/// One account of the local provider.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct LocalAccount {
    /// The name.
    pub(crate) name: String,
    /// Where its agent keeps its state; `agents/<name>` in the data folder by default.
    pub(crate) state_directory: Option<String>,
    /// The environment that clients show; the name by default.
    pub(crate) environment: Option<String>,
}

/// The local provider: `local` in `clouddriver.yml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct LocalSettings {
    /// Whether it is there; off by default, because it runs commands on this machine.
    pub(crate) enabled: bool,
    /// Its accounts.
    pub(crate) accounts: Vec<LocalAccount>,
}

/// Where a service is.
pub(crate) struct Place {
    /// Its name.
    pub(crate) service: &'static str,
    /// Whether this node runs it: `services.<name>.enabled`, true by default.
    pub(crate) runs_here: bool,
    /// Where it listens, if it runs here.
    pub(crate) address: SocketAddr,
    /// The `Host` names that it answers.
    pub(crate) hosts: Vec<String>,
    /// Where others reach it, if it is not called in this process: `services.<name>.baseUrl`.
    pub(crate) elsewhere: Option<Url>,
}

/// A service's place, and its own settings.
pub(crate) struct ServiceSettings<T> {
    /// Where it is.
    pub(crate) place: Place,
    /// Its own.
    pub(crate) own: T,
}

/// The settings of a node.
pub struct Settings {
    /// The node's name: `gennaker.node`.
    pub(crate) node: String,
    /// Its logs.
    pub(crate) logging: LogOptions,
    /// Its health check.
    pub(crate) healthcheck: HealthcheckSettings,
    /// The pages that may call gate.
    origins: Origins,
    /// gate's.
    pub(crate) gate: ServiceSettings<gennaker_gate::Options>,
    /// orca's.
    pub(crate) orca: ServiceSettings<gennaker_orca::Options>,
    /// Those of orca's stages.
    pub(crate) stages: gennaker_orca_stages::Options,
    /// Where front50's objects are.
    pub(crate) objects: ObjectSettings,
    /// clouddriver's.
    pub(crate) clouddriver: ServiceSettings<gennaker_clouddriver::Options>,
    /// The accounts that artifacts are fetched with.
    pub(crate) artifacts: ArtifactOptions,
    /// The local provider's.
    pub(crate) local: LocalSettings,
    /// front50's.
    pub(crate) front50: ServiceSettings<gennaker_front50::Options>,
    /// echo's.
    pub(crate) echo: ServiceSettings<gennaker_echo::Options>,
    /// deck's.
    pub(crate) deck: ServiceSettings<gennaker_deck::Options>,
}

impl Settings {
    /// The pages that may call a service: patterns are for gate only, which is meant for them.
    pub(crate) fn origins(&self, service: &str) -> Origins {
        if service == "gate" { self.origins.clone() } else { self.origins.named.clone().into() }
    }

    /// Reads every setting that a node has.
    ///
    /// # Errors
    /// What cannot be read, is not of its type, or does not go with another setting; each names the place and the key.
    pub fn bind(config: &Config) -> Result<Settings, Error> {
        let gate = config.for_service("gate")?;
        let clouddriver = config.for_service("clouddriver")?;
        let orca = config.for_service("orca")?;
        let front50 = config.for_service("front50")?;
        let echo = config.for_service("echo")?;
        let deck = config.for_service("deck")?;
        let logging: LoggingSettings = gate.bind("gennaker.logging")?;
        let logging = serde_json::to_value(&logging).and_then(serde_json::from_value::<LogOptions>);
        let mut origins = gate.bind::<ServerSettings>("server")?.allowed_origins;
        let mut gate_settings: ServiceSettings<gennaker_gate::Options> = service(&gate, "gate", 8084)?;
        gate_settings.own.header = gate.bind("header")?;
        gate_settings.own.deck = url(&gate, "services.deck.baseUrl")?;
        origins.extend(gate.get_string("services.deck.baseUrl")?.filter(|url| !url.is_empty()));
        gate_settings.own.rate_limit = gate.bind("rateLimit")?;
        let mut orca_settings: ServiceSettings<gennaker_orca::Options> = service(&orca, "orca", 8083)?;
        orca_settings.own.lists = orca.bind("tasks.controller")?;
        orca_settings.own.import = orca.bind("executions.import")?;
        orca_settings.own.cluster_locks = orca.bind("clusterLocks")?;
        orca_settings.own.cleanup = orca.bind("pollers.oldPipelineCleanup")?;
        orca_settings.own.echo = orca.bind("echo")?;
        let stages = stages(&orca)?;
        let (call, step) = (stages.webhook.deadline_ms, orca_settings.own.step_deadline_ms);
        if call >= step {
            let set = ["webhook.deadlineMs", "orca.stepDeadlineMs"].into_iter().find(|key| orca.contains(key));
            let problem = format!(
                "webhook.deadlineMs ({call}) has to be less than orca.stepDeadlineMs ({step}): change one of them"
            );
            return Err(orca.refused(set.unwrap_or("webhook.deadlineMs"), problem));
        }
        let mut echo_settings: ServiceSettings<gennaker_echo::Options> = service(&echo, "echo", 8089)?;
        echo_settings.own.quiet_period = echo.bind("quietPeriod")?;
        echo_settings.own.front50 = echo.bind("front50")?;
        echo_settings.own.orca = echo.bind("orca")?;
        echo_settings.own.git = echo.bind("trigger.git")?;
        echo_settings.own.webhook_artifacts = echo.bind("webhooks.artifacts")?;
        echo_settings.own.webhook_types = echo.get("webhooks.types")?.unwrap_or_default();
        echo_settings.own.fiat = echo.bind("services.fiat")?;
        echo_settings.own.scheduler = scheduler(&echo)?;
        let mut front50_settings: ServiceSettings<gennaker_front50::Options> = service(&front50, "front50", 8080)?;
        front50_settings.own.service_accounts = front50.get("serviceAccounts")?.unwrap_or_default();
        let mut deck_settings: ServiceSettings<gennaker_deck::Options> = service(&deck, "deck", 9000)?;
        let gate_port = gate_settings.place.address.port();
        deck_settings.own = deck::complete(deck_settings.own, config, &deck, &gate, gate_port)?;
        let objects = objects::bind(&front50)?;
        if let ObjectSettings::Bucket { root_folder, .. } = &objects {
            front50_settings.own.root_folder.clone_from(root_folder);
        }
        let progress = &mut orca_settings.own.echo.events.progress;
        progress.get_or_insert(echo_settings.place.elsewhere.is_some());
        let settings = Settings {
            node: gate.get_string("gennaker.node")?.unwrap_or_else(|| "stand-alone".to_owned()),
            logging: logging.map_err(|_| gate.refused("gennaker.logging.format", "it is text or json"))?,
            healthcheck: gate.bind("healthcheck")?,
            origins: cors::origins(&gate, origins)?,
            local: clouddriver.bind("local")?,
            gate: gate_settings,
            orca: orca_settings,
            stages,
            artifacts: artifacts::bind(&clouddriver)?,
            clouddriver: service(&clouddriver, "clouddriver", 7002)?,
            front50: front50_settings,
            objects,
            echo: echo_settings,
            deck: deck_settings,
        };
        for config in [&gate, &clouddriver, &orca, &front50, &echo, &deck] {
            config.note_unread();
        }
        Ok(settings)
    }
}

/// How cron triggers fire: `scheduler`, with upstream's defaults from keys of the whole install.
fn scheduler(echo: &ServiceConfig) -> Result<gennaker_echo::SchedulerOptions, Error> {
    let mut options: gennaker_echo::SchedulerOptions = echo.bind("scheduler")?;
    if !echo.contains("scheduler.enabled") {
        options.enabled = echo.get("services.echo.cron.enabled")?.unwrap_or(options.enabled);
    }
    let own = echo.get_string("scheduler.cron.timezone")?.filter(|zone| !zone.is_empty());
    let key = if own.is_some() { "scheduler.cron.timezone" } else { "global.spinnaker.timezone" };
    let install = echo.get_string("global.spinnaker.timezone")?.filter(|zone| !zone.is_empty());
    if let Some(zone) = own.or(install) {
        jiff::tz::TimeZone::get(&zone).map_err(|error| {
            echo.refused(key, format!("it is no time zone ({error}): write for example Europe/Berlin"))
        })?;
        options.cron.timezone = zone;
    }
    Ok(options)
}

/// What orca's stages are set up with: keys of `orca.yml` that upstream has outside of `orca`.
fn stages(orca: &ServiceConfig) -> Result<gennaker_orca_stages::Options, Error> {
    let mut stages = gennaker_orca_stages::Options {
        tasks: orca.bind("tasks")?,
        dryrun: orca.bind("dryrun")?,
        webhook: orca.bind("webhook")?,
        job: Arc::new(orca.bind("job")?),
        traffic_guards: orca.bind("trafficGuards")?,
        rollback: orca.bind("rollback")?,
        monitored_deploy: orca.bind("monitoredDeploy")?,
        urls: orca.bind("userConfiguredUrlRestrictions")?,
    };
    let install = orca.get_string("global.spinnaker.timezone")?.filter(|zone| !zone.is_empty());
    if let Some(zone) = install
        && orca.get_string("tasks.executionWindow.timezone")?.is_none()
    {
        stages.tasks.execution_window.timezone = zone;
    }
    for variable in &stages.urls.excluded_domains_from_environment {
        stages.urls.excluded_domains.extend(orca.get_string(variable)?);
    }
    Ok(stages)
}

/// The URL at `key`, if one is set.
fn url(config: &ServiceConfig, key: &str) -> Result<Option<Url>, Error> {
    let Some(text) = config.get_string(key)?.filter(|url| !url.is_empty()) else { return Ok(None) };
    let refused = |error| config.refused(key, format!("it is not a URL ({error}): write for example http://host:8080"));
    Url::parse(&text).map(Some).map_err(refused)
}

/// A service's place and its own settings, which stand under its name.
fn service<T: DeserializeOwned + Serialize + Default>(
    config: &ServiceConfig,
    name: &'static str,
    port: u16,
) -> Result<ServiceSettings<T>, Error> {
    let server: ServerSettings = config.bind("server")?;
    let enabled = format!("services.{name}.enabled");
    let runs_here = config.get::<bool>(&enabled)?.unwrap_or(true);
    let key = format!("services.{name}.baseUrl");
    let elsewhere = match url(config, &key)? {
        Some(url) => Some(url),
        None if !runs_here => match config.get_string("DEFAULT_DNS_NAME")?.filter(|host| !host.is_empty()) {
            Some(host) => Some(Url::parse(&format!("http://{host}:{port}")).map_err(|error| {
                config.refused("DEFAULT_DNS_NAME", format!("it is not the name of a host ({error}): correct it"))
            })?),
            // Nobody calls these from here.
            None if name == "gate" || name == "deck" => None,
            None => {
                return Err(config.refused(&enabled, format!("set {key} to where {name} runs, if it does not here")));
            }
        },
        None => None,
    };
    let mut hosts = server.allowed_hosts;
    for variable in HOST_VARIABLES {
        // Upstream writes some of them as URLs.
        let named = config.get_string(variable)?.filter(|host| !host.is_empty());
        hosts.extend(named.map(|host| match Url::parse(&host).ok().filter(Url::has_host) {
            Some(url) => url.authority().to_owned(),
            None => host,
        }));
    }
    let address = SocketAddr::new(server.address, if server.port == 0 { port } else { server.port });
    Ok(ServiceSettings {
        place: Place { service: name, runs_here, address, hosts, elsewhere },
        own: config.bind(name)?,
    })
}

#[cfg(test)]
mod tests;
