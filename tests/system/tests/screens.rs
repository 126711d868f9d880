//! Every screen of the web page in a real browser: as it looks, without anything, with far too much, while gate fails. What
//! people do on it is in `page.rs`.

mod browser;

use self::browser::journey;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures() {
    journey("failures").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screens() {
    journey("screens").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states() {
    journey("states").await;
}
