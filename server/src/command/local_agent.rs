//! `gennaker local-agent`.

use std::{ops::RangeInclusive, path::PathBuf, time::Duration};

use anyhow::Context as _;
use gennaker_provider_local::agent;
use gennaker_telemetry::{LogOptions, init_logging};

use super::{default_data, stop_signal};

/// Run the data plane of one local account.
///
/// It goes on while the control plane is stopped, killed or upgraded: traffic flows and processes run.
#[derive(clap::Args)]
pub(crate) struct LocalAgent {
    /// The account that it serves.
    #[arg(long, value_name = "NAME", default_value = "local")]
    account: String,
    /// Where its state, its socket and its processes' logs lie. Default: `agents/<account>` in the data folder.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Leave the processes running when the agent is stopped; the next agent takes them over.
    #[arg(long)]
    keep_processes: bool,
    /// Take over from an agent that is running, with its sockets: no request fails. Without one, start as usual.
    #[arg(long)]
    take_over: bool,
    /// With --take-over: how long connections of before may go on in the agent before; then they are cut.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    old_connections: u64,
    /// How many processes may run: instances of all server groups, and jobs.
    #[arg(long, env = "GENNAKER_AGENT_MAX_PROCESSES", value_name = "NUMBER", default_value_t = agent::Limits::default().processes)]
    max_processes: usize,
    /// How much memory all processes together may be given by their limits, in MiB; each needs one then. Default: no limit.
    #[arg(long, env = "GENNAKER_AGENT_MAX_MEMORY", value_name = "MIB")]
    max_memory: Option<u64>,
    /// How much of the disk logs, artifacts and images may take, in MiB, before nothing more is deployed. Default: no limit.
    #[arg(long, env = "GENNAKER_AGENT_MAX_DISK", value_name = "MIB")]
    max_disk: Option<u64>,
    /// Ports for instances, and for load balancers that ask for none.
    #[arg(long, env = "GENNAKER_AGENT_PORTS", value_name = "FIRST-LAST", default_value = "21000-21999", value_parser = ports)]
    ports: RangeInclusive<u16>,
    /// The largest artifact as it comes, in MiB; unpacked it may be four times as large.
    #[arg(long, env = "GENNAKER_AGENT_MAX_ARTIFACT", value_name = "MIB", default_value_t = 512)]
    max_artifact: u64,
}

impl LocalAgent {
    /// Runs until SIGTERM or Ctrl-C; ends within 10 s then.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let stop = stop_signal()?;
        init_logging(&LogOptions::default())?;
        let state = match self.state {
            Some(state) => state,
            None => default_data()?.join("agents").join(&self.account),
        };
        let download_bytes = self.max_artifact << 20;
        let artifacts = agent::ArtifactLimits {
            download_bytes,
            unpacked_bytes: download_bytes.saturating_mul(4),
            ..agent::ArtifactLimits::default()
        };
        let options = agent::Options {
            keep_processes: self.keep_processes,
            take_over: self.take_over,
            old_connections: Duration::from_secs(self.old_connections),
            limits: agent::Limits {
                processes: self.max_processes,
                memory_bytes: self.max_memory.map(mebibytes),
                disk_bytes: self.max_disk.map(mebibytes),
                ports: self.ports,
                artifacts,
            },
            ..agent::Options::new(state, self.account.clone())
        };
        agent::run(options, stop).await.with_context(|| format!("the agent of account {} stopped", self.account))
    }
}

fn mebibytes(number: u64) -> u64 {
    number.saturating_mul(1 << 20)
}

fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let range = text.split_once('-').and_then(|(first, last)| Some(first.parse().ok()?..=last.parse().ok()?));
    range.filter(|range| !range.is_empty() && *range.start() > 0).ok_or_else(|| "give it as FIRST-LAST".to_owned())
}
