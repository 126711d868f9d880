//! What the engine carries: pipelines a minute, waiting executions, large executions, long lists.
//!
//! Everything is asked over HTTP of a `gennaker` of its own, whose store commits with `synchronous=FULL`.

mod large;
mod load;
mod stored;
mod throughput;
mod waiting;

use gennaker_harness::{Install, InstallOptions, Programs, Service};

use crate::report::Report;

pub(crate) use self::load::{Load, three_stages};

/// Measures all of it, each on an install of its own.
pub(crate) async fn measure(programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    crate::say("engine: 10,000 pipelines, as fast as they come")?;
    let mut install = start(programs).await?;
    throughput::as_fast_as_they_come(&mut install, report).await?;
    crate::say("engine: 50 pipelines a second")?;
    throughput::fifty_a_second(&mut install, report).await?;
    install.stop().await?;
    crate::say("engine: 10,000 waiting executions")?;
    let mut install = start(programs).await?;
    waiting::measure(&mut install, report).await?;
    install.stop().await?;
    crate::say("engine: large executions")?;
    let mut install = start(programs).await?;
    large::thousand_stages(&install, report).await?;
    large::children_of_a_large_trigger(&mut install, report).await?;
    install.stop().await?;
    crate::say("engine: 100,000 stored executions")?;
    let install = start(programs).await?;
    stored::measure(&install, report).await?;
    install.stop().await?;
    Ok(())
}

async fn start(programs: &Programs) -> anyhow::Result<Install> {
    Ok(Install::start(programs, InstallOptions::default()).await?)
}

/// The clients of an install's orca.
fn load(install: &Install) -> anyhow::Result<Load> {
    Load::new(install.base_url(Service::Orca))
}
