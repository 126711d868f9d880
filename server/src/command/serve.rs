//! `gennaker serve`.

use std::path::PathBuf;

use super::{ConfigArguments, default_data, stop_signal};
use crate::node::Node;

/// Run the control plane.
#[derive(clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    config: ConfigArguments,
    /// Where the store and the objects lie. Default: `$XDG_DATA_HOME/gennaker` or `~/.local/share/gennaker`.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Serve {
    /// Serves until SIGTERM or Ctrl-C; ends within 10 s then.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let stop = stop_signal()?;
        // Where the kernel gives huge pages to every program (Debian), this one would hold half as much again, and a request
        // would wait now and then until 2 MiB are cleared. Without the right to say so it goes on as it is.
        let _ = rustix::thread::disable_transparent_huge_pages(true);
        let config = self.config.load()?;
        let data = match self.data {
            Some(data) => data,
            None => default_data()?,
        };
        let node = Node::start(&config, &data).await?;
        node.run(stop).await;
        Ok(())
    }
}
