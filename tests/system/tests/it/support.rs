//! What every journey begins with: built programs, an install, the example program in it.

use std::{path::PathBuf, time::Duration};

use gennaker_harness::{Delivery, Install, InstallOptions, Profile, Programs, delivery::Execution, load, reserve_port};
use tokio::sync::OnceCell;

/// How long anything may take that a journey waits for.
pub(crate) const DEADLINE: Duration = Duration::from_secs(45);

static PROGRAMS: OnceCell<Programs> = OnceCell::const_new();

/// The programs under test, built once.
pub(crate) async fn programs() -> &'static Programs {
    let build = || async { Programs::build(Profile::own(), &["gennaker", "greeter"]).await.expect("they build") };
    PROGRAMS.get_or_init(build).await
}

/// Where the program `gennaker` is.
pub(crate) async fn gennaker() -> PathBuf {
    programs().await.path("gennaker").expect("it is built").to_owned()
}

/// An install of its own.
pub(crate) async fn install() -> Install {
    Install::start(programs().await, InstallOptions::default()).await.expect("an install")
}

/// The example program as an application of the install, not deployed yet.
pub(crate) async fn delivery(install: &Install) -> Delivery {
    let greeter = programs().await.path("greeter").expect("it is built");
    let port = reserve_port().expect("a free port");
    Delivery::prepare(install, greeter, port).await.expect("an application")
}

/// Saves the stages as the pipeline `deploy`, starts it and returns the execution's id.
pub(crate) async fn start(delivery: &Delivery, stages: Vec<serde_json::Value>) -> String {
    delivery.save("deploy", stages).await.expect("a pipeline");
    delivery.start("deploy").await.expect("an execution")
}

/// Waits for the execution's success.
pub(crate) async fn succeeded(delivery: &Delivery, id: &str) -> Execution {
    delivery.until_succeeded(id, DEADLINE).await.expect("the pipeline succeeds")
}

/// A load on the program: a slow request and a WebSocket always open beside `rate` requests a second.
pub(crate) fn load_on(delivery: &Delivery, rate: f64, slow_ms: u64) -> load::Load {
    let slow = load::SlowOptions { path: format!("/slow?ms={slow_ms}"), ..load::SlowOptions::default() };
    let web_socket = load::WebSocketOptions { leave: load::Leave::AfterAcross(5), ..load::WebSocketOptions::default() };
    let options = load::Options {
        rate,
        slow: Some(slow),
        web_socket: Some(web_socket),
        ..load::Options::new(delivery.address())
    };
    load::Load::start(options).expect("a load")
}
