//! The web page in a real browser against the real program: each journey of `ui/tests` on an install of its own, and the
//! page's unit tests.
//!
//! They are TypeScript, run by vitest; what they print is shown if one fails. Where there is no Node.js, no Chromium, or the
//! page was not built (`tools/ui.sh`), they do not run: the test passes, and says so.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use gennaker_harness::{Install, InstallOptions, Profile, Programs, Service};

/// Where Debian puts Chromium, unless `CHROMIUM` says otherwise.
const CHROMIUM: &str = "/usr/bin/chromium";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admin() {
    journey("admin").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applications() {
    journey("applications").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clusters() {
    journey("clusters").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn config() {
    journey("config").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn editor() {
    journey("editor").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executions() {
    journey("executions").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures() {
    journey("failures").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms() {
    journey("forms").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn infrastructure() {
    journey("infrastructure").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projects() {
    journey("projects").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screens() {
    journey("screens").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start() {
    journey("start").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states() {
    journey("states").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions() {
    journey("versions").await;
}

#[test]
fn decisions_of_the_page() {
    if let Some(mut vitest) = vitest() {
        succeeds(vitest.args(["--project", "logic"]));
    }
}

#[test]
fn every_journey_has_a_test_here() {
    let folder = std::fs::read_dir(page().join("tests")).expect("ui/tests can be read");
    let names = folder.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let journeys = names.filter_map(|name| name.strip_suffix(".journey.ts").map(str::to_owned));
    let own = include_str!("page.rs");
    let missing: Vec<String> = journeys.filter(|name| !own.contains(&format!("journey(\"{name}\")"))).collect();
    assert!(missing.is_empty(), "these journeys run nowhere, add them to page.rs: {missing:?}");
}

/// Runs `ui/tests/<name>.journey.ts` on an install of its own.
async fn journey(name: &str) {
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from(CHROMIUM), PathBuf::from);
    let Some(mut vitest) = vitest() else { return };
    if !chromium.exists() {
        eprintln!("not run: there is no Chromium at {}; get it with: apt-get install -y chromium", chromium.display());
        return;
    }
    let programs = Programs::build(Profile::own(), &["gennaker", "greeter"]).await.expect("they build");
    let install = Install::start(&programs, InstallOptions::default()).await.expect("an install");
    let health = install.client(Service::Deck).get("/health").await.expect("an answer").ok().expect("healthy");
    if health["components"]["page"]["details"]["page"] != "built" {
        eprintln!("not run: the page was not built into the program; run tools/ui.sh first");
        return;
    }
    vitest
        .args(["--project", "journeys", &format!("tests/{name}.journey.ts")])
        .env("UI_DECK", install.base_url(Service::Deck))
        .env("UI_GATE", install.base_url(Service::Gate))
        .env("UI_GREETER", programs.path("greeter").expect("it is built"))
        .env("CHROMIUM", chromium);
    let run = tokio::task::spawn_blocking(move || succeeds(&mut vitest));
    run.await.expect("the journey");
}

/// vitest in `ui/`, with the packages that the lock file names; `None` where they cannot be had.
fn vitest() -> Option<Command> {
    let modules = Command::new(page().join("../tools/ui.sh")).arg("modules").stdin(Stdio::null()).output();
    let modules = modules.expect("tools/ui.sh can be started");
    if modules.status.code() == Some(3) {
        eprintln!("not run: {}", String::from_utf8_lossy(&modules.stderr));
        return None;
    }
    assert!(modules.status.success(), "{}", String::from_utf8_lossy(&modules.stderr));
    let mut vitest = Command::new(page().join("node_modules/.bin/vitest"));
    vitest.args(["run", "--no-color"]).current_dir(page()).stdin(Stdio::null());
    Some(vitest)
}

fn succeeds(command: &mut Command) {
    let output = command.output().expect("vitest can be started");
    let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{words}");
}

/// The folder `ui`.
fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui")
}
