//! What every journey begins with: built programs, an install, the example program in it.

use std::{path::PathBuf, time::Duration};

use gennaker_harness::{
    Client, Delivery, Install, InstallOptions, Profile, Programs, delivery::Execution, eventually, load, reserve_port,
    wait::TimedOut,
};
use serde_json::{Map, Value};
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

/// An install with these further configuration files.
pub(crate) async fn install_with<const N: usize>(files: [(&str, &str); N]) -> Install {
    let files = files.map(|(name, content)| (name.to_owned(), content.to_owned())).to_vec();
    let options = InstallOptions { files, ..InstallOptions::default() };
    Install::start(programs().await, options).await.expect("an install")
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

/// The execution of a pipeline, which an orca is asked for, once it has ended in whatever way.
pub(crate) async fn ended(orca: &Client, id: &str) -> Result<Value, TimedOut> {
    let path = format!("/pipelines/{id}");
    let ended = eventually(DEADLINE, "the end of an execution", async || {
        let answer = orca.get(&path).await.map_err(|error| error.to_string())?;
        match answer.body["status"].as_str() {
            None | Some("NOT_STARTED" | "RUNNING") => Err(answer.body.to_string()),
            Some(_) => Ok(answer.body),
        }
    });
    ended.await
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

/// The number that an environment variable has, if it is set.
pub(crate) fn number(variable: &str) -> Option<u64> {
    let text = std::env::var_os(variable)?;
    let number = text.to_str().and_then(|text| text.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{variable} is a number, not {}", text.display())))
}

/// Puts fields over those of an object, objects in objects.
pub(crate) fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name).or_insert(Value::Object(Map::new())), value);
            }
        }
        (base, over) => *base = over,
    }
}
