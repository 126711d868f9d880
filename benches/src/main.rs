//! What `make bench` measures, from the release build: how soon it is ready, what it takes of the machine, how soon the first
//! task of a pipeline starts, and what a deployment costs beyond the program's own start.
//!
//! It prints a table and writes it to `benches/RESULTS.md`, misses included. It takes about a minute, and is no test: it
//! fails only if something cannot be measured.

mod deployment;
mod disk;
mod first_task;
mod idle;
mod languages;
mod machine;
mod ready;
mod report;
mod sample;

use std::io::{Write as _, stdout};

use anyhow::Context as _;
use gennaker_harness::{Delivery, Install, InstallOptions, Profile, Programs, reserve_port};

use self::report::Report;

// As the program has it: the languages are measured in this process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let programs = Programs::build(Profile::own(), &["gennaker", "greeter"]).await?;
    let mut report = Report::default();
    say("languages: in this process")?;
    languages::measure(&mut report)?;
    say("ready: starting several installs")?;
    ready::measure(&programs, &mut report).await?;
    say("size and idle memory: waiting for 10 s")?;
    let mut install = Install::start(&programs, InstallOptions::default()).await?;
    idle::measure(&programs, &mut install, &mut report).await?;
    let port = reserve_port().context("no port of 127.0.0.1 is free")?;
    let greeter = programs.path("greeter")?;
    let delivery = Delivery::prepare(&install, greeter, port).await?;
    say("first task: starting pipelines")?;
    disk::measure(&install, &mut report)?;
    first_task::measure(&delivery, &mut report).await?;
    say("deployment: deploying again and again")?;
    deployment::measure(&delivery, &install, greeter, &mut report).await?;
    install.stop().await?;

    let table = report.table();
    say(&format!("\n{table}"))?;
    let results = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    std::fs::write(&results, report.document(&machine::Machine::this(), &table))?;
    say(&format!("written to {}", results.display()))?;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(stdout(), "{line}")
}
