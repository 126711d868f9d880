//! The commands that run something here; those that talk to a gate are in `cli`.

mod completion;
mod config;
mod halyard;
mod local_agent;
mod serve;
mod version;

use std::path::PathBuf;

use anyhow::Context as _;
use gennaker_config::{Config as Configuration, Location, Sources, process_environment};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    completion::Completion, config::Config, local_agent::LocalAgent, serve::Serve, version::version,
};

/// Where configuration comes from.
#[derive(clap::Args)]
pub(crate) struct ConfigArguments {
    /// A folder of `spinnaker.yml`, `<service>.yml` and their profiles; may be given again, later ones win. Without it:
    /// `SPRING_CONFIG_LOCATION`, or /opt/spinnaker/config.
    #[arg(long = "config", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// One setting, as `key=value`; wins over files and the environment.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
}

impl ConfigArguments {
    /// Reads the configuration.
    fn load(&self) -> anyhow::Result<Configuration> {
        let mut sources = Sources::from_environment(process_environment(), self.overrides.clone())?;
        if !self.folders.is_empty() {
            sources.folders = self.folders.iter().map(Location::required).collect();
        }
        Configuration::load(&sources).context("the configuration cannot be read")
    }
}

/// Cancelled at SIGTERM or Ctrl-C.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let cancelled = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        cancelled.cancel();
    });
    Ok(stop)
}

/// Where data lies unless it is said otherwise: `$XDG_DATA_HOME/gennaker`, or `~/.local/share/gennaker`.
fn default_data() -> anyhow::Result<PathBuf> {
    let environment = process_environment();
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
    Ok(base.context("neither HOME nor XDG_DATA_HOME is set: say where data lies with --data DIR")?.join("gennaker"))
}
