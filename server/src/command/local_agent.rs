//! `gennaker local-agent`.

use std::{path::PathBuf, time::Duration};

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
        let options = agent::Options {
            keep_processes: self.keep_processes,
            take_over: self.take_over,
            old_connections: Duration::from_secs(self.old_connections),
            ..agent::Options::new(state, self.account.clone())
        };
        agent::run(options, stop).await.with_context(|| format!("the agent of account {} stopped", self.account))
    }
}
