//! What `make bench` measures, from the release build: how soon it is ready, what it takes of the machine, how soon the first
//! task of a pipeline starts, what a deployment costs beyond the program's own start, and what the engine carries.
//!
//! It prints a table and writes it to `benches/RESULTS.md`, misses included. It takes some minutes, and is no test: it fails
//! only if something cannot be measured. Parts that are named (`languages`, `ready`, `deployment`, `balancer`, `many`, `front`,
//! `engine`) are measured alone,
//! and only printed.

mod balancer;
mod deployment;
mod disk;
mod engine;
mod first_task;
mod front;
mod idle;
mod languages;
mod machine;
mod many;
mod memory;
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
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = ["languages", "ready", "deployment", "balancer", "many", "front", "engine"];
    if let Some(unknown) = wanted.iter().find(|part| !all.contains(&part.as_str())) {
        anyhow::bail!("there is no part {unknown}: name some of {}, or none for all", all.join(", "));
    }
    let measures = |part: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == part);
    let programs = Programs::build(Profile::own(), &["gennaker", "greeter"]).await?;
    let mut report = Report::default();
    let measured = measure(&measures, &programs, &mut report).await;
    let table = report.table();
    say(&format!("\n{table}"))?;
    // What was measured before something failed is shown all the same, and not kept.
    if wanted.is_empty() && measured.is_ok() {
        let results = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
        std::fs::write(&results, report.document(&machine::Machine::this(), &table))?;
        say(&format!("written to {}", results.display()))?;
    } else {
        say(&format!("{}\nnot everything was measured: RESULTS.md stays as it is", report.methods()))?;
    }
    measured
}

/// Measures the wanted parts, one after the other.
async fn measure(measures: &impl Fn(&str) -> bool, programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    memory::measure(report);
    if measures("languages") {
        say("languages: in this process")?;
        languages::measure(report)?;
    }
    if measures("ready") {
        say("ready: starting several installs")?;
        ready::measure(programs, report).await?;
    }
    if measures("deployment") {
        measure_deliveries(programs, report).await?;
    }
    if measures("balancer") {
        say("balancer: a minute of 2,000 requests a second")?;
        balancer::measure(programs, report).await?;
    }
    if measures("many") {
        say("many: 1,000 processes of the local provider")?;
        many::measure(programs, report).await?;
    }
    if measures("front") {
        say("front: 10,000 applications and 50,000 pipelines")?;
        front::measure(programs, report).await?;
    }
    if measures("engine") {
        engine::measure(programs, report).await?;
    }
    Ok(())
}

/// What needs the example and its pipelines.
async fn measure_deliveries(programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    say("size and idle memory: waiting for 10 s")?;
    let mut install = Install::start(programs, InstallOptions::default()).await?;
    idle::measure(programs, &mut install, report).await?;
    let port = reserve_port().context("no port of 127.0.0.1 is free")?;
    let greeter = programs.path("greeter")?;
    let delivery = Delivery::prepare(&install, greeter, port).await?;
    say("first task: starting pipelines")?;
    disk::measure(&install, report)?;
    first_task::measure(&delivery, report).await?;
    say("deployment: deploying again and again")?;
    deployment::measure(&delivery, &install, greeter, report).await?;
    install.stop().await?;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(stdout(), "{line}")
}
