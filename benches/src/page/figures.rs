//! The programs of `ui/scripts/figures`, each run in Node.js, and what they print.

use std::{
    collections::BTreeMap,
    env::var_os,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use gennaker_harness::{Install, Service};
use serde_json::Value;
use tokio::{process::Command, time::timeout};

use crate::sample::Sample;

/// Where Debian puts Chromium, unless `CHROMIUM` says otherwise.
const CHROMIUM: &str = "/usr/bin/chromium";
/// How long one program may take: the longest takes ten minutes by itself.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// How `tools/ui.sh` ends where there is no Node.js.
const NO_NODE: i32 = 3;

/// What the programs need: a browser, and an install to look at.
#[derive(Debug)]
pub(super) struct Figures {
    chromium: PathBuf,
    deck: String,
    gate: String,
}

impl Figures {
    /// Those of this install; where the machine or the program lacks what they need, why they cannot be had.
    pub(super) async fn of(install: &Install) -> anyhow::Result<Result<Self, String>> {
        let health = install.client(Service::Deck).get("/health").await?.ok()?;
        if health["components"]["page"]["details"]["page"] != "built" {
            return Ok(Err("the page was not built into the program; run tools/ui.sh first".to_owned()));
        }
        let modules = Command::new(page().join("../tools/ui.sh")).arg("modules").stdin(Stdio::null()).output().await?;
        let said = String::from_utf8_lossy(&modules.stderr);
        if modules.status.code() == Some(NO_NODE) {
            return Ok(Err(said.trim().to_owned()));
        }
        ensure!(modules.status.success(), "{said}");
        let chromium = var_os("CHROMIUM").map_or_else(|| PathBuf::from(CHROMIUM), PathBuf::from);
        if !chromium.exists() {
            let advice = "get it with: apt-get install -y chromium";
            return Ok(Err(format!("there is no Chromium at {}; {advice}", chromium.display())));
        }
        let (deck, gate) = (install.base_url(Service::Deck), install.base_url(Service::Gate));
        Ok(Ok(Figures { chromium, deck, gate }))
    }

    /// Runs `ui/scripts/figures/<name>.mjs` and returns what it measured.
    pub(super) async fn run(&self, name: &str, arguments: &[&str]) -> anyhow::Result<Measured> {
        let mut node = Command::new("node");
        node.arg(format!("scripts/figures/{name}.mjs")).args(arguments).current_dir(page());
        node.env("UI_DECK", &self.deck).env("UI_GATE", &self.gate).env("CHROMIUM", &self.chromium);
        node.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        // Not `output`, which would take standard error as well.
        let node = node.spawn().context("node cannot be started")?;
        let output = timeout(PATIENCE, node.wait_with_output()).await;
        let output = output.with_context(|| format!("{name}.mjs did not end in {} s", PATIENCE.as_secs()))??;
        ensure!(output.status.success(), "{name}.mjs failed ({}); its messages are above", output.status);
        let lines = String::from_utf8(output.stdout)?;
        let figures = lines.lines().map(|line| Figure::of(line).with_context(|| format!("{name}.mjs printed {line}")));
        Ok(Measured { of: name.to_owned(), figures: figures.collect::<anyhow::Result<_>>()? })
    }
}

/// What one program measured.
#[derive(Debug)]
pub(super) struct Measured {
    of: String,
    figures: BTreeMap<String, Figure>,
}

impl Measured {
    /// The figure of this name.
    pub(super) fn figure(&self, name: &str) -> anyhow::Result<&Figure> {
        self.figures.get(name).with_context(|| format!("{}.mjs did not measure: {name}", self.of))
    }
}

/// A figure: samples in the unit that the program says, in the order in which they were measured.
#[derive(Debug)]
pub(super) struct Figure {
    samples: Vec<f64>,
    details: Value,
}

impl Figure {
    fn of(line: &str) -> anyhow::Result<(String, Figure)> {
        let line: Value = serde_json::from_str(line)?;
        let name = line["name"].as_str().context("a figure without a name")?.to_owned();
        let samples = line["samples"].as_array().into_iter().flatten();
        let samples: Vec<f64> = samples
            .map(|sample| sample.as_f64().context("a sample that is no number"))
            .collect::<anyhow::Result<_>>()?;
        ensure!(!samples.is_empty(), "a figure without a sample");
        Ok((name, Figure { samples, details: line["details"].clone() }))
    }

    /// The samples as they are.
    pub(super) fn samples(&self) -> &[f64] {
        &self.samples
    }

    /// The largest sample.
    pub(super) fn most(&self) -> f64 {
        self.samples.iter().copied().fold(f64::MIN, f64::max)
    }

    /// The samples, which are milliseconds.
    pub(super) fn times(&self) -> Sample {
        let mut times = Sample::default();
        for sample in &self.samples {
            times.add(Duration::from_secs_f64(sample.max(0.0) / 1000.0));
        }
        times
    }

    /// One of the numbers that explain it.
    pub(super) fn detail(&self, name: &str) -> anyhow::Result<f64> {
        self.details[name].as_f64().with_context(|| format!("the figure does not say: {name}"))
    }
}

/// The folder `ui`.
fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_figure() {
        let line = r#"{"name":"first load","unit":"ms","samples":[2,1.5],"details":{"gate":7}}"#;
        let (name, figure) = Figure::of(line).expect("a figure");
        assert_eq!((name.as_str(), figure.samples(), figure.most()), ("first load", [2.0, 1.5].as_slice(), 2.0));
        assert_eq!(figure.times().longest(), Duration::from_millis(2));
        assert_eq!(figure.detail("gate").expect("it is there"), 7.0);
        assert!(figure.detail("deck").is_err());
    }

    #[test]
    fn nothing_measured_is_no_figure() {
        for line in
            ["", "ready", r#"{"samples":[1]}"#, r#"{"name":"a","samples":[]}"#, r#"{"name":"a","samples":["1"]}"#]
        {
            assert!(Figure::of(line).is_err(), "{line}");
        }
    }
}
