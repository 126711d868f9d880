//! `make demo`: takes a real program from version 1 to version 2 by a real pipeline, without losing a request.
//!
//! First half: agent and control plane start in a fresh folder, the example program is deployed in version 1, and while a
//! load runs on it a pipeline (wait, judgment, red/black deployment) puts version 2 in its place. Second half: the same
//! pipeline runs once more under 500 requests a second, and the control plane is killed in the middle of it and started
//! again. Then it serves until Ctrl-C, which ends everything that it has started.
//!
//! It exits with 1, and says what failed and where the logs are, if anything is not as it should be.

mod first_half;
mod follow;
mod say;
mod second_half;
mod stand;

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::Parser;
use gennaker_harness::Service;
use tokio::{
    select,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use self::{say::say, stand::Stand};

/// How often it is looked whether the programs still run.
const LOOK: Duration = Duration::from_millis(500);

/// Take a real program from version 1 to version 2 by a pipeline, then serve until Ctrl-C.
#[derive(Parser)]
#[command(name = "demo")]
struct Arguments {
    /// End when all is shown, instead of serving.
    #[arg(long)]
    once: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(format_args!("demo: failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether everything went well.
async fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let stop = stop_signal()?;
    let folder = tempfile::TempDir::with_prefix("gennaker-demo-").context("no folder for the demo can be made")?;
    let stand = select! {
        biased;
        () = stop.cancelled() => return Ok(true),
        stand = Stand::start(folder.path()) => stand,
    };
    let outcome = match stand {
        Ok(mut stand) => {
            let shown = select! {
                biased;
                () = stop.cancelled() => Ok(()),
                shown = show(&mut stand, arguments, &stop) => shown,
            };
            shown.and(stand.end().await)
        }
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        say(format_args!("demo: failed: {error:#}"));
        if folder.path().join("logs").exists() {
            say(format_args!("demo: the logs are in {}", folder.keep().join("logs").display()));
        }
        return Ok(false);
    }
    Ok(true)
}

/// Both halves, then serving.
async fn show(stand: &mut Stand, arguments: &Arguments, stop: &CancellationToken) -> anyhow::Result<()> {
    let execution = first_half::play(stand).await?;
    say(format_args!("  program    http://{}/", stand.delivery.address()));
    say(format_args!("  page       {}/#/applications/greeter", stand.install.base_url(Service::Deck)));
    say(format_args!("  gate       {}", stand.delivery.gate().base()));
    say(format_args!("  execution  {}/pipelines/{execution}", stand.delivery.gate().base()));
    second_half::play(stand).await?;
    if arguments.once {
        return Ok(());
    }
    say(format_args!("demo: serves until Ctrl-C"));
    loop {
        stand.check_running()?;
        select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Cancelled at Ctrl-C, at SIGTERM, and when the terminal is closed.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let cancelled = stop.clone();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
        cancelled.cancel();
    });
    Ok(stop)
}
