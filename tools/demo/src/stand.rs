//! What the demo stands on: an install on upstream's ports where they are free, with the example program as an application.

use std::{net::TcpListener, path::Path};

use anyhow::{Context as _, bail, ensure};
use gennaker_harness::{
    Delivery, Install, InstallOptions, Process, Profile, Programs, Service,
    delivery::{Version, stages},
    reserve_port,
};
use tokio::time::Duration;

use crate::{follow::follow, say::say};

/// The pipeline's name.
pub(crate) const PIPELINE: &str = "deploy";
/// Where the program is served if that port is free.
const PROGRAM_PORT: u16 = 8090;

/// A running install with version 1 of the program.
pub(crate) struct Stand {
    pub(crate) install: Install,
    pub(crate) delivery: Delivery,
}

impl Stand {
    /// Builds what is not built, starts agent and control plane in `folder`, and prepares the application.
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Stand> {
        let programs = Programs::build(Profile::own(), &["gennaker", "greeter"]).await?;
        let options =
            InstallOptions { folder: Some(folder.to_owned()), usual_ports: true, ..InstallOptions::default() };
        let install = Install::start(&programs, options).await.context("agent and control plane do not start")?;
        let gate = install.base_url(Service::Gate);
        let ready = install.ready_after().as_secs_f64();
        say(format_args!("demo: agent and control plane run, ready after {ready:.1} s, in {}", folder.display()));
        if install.port(Service::Gate) != Service::Gate.usual_port() {
            say(format_args!("demo: a usual port is in use, so free ones were taken: gate is at {gate}"));
        }
        let usual = TcpListener::bind(("127.0.0.1", PROGRAM_PORT)).is_ok().then_some(PROGRAM_PORT);
        let port = usual.or_else(reserve_port).context("no port of 127.0.0.1 is free")?;
        if port != PROGRAM_PORT {
            say(format_args!("demo: port {PROGRAM_PORT} is in use, so the program gets {port}"));
        }
        let delivery = Delivery::prepare(&install, programs.path("greeter")?, port)
            .await
            .context("the application and its load balancer cannot be made")?;
        say(format_args!("demo: application greeter is made, its load balancer listens on {}", delivery.address()));
        let stand = Stand { install, delivery };
        stand.deploy_first().await?;
        Ok(stand)
    }

    /// Puts version 1 in place.
    async fn deploy_first(&self) -> anyhow::Result<()> {
        let version = Version { instances: 2, ..Version::new("1") };
        self.delivery.save(PIPELINE, stages([stages::wait(1), self.delivery.deploy(&version)])).await?;
        let id = self.delivery.start(PIPELINE).await?;
        say(format_args!("demo: pipeline {PIPELINE} puts version 1 in place"));
        follow(&self.delivery, &id).await
    }

    /// The program's processes: all that the agent has started.
    pub(crate) fn processes(&mut self) -> anyhow::Result<Vec<Process>> {
        let agent = Process::of(self.install.agent().pid()).context("the agent has ended")?;
        Ok(agent.descendants())
    }

    /// An error if agent or control plane have ended.
    pub(crate) fn check_running(&mut self) -> anyhow::Result<()> {
        self.install.agent().check_running()?;
        self.install.control_plane().check_running()?;
        Ok(())
    }

    /// Ends everything and makes sure of it.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        say(format_args!("demo: stopping"));
        let mut all = self.processes().unwrap_or_default();
        let own = [self.install.agent().pid(), self.install.control_plane().pid()];
        all.extend(own.into_iter().filter_map(Process::of));
        let begin = tokio::time::Instant::now();
        self.install.stop().await.context("stopping")?;
        if let Some(left) = all.iter().find(|process| process.is_alive()) {
            bail!("process {} still runs", left.pid());
        }
        ensure!(begin.elapsed() < Duration::from_secs(20), "stopping took {:?}", begin.elapsed());
        Ok(())
    }
}
