//! A deployment that a monitor judges: a small server of the test, which says yes, and then no.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::journey::{Journey, SIZE, group_name, version};

/// What the monitor was asked, and from which progress on it says no.
#[derive(Default)]
struct Heard {
    questions: Vec<(String, Value)>,
    aborts_at: Option<i64>,
}

type Monitor = Arc<Mutex<Heard>>;

/// Serves until it is aborted.
async fn serve(monitor: &Monitor) -> (SocketAddr, JoinHandle<()>) {
    let routes = Router::new().route("/deployment/{question}", post(answer)).with_state(monitor.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move {
        axum::serve(listener, routes).await.expect("it serves");
    });
    (address, server)
}

async fn answer(State(monitor): State<Monitor>, Path(question): Path<String>, Json(asked): Json<Value>) -> Json<Value> {
    let mut heard = monitor.lock().expect("nobody has panicked");
    let progress = asked["currentProgress"].as_i64();
    heard.questions.push((question, asked));
    let aborts = progress.zip(heard.aborts_at).is_some_and(|(progress, from)| progress >= from);
    let (directive, message) = if aborts { ("abort", "errors rise") } else { ("continue", "all is well") };
    Json(json!({ "nextStep": { "directive": directive }, "statusReason": { "message": message } }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_monitor_lets_a_version_take_over_or_has_the_old_one_back() {
    let monitor = Monitor::default();
    let (address, server) = serve(&monitor).await;
    let orca = format!(
        "monitored-deploy:\n  enabled: true\n  deploymentMonitors:\n    - id: judge\n      name: The judge\n      \
         baseUrl: http://{address}\n"
    );
    let journey = Journey::start_and_back([("orca-local.yml", &orca)]).await;
    let settings = json!({
        "strategy": "monitored", "deploySteps": [50, 100],
        "deploymentMonitor": { "id": "judge", "parameters": { "metric": "errors" } },
        "failureActions": { "rollback": "Automatic", "destroyInstances": true },
    });

    let id = journey.deploy(&version("2"), settings.clone(), json!({})).await;
    journey.succeeded(&id, "monitored").await;
    journey.until_answered_by("2").await;
    let heard = std::mem::take(&mut monitor.lock().expect("nobody has panicked").questions);
    let told: Vec<(&str, Option<i64>)> =
        heard.iter().map(|(question, asked)| (question.as_str(), asked["currentProgress"].as_i64())).collect();
    let expected =
        [("starting", None), ("evaluateHealth", Some(50)), ("evaluateHealth", Some(100)), ("completed", None)];
    assert_eq!(told, expected);
    let (_, asked) = &heard[1];
    assert_eq!((&asked["newServerGroup"], &asked["oldServerGroup"]), (&json!(group_name(1)), &json!(group_name(0))));
    assert_eq!(asked["parameters"]["metric"], "errors");
    assert_eq!(heard[3].1["status"], "success");

    monitor.lock().expect("nobody has panicked").aborts_at = Some(50);
    let id = journey.deploy(&version("3"), settings, json!({})).await;
    let ended = journey.ended(&id).await;
    assert_eq!(ended.status(), "TERMINAL", "{ended}");
    assert!(ended.failures().join("\n").contains("errors rise"), "{ended}");
    let groups = journey.groups().await;
    let seen: Vec<(&str, bool)> = groups.iter().map(|group| (group.name.as_str(), group.enabled)).collect();
    let (first, second) = (group_name(0), group_name(1));
    assert_eq!(seen, [(first.as_str(), false), (second.as_str(), true)], "version 3 is gone: {ended}");
    assert_eq!(groups[1].instances, SIZE as usize, "{groups:?}");
    let heard = std::mem::take(&mut monitor.lock().expect("nobody has panicked").questions);
    let (question, told) = heard.last().expect("it was told of the end");
    assert_eq!((question.as_str(), &told["status"]), ("completed", &json!("failure")));
    assert_eq!(told["rollback"], "success", "{told}");
    journey.until_answered_by("2").await;
    journey.check_processes("monitored").await;
    journey.end().await;
    server.abort();
}
