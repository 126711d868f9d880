//! What people do on the web page, in a real browser against the real program: each journey of `ui/tests` on an install of its
//! own; and the page's unit tests. Those that walk through every screen are in `screens.rs`.

mod browser;

use self::browser::{journey, page, succeeds, vitest};

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
async fn start() {
    journey("start").await;
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
fn every_journey_is_a_test() {
    let folder = std::fs::read_dir(page().join("tests")).expect("ui/tests can be read");
    let names = folder.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let journeys = names.filter_map(|name| name.strip_suffix(".journey.ts").map(str::to_owned));
    let tests = [include_str!("page.rs"), include_str!("screens.rs")];
    let runs = |name: &str| tests.iter().any(|file| file.contains(&format!("journey(\"{name}\")")));
    let missing: Vec<String> = journeys.filter(|name| !runs(name)).collect();
    assert!(missing.is_empty(), "these journeys run nowhere, add them to page.rs or screens.rs: {missing:?}");
}
